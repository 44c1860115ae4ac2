/* The checks of the tables, one step per kind of fault. */
#ifndef TOLMUUR_LAW_CHECK_H
#define TOLMUUR_LAW_CHECK_H

#include "law/browse.h"

struct law_check {
    const struct tol_law_browser *browser;
    const struct tol_law *law;
    tol_law_fault_function function;
    void *context;
};

/* Where a fault is: a row of a table and one of its columns. value NULL: the whole field. */
struct check_place {
    enum law_table table;
    size_t row;
    unsigned column;
    const char *value;
};

enum tol_status tol_check_tell(const struct law_check *check, enum tol_law_fault_kind kind,
                               const struct check_place *place, struct tol_error *error, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same about a measure. */
enum tol_status tol_check_tell_measure(const struct law_check *check, enum tol_law_fault_kind kind, uint32_t measure,
                                       unsigned column, const char *value, struct tol_error *error, const char *format,
                                       ...) __attribute__((format(printf, 7, 8)));

/* Does the schedule tell that it never held the code? A chapter of which the tables hold no line cannot tell which of its codes exist; nor can a
 * schedule without statistical lines tell what stands beneath a tariff line. */
enum check_code { CHECK_CODE_NOT_JUDGED, CHECK_CODE_HELD, CHECK_CODE_STRAY };
enum check_code tol_check_code(const struct tol_law *law, const struct law_importer *importer, const char *hs);

/* NULL: no such importer. */
const struct law_importer *tol_check_importer(const struct tol_law *law, const char *name);

const char *tol_check_id(const struct law_check *check, uint32_t measure);
enum tol_status tol_check_no_memory(struct tol_error *error);

/* Does a column of words, separated by spaces, hold this one? */
bool tol_check_has_word(const char *column, const char *word);

enum tol_status tol_check_overlaps(const struct law_check *check, struct tol_error *error);
enum tol_status tol_check_orphans(const struct law_check *check, struct tol_error *error);
enum tol_status tol_check_voids(const struct law_check *check, struct tol_error *error);
enum tol_status tol_check_citations(const struct law_check *check, struct tol_error *error);
enum tol_status tol_check_codes(const struct law_check *check, struct tol_error *error);
enum tol_status tol_check_concordance(const struct law_check *check, struct tol_error *error);
enum tol_status tol_check_gaps(const struct law_check *check, struct tol_error *error);

#endif
