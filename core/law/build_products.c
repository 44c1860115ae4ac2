/* Which products: named lists, codes written in measures, the schedule, and the tree over all codes. */
#include <stdlib.h>
#include <string.h>

#include "law/build.h"

#define WORD_SIZE 128

static uint32_t add_list(struct tol_law_builder *builder, uint32_t importer, const char *importer_name,
                         const char *name)
{
    struct law_importer *owner = build_at(&builder->section[LAW_IMPORTERS], importer);
    struct build_list *list = tol_buffer_add(&builder->lists, 1);
    if (list == NULL) {
        return LAW_NONE;
    }
    *list = (struct build_list){
        .importer = importer_name, .name = name, .importer_index = importer, .index = owner->list_count};
    return owner->list_count++;
}

static enum tol_status add_entry(struct tol_law_builder *builder, const struct build_entry *entry,
                                 struct tol_error *error)
{
    struct build_entry *added = tol_buffer_add(&builder->entries, 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    *added = *entry;
    return TOL_OK;
}

static enum tol_status entry_status(const struct tol_law_builder *builder, const struct build_row *row,
                                    struct build_entry *entry, struct tol_error *error)
{
    const char *status = tol_build_field(builder, row, PRODUCT_STATUS);
    entry->unconfirmed = strcmp(status, "unconfirmed") == 0;
    if (!entry->unconfirmed && status[0] != '\0') {
        return tol_build_fault(builder, row, LAW_TABLE_PRODUCTS, PRODUCT_STATUS, NULL, error,
                               "write nothing, or unconfirmed");
    }
    return TOL_OK;
}

/* Rows are sorted, so a list's rows follow each other. */
enum tol_status tol_build_lists(struct tol_law_builder *builder, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_PRODUCTS, &count);
    const char *name = "";
    const char *importer_name = "";
    struct build_entry entry = {.list = LAW_NONE};
    for (size_t i = 0; i < count; i++) {
        const char *importer_here = tol_build_importer(builder, &row[i]);
        if (entry.list == LAW_NONE || strcmp(name, tol_build_list(builder, &row[i])) != 0 ||
            strcmp(importer_name, importer_here) != 0) {
            name = tol_build_list(builder, &row[i]);
            importer_name = importer_here;
            entry.importer_index = tol_build_importer_index(builder, importer_name);
            if (entry.importer_index == LAW_NONE) {
                return tol_build_fault(builder, &row[i], LAW_TABLE_PRODUCTS, PRODUCT_HS, NULL, error,
                                       "its importer is not in coverage.csv; add a row for it there");
            }
            entry.list = add_list(builder, entry.importer_index, importer_name, name);
            if (entry.list == LAW_NONE) {
                return tol_build_no_memory(error);
            }
        }
        if (!tol_build_product(tol_build_field(builder, &row[i], PRODUCT_HS), &entry.product)) {
            return tol_build_fault(builder, &row[i], LAW_TABLE_PRODUCTS, PRODUCT_HS, NULL, error,
                                   "not a product code; write 2 to 10 digits without dots");
        }
        enum tol_status status = tol_build_period(builder, &row[i], LAW_TABLE_PRODUCTS, PRODUCT_FROM, PRODUCT_UNTIL,
                                                  false, &entry.from, &entry.until, error);
        status = status != TOL_OK ? status : entry_status(builder, &row[i], &entry, error);
        status = status != TOL_OK ? status : add_entry(builder, &entry, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

static uint32_t find_list(const struct tol_law_builder *builder, uint32_t importer, const char *name)
{
    for (size_t i = 0; i < builder->lists.count; i++) {
        const struct build_list *list = build_at(&builder->lists, i);
        if (list->importer_index == importer && list->name[0] != '\0' && strcmp(list->name, name) == 0) {
            return list->index;
        }
    }
    return LAW_NONE;
}

static enum tol_status add_use(struct tol_law_builder *builder, const struct build_use *use, struct tol_error *error)
{
    struct build_use *added = tol_buffer_add(&builder->uses, 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    *added = *use;
    return TOL_OK;
}

/* Codes written in the measure itself become a list without a name, one per column. */
static enum tol_status one_word(struct tol_law_builder *builder, const struct build_row *row, unsigned column,
                                const char *word, struct build_use use, uint32_t *own_list, struct tol_error *error)
{
    struct build_entry entry = {
        .importer_index = use.importer_index, .from = TOL_DAY_MIN, .until = TOL_DAY_MAX, .list = *own_list};
    if (strcmp(word, "*") == 0) {
        use.star = 1;
        return add_use(builder, &use, error);
    }
    if (word[0] == '@') {
        use.list = find_list(builder, use.importer_index, word + 1);
        if (use.list == LAW_NONE) {
            return tol_build_fault(builder, row, LAW_TABLE_MEASURES, column, word, error,
                                   "no such product list; add products/%s.csv with at least one row", word + 1);
        }
        return add_use(builder, &use, error);
    }
    if (!tol_build_product(word, &entry.product)) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, column, word, error,
                               "not a product; write *, @list, or 2 to 10 digits without dots");
    }
    if (*own_list == LAW_NONE) {
        *own_list = add_list(builder, use.importer_index, tol_build_importer(builder, row), "");
        use.list = *own_list;
        entry.list = *own_list;
        if (*own_list == LAW_NONE) {
            return tol_build_no_memory(error);
        }
        enum tol_status status = add_use(builder, &use, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return add_entry(builder, &entry, error);
}

static enum tol_status product_column(struct tol_law_builder *builder, const struct build_row *row, unsigned column,
                                      const struct build_use *use, struct tol_error *error)
{
    const char *text = tol_build_field(builder, row, column);
    char word[WORD_SIZE];
    uint32_t own_list = LAW_NONE;
    bool any = false;
    while (tol_build_word(&text, word, sizeof word)) {
        enum tol_status status = one_word(builder, row, column, word, *use, &own_list, error);
        if (status != TOL_OK) {
            return status;
        }
        any = true;
    }
    if (!any && column == MEASURE_PRODUCTS) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, column, NULL, error,
                               "no products; write * for all of them");
    }
    return TOL_OK;
}

static enum tol_status measure_products(struct tol_law_builder *builder, struct tol_error *error)
{
    for (size_t i = 0; i < builder->section[LAW_IMPORTERS].count; i++) {
        const struct law_importer importer = *(struct law_importer *)build_at(&builder->section[LAW_IMPORTERS], i);
        for (uint32_t m = 0; m < importer.measure_count; m++) {
            const struct build_row *row =
                *(const struct build_row **)build_at(&builder->measure_rows, importer.measure_first + m);
            struct build_use use = {.measure = m, .importer_index = (uint32_t)i};
            enum tol_status status = product_column(builder, row, MEASURE_PRODUCTS, &use, error);
            use.exclude = 1;
            status = status != TOL_OK ? status : product_column(builder, row, MEASURE_PRODUCTS_EXCEPT, &use, error);
            if (status != TOL_OK) {
                return status;
            }
        }
    }
    return TOL_OK;
}

static void set_bit(struct tol_law_builder *builder, uint64_t row, unsigned bit)
{
    *(uint64_t *)build_at(&builder->section[LAW_BITS], row + bit / 64) |= (uint64_t)1 << bit % 64;
}

enum tol_status tol_build_product_bits(struct tol_law_builder *builder, struct tol_error *error)
{
    enum tol_status status = measure_products(builder, error);
    if (status != TOL_OK) {
        return status;
    }
    for (size_t i = 0; i < builder->section[LAW_IMPORTERS].count; i++) {
        struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], i);
        size_t rows = 1 + 2 * (size_t)importer->list_count;
        importer->star_bits = (uint32_t)builder->section[LAW_BITS].count;
        importer->include_bits = importer->star_bits + importer->words;
        importer->exclude_bits = importer->include_bits + importer->list_count * importer->words;
        if (tol_buffer_add(&builder->section[LAW_BITS], rows * importer->words) == NULL) {
            return tol_build_no_memory(error);
        }
    }
    for (size_t i = 0; i < builder->uses.count; i++) {
        const struct build_use *use = build_at(&builder->uses, i);
        const struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], use->importer_index);
        uint64_t row = use->exclude ? importer->exclude_bits : importer->include_bits;
        if (!use->star) {
            set_bit(builder, row + (uint64_t)use->list * importer->words, use->measure);
        } else if (!use->exclude) {
            set_bit(builder, importer->star_bits, use->measure);
        }
    }
    return TOL_OK;
}
