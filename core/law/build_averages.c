/* Average values of facts by product and origin. */
#include <stdlib.h>
#include <string.h>

#include "law/build.h"
#include "law/facts.h"

/* An average stands in for a fact that may be missing: a share, or a choice between no and yes. */
static enum tol_status average_fact(struct tol_law_builder *builder, const struct build_row *row,
                                    struct law_average *average, uint64_t *mixed, struct tol_error *error)
{
    const struct tol_law *law = builder->law;
    uint32_t index = tol_build_fact(builder, tol_build_field(builder, row, AVERAGE_FACT));
    double yes = 0;
    if (index == LAW_NONE) {
        return tol_build_fault(builder, row, LAW_TABLE_AVERAGES, AVERAGE_FACT, NULL, error,
                               "no such fact; add it to facts.csv or write one that is there");
    }
    const struct law_fact *fact = &law->fact[index];
    bool yes_or_no = fact->type == LAW_CHOICE && fact->value_count == 2 &&
                     tol_law_fact_value_parse(law, index, "yes", &yes) && yes == 1;
    if (fact->assume || !(fact->type == LAW_SHARE || yes_or_no)) {
        return tol_build_fault(builder, row, LAW_TABLE_AVERAGES, AVERAGE_FACT, NULL, error,
                               "only a share, or a choice of `no yes`, whose missing is `range` has an average");
    }
    *mixed |= yes_or_no ? (uint64_t)1 << index : 0;
    if (__builtin_popcountll(*mixed) > LAW_MIXED_LIMIT) {
        return tol_build_fault(builder, row, LAW_TABLE_AVERAGES, AVERAGE_FACT, NULL, error,
                               "more than %d yes/no facts with averages; leave some out", LAW_MIXED_LIMIT);
    }
    average->fact = (uint16_t)index;
    return TOL_OK;
}

static enum tol_status average_where(const struct tol_law_builder *builder, const struct build_row *row,
                                     struct build_average *average, struct tol_error *error)
{
    const char *origin = tol_build_field(builder, row, AVERAGE_ORIGIN);
    if (!tol_build_product(tol_build_field(builder, row, AVERAGE_HS), &average->product)) {
        return tol_build_fault(builder, row, LAW_TABLE_AVERAGES, AVERAGE_HS, NULL, error,
                               "not a product code; write 2 to 10 digits without dots");
    }
    if (strcmp(origin, "*") != 0 &&
        (!tol_country_parse(origin, &average->row.origin) || !tol_country_exists(average->row.origin))) {
        return tol_build_fault(builder, row, LAW_TABLE_AVERAGES, AVERAGE_ORIGIN, NULL, error,
                               "no such country; write an ISO 3166 two-letter code, or * for any origin");
    }
    return tol_build_period(builder, row, LAW_TABLE_AVERAGES, AVERAGE_FROM, AVERAGE_UNTIL, false, &average->row.from,
                            &average->row.until, error);
}

static enum tol_status one_average(struct tol_law_builder *builder, const struct build_row *row, uint64_t *mixed,
                                   struct tol_error *error)
{
    struct build_average average = {.at = row};
    enum tol_status status = average_fact(builder, row, &average.row, mixed, error);
    status = status != TOL_OK ? status : average_where(builder, row, &average, error);
    if (status != TOL_OK) {
        return status;
    }
    double *value = &average.row.value;
    if (!tol_law_number_parse(tol_build_field(builder, row, AVERAGE_VALUE), value) || !(*value >= 0 && *value <= 1)) {
        return tol_build_fault(builder, row, LAW_TABLE_AVERAGES, AVERAGE_VALUE, NULL, error,
                               "not a share; write a fraction from 0 to 1");
    }
    struct build_average *added = tol_buffer_add(&builder->averages, 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    *added = average;
    return TOL_OK;
}

/* By product; within one, a country's own figure stands before that of any origin (0). */
static int by_place(const void *left, const void *right)
{
    const struct build_average *a = left;
    const struct build_average *b = right;
    if (a->product != b->product) {
        return a->product < b->product ? -1 : 1;
    }
    if (a->row.fact != b->row.fact) {
        return a->row.fact < b->row.fact ? -1 : 1;
    }
    if (a->row.origin != b->row.origin) {
        return a->row.origin > b->row.origin ? -1 : 1;
    }
    return a->row.from < b->row.from ? -1 : a->row.from > b->row.from;
}

static enum tol_status check_overlap(const struct tol_law_builder *builder, struct tol_error *error)
{
    for (size_t i = 1; i < builder->averages.count; i++) {
        const struct build_average *before = build_at(&builder->averages, i - 1);
        const struct build_average *here = build_at(&builder->averages, i);
        if (before->product == here->product && before->row.fact == here->row.fact &&
            before->row.origin == here->row.origin && before->row.until > here->row.from) {
            return tol_build_fault(builder, here->at, LAW_TABLE_AVERAGES, AVERAGE_FROM, NULL, error,
                                   "overlaps another row of the same fact, code and origin; end that one first");
        }
    }
    return TOL_OK;
}

enum tol_status tol_build_averages(struct tol_law_builder *builder, uint32_t importer_index, struct tol_error *error)
{
    size_t count;
    uint64_t mixed = 0;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_AVERAGES, &count);
    builder->averages.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (tol_build_importer_index(builder, tol_build_importer(builder, &row[i])) == importer_index) {
            enum tol_status status = one_average(builder, &row[i], &mixed, error);
            if (status != TOL_OK) {
                return status;
            }
        }
    }
    if (builder->averages.count > 0) {
        qsort(builder->averages.data, builder->averages.count, sizeof(struct build_average), by_place);
    }
    return check_overlap(builder, error);
}

enum tol_status tol_build_averages_attach(struct tol_law_builder *builder, const struct law_importer *importer,
                                          struct tol_error *error)
{
    struct tol_buffer *section = &builder->section[LAW_AVERAGES];
    const uint64_t *product = build_at(&builder->section[LAW_PRODUCTS], importer->node_first);
    struct law_node *node = build_at(&builder->section[LAW_NODES], importer->node_first);
    const struct build_average *from = builder->averages.data;
    size_t first = section->count;
    struct law_average *to = tol_buffer_add(section, builder->averages.count);
    if (to == NULL) {
        return tol_build_no_memory(error);
    }
    size_t at = 0;
    for (uint32_t i = 0; i < importer->node_count; i++) {
        node[i].average_first = (uint32_t)(first + at);
        for (; at < builder->averages.count && from[at].product == product[i]; at++) {
            to[at] = from[at].row;
            node[i].average_count++;
        }
    }
    return TOL_OK;
}
