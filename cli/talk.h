/* Words for the person at the terminal: stderr only. */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

/* "tolmuur: FILE: row 3: column value_eur: value 'x': message". */
void talk_error(const struct tol_error *error);
/* "tolmuur: ..." */
void talk_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that is drawn over itself, with the time still to go; nothing when stderr is not a terminal. */
struct progress {
    bool shown;
    const char *what;
    double started;
    double drawn;
};
void progress_begin(struct progress *progress, const char *what);
void progress_update(struct progress *progress, uint64_t done, uint64_t total); /* total 0: not known */
void progress_end(struct progress *progress);

/* Seconds on a clock that never goes back. */
double talk_seconds(void);

/* The most memory this process has held in RAM so far, mapped files included. */
uint64_t talk_peak_bytes(void);
/* "1.25 GB", "3.4 MB": powers of ten. */
void talk_bytes(uint64_t bytes, char *text, size_t size);

/* From now on SIGINT and SIGTERM are only noted, so that a command can clean up; a second one ends the process, and so does the first when it still runs 1.8 s
 * later, for what is written is whole or under a temporary name at any time. */
void talk_catch_signals(void);
/* The signal that came, or 0. */
int talk_signal(void);
/* Whether one came: for tol_run_options. */
bool talk_cancelled(void);
/* What is said on stderr when a signal ends the process, now or later; "" (as at the start): nothing. */
void talk_when_interrupted(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the process the way the signal would have, so that a shell sees what happened. */
void talk_end_by_signal(int number);

#endif
