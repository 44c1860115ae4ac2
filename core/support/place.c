#include "tolmuur/place.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An address in this very file. */
static const char mark;

/* Cuts the name of the file off. */
static bool to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return true;
}

bool tol_program_folder(char *folder, size_t size)
{
    ssize_t length = size > 0 ? readlink("/proc/self/exe", folder, size - 1) : -1;
    if (length <= 0 || (size_t)length == size - 1) {
        return false;
    }
    folder[length] = '\0';
    return to_folder(folder);
}

bool tol_library_folder(char *folder, size_t size)
{
    Dl_info found;
    struct link_map *object = NULL;
    /* The program itself has no name there; a library has the path by which it was opened, which may be a relative one. */
    if (dladdr1(&mark, &found, (void **)&object, RTLD_DL_LINKMAP) == 0 || object == NULL || object->l_name[0] == '\0') {
        return tol_program_folder(folder, size);
    }
    char *path = realpath(object->l_name, NULL);
    bool fits = path != NULL && strlen(path) < size;
    if (fits) {
        memcpy(folder, path, strlen(path) + 1);
    }
    free(path);
    return fits && to_folder(folder);
}
