/* The schedule: base rates and statistical lines, and the tree of all codes that any table names. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law/build.h"

static enum tol_status column_rate(const struct tol_law_builder *builder, const struct build_row *row,
                                   unsigned kind_column, unsigned rate_column, uint8_t *kind, double *rate,
                                   struct tol_error *error)
{
    static const char *const kinds[] = {"unknown", "free", "ad_valorem", "specific", "compound"};
    const char *text = tol_build_field(builder, row, kind_column);
    unsigned at = 0;
    while (at < 5 && strcmp(kinds[at], text) != 0) {
        at++;
    }
    if (at == 5) {
        return tol_build_fault(builder, row, LAW_TABLE_BASE_RATES, kind_column, NULL, error,
                               "no such kind; write free, ad_valorem, specific, compound or unknown");
    }
    *kind = (uint8_t)at;
    *rate = 0;
    bool given = tol_build_field(builder, row, rate_column)[0] != '\0';
    bool wanted = at == TOL_BASE_AD_VALOREM || at == TOL_BASE_COMPOUND;
    if (given || wanted) {
        enum tol_status status = tol_build_rate(builder, row, LAW_TABLE_BASE_RATES, rate_column, rate, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    if (!wanted && *rate != 0) {
        return tol_build_fault(builder, row, LAW_TABLE_BASE_RATES, rate_column, NULL, error,
                               "a duty of this kind has no ad valorem part; leave the rate empty");
    }
    return TOL_OK;
}

/* The amount per unit that a text states, when it states one. */
static enum tol_status base_amount(struct tol_law_builder *builder, const char *text, double *usd, uint32_t *unit,
                                   struct tol_error *error)
{
    char name[128];
    if (!tol_build_amount(text, usd, name, sizeof name)) {
        *usd = 0;
        name[0] = '\0';
    }
    return tol_build_string(builder, name, unit) ? TOL_OK : tol_build_no_memory(error);
}

static enum tol_status base_amounts(struct tol_law_builder *builder, const struct build_row *row,
                                    struct law_base_row *base, struct tol_error *error)
{
    enum tol_status status =
        base_amount(builder, tol_build_field(builder, row, BASE_TEXT), &base->amount_usd, &base->unit, error);
    return status != TOL_OK ? status
                            : base_amount(builder, tol_build_field(builder, row, BASE_COLUMN2_TEXT),
                                          &base->column2_amount_usd, &base->column2_unit, error);
}

static enum tol_status base_texts(struct tol_law_builder *builder, const struct build_row *row,
                                  struct law_base_row *base, struct tol_error *error)
{
    if (!tol_build_string(builder, tol_build_field(builder, row, BASE_TEXT), &base->text) ||
        !tol_build_string(builder, tol_build_field(builder, row, BASE_COLUMN2_TEXT), &base->column2_text) ||
        !tol_build_string(builder, tol_build_field(builder, row, BASE_SPECIAL), &base->special) ||
        !tol_build_string(builder, tol_build_field(builder, row, BASE_SOURCE), &base->source)) {
        return tol_build_no_memory(error);
    }
    return TOL_OK;
}

static enum tol_status base_status(struct tol_law_builder *builder, const struct build_row *row,
                                   struct law_base_row *base, struct tol_error *error)
{
    const char *status = tol_build_field(builder, row, BASE_STATUS);
    base->unconfirmed = strcmp(status, "unconfirmed") == 0;
    if (!base->unconfirmed && status[0] != '\0') {
        return tol_build_fault(builder, row, LAW_TABLE_BASE_RATES, BASE_STATUS, NULL, error,
                               "write nothing, or unconfirmed");
    }
    return TOL_OK;
}

static enum tol_status one_base(struct tol_law_builder *builder, const struct build_row *row, struct tol_error *error)
{
    struct build_base base = {.at = row};
    if (!tol_build_product(tol_build_field(builder, row, PRODUCT_HS), &base.product)) {
        return tol_build_fault(builder, row, LAW_TABLE_BASE_RATES, PRODUCT_HS, NULL, error,
                               "not a product code; write 2 to 10 digits without dots");
    }
    enum tol_status status = tol_build_period(builder, row, LAW_TABLE_BASE_RATES, PRODUCT_FROM, PRODUCT_UNTIL, false,
                                              &base.row.from, &base.row.until, error);
    status = status != TOL_OK ? status
                              : column_rate(builder, row, BASE_KIND, BASE_RATE, &base.row.kind, &base.row.rate, error);
    status = status != TOL_OK ? status : base_texts(builder, row, &base.row, error);
    status = status != TOL_OK ? status : base_status(builder, row, &base.row, error);
    status = status != TOL_OK ? status : base_amounts(builder, row, &base.row, error);
    if (status != TOL_OK) {
        return status;
    }
    if (tol_build_field(builder, row, BASE_COLUMN2_KIND)[0] == '\0') {
        /* A schedule without a second column: the first applies to all. */
        base.row.column2_kind = base.row.kind;
        base.row.column2_rate = base.row.rate;
        base.row.column2_text = base.row.text;
        base.row.column2_amount_usd = base.row.amount_usd;
        base.row.column2_unit = base.row.unit;
    } else {
        status = column_rate(builder, row, BASE_COLUMN2_KIND, BASE_COLUMN2_RATE, &base.row.column2_kind,
                             &base.row.column2_rate, error);
    }
    struct build_base *added = status == TOL_OK ? tol_buffer_add(&builder->bases, 1) : NULL;
    if (status == TOL_OK && added == NULL) {
        return tol_build_no_memory(error);
    }
    if (added != NULL) {
        *added = base;
    }
    return status;
}

static enum tol_status one_line(struct tol_law_builder *builder, const struct build_row *row, struct tol_error *error)
{
    struct build_line line;
    if (!tol_build_product(tol_build_field(builder, row, PRODUCT_HS), &line.product)) {
        return tol_build_fault(builder, row, LAW_TABLE_TARIFF_LINES, PRODUCT_HS, NULL, error,
                               "not a product code; write 2 to 10 digits without dots");
    }
    enum tol_status status = tol_build_period(builder, row, LAW_TABLE_TARIFF_LINES, PRODUCT_FROM, PRODUCT_UNTIL, false,
                                              &line.row.from, &line.row.until, error);
    if (status != TOL_OK) {
        return status;
    }
    struct build_line *added = tol_buffer_add(&builder->lines, 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    *added = line;
    return TOL_OK;
}

/* Rows are sorted by code and beginning, so overlapping periods are neighbours. */
static enum tol_status check_overlap(const struct tol_law_builder *builder, size_t first, struct tol_error *error)
{
    for (size_t i = first + 1; i < builder->bases.count; i++) {
        const struct build_base *before = build_at(&builder->bases, i - 1);
        const struct build_base *here = build_at(&builder->bases, i);
        if (before->product == here->product && before->row.until > here->row.from) {
            return tol_build_fault(builder, here->at, LAW_TABLE_BASE_RATES, PRODUCT_FROM, NULL, error,
                                   "overlaps another row of the same code; end that one first");
        }
    }
    return TOL_OK;
}

typedef enum tol_status (*row_function)(struct tol_law_builder *builder, const struct build_row *row,
                                        struct tol_error *error);

static enum tol_status each_row(struct tol_law_builder *builder, enum law_table table, const char *importer,
                                row_function function, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, table, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tol_build_importer(builder, &row[i]), importer) == 0) {
            enum tol_status status = function(builder, &row[i], error);
            if (status != TOL_OK) {
                return status;
            }
        }
    }
    return TOL_OK;
}

static enum tol_status known_importers(const struct tol_law_builder *builder, enum law_table table,
                                       struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, table, &count);
    for (size_t i = 0; i < count; i++) {
        if (tol_build_importer_index(builder, tol_build_importer(builder, &row[i])) == LAW_NONE) {
            return tol_build_fault(builder, &row[i], table, PRODUCT_HS, NULL, error,
                                   "its importer is not in coverage.csv; add a row for it there");
        }
    }
    return TOL_OK;
}

enum tol_status tol_build_schedule(struct tol_law_builder *builder, struct tol_error *error)
{
    enum tol_status status = known_importers(builder, LAW_TABLE_BASE_RATES, error);
    status = status != TOL_OK ? status : known_importers(builder, LAW_TABLE_TARIFF_LINES, error);
    return status != TOL_OK ? status : known_importers(builder, LAW_TABLE_AVERAGES, error);
}

/* ---- the tree ------------------------------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static int by_entry(const void *left, const void *right)
{
    const struct build_entry *a = left;
    const struct build_entry *b = right;
    if (a->importer_index != b->importer_index) {
        return a->importer_index < b->importer_index ? -1 : 1;
    }
    if (a->product != b->product) {
        return a->product < b->product ? -1 : 1;
    }
    if (a->list != b->list) {
        return a->list < b->list ? -1 : 1;
    }
    return a->from < b->from ? -1 : a->from > b->from;
}

struct tree {
    struct tol_law_builder *builder;
    uint32_t importer_index;
    size_t entry_first, entry_end; /* the importer's part of the sorted entries */
    size_t base_first, line_first; /* bases and lines hold this importer's alone from here on */
};

static void entry_range(struct tree *tree)
{
    const struct tol_buffer *entries = &tree->builder->entries;
    size_t at = 0;
    while (at < entries->count &&
           ((struct build_entry *)build_at(entries, at))->importer_index < tree->importer_index) {
        at++;
    }
    tree->entry_first = at;
    while (at < entries->count &&
           ((struct build_entry *)build_at(entries, at))->importer_index == tree->importer_index) {
        at++;
    }
    tree->entry_end = at;
}

/* All codes of the importer, each once, appended to LAW_PRODUCTS. */
static enum tol_status collect_codes(struct tree *tree, struct law_importer *importer, struct tol_error *error)
{
    struct tol_law_builder *builder = tree->builder;
    struct tol_buffer *products = &builder->section[LAW_PRODUCTS];
    size_t first = products->count;
    size_t entries = tree->entry_end - tree->entry_first;
    size_t bases = builder->bases.count - tree->base_first;
    size_t lines = builder->lines.count - tree->line_first;
    size_t averages = builder->averages.count;
    uint64_t *code = tol_buffer_add(products, entries + bases + lines + averages);
    if (code == NULL) {
        return tol_build_no_memory(error);
    }
    uint64_t *to = code;
    for (size_t i = 0; i < entries; i++) {
        *to++ = ((struct build_entry *)build_at(&builder->entries, tree->entry_first + i))->product;
    }
    for (size_t i = 0; i < bases; i++) {
        *to++ = ((struct build_base *)build_at(&builder->bases, tree->base_first + i))->product;
    }
    for (size_t i = 0; i < lines; i++) {
        *to++ = ((struct build_line *)build_at(&builder->lines, tree->line_first + i))->product;
    }
    for (size_t i = 0; i < averages; i++) {
        *to++ = ((struct build_average *)build_at(&builder->averages, i))->product;
    }
    size_t all = products->count - first;
    qsort(code, all, sizeof *code, by_number);
    size_t kept = 0;
    for (size_t i = 0; i < all; i++) {
        if (kept == 0 || code[i] != code[kept - 1]) {
            code[kept++] = code[i];
        }
    }
    products->count = first + kept;
    importer->node_first = (uint32_t)first;
    importer->node_count = (uint32_t)kept;
    importer->has_lines = lines > 0;
    importer->has_bases = bases > 0;
    return TOL_OK;
}

static void link_nodes(struct tol_law_builder *builder, const struct law_importer *importer)
{
    struct law_node *node = build_at(&builder->section[LAW_NODES], importer->node_first);
    const uint64_t *product = build_at(&builder->section[LAW_PRODUCTS], importer->node_first);
    uint32_t open = LAW_NONE;
    for (uint32_t i = 0; i < importer->node_count; i++) {
        node[i].end = tol_law_product_end(product[i]);
        while (open != LAW_NONE && product[i] >= node[open].end) {
            node[open].next = i;
            open = node[open].parent;
        }
        node[i].parent = open;
        open = i;
    }
    while (open != LAW_NONE) {
        node[open].next = importer->node_count;
        open = node[open].parent;
    }
}

static void attach_weights(struct tol_law_builder *builder, const struct law_importer *importer)
{
    if (importer->country != ('U' << 8 | 'S')) {
        return;
    }
    struct law_node *node = build_at(&builder->section[LAW_NODES], importer->node_first);
    const uint64_t *product = build_at(&builder->section[LAW_PRODUCTS], importer->node_first);
    const uint64_t *weighted = builder->weight_product.data;
    const double *usd = builder->weight_usd.data;
    size_t at = 0;
    for (uint32_t i = 0; i < importer->node_count; i++) {
        while (at < builder->weight_product.count && weighted[at] < product[i]) {
            at++;
        }
        if (at < builder->weight_product.count && weighted[at] == product[i]) {
            node[i].weight = usd[at];
        }
    }
}

/* Each node's rows follow each other in the sections, in the order of the nodes. */
static enum tol_status attach_rows(struct tree *tree, const struct law_importer *importer, struct tol_error *error)
{
    struct tol_law_builder *builder = tree->builder;
    const uint64_t *product = build_at(&builder->section[LAW_PRODUCTS], importer->node_first);
    struct law_node *node = build_at(&builder->section[LAW_NODES], importer->node_first);
    size_t entry = tree->entry_first;
    size_t base = tree->base_first;
    size_t line = tree->line_first;
    for (uint32_t i = 0; i < importer->node_count; i++) {
        const struct build_entry *from_entry;
        const struct build_base *from_base;
        const struct build_line *from_line;
        node[i].entry_first = (uint32_t)builder->section[LAW_ENTRIES].count;
        node[i].base_first = (uint32_t)builder->section[LAW_BASE_ROWS].count;
        node[i].line_first = (uint32_t)builder->section[LAW_LINE_ROWS].count;
        while (entry < tree->entry_end && (from_entry = build_at(&builder->entries, entry))->product == product[i]) {
            struct law_entry *to = tol_buffer_add(&builder->section[LAW_ENTRIES], 1);
            if (to == NULL) {
                return tol_build_no_memory(error);
            }
            *to = (struct law_entry){from_entry->list, from_entry->from, from_entry->until, from_entry->unconfirmed};
            node[i].entry_count++;
            entry++;
        }
        while (base < builder->bases.count && (from_base = build_at(&builder->bases, base))->product == product[i]) {
            struct law_base_row *to = tol_buffer_add(&builder->section[LAW_BASE_ROWS], 1);
            if (to == NULL) {
                return tol_build_no_memory(error);
            }
            *to = from_base->row;
            node[i].base_count++;
            base++;
        }
        while (line < builder->lines.count && (from_line = build_at(&builder->lines, line))->product == product[i]) {
            struct law_line_row *to = tol_buffer_add(&builder->section[LAW_LINE_ROWS], 1);
            if (to == NULL) {
                return tol_build_no_memory(error);
            }
            *to = from_line->row;
            node[i].line_count++;
            line++;
        }
    }
    return TOL_OK;
}

static enum tol_status one_tree(struct tol_law_builder *builder, uint32_t index, struct tol_error *error)
{
    struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], index);
    struct tree tree = {.builder = builder, .importer_index = index};
    char code[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(importer->country, code);
    tree.base_first = builder->bases.count;
    tree.line_first = builder->lines.count;
    entry_range(&tree);
    enum tol_status status = each_row(builder, LAW_TABLE_BASE_RATES, code, one_base, error);
    status = status != TOL_OK ? status : check_overlap(builder, tree.base_first, error);
    status = status != TOL_OK ? status : each_row(builder, LAW_TABLE_TARIFF_LINES, code, one_line, error);
    status = status != TOL_OK ? status : tol_build_averages(builder, index, error);
    status = status != TOL_OK ? status : collect_codes(&tree, importer, error);
    if (status != TOL_OK) {
        return status;
    }
    if (tol_buffer_add(&builder->section[LAW_NODES], importer->node_count) == NULL) {
        return tol_build_no_memory(error);
    }
    link_nodes(builder, importer);
    attach_weights(builder, importer);
    status = attach_rows(&tree, importer, error);
    return status != TOL_OK ? status : tol_build_averages_attach(builder, importer, error);
}

enum tol_status tol_build_nodes(struct tol_law_builder *builder, struct tol_error *error)
{
    if (builder->entries.count > 0) {
        qsort(builder->entries.data, builder->entries.count, sizeof(struct build_entry), by_entry);
    }
    for (size_t i = 0; i < builder->section[LAW_IMPORTERS].count; i++) {
        enum tol_status status = one_tree(builder, (uint32_t)i, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}
