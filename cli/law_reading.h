/* What the subcommands of `law` begin with: the tables opened for reading, and how their fields are written. */
#ifndef CLI_LAW_READING_H
#define CLI_LAW_READING_H

#include "json_writer.h"
#include "options.h"
#include "render_table.h"

#include "tolmuur/law_browse.h"

struct law_reading {
    struct tol_law *law;
    struct tol_law_browser *browser;
    char folder[600]; /* what stands before the file of a place: "" for compiled tables */
    tol_country into; /* US unless --into names another; EU for a member */
};

/* --tables may name a compiled file, or a folder with the text tables (law/ and what belongs to it), which are then compiled in memory. Close
 * also after a failure. */
TOL_MUST_CHECK enum tol_status law_reading_open(struct law_reading *reading, const struct options *options,
                                                struct tol_error *error);
void law_reading_close(struct law_reading *reading);

/* Says on stderr that a day is past the last one that the tables cover. */
void law_past_coverage_note(const struct law_reading *reading, tol_day day);

/* A word that must be one of some names: `names` is what to choose from. TOL_USAGE with the nearest. */
TOL_MUST_CHECK enum tol_status law_choose(const char *what, const char *word, const char *const *names, size_t count,
                                          struct tol_error *error);

/* "2025-08-07"; "" for an open one. */
const char *law_day_text(tol_day day, char text[TOL_DAY_TEXT_SIZE]);

/* "+25 %", "up to 15 % with mfn", "0 % instead of the base", "relief". */
enum { LAW_TERMS_SIZE = 200 };
const char *law_terms_text(const struct tol_law_measure *measure, char text[LAW_TERMS_SIZE]);

/* The rate as a fraction in JSON: null for a relief and for an amount, which stands in `amount`. */
void law_json_rate(struct json_writer *json, const struct tol_law_measure *measure);

/* Columns origin to place of a measure, for JSON. */
void law_json_measure(struct json_writer *json, const struct tol_law_measure *measure);
void law_json_day(struct json_writer *json, const char *key, tol_day day);

#endif
