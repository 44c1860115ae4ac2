/* The parts of a firm's number before and after a step: lines, partners and sectors, each with itself. */
#include "diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *diff_item_kind_name(enum diff_item_kind kind)
{
    static const char *const name[DIFF_ITEM_KINDS] = {"sales",    "purchases",     "customer",
                                                      "supplier", "buying_sector", "selling_sector"};
    return name[kind];
}

/* ---- gathering ------------------------------------------------------------------------------------------------- */

struct gathering {
    struct diff_item *item;
    size_t count;
    size_t state; /* 0 or 1 */
    const struct tol_book *book;
    const struct tol_economy *economy;
};

static struct diff_item *add(struct gathering *gathering, enum diff_item_kind kind, double value_eur, double ebitda_eur)
{
    struct diff_item *item = &gathering->item[gathering->count++];
    *item = (struct diff_item){.kind = kind, .facts = "", .industry = "", .value_eur = {NAN, NAN}, .rate = {NAN, NAN}};
    item->in[gathering->state] = true;
    item->value_eur[gathering->state] = value_eur;
    item->ebitda_eur[gathering->state] = ebitda_eur;
    return item;
}

static void add_lines(struct gathering *gathering, const struct tol_explanation *explanation)
{
    for (size_t i = 0; i < explanation->line_count; i++) {
        const struct tol_explained_line *line = &explanation->line[i];
        struct diff_item *item =
            add(gathering, line->side == TOL_SALES ? DIFF_SALE : DIFF_PURCHASE, line->value_eur, line->ebitda_eur);
        item->cell = line->cell;
        item->facts = tol_book_facts(gathering->book, line->cell.facts);
        item->rate[gathering->state] = line->new_rate;
    }
}

static void add_chain(struct gathering *gathering, const struct tol_explained_chain *chain, enum tol_side side)
{
    for (size_t i = 0; i < chain->partner_count; i++) {
        const struct tol_explained_partner *partner = &chain->partner[i];
        struct diff_item *item =
            add(gathering, side == TOL_SALES ? DIFF_CUSTOMER : DIFF_SUPPLIER, partner->value_eur, partner->ebitda_eur);
        item->book = gathering->book;
        item->firm = partner->firm;
    }
    for (size_t i = 0; i < chain->sector_count; i++) {
        const struct tol_explained_sector *sector = &chain->sector[i];
        struct diff_item *item = add(gathering, side == TOL_SALES ? DIFF_BUYING_SECTOR : DIFF_SELLING_SECTOR,
                                     sector->value_eur, sector->ebitda_eur);
        item->country = sector->country;
        item->industry = tol_economy_industry_code(gathering->economy, sector->industry);
    }
}

static size_t size_of(const struct tol_explanation *explanation)
{
    size_t count = 0;
    if (explanation != NULL) {
        count = explanation->line_count;
        for (int side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            count += explanation->chain[side].partner_count + explanation->chain[side].sector_count;
        }
    }
    return count;
}

/* ---- matching -------------------------------------------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_partners(const struct diff_item *a, const struct diff_item *b)
{
    char left[256], right[256];
    tol_book_firm_id(a->book, a->firm, left, sizeof left);
    tol_book_firm_id(b->book, b->firm, right, sizeof right);
    return strcmp(left, right);
}

/* What an item is, whatever the book: facts and firms by their texts. A line is the same one when its counterpart becomes a firm of the book. */
static int compare_items(const void *left, const void *right)
{
    const struct diff_item *a = left, *b = right;
    const int by[] = {compare_numbers(a->kind, b->kind),
                      compare_numbers(a->cell.product, b->cell.product),
                      compare_numbers(a->cell.importer, b->cell.importer),
                      compare_numbers(a->cell.origin, b->cell.origin),
                      strcmp(a->facts, b->facts),
                      compare_numbers(a->country, b->country),
                      strcmp(a->industry, b->industry)};
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
        if (by[i] != 0) {
            return by[i];
        }
    }
    return a->book != NULL ? compare_partners(a, b) : 0;
}

/* Sums are exact: parts of an explanation stand on one grid. */
static void merge(struct diff_item *into, const struct diff_item *from)
{
    for (size_t state = 0; state < 2; state++) {
        if (from->in[state]) {
            into->value_eur[state] = (into->in[state] ? into->value_eur[state] : 0) + from->value_eur[state];
            into->ebitda_eur[state] += from->ebitda_eur[state];
            into->rate[state] = from->rate[state];
            into->in[state] = true;
        }
    }
}

enum tol_status diff_match(struct diff_cause *cause, const struct tol_explanation *const explanation[2],
                           const struct tol_book *const book[2], const struct tol_economy *economy,
                           struct tol_error *error)
{
    struct gathering gathering = {.economy = economy};
    gathering.item = calloc(size_of(explanation[0]) + size_of(explanation[1]) + 1, sizeof *gathering.item);
    if (gathering.item == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t state = 0; state < 2; state++) {
        gathering.state = state;
        gathering.book = book[state];
        if (explanation[state] != NULL) {
            add_lines(&gathering, explanation[state]);
            add_chain(&gathering, &explanation[state]->chain[TOL_SALES], TOL_SALES);
            add_chain(&gathering, &explanation[state]->chain[TOL_PURCHASES], TOL_PURCHASES);
        }
    }
    qsort(gathering.item, gathering.count, sizeof *gathering.item, compare_items);
    size_t kept = 0;
    for (size_t i = 0; i < gathering.count; i++) {
        if (kept > 0 && compare_items(&gathering.item[kept - 1], &gathering.item[i]) == 0) {
            merge(&gathering.item[kept - 1], &gathering.item[i]);
        } else {
            gathering.item[kept++] = gathering.item[i];
        }
    }
    cause->item = gathering.item;
    cause->item_count = kept;
    return TOL_OK;
}

/* ---- ranking --------------------------------------------------------------------------------------------------- */

static bool value_changed(const struct diff_item *item)
{
    return item->in[0] != item->in[1] || item->value_eur[0] != item->value_eur[1];
}

/* Greatest change first; without any, what is new, gone or of another value. */
static int by_change(const void *left, const void *right)
{
    const struct diff_item *a = left, *b = right;
    double size_a = fabs(a->change_eur), size_b = fabs(b->change_eur);
    if (size_a != size_b) {
        return size_a < size_b ? 1 : -1;
    }
    int order = (int)value_changed(b) - (int)value_changed(a);
    return order != 0 ? order : compare_items(left, right);
}

static bool fit_items(struct diff_cause *cause, double step_eur)
{
    double *part = calloc(cause->item_count + 1, sizeof *part);
    for (size_t i = 0; part != NULL && i < cause->item_count; i++) {
        part[i] = cause->item[i].ebitda_eur[1] - cause->item[i].ebitda_eur[0];
    }
    if (part != NULL) {
        cause->rounding_eur = diff_fit(part, cause->item_count, step_eur);
    }
    for (size_t i = 0; part != NULL && i < cause->item_count; i++) {
        cause->item[i].change_eur = part[i];
    }
    free(part);
    return part != NULL;
}

enum tol_status diff_rank(struct diff_cause *cause, double step_eur, struct tol_error *error)
{
    if (!fit_items(cause, step_eur)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    if (cause->item_count > 0) {
        qsort(cause->item, cause->item_count, sizeof *cause->item, by_change);
    }
    size_t kept = 0;
    for (size_t i = 0; i < cause->item_count; i++) {
        const struct diff_item *item = &cause->item[i];
        cause->kind_eur[item->kind] += item->change_eur;
        bool tells = item->change_eur != 0 || value_changed(item);
        if (tells && kept < DIFF_ITEMS) {
            kept++;
        } else if (tells) {
            cause->other_count++;
            cause->other_eur += item->change_eur;
        }
    }
    cause->item_count = kept;
    struct diff_item *shrunk = realloc(cause->item, (kept + 1) * sizeof *shrunk);
    cause->item = shrunk != NULL ? shrunk : cause->item;
    return TOL_OK;
}

void diff_cause_release(struct diff_cause *cause)
{
    free(cause->item);
    free(cause->measure);
    free(cause->figure);
    *cause = (struct diff_cause){0};
}
