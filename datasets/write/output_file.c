#include "write/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tolmuur/whole_file.h"

#define BUFFER_BYTES ((size_t)256 << 10)

struct tol_output_file {
    struct tol_whole_file *whole; /* NULL: standard output */
    int failed;                   /* errno of the first write that failed */
    size_t used;
    char buffer[BUFFER_BYTES];
};

static enum tol_status write_fault(const struct tol_output_file *output, struct tol_error *error)
{
    tol_fail(error, TOL_IO, "cannot write: %s", strerror(output->failed));
    return tol_fail_at(error, TOL_IO, output->whole == NULL ? "standard output" : tol_whole_file_path(output->whole), 0,
                       NULL, NULL);
}

enum tol_status tol_output_file_create(const char *path, struct tol_output_file **output, struct tol_error *error)
{
    struct tol_output_file *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while making a file");
    }
    if (strcmp(path, "-") != 0) {
        enum tol_status status = tol_whole_file_create(path, &made->whole, error);
        if (status != TOL_OK) {
            free(made);
            return status;
        }
    }
    *output = made;
    return TOL_OK;
}

int tol_output_file_descriptor(const struct tol_output_file *output)
{
    return output->whole == NULL ? STDOUT_FILENO : tol_whole_file_descriptor(output->whole);
}

static void flush(struct tol_output_file *output)
{
    int descriptor = tol_output_file_descriptor(output);
    for (size_t done = 0; output->failed == 0 && done < output->used;) {
        ssize_t wrote = write(descriptor, output->buffer + done, output->used - done);
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
    return output->failed == 0 ? TOL_OK : write_fault(output, error);
}

enum tol_status tol_output_file_commit(struct tol_output_file *output, struct tol_error *error)
{
    flush(output);
    enum tol_status status = output->failed == 0 ? TOL_OK : write_fault(output, error);
    if (status == TOL_OK && output->whole != NULL) {
        status = tol_whole_file_publish(output->whole, error);
        output->whole = NULL;
    }
    tol_output_file_abandon(output);
    return status;
}

void tol_output_file_abandon(struct tol_output_file *output)
{
    if (output != NULL) {
        tol_whole_file_abandon(output->whole);
        free(output);
    }
}
