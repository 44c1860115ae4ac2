/* One official archive of the US schedule: a snapshot of its lines and rates. */
#ifndef TOLMUUR_HTS_ARCHIVE_H
#define TOLMUUR_HTS_ARCHIVE_H

#include "hts/text_pool.h"
#include "tolmuur/status.h"

#define HTS_CODE_SIZE 11

/* As base_rates.csv has it. */
struct hts_duty {
    const char *kind, *rate, *text, *special, *column2_kind, *column2_rate, *column2_text, *source;
};

struct hts_entry {
    char code[HTS_CODE_SIZE];
    const struct hts_duty *duty; /* of an 8-digit line; NULL for a statistical line */
};

struct hts_entries {
    struct hts_entry *item; /* by code, each once */
    size_t count, room;
};

struct hts_archive {
    struct text_pool pool;
    struct hts_entries rates; /* 8 digits */
    struct hts_entries lines; /* 10 digits */
};

/* path: a JSON array of elements with htsno, general, special, other (and more that is passed over), or an object that holds such an array; plain or
 * gzip. Free with tol_hts_archive_free also after a failure. TOL_BAD_DATA: file, element (as row), field, value and how to mend it. */
TOL_MUST_CHECK enum tol_status tol_hts_archive_read(const char *path, const char *source, struct hts_archive *archive,
                                                    struct tol_error *error);
void tol_hts_archive_free(struct hts_archive *archive);

#endif
