/* Where result bytes go: stdout, or a file that appears whole or not at all. */
#ifndef CLI_SINK_H
#define CLI_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tolmuur/status.h"
#include "tolmuur/whole_file.h"

/* Text that grows. A failed allocation is remembered and told by the flush or close of the sink it goes to. */
struct sink {
    char *bytes;
    size_t used;
    size_t capacity;
    int descriptor;               /* -1: memory only */
    bool failed;                  /* out of memory */
    bool keep_formulas;           /* sink_csv writes cells that a spreadsheet would run as formulas as they are */
    int write_error;              /* errno of the first write that failed */
    struct tol_whole_file *whole; /* NULL when the descriptor is written directly */
    void (*take)(const char *bytes, size_t count); /* what is held goes here instead of to the descriptor; NULL */
    const char *path;                              /* of a device or pipe; must live as long as the sink; NULL: none */
};

void sink_open_stdout(struct sink *sink);
/* "-" is stdout. A new or regular file is written under a temporary name in the same folder and renamed by sink_close; a device or pipe is written
 * directly. TOL_CANNOT_CREATE. */
TOL_MUST_CHECK enum tol_status sink_open(struct sink *sink, const char *path, struct tol_error *error);

void sink_bytes(struct sink *sink, const char *bytes, size_t count);
void sink_text(struct sink *sink, const char *text);
void sink_format(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest decimal that reads back as the same double; `missing` when it is not finite. */
void sink_number(struct sink *sink, double value, const char *missing);
/* One CSV field, quoted when it must be; TOL_TEXT_NO_FORMULA in front of what a spreadsheet would run as a formula, unless they are kept. */
void sink_csv(struct sink *sink, const char *text);
/* A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void sink_json(struct sink *sink, const char *text);

/* Writes what is held. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status sink_flush(struct sink *sink, struct tol_error *error);
/* Flushes, syncs and renames a file. On failure nothing is left under the final name. Releases in any case. */
TOL_MUST_CHECK enum tol_status sink_close(struct sink *sink, struct tol_error *error);
/* Drops what is held and removes the temporary file. */
void sink_release(struct sink *sink);

#endif
