#include "write/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 << 10)

struct tol_output_file {
    int file;
    int failed; /* errno of the first write that failed */
    bool standard_output;
    char *path;
    char *temporary;
    size_t used;
    char buffer[BUFFER_BYTES];
};

static enum tol_status fail(const char *path, struct tol_error *error, enum tol_status status, const char *what,
                            int reason)
{
    tol_fail(error, status, "cannot %s: %s", what, strerror(reason));
    return tol_fail_at(error, status, path, 0, NULL, NULL);
}

/* Tries names until one is free. */
static int open_temporary(struct tol_output_file *output)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        uint32_t random;
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) {
            return -1;
        }
        sprintf(output->temporary, "%s.tmp-%06x", output->path, (unsigned)(random & 0xffffffu));
        int file = open(output->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file >= 0 || errno != EEXIST) {
            return file;
        }
    }
    return -1;
}

static void release(struct tol_output_file *output)
{
    free(output->path);
    free(output->temporary);
    free(output);
}

enum tol_status tol_output_file_create(const char *path, struct tol_output_file **output, struct tol_error *error)
{
    struct stat about;
    /* Renaming over a device or a pipe would destroy it. */
    if (strcmp(path, "-") != 0 && stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        return fail(path, error, TOL_CANNOT_CREATE, "write a file here", S_ISDIR(about.st_mode) ? EISDIR : EEXIST);
    }
    struct tol_output_file *made = calloc(1, sizeof *made);
    if (made == NULL || (made->path = strdup(path)) == NULL ||
        (made->temporary = malloc(strlen(path) + sizeof ".tmp-123456")) == NULL) {
        if (made != NULL) {
            release(made);
        }
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while making a file");
    }
    made->standard_output = strcmp(path, "-") == 0;
    made->file = made->standard_output ? STDOUT_FILENO : open_temporary(made);
    if (made->file < 0) {
        int reason = errno;
        release(made);
        return fail(path, error, TOL_CANNOT_CREATE, "make the file", reason);
    }
    *output = made;
    return TOL_OK;
}

static void flush(struct tol_output_file *output)
{
    for (size_t done = 0; output->failed == 0 && done < output->used;) {
        ssize_t wrote = write(output->file, output->buffer + done, output->used - done);
        if (wrote > 0) {
            done += (size_t)wrote;
        } else if (wrote == 0) {
            output->failed = EIO;
        } else if (errno != EINTR) {
            output->failed = errno;
        }
    }
    output->used = 0;
}

char *tol_output_file_room(struct tol_output_file *output, size_t size)
{
    if (output->used + size > sizeof output->buffer) {
        flush(output);
    }
    return output->failed != 0 || size > sizeof output->buffer ? NULL : output->buffer + output->used;
}

void tol_output_file_used(struct tol_output_file *output, size_t size)
{
    output->used += size;
}

enum tol_status tol_output_file_write(struct tol_output_file *output, const void *bytes, size_t size,
                                      struct tol_error *error)
{
    const char *from = bytes;
    while (output->failed == 0 && size > 0) {
        if (output->used == sizeof output->buffer) {
            flush(output);
        }
        size_t part = sizeof output->buffer - output->used;
        part = part < size ? part : size;
        memcpy(output->buffer + output->used, from, part);
        output->used += part;
        from += part;
        size -= part;
    }
    return output->failed == 0 ? TOL_OK : fail(output->path, error, TOL_IO, "write", output->failed);
}

int tol_output_file_descriptor(const struct tol_output_file *output)
{
    return output->file;
}

static int sync_folder(const char *path)
{
    char *copy = strdup(path);
    int folder = copy == NULL ? -1 : open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (folder < 0) {
        return errno;
    }
    int reason = fsync(folder) == 0 ? 0 : errno;
    close(folder);
    return reason;
}

/* The mode a plain open would have given; asked of the process without changing its umask. */
static mode_t plain_mode(void)
{
    unsigned mask = 022;
    FILE *status = fopen("/proc/self/status", "re");
    char line[128];
    while (status != NULL && fgets(line, sizeof line, status) != NULL && sscanf(line, "Umask: %o", &mask) != 1) {
    }
    if (status != NULL) {
        fclose(status);
    }
    return 0666 & ~mask;
}

enum tol_status tol_output_file_commit(struct tol_output_file *output, struct tol_error *error)
{
    flush(output);
    const char *what = "write";
    int reason = output->failed;
    if (output->standard_output) {
        enum tol_status status = reason == 0 ? TOL_OK : fail("standard output", error, TOL_IO, what, reason);
        release(output);
        return status;
    }
    if (reason == 0 && (fchmod(output->file, plain_mode()) != 0 || fsync(output->file) != 0)) {
        what = "sync";
        reason = errno;
    }
    if (close(output->file) != 0 && reason == 0) {
        reason = errno;
    }
    if (reason == 0 && rename(output->temporary, output->path) != 0) {
        what = "give the file its name";
        reason = errno;
    }
    if (reason != 0) {
        unlink(output->temporary);
    } else {
        what = "sync the folder";
        reason = sync_folder(output->path);
    }
    enum tol_status status = reason == 0 ? TOL_OK : fail(output->path, error, TOL_IO, what, reason);
    release(output);
    return status;
}

void tol_output_file_abandon(struct tol_output_file *output)
{
    if (output == NULL) {
        return;
    }
    if (!output->standard_output) {
        close(output->file);
        unlink(output->temporary);
    }
    release(output);
}
