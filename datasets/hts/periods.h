/* Periods of a schedule table, and a snapshot laid into them. */
#ifndef TOLMUUR_HTS_PERIODS_H
#define TOLMUUR_HTS_PERIODS_H

#include <stdbool.h>

#include "hts/archive.h"
#include "tolmuur/day.h"

struct hts_period {
    char code[HTS_CODE_SIZE];
    tol_day from, until;         /* TOL_DAY_MIN, TOL_DAY_MAX: open */
    const struct hts_duty *duty; /* NULL in the table of statistical lines */
};

struct hts_periods {
    struct hts_period *item; /* by code and day */
    size_t count, room;
};

/* Caller frees `item`. */
TOL_MUST_CHECK enum tol_status tol_hts_periods_add(struct hts_periods *periods, const struct hts_period *period,
                                                   struct tol_error *error);
void tol_hts_periods_sort(struct hts_periods *periods);

enum hts_change_kind { HTS_NEW, HTS_ENDED, HTS_CHANGED, HTS_EXTENDED, HTS_RESPELLED };

struct hts_snapshot {
    const struct hts_entries *entries;
    tol_day from;      /* the day of which it tells the state */
    tol_day until;     /* TOL_DAY_MAX: until what the table already knows next */
    tol_day base_from; /* first day of the table: what is older ends there unless the table goes on alike */
    bool newest;       /* its spelling stands for rates that are the same */
    struct text_pool *pool;
};

/* Told for every code whose periods change. before, after: the duty on the snapshot's day, NULL when there is none. */
typedef enum tol_status (*hts_change_function)(void *context, enum hts_change_kind kind, const char *code,
                                               const struct hts_duty *before, const struct hts_duty *after,
                                               struct tol_error *error);

/* *result: the periods of the table with the snapshot in them. Duties stay where they are. */
TOL_MUST_CHECK enum tol_status tol_hts_periods_lay(const struct hts_periods *table, const struct hts_snapshot *snapshot,
                                                   hts_change_function told, void *context, struct hts_periods *result,
                                                   struct tol_error *error);

#endif
