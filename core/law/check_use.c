/* What nothing uses, what can never apply, and what names no document. */
#include "law/check.h"

#include <stdio.h>
#include <string.h>

#include "law/lookup.h"

/* ---- orphans --------------------------------------------------------------------------------------------------- */

/* Some measure (of the importer, unless "") has the word in one of two columns. */
static bool some_measure_names(const struct law_check *check, const char *importer, unsigned column,
                               unsigned other_column, const char *word)
{
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_MEASURES);
    for (size_t i = 0; i < count; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        tol_browse_row(check->browser, LAW_TABLE_MEASURES, i, &row, &place);
        if ((importer[0] == '\0' || strcmp(row.importer, importer) == 0) &&
            (tol_check_has_word(row.field[column], word) || tol_check_has_word(row.field[other_column], word))) {
            return true;
        }
    }
    return false;
}

static enum tol_status check_lists(const struct law_check *check, struct tol_error *error)
{
    char last[256] = "";
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_PRODUCTS);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        char whole[256], word[256];
        tol_browse_row(check->browser, LAW_TABLE_PRODUCTS, i, &row, &place);
        snprintf(whole, sizeof whole, "%s/%s", row.importer, row.list);
        snprintf(word, sizeof word, "@%s", row.list);
        if (strcmp(whole, last) == 0) {
            continue;
        }
        memcpy(last, whole, sizeof last);
        if (!some_measure_names(check, row.importer, MEASURE_PRODUCTS, MEASURE_PRODUCTS_EXCEPT, word)) {
            struct check_place at = {LAW_TABLE_PRODUCTS, i, PRODUCT_HS, word};
            status = tol_check_tell(check, TOL_LAW_ORPHAN, &at, error,
                                    "no measure names this product list; name it in one or remove the file");
        }
    }
    return status;
}

static enum tol_status check_groups(const struct law_check *check, struct tol_error *error)
{
    char last[128] = LAW_COLUMN2_GROUP; /* the base rates use it */
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_GROUPS);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        tol_browse_row(check->browser, LAW_TABLE_GROUPS, i, &row, &place);
        const char *name = row.field[GROUP_NAME];
        if (strcmp(name, last) == 0 || strcmp(name, LAW_COLUMN2_GROUP) == 0) {
            continue;
        }
        snprintf(last, sizeof last, "%s", name);
        if (!some_measure_names(check, "", MEASURE_PARTNERS, MEASURE_PARTNERS_EXCEPT, name)) {
            struct check_place at = {LAW_TABLE_GROUPS, i, GROUP_NAME, NULL};
            status = tol_check_tell(check, TOL_LAW_ORPHAN, &at, error,
                                    "no measure names this group; name it in one or remove its rows");
        }
    }
    return status;
}

static enum tol_status check_facts(const struct law_check *check, struct tol_error *error)
{
    const struct tol_law *law = check->law;
    uint64_t asked = 0;
    enum tol_status status = TOL_OK;
    for (uint64_t i = 0; i < law->count[LAW_MEASURES]; i++) {
        const struct law_measure *measure = &law->measure[i];
        asked |= measure->condition_facts;
        if (measure->base == LAW_CONTENT || measure->base == LAW_REST) {
            asked |= (uint64_t)1 << measure->base_fact;
        }
    }
    for (uint32_t i = 0; i < law->count[LAW_FACTS] && status == TOL_OK; i++) {
        bool of_the_engine = i == law->ave_fact || i == law->view_fact;
        if ((asked >> i & 1) == 0 && !of_the_engine) {
            struct check_place at = {LAW_TABLE_FACTS, i, FACT_NAME, NULL};
            status = tol_check_tell(check, TOL_LAW_ORPHAN, &at, error,
                                    "no measure asks for this fact, so giving it changes no answer; use it in a "
                                    "condition or remove it");
        }
    }
    return status;
}

static enum tol_status check_programmes(const struct law_check *check, struct tol_error *error)
{
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_PROGRAMMES);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        tol_browse_row(check->browser, LAW_TABLE_PROGRAMMES, i, &row, &place);
        if (!some_measure_names(check, "", MEASURE_PROGRAMME, MEASURE_PROGRAMME, row.field[PROGRAMME_NAME])) {
            struct check_place at = {LAW_TABLE_PROGRAMMES, i, PROGRAMME_NAME, NULL};
            status = tol_check_tell(check, TOL_LAW_ORPHAN, &at, error,
                                    "no measure belongs to this programme; add one or remove the row");
        }
    }
    return status;
}

enum tol_status tol_check_orphans(const struct law_check *check, struct tol_error *error)
{
    enum tol_status status = check_lists(check, error);
    status = status != TOL_OK ? status : check_groups(check, error);
    status = status != TOL_OK ? status : check_facts(check, error);
    return status != TOL_OK ? status : check_programmes(check, error);
}

/* ---- measures that never apply --------------------------------------------------------------------------------- */

static bool yields_to(const struct tol_law *law, const struct law_measure *measure, uint8_t programme)
{
    for (unsigned i = 0; i < measure->yield_count; i++) {
        if (law->yield[measure->yield_first + i] == programme) {
            return true;
        }
    }
    return false;
}

/* First day that both are in force, as the law finally stands or as it was collected; TOL_DAY_MAX: never. */
static tol_day first_shared_day(const struct law_measure *left, const struct law_measure *right)
{
    tol_day from = left->from > right->from ? left->from : right->from;
    tol_day until = left->until < right->until ? left->until : right->until;
    if (from < until) {
        return from;
    }
    from = left->collected_from > right->collected_from ? left->collected_from : right->collected_from;
    until = left->collected_until < right->collected_until ? left->collected_until : right->collected_until;
    return from < until ? from : TOL_DAY_MAX;
}

/* Origins change on the importer's epochs: those within the time that both are in force count. */
static bool partners_meet_within(const struct tol_law *law, const struct law_importer *importer, uint32_t left,
                                 uint32_t right, tol_day day)
{
    if (tol_browse_partners_meet(law, importer, left, day, right, day)) {
        return true;
    }
    for (uint32_t e = 0; e < importer->epoch_count; e++) {
        tol_day epoch = law->epoch[importer->epoch_first + e];
        if (epoch > day &&
            law_in_force(law->measure[importer->measure_first + left].from,
                         law->measure[importer->measure_first + left].until, epoch) &&
            tol_browse_partners_meet(law, importer, left, epoch, right, epoch)) {
            return true;
        }
    }
    return false;
}

static bool relieves_something(const struct law_check *check, const struct law_importer *importer, uint32_t relief)
{
    const struct law_measure *all = check->law->measure + importer->measure_first;
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        tol_day day = first_shared_day(&all[relief], &all[m]);
        if (day != TOL_DAY_MAX && yields_to(check->law, &all[m], all[relief].programme) &&
            partners_meet_within(check->law, importer, relief, m, day)) {
            return true;
        }
    }
    return false;
}

static bool names_some_origin(const struct tol_law *law, const struct law_importer *importer, uint32_t measure)
{
    for (uint32_t e = 0; e < importer->epoch_count; e++) {
        tol_day day = law->epoch[importer->epoch_first + e];
        if (tol_browse_partners_meet(law, importer, measure, day, measure, day)) {
            return true;
        }
    }
    return false;
}

/* Lists change on the days of their rows: it is enough to look on the day the measure begins and on each first day of a row. */
static bool names_some_product(const struct tol_law *law, const struct law_importer *importer, uint32_t measure)
{
    const struct law_measure *at = &law->measure[importer->measure_first + measure];
    if (tol_browse_bit(law->bits + importer->star_bits, measure)) {
        return true;
    }
    for (uint32_t node = 0; node < importer->node_count; node++) {
        if (tol_browse_names_node(law, importer, measure, node, at->from)) {
            return true;
        }
        const struct law_node *code = law_node_at(law, importer, node);
        for (uint32_t i = 0; i < code->entry_count; i++) {
            tol_day from = law->entry[code->entry_first + i].from;
            if (law_in_force(at->from, at->until, from) && tol_browse_names_node(law, importer, measure, node, from)) {
                return true;
            }
        }
    }
    return false;
}

static enum tol_status check_void(const struct law_check *check, const struct law_importer *importer, uint32_t bit,
                                  struct tol_error *error)
{
    uint32_t measure = importer->measure_first + bit;
    const struct law_measure *at = &check->law->measure[measure];
    enum tol_status status = TOL_OK;
    if (!tol_browse_conditions_meet(check->law, at, at)) {
        status = tol_check_tell_measure(check, TOL_LAW_VOID, measure, MEASURE_CONDITIONS, NULL, error,
                                        "no goods meet all of these conditions; change one or remove the measure");
    }
    if (status == TOL_OK && !names_some_origin(check->law, importer, bit)) {
        status = tol_check_tell_measure(check, TOL_LAW_VOID, measure, MEASURE_PARTNERS_EXCEPT, NULL, error,
                                        "every origin that partners names is taken away again; change either column");
    }
    if (status == TOL_OK && !names_some_product(check->law, importer, bit)) {
        status = tol_check_tell_measure(check, TOL_LAW_VOID, measure, MEASURE_PRODUCTS_EXCEPT, NULL, error,
                                        "every product that products names is taken away again; change either column");
    }
    if (status == TOL_OK && at->effect == LAW_RELIEVE && !relieves_something(check, importer, bit)) {
        status = tol_check_tell_measure(check, TOL_LAW_VOID, measure, MEASURE_PROGRAMME, NULL, error,
                                        "relieves from nothing: no measure of its days and origins yields to this "
                                        "programme; write it in their yields_to or remove the relief");
    }
    return status;
}

enum tol_status tol_check_voids(const struct law_check *check, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (uint64_t i = 0; i < check->law->count[LAW_IMPORTERS]; i++) {
        const struct law_importer *importer = &check->law->importer[i];
        for (uint32_t m = 0; m < importer->measure_count && status == TOL_OK; m++) {
            status = check_void(check, importer, m, error);
        }
    }
    return status;
}

/* ---- citations ------------------------------------------------------------------------------------------------- */

/* Headings, notes, orders and pages all have numbers: a source without a digit cannot be looked up. */
static bool names_document(const char *source)
{
    return strcspn(source, "0123456789") < strlen(source);
}

enum tol_status tol_check_citations(const struct law_check *check, struct tol_error *error)
{
    static const struct {
        enum law_table table;
        unsigned column;
    } cited[] = {{LAW_TABLE_MEASURES, MEASURE_SOURCE}, {LAW_TABLE_PRODUCTS, PRODUCT_SOURCE}};
    enum tol_status status = TOL_OK;
    for (size_t c = 0; c < sizeof cited / sizeof cited[0]; c++) {
        size_t count = tol_browse_row_count(check->browser, cited[c].table);
        for (size_t i = 0; i < count && status == TOL_OK; i++) {
            struct law_source_row row;
            struct tol_law_place place;
            tol_browse_row(check->browser, cited[c].table, i, &row, &place);
            if (!names_document(row.field[cited[c].column])) {
                struct check_place at = {cited[c].table, i, cited[c].column, NULL};
                status = tol_check_tell(check, TOL_LAW_UNCITED, &at, error,
                                        "names no document that can be looked up; write the heading, note, order or "
                                        "page by its number");
            }
        }
    }
    return status;
}
