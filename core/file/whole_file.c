#include "tolmuur/whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/umask.h"

struct tol_whole_file {
    int descriptor; /* -1: closed */
    char *path;
    char *temporary; /* NULL: renamed already */
};

static enum tol_status fault(const char *path, struct tol_error *error, enum tol_status status, const char *what,
                             int reason)
{
    tol_fail(error, status, "cannot %s: %s", what, strerror(reason));
    return tol_fail_at(error, status, path, 0, NULL, NULL);
}

enum tol_status tol_whole_file_check(const char *path, struct tol_error *error)
{
    struct stat about;
    if (stat(path, &about) != 0 || S_ISREG(about.st_mode)) {
        return TOL_OK;
    }
    tol_fail(error, TOL_CANNOT_CREATE, "%s; name a file that can be replaced",
             S_ISDIR(about.st_mode) ? "this is a folder" : "not a regular file");
    return tol_fail_at(error, TOL_CANNOT_CREATE, path, 0, NULL, NULL);
}

static void random_suffix(char text[7])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    uint8_t bytes[6];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        memset(bytes, 0, sizeof bytes);
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        text[i] = letters[bytes[i] % (sizeof letters - 1)];
    }
    text[6] = '\0';
}

/* A temporary file is locked as long as it is written, so that what a killed process left behind can be told from it. False: another process took it for
 * such a leftover before it was locked. Where the file system has no locks nothing is ever taken for one. */
static bool hold(int descriptor)
{
    struct stat about;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return errno != EWOULDBLOCK;
    }
    return fstat(descriptor, &about) != 0 || about.st_nlink > 0;
}

/* A name that exists already is tried again under another suffix; O_EXCL never follows a link somebody put there. Negative: see errno. */
static int open_temporary(const struct tol_whole_file *file, size_t size)
{
    int descriptor = -1;
    for (int attempt = 0; attempt < 16; attempt++) {
        char suffix[7];
        random_suffix(suffix);
        snprintf(file->temporary, size, "%s.tmp-%s", file->path, suffix);
        descriptor = open(file->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (descriptor >= 0 && !hold(descriptor)) {
            close(descriptor);
            descriptor = -1;
            errno = EEXIST;
        }
        if (descriptor >= 0 || errno != EEXIST) {
            break;
        }
    }
    return descriptor;
}

/* ---- leftovers ------------------------------------------------------------------------------------------------- */

static bool is_temporary_of(const char *candidate, const char *name)
{
    static const char infix[] = ".tmp-";
    size_t length = strlen(name);
    if (strncmp(candidate, name, length) != 0 || strncmp(candidate + length, infix, sizeof infix - 1) != 0) {
        return false;
    }
    const char *suffix = candidate + length + sizeof infix - 1;
    return strlen(suffix) == 6 && strspn(suffix, "abcdefghijklmnopqrstuvwxyz0123456789") == 6;
}

/* Removes it when it is a file of this user that nobody holds. The lock is kept while it is removed: see hold. */
static void remove_leftover(int folder, const char *name)
{
    struct stat about;
    int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) {
        return;
    }
    if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        unlinkat(folder, name, 0);
    }
    close(descriptor);
}

/* What killed processes left behind while they wrote this path. */
static void remove_leftovers(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    DIR *stream = folder == NULL ? NULL : opendir(folder);
    const struct dirent *entry;
    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (is_temporary_of(entry->d_name, slash == NULL ? path : slash + 1)) {
            remove_leftover(dirfd(stream), entry->d_name);
        }
    }
    if (stream != NULL) {
        closedir(stream);
    }
    free(folder);
}

static void release(struct tol_whole_file *file)
{
    free(file->path);
    free(file->temporary);
    free(file);
}

enum tol_status tol_whole_file_create(const char *path, struct tol_whole_file **file, struct tol_error *error)
{
    enum tol_status status = tol_whole_file_check(path, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_whole_file *created = calloc(1, sizeof *created);
    if (created == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while creating a file");
    }
    size_t size = strlen(path) + sizeof ".tmp-XXXXXX";
    created->path = strdup(path);
    created->temporary = malloc(size);
    if (created->path == NULL || created->temporary == NULL) {
        release(created);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while creating a file");
    }
    remove_leftovers(path);
    created->descriptor = open_temporary(created, size);
    if (created->descriptor < 0) {
        int reason = errno;
        release(created);
        return fault(path, error, TOL_CANNOT_CREATE, "create a file here", reason);
    }
    *file = created;
    return TOL_OK;
}

int tol_whole_file_descriptor(const struct tol_whole_file *file)
{
    return file->descriptor;
}

const char *tol_whole_file_path(const struct tol_whole_file *file)
{
    return file->path;
}

/* Some file systems cannot sync a folder and say EINVAL; a folder that cannot be read cannot be synced either. */
static enum tol_status sync_folder(const struct tol_whole_file *file, struct tol_error *error)
{
    char *folder = strdup(file->path);
    if (folder == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while closing a file");
    }
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[slash == folder] = '\0';
    }
    int directory = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (directory < 0) {
        return TOL_OK;
    }
    int reason = fsync(directory) == 0 || errno == EINVAL ? 0 : errno;
    close(directory);
    return reason == 0 ? TOL_OK : fault(file->path, error, TOL_IO, "sync the folder", reason);
}

static enum tol_status settle(struct tol_whole_file *file, struct tol_error *error)
{
    if (fchmod(file->descriptor, 0666 & ~tol_umask_read()) != 0) {
        return fault(file->path, error, TOL_IO, "set the file's mode", errno);
    }
    if (fsync(file->descriptor) != 0) {
        return fault(file->path, error, TOL_IO, "sync the file", errno);
    }
    /* A second descriptor keeps the lock until the file has its name. */
    int descriptor = file->descriptor;
    file->descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (close(descriptor) != 0) {
        return fault(file->path, error, TOL_IO, "close the file", errno);
    }
    if (rename(file->temporary, file->path) != 0) {
        return fault(file->path, error, TOL_IO, "give the finished file its name", errno);
    }
    free(file->temporary);
    file->temporary = NULL;
    return sync_folder(file, error);
}

enum tol_status tol_whole_file_publish(struct tol_whole_file *file, struct tol_error *error)
{
    enum tol_status status = settle(file, error);
    tol_whole_file_abandon(file);
    return status;
}

void tol_whole_file_abandon(struct tol_whole_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    if (file->temporary != NULL) {
        unlink(file->temporary);
    }
    release(file);
}
