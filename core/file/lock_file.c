#include "tolmuur/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char first_line[] = "tolmuur lock\n";

enum { TEXT_SIZE = 1024, ATTEMPTS = 100 };

struct tol_lock_file {
    int descriptor;
    int parent; /* of our own */
    char *name;
};

static enum tol_status refuse(const char *name, enum tol_status status, const char *what, struct tol_error *error)
{
    tol_fail(error, status, "cannot lock: %s", what);
    return tol_fail_at(error, status, name, 0, NULL, NULL);
}

/* What the file says; "" for an empty one. */
static bool read_text(int descriptor, char text[TEXT_SIZE])
{
    ssize_t count = pread(descriptor, text, TEXT_SIZE - 1, 0);
    text[count > 0 ? count : 0] = '\0';
    return count >= 0;
}

/* A file of ours: regular, of one name, empty (its holder died early) or with our first line. Anything else is left as it is. */
static const char *what_is_wrong(int descriptor)
{
    struct stat about;
    char text[TEXT_SIZE];
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        return "this is not a regular file; remove it";
    }
    if (about.st_nlink > 1) {
        return "this file has another name too; remove this one";
    }
    if (!read_text(descriptor, text) || (text[0] != '\0' && strncmp(text, first_line, sizeof first_line - 1) != 0)) {
        return "this file is no lock; move it away or name another output";
    }
    return NULL;
}

/* The value of a line "key value", cut at its end; "" when there is none. */
static const char *value_of(const char *text, const char *key, char *value, size_t size)
{
    const char *found = strstr(text, key);
    size_t length = found == NULL ? 0 : strcspn(found + strlen(key), "\n");
    snprintf(value, size, "%.*s", (int)length, found == NULL ? "" : found + strlen(key));
    return value;
}

static enum tol_status tell_holder(int descriptor, const char *name, struct tol_error *error)
{
    char text[TEXT_SIZE], process[32], host[128], since[64], purpose[128];
    if (!read_text(descriptor, text) || strstr(text, "\npurpose ") == NULL) {
        tol_fail(error, TOL_TRY_AGAIN, "another process has just taken this lock; try again when it has ended");
    } else {
        tol_fail(error, TOL_TRY_AGAIN, "held by process %s on %s since %s (%s); try again when it has ended",
                 value_of(text, "\nprocess ", process, sizeof process), value_of(text, "\nhost ", host, sizeof host),
                 value_of(text, "\nsince ", since, sizeof since),
                 value_of(text, "\npurpose ", purpose, sizeof purpose));
    }
    return tol_fail_at(error, TOL_TRY_AGAIN, name, 0, NULL, NULL);
}

/* Is the locked file still the one of that name? Its last holder may have removed it between our open and our lock. */
static bool still_there(int parent, const char *name, int descriptor)
{
    struct stat ours, there;
    return fstat(descriptor, &ours) == 0 && fstatat(parent, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* One attempt. *descriptor -1 with TOL_OK: the file went away, try again. */
static enum tol_status try_once(int parent, const char *name, int *descriptor, struct tol_error *error)
{
    *descriptor = -1;
    int opened = openat(parent, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (opened < 0) {
        return refuse(name, TOL_CANNOT_CREATE, errno == ELOOP ? "this is a link; remove it" : strerror(errno), error);
    }
    enum tol_status status = TOL_OK;
    const char *wrong = what_is_wrong(opened);
    if (wrong != NULL && still_there(parent, name, opened)) {
        status = refuse(name, TOL_CANNOT_CREATE, wrong, error);
    } else if (wrong == NULL && flock(opened, LOCK_EX | LOCK_NB) != 0) {
        status = errno == EWOULDBLOCK ? tell_holder(opened, name, error) : refuse(name, TOL_IO, strerror(errno), error);
    } else if (wrong == NULL && still_there(parent, name, opened)) {
        *descriptor = opened;
        return TOL_OK;
    }
    close(opened);
    return status;
}

static enum tol_status sign(int descriptor, const char *name, const char *purpose, struct tol_error *error)
{
    char text[TEXT_SIZE], host[128] = "", since[64] = "";
    time_t now = time(NULL);
    struct tm broken;
    if (gethostname(host, sizeof host - 1) != 0) {
        host[0] = '\0';
    }
    if (gmtime_r(&now, &broken) != NULL) {
        strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &broken);
    }
    int length = snprintf(text, sizeof text, "%sprocess %ld\nhost %s\nsince %s\npurpose %s\n", first_line,
                          (long)getpid(), host, since, purpose);
    size_t size = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    errno = 0;
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, text, size, 0) != (ssize_t)size) {
        return refuse(name, TOL_IO, errno == 0 ? "the file system is full" : strerror(errno), error);
    }
    return TOL_OK;
}

enum tol_status tol_lock_file_take(int parent, const char *name, const char *purpose, struct tol_lock_file **lock,
                                   struct tol_error *error)
{
    struct tol_lock_file *made = calloc(1, sizeof *made);
    char *copy = strdup(name);
    if (made == NULL || copy == NULL) {
        free(made);
        free(copy);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for a lock");
    }
    *made = (struct tol_lock_file){.descriptor = -1, .parent = -1, .name = copy};
    enum tol_status status = TOL_OK;
    for (int i = 0; i < ATTEMPTS && status == TOL_OK && made->descriptor < 0; i++) {
        status = try_once(parent, name, &made->descriptor, error);
    }
    if (status == TOL_OK && made->descriptor < 0) {
        tol_fail(error, TOL_TRY_AGAIN, "others take and leave this lock all the time; try again");
        status = tol_fail_at(error, TOL_TRY_AGAIN, name, 0, NULL, NULL);
    }
    if (status == TOL_OK) {
        made->parent = parent == AT_FDCWD ? AT_FDCWD : fcntl(parent, F_DUPFD_CLOEXEC, 3);
        status = sign(made->descriptor, name, purpose, error);
    }
    if (status != TOL_OK) {
        tol_lock_file_release(made);
        return status;
    }
    *lock = made;
    return TOL_OK;
}

void tol_lock_file_release(struct tol_lock_file *lock)
{
    if (lock == NULL) {
        return;
    }
    if (lock->descriptor >= 0) {
        if (lock->parent != -1) {
            unlinkat(lock->parent, lock->name, 0);
        }
        close(lock->descriptor);
    }
    if (lock->parent >= 0) {
        close(lock->parent);
    }
    free(lock->name);
    free(lock);
}
