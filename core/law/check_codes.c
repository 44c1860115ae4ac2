/* Codes that no edition of the schedule in the tables ever held. */
#include "law/check.h"

#include <stdio.h>
#include <string.h>

#include "law/lookup.h"

enum { CHAPTER_DIGITS = 2 };

/* Some base rate or statistical line stands at or beneath the code, on any day. */
static bool in_schedule(const struct tol_law *law, const struct law_importer *importer, tol_product product)
{
    uint64_t end = tol_law_product_end(product);
    const uint64_t *code = law->product + importer->node_first;
    uint32_t node = tol_law_node_lower_bound(law, importer, product);
    for (; node < importer->node_count && code[node] < end; node++) {
        const struct law_node *at = law_node_at(law, importer, node);
        if (at->base_count > 0 || at->line_count > 0) {
            return true;
        }
    }
    return false;
}

/* A tariff line of the schedule stands above the code. */
static bool under_a_line(const struct tol_law *law, const struct law_importer *importer, tol_product product)
{
    uint32_t node = tol_law_node_find(law, importer, product);
    while (node != LAW_NONE) {
        const struct law_node *at = law_node_at(law, importer, node);
        if (at->base_count > 0) {
            return true;
        }
        node = at->parent;
    }
    return false;
}

enum check_code tol_check_code(const struct tol_law *law, const struct law_importer *importer, const char *hs)
{
    tol_product product, chapter;
    char head[CHAPTER_DIGITS + 1];
    snprintf(head, sizeof head, "%s", hs);
    if (!tol_build_product(hs, &product) || !tol_build_product(head, &chapter) ||
        !in_schedule(law, importer, chapter)) {
        return CHECK_CODE_NOT_JUDGED;
    }
    if (in_schedule(law, importer, product)) {
        return CHECK_CODE_HELD;
    }
    return importer->has_lines || !under_a_line(law, importer, product) ? CHECK_CODE_STRAY : CHECK_CODE_NOT_JUDGED;
}

static bool stray(const struct tol_law *law, const struct law_importer *importer, const char *hs)
{
    return tol_check_code(law, importer, hs) == CHECK_CODE_STRAY;
}

const struct law_importer *tol_check_importer(const struct tol_law *law, const char *name)
{
    tol_country country;
    for (uint64_t i = 0; i < law->count[LAW_IMPORTERS]; i++) {
        if (tol_country_parse(name, &country) && law->importer[i].country == country) {
            return &law->importer[i];
        }
    }
    return NULL;
}

static enum tol_status tell(const struct law_check *check, const struct check_place *place, struct tol_error *error)
{
    return tol_check_tell(check, TOL_LAW_STRAY_CODE, place, error,
                          "the schedule never held this code; correct it, or take it out when it went before the "
                          "schedule of the tables began");
}

/* Does a row reach past the last day of the importer's schedule? Then it may name codes of an edition that is not at hand. */
static bool outlives_schedule(const struct law_importer *importer, const char *until)
{
    tol_day day;
    return importer->base_until != TOL_DAY_MAX && (!tol_day_parse(until, &day) || day > importer->base_until);
}

static enum tol_status check_lists(const struct law_check *check, struct tol_error *error)
{
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_PRODUCTS);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        tol_browse_row(check->browser, LAW_TABLE_PRODUCTS, i, &row, &place);
        const struct law_importer *importer = tol_check_importer(check->law, row.importer);
        if (importer != NULL && !outlives_schedule(importer, row.field[PRODUCT_UNTIL]) &&
            stray(check->law, importer, row.field[PRODUCT_HS])) {
            struct check_place at = {LAW_TABLE_PRODUCTS, i, PRODUCT_HS, NULL};
            status = tell(check, &at, error);
        }
    }
    return status;
}

static enum tol_status check_column(const struct law_check *check, const struct law_importer *importer, size_t row,
                                    unsigned column, const char *text, struct tol_error *error)
{
    char word[128];
    enum tol_status status = TOL_OK;
    while (status == TOL_OK && tol_build_word(&text, word, sizeof word)) {
        if (stray(check->law, importer, word)) {
            struct check_place at = {LAW_TABLE_MEASURES, row, column, word};
            status = tell(check, &at, error);
        }
    }
    return status;
}

enum tol_status tol_check_codes(const struct law_check *check, struct tol_error *error)
{
    enum tol_status status = check_lists(check, error);
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_MEASURES);
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        tol_browse_row(check->browser, LAW_TABLE_MEASURES, i, &row, &place);
        const struct law_importer *importer = tol_check_importer(check->law, row.importer);
        if (importer == NULL || outlives_schedule(importer, row.field[MEASURE_UNTIL])) {
            continue;
        }
        status = check_column(check, importer, i, MEASURE_PRODUCTS, row.field[MEASURE_PRODUCTS], error);
        status = status != TOL_OK ? status
                                  : check_column(check, importer, i, MEASURE_PRODUCTS_EXCEPT,
                                                 row.field[MEASURE_PRODUCTS_EXCEPT], error);
    }
    return status;
}
