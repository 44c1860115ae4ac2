/* What reading, comparing and checking the tables share. */
#ifndef TOLMUUR_LAW_BROWSE_INTERNAL_H
#define TOLMUUR_LAW_BROWSE_INTERNAL_H

#include "law/build.h"
#include "tolmuur/law_browse.h"

struct browse_row {
    uint64_t at; /* in the source */
    uint64_t ordinal;
};

struct tol_law_browser {
    const struct tol_law *law;
    struct tol_buffer row[LAW_TABLE_COUNT]; /* browse_row; the schedule's tables stay empty */
    struct tol_buffer measure_row;          /* uint32: by measure, its place in row[LAW_TABLE_MEASURES] */
    struct tol_buffer measure_importer;     /* uint32: by measure, its importer */
};

/* The row's texts, and where it stands. */
void tol_browse_row(const struct tol_law_browser *browser, enum law_table table, size_t index,
                    struct law_source_row *row, struct tol_law_place *place);
size_t tol_browse_row_count(const struct tol_law_browser *browser, enum law_table table);

static inline const struct law_importer *tol_browse_importer(const struct tol_law_browser *browser, size_t measure)
{
    return &browser->law->importer[*(const uint32_t *)tol_buffer_at(&browser->measure_importer, measure)];
}

/* Dates of a measure: as finally, or as collected on the day. */
static inline bool tol_browse_in_force(const struct law_measure *measure, bool collected, tol_day day)
{
    return collected ? law_in_force(measure->collected_from, measure->collected_until, day)
                     : law_in_force(measure->from, measure->until, day);
}

/* Row of the measures' bits for an origin on a day. */
const uint64_t *tol_browse_partner_bits(const struct tol_law *law, const struct law_importer *importer, unsigned slot,
                                        tol_day day);

static inline bool tol_browse_bit(const uint64_t *bits, uint32_t bit)
{
    return (bits[bit / 64] >> bit % 64 & 1) != 0;
}

/* Some origin is named by one measure on one day and by the other on another day. Measures count within the importer. */
bool tol_browse_partners_meet(const struct tol_law *law, const struct law_importer *importer, uint32_t left,
                              tol_day left_day, uint32_t right, tol_day right_day);

/* The same for products. */
bool tol_browse_products_meet(const struct tol_law *law, const struct law_importer *importer, uint32_t left,
                              tol_day left_day, uint32_t right, tol_day right_day);

/* The measure names the code at the node. */
bool tol_browse_names_node(const struct tol_law *law, const struct law_importer *importer, uint32_t measure,
                           uint32_t node, tol_day day);

/* Sorts days and drops those that come twice. */
void tol_browse_sort_days(struct tol_buffer *days);

/* Can the conditions of both hold for the same goods? A measure with itself: can its own? */
bool tol_browse_conditions_meet(const struct tol_law *law, const struct law_measure *left,
                                const struct law_measure *right);

#endif
