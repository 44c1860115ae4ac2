#include "config_lines.h"

#include <ini.h>
#include <stdbool.h>
#include <string.h>

/* inih cuts what is longer than its buffer, which has INI_MAX_LINE bytes. */
enum { LINE_BYTES_MOST = INI_MAX_LINE - 10 };

struct reading {
    const char *next;
    const char *end;
    unsigned line;
    bool failed;
    enum tol_status status;
    config_line_function function;
    void *context;
    struct tol_error *error;
};

static enum tol_status check_line(const char *text, size_t length, struct tol_error *error)
{
    if (memchr(text, '\0', length) != NULL) {
        return tol_fail(error, TOL_USAGE, "a zero byte: this is no text file");
    }
    if (length > LINE_BYTES_MOST) {
        return tol_fail(error, TOL_USAGE, "a line has at most %d bytes", (int)LINE_BYTES_MOST);
    }
    const char *close = length > 0 && text[0] == '[' ? memchr(text, ']', length) : NULL;
    if (close != NULL) {
        const char *rest = close + 1;
        while (rest < text + length && (*rest == ' ' || *rest == '\t' || *rest == '\r')) {
            rest += 1;
        }
        if (rest < text + length && *rest != ';' && *rest != '#') {
            return tol_fail(error, TOL_USAGE,
                            "nothing stands behind a section; write the setting on a line of its own");
        }
    }
    return TOL_OK;
}

/* The next line for inih, without the blanks before it: inih would take an indented setting for the rest of the one above. */
static char *next_line(char *buffer, int size, void *stream)
{
    struct reading *reading = stream;
    if (reading->failed || reading->next == reading->end) {
        return NULL;
    }
    const char *text = reading->next;
    const char *newline = memchr(text, '\n', (size_t)(reading->end - text));
    reading->next = newline != NULL ? newline + 1 : reading->end;
    reading->line += 1;
    const char *stop = newline != NULL ? newline : reading->end;
    while (text < stop && (*text == ' ' || *text == '\t')) {
        text += 1;
    }
    size_t length = (size_t)(stop - text);
    reading->status = check_line(text, length, reading->error);
    reading->failed = reading->status != TOL_OK || length >= (size_t)size;
    if (reading->failed) {
        return NULL;
    }
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return buffer;
}

static int take(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    if (reading->failed) {
        return 0;
    }
    reading->status =
        reading->function(reading->context, section, name, value != NULL ? value : "", reading->line, reading->error);
    reading->failed = reading->status != TOL_OK;
    return !reading->failed;
}

enum tol_status config_lines(const char *text, size_t length, config_line_function function, void *context,
                             unsigned *line, struct tol_error *error)
{
    struct reading reading = {
        .next = text, .end = text + length, .function = function, .context = context, .error = error};
    int fault = ini_parse_stream(next_line, &reading, take, &reading);
    *line = reading.line;
    bool earlier = fault > 0 && (unsigned)fault < reading.line; /* inih goes on after a line that it cannot read */
    if (reading.failed && reading.status != TOL_OK && !earlier) {
        return reading.status;
    }
    if (fault > 0) {
        *line = (unsigned)fault;
        return tol_fail(error, TOL_USAGE, "neither [section] nor name = value; begin a comment with ; or #");
    }
    return fault == 0 && !reading.failed ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory");
}
