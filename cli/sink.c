#include "sink.h"

#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tolmuur/text.h"

enum { WRITE_AT = 1 << 16 };

void sink_open_stdout(struct sink *sink)
{
    *sink = (struct sink){.descriptor = STDOUT_FILENO};
}

enum tol_status sink_open(struct sink *sink, const char *path, struct tol_error *error)
{
    sink_open_stdout(sink);
    if (strcmp(path, "-") == 0) {
        return TOL_OK;
    }
    struct stat found;
    if (stat(path, &found) != 0 || S_ISREG(found.st_mode)) {
        enum tol_status status = tol_whole_file_create(path, &sink->whole, error);
        sink->descriptor = status == TOL_OK ? tol_whole_file_descriptor(sink->whole) : -1;
        return status;
    }
    sink->descriptor = open(path, O_WRONLY | O_CLOEXEC);
    sink->path = path;
    if (sink->descriptor < 0) {
        tol_fail(error, TOL_CANNOT_CREATE, "cannot write here: %s", strerror(errno));
        return tol_fail_at(error, TOL_CANNOT_CREATE, path, 0, NULL, NULL);
    }
    return TOL_OK;
}

/* Writes all that is held; the first failure is kept and silences the rest. */
static void drain(struct sink *sink)
{
    size_t done = 0;
    if (sink->take != NULL) {
        sink->take(sink->bytes, sink->used);
        done = sink->used;
    }
    while (done < sink->used && sink->write_error == 0) {
        ssize_t count = write(sink->descriptor, sink->bytes + done, sink->used - done);
        if (count >= 0) {
            done += (size_t)count;
        } else if (errno != EINTR) {
            sink->write_error = errno;
        }
    }
    sink->used = 0;
}

static bool make_room(struct sink *sink, size_t count)
{
    if (sink->descriptor >= 0 && sink->used >= WRITE_AT) {
        drain(sink);
    }
    if (sink->capacity - sink->used >= count) {
        return true;
    }
    size_t wanted = sink->capacity + sink->capacity / 2 + count + 256;
    char *grown = sink->failed ? NULL : realloc(sink->bytes, wanted);
    if (grown == NULL) {
        sink->failed = true;
        return false;
    }
    sink->bytes = grown;
    sink->capacity = wanted;
    return true;
}

void sink_bytes(struct sink *sink, const char *bytes, size_t count)
{
    if (count > 0 && make_room(sink, count)) {
        memcpy(sink->bytes + sink->used, bytes, count);
        sink->used += count;
    }
}

void sink_text(struct sink *sink, const char *text)
{
    sink_bytes(sink, text, strlen(text));
}

void sink_format(struct sink *sink, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !make_room(sink, (size_t)length + 1)) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(sink->bytes + sink->used, (size_t)length + 1, format, arguments);
    va_end(arguments);
    sink->used += (size_t)length;
}

void sink_number(struct sink *sink, double value, const char *missing)
{
    if (!isfinite(value)) {
        sink_text(sink, missing);
        return;
    }
    if (make_room(sink, NUMBER_TEXT_SIZE)) {
        sink->used += number_format(value, sink->bytes + sink->used);
    }
}

void sink_csv(struct sink *sink, const char *text)
{
    bool formula = !sink->keep_formulas && tol_text_runs_as_formula(text);
    if (!formula && strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ') {
        sink_text(sink, text);
        return;
    }
    sink_text(sink, formula ? "\"" TOL_TEXT_NO_FORMULA : "\"");
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        sink_bytes(sink, text, (size_t)(quote - text));
        sink_text(sink, "\"\"");
    }
    sink_text(sink, text);
    sink_text(sink, "\"");
}

void sink_json(struct sink *sink, const char *text)
{
    sink_text(sink, "\"");
    const char *end = text + strlen(text);
    for (const char *at = text; at < end;) {
        unsigned char byte = (unsigned char)*at;
        size_t length = tol_utf8_length(at, (size_t)(end - at));
        if (length == 0) {
            sink_text(sink, "\\ufffd");
            length = 1;
        } else if (*at == '"' || *at == '\\') {
            sink_format(sink, "\\%c", *at);
        } else if (byte < 0x20 || byte == 0x7f) {
            sink_format(sink, "\\u%04x", byte);
        } else {
            sink_bytes(sink, at, length);
        }
        at += length;
    }
    sink_text(sink, "\"");
}

enum tol_status sink_flush(struct sink *sink, struct tol_error *error)
{
    if (sink->descriptor >= 0) {
        drain(sink);
    }
    if (sink->failed) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing the result");
    }
    if (sink->write_error != 0) {
        tol_fail(error, TOL_IO, "cannot write the result: %s", strerror(sink->write_error));
        return tol_fail_at(error, TOL_IO, sink->whole != NULL ? tol_whole_file_path(sink->whole) : sink->path, 0, NULL,
                           NULL);
    }
    return TOL_OK;
}

enum tol_status sink_close(struct sink *sink, struct tol_error *error)
{
    enum tol_status status = sink_flush(sink, error);
    if (status == TOL_OK && sink->whole != NULL) {
        status = tol_whole_file_publish(sink->whole, error);
        sink->whole = NULL;
        sink->descriptor = -1;
    }
    sink_release(sink);
    return status;
}

void sink_release(struct sink *sink)
{
    if (sink->whole != NULL) {
        tol_whole_file_abandon(sink->whole);
    } else if (sink->descriptor > STDERR_FILENO) {
        close(sink->descriptor);
    }
    free(sink->bytes);
    *sink = (struct sink){.descriptor = -1};
}
