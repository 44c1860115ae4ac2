#include "tolmuur/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum tol_status tol_fail(struct tol_error *error, enum tol_status status, const char *format, ...)
{
    if (error == NULL) {
        return status;
    }
    error->status = status;
    error->row = 0;
    error->file[0] = error->column[0] = error->value[0] = '\0';
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

/* Control bytes could drive a terminal: they are shown as \xNN. Cuts at the size. */
static void copy_escaped(char *to, size_t size, const char *from)
{
    size_t used = 0;
    for (; *from != '\0'; from++) {
        unsigned char byte = (unsigned char)*from;
        size_t need = byte < 0x20 || byte == 0x7f ? 4 : 1;
        if (used + need >= size) {
            break;
        }
        if (need == 4) {
            snprintf(to + used, 5, "\\x%02x", byte);
        } else {
            to[used] = (char)byte;
        }
        used += need;
    }
    to[used] = '\0';
}

void tol_error_place(struct tol_error *error, const char *file, uint64_t row, const char *column, const char *value)
{
    if (error == NULL) {
        return;
    }
    error->row = row;
    if (file != NULL) {
        copy_escaped(error->file, sizeof error->file, file);
    }
    if (column != NULL) {
        copy_escaped(error->column, sizeof error->column, column);
    }
    if (value != NULL) {
        copy_escaped(error->value, sizeof error->value, value);
    }
}

const char *tol_status_name(enum tol_status status)
{
    switch (status) {
    case TOL_OK:
        return "ok";
    case TOL_THRESHOLD_EXCEEDED:
        return "threshold exceeded";
    case TOL_USAGE:
        return "usage";
    case TOL_BAD_DATA:
        return "bad data";
    case TOL_NO_INPUT:
        return "no input";
    case TOL_UNAVAILABLE:
        return "service unavailable";
    case TOL_INTERNAL:
        return "internal error";
    case TOL_NO_MEMORY:
        return "out of memory";
    case TOL_CANNOT_CREATE:
        return "cannot create";
    case TOL_IO:
        return "input or output error";
    case TOL_TRY_AGAIN:
        return "try again";
    }
    return "unknown status";
}
