#include "tolmuur/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/umask.h"

enum { OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static enum tol_status fault(const char *name, enum tol_status status, const char *what, int reason,
                             struct tol_error *error)
{
    tol_fail(error, status, "cannot %s: %s", what, strerror(reason));
    return tol_fail_at(error, status, name, 0, NULL, NULL);
}

enum tol_status tol_folder_make(int parent, const char *name, int *descriptor, struct tol_error *error)
{
    struct stat about;
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST) {
        return fault(name, TOL_CANNOT_CREATE, "make a folder here", errno, error);
    }
    int opened = openat(parent, name, OPEN_FOLDER);
    if (opened < 0) {
        const char *what =
            errno == ELOOP || errno == ENOTDIR ? "use this: it is a link or no folder; remove it" : "open this folder";
        return fault(name, TOL_CANNOT_CREATE, what, errno, error);
    }
    if (fstat(opened, &about) != 0 || about.st_uid != geteuid() || (about.st_mode & 022) != 0) {
        close(opened);
        tol_fail(error, TOL_CANNOT_CREATE, "this folder belongs to another user or others may write in it; remove it");
        return tol_fail_at(error, TOL_CANNOT_CREATE, name, 0, NULL, NULL);
    }
    *descriptor = opened;
    return TOL_OK;
}

bool tol_folder_each(int folder, bool (*each)(void *context, const char *name), void *context)
{
    int own = openat(folder, ".", OPEN_FOLDER); /* of its own reading position */
    DIR *stream = own < 0 ? NULL : fdopendir(own);
    if (stream == NULL) {
        if (own >= 0) {
            close(own);
        }
        return false;
    }
    bool go_on = true;
    const struct dirent *entry;
    errno = 0;
    while (go_on && (entry = readdir(stream)) != NULL) {
        bool self = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        go_on = self || each(context, entry->d_name);
    }
    closedir(stream);
    return go_on;
}

/* ---- removing -------------------------------------------------------------------------------------------------- */

static bool remove_entry(void *context, const char *name)
{
    int folder = *(int *)context;
    return tol_folder_remove(folder, name, NULL) == TOL_OK;
}

enum tol_status tol_folder_remove(int parent, const char *name, struct tol_error *error)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) {
        return TOL_OK;
    }
    int folder = openat(parent, name, OPEN_FOLDER);
    if (folder >= 0) {
        bool emptied = tol_folder_each(folder, remove_entry, &folder);
        close(folder);
        if (emptied && unlinkat(parent, name, AT_REMOVEDIR) == 0) {
            return TOL_OK;
        }
    }
    return fault(name, TOL_IO, "remove this", errno, error);
}

/* ---- publishing ------------------------------------------------------------------------------------------------ */

struct settling {
    int folder;
    mode_t mode;
};

static bool settle(int parent, const char *name, mode_t mode);

static bool settle_entry(void *context, const char *name)
{
    const struct settling *settling = context;
    struct stat about;
    return fstatat(settling->folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(about.st_mode) ||
           settle(settling->folder, name, settling->mode);
}

/* Some file systems cannot sync a folder and say EINVAL. */
static bool sync_folder(int folder)
{
    return fsync(folder) == 0 || errno == EINVAL;
}

static bool settle(int parent, const char *name, mode_t mode)
{
    int folder = openat(parent, name, OPEN_FOLDER);
    if (folder < 0) {
        return false;
    }
    struct settling settling = {folder, mode};
    bool good = tol_folder_each(folder, settle_entry, &settling) && fchmod(folder, mode) == 0 && sync_folder(folder);
    int reason = errno;
    close(folder);
    errno = reason;
    return good;
}

enum tol_status tol_folder_publish(int from_parent, const char *from, int to_parent, const char *to, bool exchange,
                                   struct tol_error *error)
{
    if (!settle(from_parent, from, 0777 & ~tol_umask_read())) {
        return fault(from, TOL_IO, "sync this folder", errno, error);
    }
    if (exchange && renameat2(from_parent, from, to_parent, to, RENAME_EXCHANGE) != 0) {
        return fault(to, TOL_IO, "change places with the old folder (remove that and use --resume)", errno, error);
    }
    if (!exchange && renameat(from_parent, from, to_parent, to) != 0) {
        bool taken = errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR;
        return fault(to, taken ? TOL_CANNOT_CREATE : TOL_IO, "give the finished folder its name", errno, error);
    }
    if (!sync_folder(to_parent) || !sync_folder(from_parent)) {
        return fault(to, TOL_IO, "sync the folder", errno, error);
    }
    return TOL_OK;
}
