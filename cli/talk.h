/* Words for the person at the terminal, or for the log: stderr only. */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink.h"
#include "tolmuur/status.h"

/* Text for people, or one JSON object a line: time, level (info, warning, error), run_id, command, message; of a fault also file, row, column,
 * value; of a heartbeat done, total, eta_seconds; of the end of a failed command exit_code. */
enum talk_format { TALK_TEXT, TALK_JSON };

/* False when text is neither "text" nor "json". */
bool talk_format_read(const char *text, enum talk_format *format);
/* From now on. command must live as long as the program; NULL: none. */
void talk_begin(enum talk_format format, const char *command);

/* Of this process: 20261126T042501Z-9f86d081, its start and 32 random bits; sorts by time. Made by the first call; not thread safe before it. */
const char *talk_run_id(void);
/* "2026-11-26T04:25:01.123Z": RFC 3339, UTC. */
void talk_time(char text[32]);

/* "tolmuur: FILE: row 3: column value_eur: value 'x': message". */
void talk_error(const struct tol_error *error);
/* The same of what is odd but goes on. */
void talk_warning(const struct tol_error *warning);
/* The error that ends the command, with its exit code. Without a message, what is wrong has been said. */
void talk_end(const struct tol_error *error, enum tol_status status);
/* "tolmuur: ..." */
void talk_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What is written to the sink is talk: to stderr as it is, or every line a note. */
void talk_sink(struct sink *sink);

/* On a terminal a line that is drawn over itself, with the time still to go. Elsewhere, and in JSON, a line every ten seconds. */
struct progress {
    bool shown; /* the line that is drawn over itself is there */
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
