#include "tolmuur/status.h"

#include <stdarg.h>
#include <stdio.h>

#include "tolmuur/text.h"

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

void tol_error_place(struct tol_error *error, const char *file, uint64_t row, const char *column, const char *value)
{
    if (error == NULL) {
        return;
    }
    error->row = row;
    if (file != NULL) {
        tol_text_visible(file, error->file, sizeof error->file);
    }
    if (column != NULL) {
        tol_text_visible(column, error->column, sizeof error->column);
    }
    if (value != NULL) {
        tol_text_visible(value, error->value, sizeof error->value);
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
