#include "supply/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK_BYTES ((size_t)256 << 10)

struct tol_byte_source {
    int file;
    bool gzip;
    bool started;       /* the byte order mark was looked for */
    bool inside_member; /* gzip: a member was begun and not ended */
    z_stream stream;
    char *path;
    char raw[BLOCK_BYTES];
    char plain[BLOCK_BYTES];
};

static enum tol_status fail(const char *path, struct tol_error *error, enum tol_status status, const char *message)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, path, 0, NULL, NULL);
}

enum tol_status tol_open_regular(const char *path, int *file, struct tol_error *error)
{
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*file < 0) {
        tol_fail(error, TOL_NO_INPUT, "cannot open the file: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, path, 0, NULL, NULL);
    }
    struct stat about;
    const char *fault = NULL;
    if (fstat(*file, &about) != 0 || !S_ISREG(about.st_mode)) {
        fault = "not a regular file; give a file";
    } else if (about.st_size == 0) {
        fault = "the file is empty; it needs at least its column names";
    }
    if (fault != NULL) {
        close(*file);
        *file = -1;
        return fail(path, error, TOL_BAD_DATA, fault);
    }
    return TOL_OK;
}

enum tol_status tol_byte_source_open(const char *path, bool gzip, struct tol_byte_source **source,
                                     struct tol_error *error)
{
    int file;
    enum tol_status status = tol_open_regular(path, &file, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_byte_source *opened = calloc(1, sizeof *opened);
    if (opened == NULL || (opened->path = strdup(path)) == NULL ||
        (gzip && inflateInit2(&opened->stream, 15 + 16) != Z_OK)) {
        close(file);
        if (opened != NULL) {
            free(opened->path);
        }
        free(opened);
        return fail(path, error, TOL_NO_MEMORY, "out of memory while opening the file");
    }
    opened->file = file;
    opened->gzip = gzip;
    *source = opened;
    return TOL_OK;
}

void tol_byte_source_close(struct tol_byte_source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->gzip) {
        inflateEnd(&source->stream);
    }
    close(source->file);
    free(source->path);
    free(source);
}

static enum tol_status read_raw(struct tol_byte_source *source, size_t *size, struct tol_error *error)
{
    ssize_t got;
    do {
        got = read(source->file, source->raw, sizeof source->raw);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        tol_fail(error, TOL_IO, "cannot read the file: %s", strerror(errno));
        return tol_fail_at(error, TOL_IO, source->path, 0, NULL, NULL);
    }
    *size = (size_t)got;
    return TOL_OK;
}

/* Fills `plain`; several members one after the other count as one file, as gzip has it. */
static enum tol_status inflate_block(struct tol_byte_source *source, size_t *size, struct tol_error *error)
{
    z_stream *stream = &source->stream;
    stream->next_out = (Bytef *)source->plain;
    stream->avail_out = sizeof source->plain;
    while (stream->avail_out > 0) {
        if (stream->avail_in == 0) {
            size_t raw = 0;
            enum tol_status status = read_raw(source, &raw, error);
            if (status != TOL_OK) {
                return status;
            }
            if (raw == 0) {
                if (source->inside_member) {
                    return fail(source->path, error, TOL_BAD_DATA,
                                "the compressed data ends too early: the file was cut short; copy it again");
                }
                break;
            }
            stream->next_in = (Bytef *)source->raw;
            stream->avail_in = (uInt)raw;
        }
        source->inside_member = true;
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            source->inside_member = false;
            result = inflateReset(stream);
        }
        if (result != Z_OK && result != Z_BUF_ERROR) {
            return fail(source->path, error, TOL_BAD_DATA,
                        "the compressed data is damaged or not gzip; compress the file again with gzip");
        }
    }
    *size = sizeof source->plain - stream->avail_out;
    return TOL_OK;
}

enum tol_status tol_byte_source_next(struct tol_byte_source *source, const char **bytes, size_t *size,
                                     struct tol_error *error)
{
    enum tol_status status = source->gzip ? inflate_block(source, size, error) : read_raw(source, size, error);
    if (status != TOL_OK) {
        return status;
    }
    *bytes = source->gzip ? source->plain : source->raw;
    if (!source->started) {
        source->started = true;
        if (*size == 0) {
            return fail(source->path, error, TOL_BAD_DATA, "the file is empty; it needs at least its column names");
        }
        if (*size > 3 && memcmp(*bytes, "\xef\xbb\xbf", 3) == 0) {
            *bytes += 3;
            *size -= 3;
        }
    }
    return TOL_OK;
}
