/* An official archive of the US tariff schedule into the law tables. */
#ifndef DATASETS_HTS_H
#define DATASETS_HTS_H

#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/day.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

enum tol_hts_change_kind {
    TOL_HTS_NEW_LINE,      /* a statistical line (10 digits) or rate line (8 digits) begins */
    TOL_HTS_ENDED_LINE,    /* it is closed */
    TOL_HTS_CHANGED_RATE,  /* another rate, in any of the three columns */
    TOL_HTS_EXTENDED_LINE, /* the table knew it from a later day on */
    TOL_HTS_RESPELLED,     /* the same rate in other words */
    TOL_HTS_CHANGE_KINDS
};
const char *tol_hts_change_name(enum tol_hts_change_kind kind);

struct tol_hts_change {
    enum tol_hts_change_kind kind;
    char code[11];
    char *before, *after; /* "general | special | column 2"; "" where there is none */
};

struct tol_hts_report {
    struct tol_hts_change *change;
    size_t change_count, change_room;
    size_t rate_count[TOL_HTS_CHANGE_KINDS]; /* codes of base_rates.csv */
    size_t line_count[TOL_HTS_CHANGE_KINDS]; /* codes of tariff_lines.csv */
    tol_day base_from_before, base_from_after;
};
void tol_hts_report_release(struct tol_hts_report *report);

struct tol_hts_import {
    const char *archive;    /* JSON, plain or gzip */
    const char *law_folder; /* holds coverage.csv and us/ */
    const char *out_folder; /* gets coverage.csv and us/; may be law_folder; NULL: only look */
    tol_day from;           /* the day of which the archive tells the state */
    tol_day until;          /* first day of which it no longer does; TOL_DAY_MAX: up to what the tables know next */
};

/* Lays the archive's rates and lines into base_rates.csv and tariff_lines.csv, and coverage.csv's base_from back to an earlier day. A table that is
 * missing is an empty one. Files are written under temporary names and renamed. The report is the caller's to release, also after
 * a failure. TOL_BAD_DATA: file, element or row, field, value and how to mend it; TOL_NO_INPUT, TOL_CANNOT_CREATE, TOL_IO. */
TOL_MUST_CHECK enum tol_status tol_hts_import(const struct tol_hts_import *import, struct tol_hts_report *report,
                                              struct tol_error *error);

#pragma GCC visibility pop

#endif
