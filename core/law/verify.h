/* Is what the sections of a tables file say about each other true? Checksums tell that a file is as it was written; these tell that reading it stays
 * inside it, whoever wrote it. Sections are bound and their checksums compared before. */
#ifndef TOLMUUR_LAW_VERIFY_H
#define TOLMUUR_LAW_VERIFY_H

#include "law/image.h"

/* The tables whose size goes with the number of rules, not of codes: facts, programmes, importers, measures and what these point at, but not
 * the codes, their rows and the concordance (tol_law_verify). tol_law_open does it for every file. TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status tol_law_verify_rules(const struct tol_law *law, struct tol_error *error);

/* The rows that a law was compiled from: whole records, as many facts as the compiled law has, and places inside the pool of texts. TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status tol_law_verify_source(const struct tol_law *law, struct tol_error *error);

/* Says that a section of the law's file is not what it should be. */
enum tol_status tol_law_damaged(const struct tol_law *law, const char *section, struct tol_error *error);

static inline bool law_is_text(const struct tol_law *law, uint32_t offset)
{
    return offset < law->count[LAW_STRINGS];
}

/* [first, first + count) lies in a section. */
static inline bool law_is_part(const struct tol_law *law, enum law_section section, uint64_t first, uint64_t count)
{
    return first <= law->count[section] && count <= law->count[section] - first;
}

static inline bool law_is_rate(double rate)
{
    return rate >= -1 && rate <= 10;
}

static inline bool law_is_share(double value)
{
    return value >= 0 && value <= 1;
}

#endif
