/* base_rates.csv, tariff_lines.csv and coverage.csv of a folder of law tables: read, and written again. */
#ifndef TOLMUUR_HTS_SCHEDULE_FILES_H
#define TOLMUUR_HTS_SCHEDULE_FILES_H

#include "hts/periods.h"

#define HTS_IMPORTER "US"
#define HTS_COVERAGE_COLUMNS 6

struct hts_coverage_row {
    const char *field[HTS_COVERAGE_COLUMNS]; /* importer, from, until, base_from, base_until, source */
};

struct hts_schedule {
    struct text_pool pool;
    struct hts_periods rates, lines;
    struct hts_coverage_row *coverage;
    size_t coverage_count;
    tol_day base_from; /* TOL_DAY_MAX: the schedule is empty */
};

/* Tables of rates and lines that are missing are empty ones; coverage.csv must be there. Free with tol_hts_schedule_free also after a failure. */
TOL_MUST_CHECK enum tol_status tol_hts_schedule_read(const char *law_folder, struct hts_schedule *schedule,
                                                     struct tol_error *error);
void tol_hts_schedule_free(struct hts_schedule *schedule);

/* Writes the three tables under temporary names and renames them when all are whole. Makes folder/us. */
TOL_MUST_CHECK enum tol_status tol_hts_schedule_write(const char *folder, const struct hts_schedule *schedule,
                                                      const struct hts_periods *rates, const struct hts_periods *lines,
                                                      tol_day base_from, struct tol_error *error);

#endif
