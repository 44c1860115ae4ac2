#include "tolmuur/whole_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What stands at the path, links followed; "-" is the standard stream. */
static bool look_up(const char *path, int standard, struct stat *about)
{
    return strcmp(path, "-") == 0 ? fstat(standard, about) == 0 : stat(path, about) == 0;
}

/* The folder a file would be made in, and the name that it would get there. False when there is no such folder. */
static bool place_of(const char *path, struct stat *folder, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash == NULL ? path : slash + 1;
    if (slash == NULL) {
        return stat(".", folder) == 0;
    }
    char *text = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    bool found = text != NULL && stat(text, folder) == 0;
    free(text);
    return found;
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool tol_same_file(const char *output, const char *other, bool other_is_read)
{
    struct stat a, b;
    bool a_is_there = look_up(output, STDOUT_FILENO, &a);
    bool b_is_there = look_up(other, other_is_read ? STDIN_FILENO : STDOUT_FILENO, &b);
    if (a_is_there && b_is_there) {
        return S_ISREG(a.st_mode) && same(&a, &b);
    }
    const char *a_name, *b_name;
    return !a_is_there && !b_is_there && place_of(output, &a, &a_name) && place_of(other, &b, &b_name) &&
           same(&a, &b) && strcmp(a_name, b_name) == 0;
}
