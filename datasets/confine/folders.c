/* Landlock: which files can still be opened. */
#include "confine/confine.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* All rights of the first version: every kernel with Landlock knows them. */
#define EVERYTHING                                                                                                     \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | READING | LANDLOCK_ACCESS_FS_REMOVE_DIR |            \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                     \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                       \
     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* A path that is not there needs no rule. */
static bool allow_reading(int rules, const char *path)
{
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) {
        return true;
    }
    struct stat about;
    bool folder = fstat(place, &about) == 0 && S_ISDIR(about.st_mode);
    struct landlock_path_beneath_attr rule = {
        .allowed_access = folder ? READING : LANDLOCK_ACCESS_FS_READ_FILE,
        .parent_fd = place,
    };
    bool added = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(place);
    return added;
}

/* Tables may stand in the folder of the input as links to files or folders elsewhere. */
static bool allow_linked_files(int rules, const char *input)
{
    DIR *folder = opendir(input);
    bool sound = true;
    const struct dirent *entry;
    while (folder != NULL && sound && (entry = readdir(folder)) != NULL) {
        struct stat about, target;
        char path[PATH_MAX];
        if (fstatat(dirfd(folder), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(about.st_mode) &&
            fstatat(dirfd(folder), entry->d_name, &target, 0) == 0 &&
            (S_ISREG(target.st_mode) || S_ISDIR(target.st_mode)) &&
            snprintf(path, sizeof path, "%s/%s", input, entry->d_name) < (int)sizeof path) {
            sound = allow_reading(rules, path);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return sound;
}

bool tol_confine_folders(const char *input)
{
    /* Libraries, what the processor and this process are, and devices that give nothing away. */
    static const char *const system[] = {"/usr/lib", "/lib", "/lib64",    "/etc/ld.so.cache", "/usr/share/zoneinfo",
                                         "/proc",    "/sys", "/dev/null", "/dev/urandom"};
    struct landlock_ruleset_attr all = {.handled_access_fs = EVERYTHING};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (rules < 0) {
        return false;
    }
    bool sound = allow_reading(rules, input) && allow_linked_files(rules, input);
    for (size_t i = 0; i < sizeof system / sizeof system[0]; i++) {
        sound = sound && allow_reading(rules, system[i]);
    }
    sound = sound && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return sound;
}
