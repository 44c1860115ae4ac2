#include "exposure/kept_files.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char folder[64];

void make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/tolmuur-store-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

void remove_folder(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct kept list_kept(const char *name)
{
    struct kept kept = {.count = 0};
    DIR *open = opendir(folder);
    cr_assert_not_null(open);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        if (strncmp(entry->d_name, name, strlen(name)) == 0) {
            cr_assert_lt(kept.count, 8);
            (void)snprintf(kept.path[kept.count++], sizeof kept.path[0], "%s/%s", folder, entry->d_name);
        }
    }
    closedir(open);
    return kept;
}

ino_t number_of(const char *path)
{
    struct stat found;
    cr_assert_eq(stat(path, &found), 0);
    return found.st_ino;
}

void damage(const char *path, long back)
{
    FILE *file = fopen(path, "r+b");
    cr_assert_not_null(file);
    cr_assert_eq(fseek(file, -back, SEEK_END), 0);
    int byte = fgetc(file);
    cr_assert_eq(fseek(file, -back, SEEK_END), 0);
    cr_assert_neq(fputc(byte ^ 1, file), EOF);
    cr_assert_eq(fclose(file), 0);
}
