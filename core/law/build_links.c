/* The concordance: rows of old and new codes, as links that are followed forward and backward in time. */
#include <stdlib.h>
#include <string.h>

#include "law/build.h"

static enum tol_status row_fault(const struct tol_law_builder *builder, const struct build_row *row, unsigned column,
                                 struct tol_error *error, const char *message)
{
    return tol_build_fault(builder, row, LAW_TABLE_CONCORDANCE, column, NULL, error, "%s", message);
}

static enum tol_status read_row(const struct tol_law_builder *builder, const struct build_row *row,
                                struct law_link *forward, struct tol_error *error)
{
    static const char bad_code[] = "not a product code; write 2 to 10 digits without dots";
    const char *importer = tol_build_field(builder, row, CONCORDANCE_IMPORTER);
    if (importer[0] != '\0' && tol_build_importer_index(builder, importer) == LAW_NONE) {
        return row_fault(builder, row, CONCORDANCE_IMPORTER, error,
                         "not in coverage.csv; add a row for it there, or leave it empty for all importers");
    }
    if (!tol_build_product(tol_build_field(builder, row, CONCORDANCE_OLD), &forward->code)) {
        return row_fault(builder, row, CONCORDANCE_OLD, error, bad_code);
    }
    if (!tol_build_product(tol_build_field(builder, row, CONCORDANCE_NEW), &forward->stands_as)) {
        return row_fault(builder, row, CONCORDANCE_NEW, error, bad_code);
    }
    if (forward->code == forward->stands_as) {
        return row_fault(builder, row, CONCORDANCE_NEW, error,
                         "takes its own place; leave the row out, a code that stands answers for itself");
    }
    if (!tol_day_parse(tol_build_field(builder, row, CONCORDANCE_FROM), &forward->day)) {
        return row_fault(builder, row, CONCORDANCE_FROM, error,
                         "not a date; write the first day of the new code as YYYY-MM-DD");
    }
    return TOL_OK;
}

/* Rows are sorted, so that one that stands twice follows itself; another source does not make it another row. */
static bool repeats(const struct tol_law_builder *builder, const struct build_row *row)
{
    for (unsigned column = CONCORDANCE_IMPORTER; column <= CONCORDANCE_FROM; column++) {
        if (strcmp(tol_build_field(builder, row, column), tol_build_field(builder, row - 1, column)) != 0) {
            return false;
        }
    }
    return true;
}

static enum tol_status add_links(struct tol_law_builder *builder, const struct law_link *forward,
                                 struct tol_error *error)
{
    struct law_link *link = tol_buffer_add(&builder->section[LAW_LINKS], 2);
    if (link == NULL) {
        return tol_build_no_memory(error);
    }
    link[0] = *forward;
    link[1] =
        (struct law_link){.code = forward->stands_as, .stands_as = forward->code, .day = forward->day, .backward = 1};
    return TOL_OK;
}

static int by_code(const void *left, const void *right)
{
    const struct law_link *a = left;
    const struct law_link *b = right;
    if (a->code != b->code) {
        return a->code < b->code ? -1 : 1;
    }
    if (a->backward != b->backward) {
        return a->backward < b->backward ? -1 : 1;
    }
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    return a->stands_as < b->stands_as ? -1 : a->stands_as > b->stands_as;
}

/* Rows without an importer count for each. */
static enum tol_status links_of(struct tol_law_builder *builder, uint32_t importer_index, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_CONCORDANCE, &count);
    struct tol_buffer *links = &builder->section[LAW_LINKS];
    size_t first = links->count;
    for (size_t i = 0; i < count; i++) {
        const char *importer = tol_build_field(builder, &row[i], CONCORDANCE_IMPORTER);
        struct law_link forward = {.backward = 0};
        enum tol_status status = read_row(builder, &row[i], &forward, error);
        if (status == TOL_OK && i > 0 && repeats(builder, &row[i])) {
            status = row_fault(builder, &row[i], CONCORDANCE_NEW, error, "this row stands twice; take one out");
        }
        if (status == TOL_OK &&
            (importer[0] == '\0' || tol_build_importer_index(builder, importer) == importer_index)) {
            status = add_links(builder, &forward, error);
        }
        if (status != TOL_OK) {
            return status;
        }
    }
    if (links->count > first) {
        qsort(build_at(links, first), links->count - first, sizeof(struct law_link), by_code);
    }
    struct law_importer *owner = build_at(&builder->section[LAW_IMPORTERS], importer_index);
    owner->link_first = (uint32_t)first;
    owner->link_count = (uint32_t)(links->count - first);
    return TOL_OK;
}

enum tol_status tol_build_links(struct tol_law_builder *builder, struct tol_error *error)
{
    for (size_t i = 0; i < builder->section[LAW_IMPORTERS].count; i++) {
        enum tol_status status = links_of(builder, (uint32_t)i, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}
