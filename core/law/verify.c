/* The structure of the tables that grow with the codes: the tree of each importer, the rows that hang on it, and the concordance. */
#include "law/verify.h"

#include <math.h>

/* What the last digit of a code of so many digits is worth; 0: there are no such codes. */
static const uint64_t unit[16] = {[2] = 100000000, [3] = 10000000, [4] = 1000000, [5] = 100000, [6] = 10000,
                                  [7] = 1000,      [8] = 100,      [9] = 10,      [10] = 1};
#define CODE_END ((uint64_t)10000000000)

static bool is_code(uint64_t product)
{
    uint64_t last = unit[tol_product_digits(product)], digits = product >> 4;
    return last != 0 && digits < CODE_END && digits % last == 0;
}

/* tol_law_product_end of what is a code. */
static uint64_t code_end(uint64_t product)
{
    return ((product >> 4) + unit[tol_product_digits(product)]) << 4;
}

/* Rows of the sections that nodes share: each node takes the next ones. */
struct rows {
    uint64_t entries, bases, lines, averages;
};

static bool takes_next(uint64_t first, uint64_t count, uint64_t whole, uint64_t *taken)
{
    bool good = first == *taken && count <= whole - *taken;
    *taken += good ? count : 0;
    return good;
}

static bool takes_rows(const struct tol_law *law, const struct law_node *node, struct rows *rows)
{
    return takes_next(node->entry_first, node->entry_count, law->count[LAW_ENTRIES], &rows->entries) &&
           takes_next(node->base_first, node->base_count, law->count[LAW_BASE_ROWS], &rows->bases) &&
           takes_next(node->line_first, node->line_count, law->count[LAW_LINE_ROWS], &rows->lines) &&
           takes_next(node->average_first, node->average_count, law->count[LAW_AVERAGES], &rows->averages);
}

/* Codes ascend, and parent and next are what the codes say: the open nodes are those above the last code. */
static bool tree_holds(const struct tol_law *law, const struct law_importer *importer)
{
    const struct law_node *node = law->node + importer->node_first;
    const uint64_t *code = law->product + importer->node_first;
    uint32_t open = LAW_NONE;
    for (uint32_t i = 0; i < importer->node_count; i++) {
        if (!is_code(code[i]) || (i > 0 && code[i - 1] >= code[i]) || node[i].end != code_end(code[i])) {
            return false;
        }
        for (; open != LAW_NONE && code[i] >= node[open].end; open = node[open].parent) {
            if (node[open].next != i) {
                return false;
            }
        }
        if (node[i].parent != open || !(node[i].weight >= 0 && isfinite(node[i].weight))) {
            return false;
        }
        open = i;
    }
    for (; open != LAW_NONE; open = node[open].parent) {
        if (node[open].next != importer->node_count) {
            return false;
        }
    }
    return true;
}

static bool entries_hold(const struct tol_law *law, const struct law_importer *importer, uint64_t first, uint64_t end)
{
    bool good = true;
    for (uint64_t i = first; i < end; i++) {
        good = good && law->entry[i].list < importer->list_count;
    }
    return good;
}

static bool base_row_holds(const struct tol_law *law, const struct law_base_row *row)
{
    return law_is_text(law, row->text) && law_is_text(law, row->column2_text) && law_is_text(law, row->special) &&
           law_is_text(law, row->source) && law_is_text(law, row->unit) && law_is_text(law, row->column2_unit) &&
           row->kind <= TOL_BASE_COMPOUND && row->column2_kind <= TOL_BASE_COMPOUND && law_is_rate(row->rate) &&
           law_is_rate(row->column2_rate) && row->amount_usd >= 0 && isfinite(row->amount_usd) &&
           row->column2_amount_usd >= 0 && isfinite(row->column2_amount_usd);
}

static bool base_rows_hold(const struct tol_law *law)
{
    bool good = true;
    for (uint64_t i = 0; good && i < law->count[LAW_BASE_ROWS]; i++) {
        good = base_row_holds(law, &law->base_row[i]);
    }
    return good;
}

/* Of shares, and of as many choices as a mixture has room for: these are yes and no. */
static bool averages_hold(const struct tol_law *law, uint64_t first, uint64_t end)
{
    uint64_t mixed = 0;
    for (uint64_t i = first; i < end; i++) {
        const struct law_average *average = &law->average[i];
        if (average->fact >= law->count[LAW_FACTS] || !law_is_share(average->value)) {
            return false;
        }
        const struct law_fact *fact = &law->fact[average->fact];
        if (fact->type != LAW_SHARE && (fact->type != LAW_CHOICE || fact->value_count != 2)) {
            return false;
        }
        mixed |= fact->type == LAW_CHOICE ? (uint64_t)1 << average->fact : 0;
    }
    return __builtin_popcountll(mixed) <= LAW_MIXED_LIMIT;
}

static bool links_hold(const struct tol_law *law, const struct law_importer *importer)
{
    const struct law_link *link = law->link + importer->link_first;
    bool good = true;
    for (uint32_t i = 0; good && i < importer->link_count; i++) {
        good = is_code(link[i].code) && is_code(link[i].stands_as) && (i == 0 || link[i - 1].code <= link[i].code);
    }
    return good;
}

/* The section that does not hold, LAW_SECTION_COUNT when all do. */
static enum law_section fault_of_importer(const struct tol_law *law, const struct law_importer *importer,
                                          struct rows *rows)
{
    const struct rows before = *rows;
    if (!tree_holds(law, importer)) {
        return LAW_NODES;
    }
    for (uint32_t i = 0; i < importer->node_count; i++) {
        if (!takes_rows(law, &law->node[importer->node_first + i], rows)) {
            return LAW_NODES;
        }
    }
    if (!entries_hold(law, importer, before.entries, rows->entries)) {
        return LAW_ENTRIES;
    }
    if (!averages_hold(law, before.averages, rows->averages)) {
        return LAW_AVERAGES;
    }
    return links_hold(law, importer) ? LAW_SECTION_COUNT : LAW_LINKS;
}

enum tol_status tol_law_verify(const struct tol_law *law, struct tol_error *error)
{
    struct rows rows = {0};
    enum law_section fault = base_rows_hold(law) ? LAW_SECTION_COUNT : LAW_BASE_ROWS;
    for (uint64_t i = 0; fault == LAW_SECTION_COUNT && i < law->count[LAW_IMPORTERS]; i++) {
        fault = fault_of_importer(law, &law->importer[i], &rows);
    }
    bool all = rows.entries == law->count[LAW_ENTRIES] && rows.bases == law->count[LAW_BASE_ROWS] &&
               rows.lines == law->count[LAW_LINE_ROWS] && rows.averages == law->count[LAW_AVERAGES];
    if (fault == LAW_SECTION_COUNT && !all) {
        fault = LAW_NODES;
    }
    return fault == LAW_SECTION_COUNT ? TOL_OK : tol_law_damaged(law, tol_law_sections[fault].name, error);
}
