/* Questions about one law with their answers, so that equal arguments are read and priced once. For one thread at a time. */
#ifndef SQL_RATE_MEMO_H
#define SQL_RATE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/law.h"

/* A text as DuckDB holds it: not zero-terminated. */
struct sql_text {
    const char *bytes;
    uint32_t length;
};

/* One question as it was put. */
struct rate_words {
    struct sql_text into, from, hts;
    tol_day on;
    struct sql_text facts;  /* "": none known */
    struct sql_text assume; /* "": entry */
};

struct rate_memo;

/* NULL: out of memory. The law must outlive it. */
struct rate_memo *rate_memo_create(const struct tol_law *law);
void rate_memo_destroy(struct rate_memo *memo);

/* The words as a query, which points to facts in the memo until the next call. TOL_BAD_DATA: column is the argument, value what it holds. */
TOL_MUST_CHECK enum tol_status rate_memo_read(struct rate_memo *memo, const struct rate_words *words,
                                              struct tol_rate_query *query, struct tol_error *error);

/* The totals, to the bit those of tol_law_rate; NaN where the rate is not known. Faults as above. */
TOL_MUST_CHECK enum tol_status rate_memo_total(struct rate_memo *memo, const struct rate_words *words,
                                               struct tol_rate_total *total, struct tol_error *error);

/* Such a fault as `rate --batch` says it: "hts '87x': not a product code ...". */
void rate_memo_fault(const struct tol_error *error, char *text, size_t size);

/* Of law_ground's list of idle memos. */
struct rate_memo *rate_memo_next(const struct rate_memo *memo);
void rate_memo_set_next(struct rate_memo *memo, struct rate_memo *next);

#endif
