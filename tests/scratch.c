#include "scratch.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *keep_to_the_end(void *memory)
{
    static void *kept[65536];
    static size_t count;
    cr_assert_not_null(memory);
    if (count < sizeof kept / sizeof kept[0]) {
        kept[count++] = memory;
    }
    return memory;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(scratch_folder(), remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_folder(void)
{
    static char folder[64];
    if (folder[0] == '\0') {
        strcpy(folder, "/tmp/tolmuur-test-XXXXXX");
        cr_assert(mkdtemp(folder) != NULL);
        cr_assert_eq(atexit(remove_folder), 0);
    }
    return folder;
}

const char *scratch_path(char path[512], const char *name)
{
    snprintf(path, 512, "%s/%s", scratch_folder(), name);
    return path;
}
