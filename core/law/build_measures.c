/* Measures: their conditions, stacking order and columns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law/build.h"
#include "law/facts.h"

#define WORD_SIZE 128

/* ---- stacking order ------------------------------------------------------------------------------------------- */

/* before[a * programmes + b]: a yields to b. */
struct order {
    struct tol_buffer before;
    size_t programmes;
};

static enum tol_status collect_yields(const struct tol_law_builder *builder, struct order *order,
                                      struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_MEASURES, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t programme = tol_build_programme(builder, tol_build_field(builder, &row[i], MEASURE_PROGRAMME));
        if (programme == LAW_NONE) {
            return tol_build_fault(builder, &row[i], LAW_TABLE_MEASURES, MEASURE_PROGRAMME, NULL, error,
                                   "no such programme; add it to programmes.csv or write one that is there");
        }
        const char *text = tol_build_field(builder, &row[i], MEASURE_YIELDS_TO);
        char word[WORD_SIZE];
        while (tol_build_word(&text, word, sizeof word)) {
            uint32_t other = tol_build_programme(builder, word);
            if (other == LAW_NONE) {
                return tol_build_fault(builder, &row[i], LAW_TABLE_MEASURES, MEASURE_YIELDS_TO, word, error,
                                       "no such programme; add it to programmes.csv or write one that is there");
            }
            *(char *)build_at(&order->before, programme * order->programmes + other) = 1;
        }
    }
    return TOL_OK;
}

/* Some programme that still waits can reach itself: the row that closes the ring is named. */
static enum tol_status cycle_fault(const struct tol_law_builder *builder, const uint32_t *rank, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_MEASURES, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t programme = tol_build_programme(builder, tol_build_field(builder, &row[i], MEASURE_PROGRAMME));
        const char *text = tol_build_field(builder, &row[i], MEASURE_YIELDS_TO);
        char word[WORD_SIZE];
        while (rank[programme] == LAW_NONE && tol_build_word(&text, word, sizeof word)) {
            if (rank[tol_build_programme(builder, word)] == LAW_NONE) {
                return tol_build_fault(builder, &row[i], LAW_TABLE_MEASURES, MEASURE_YIELDS_TO, word, error,
                                       "programmes yield to each other in a ring; let one of them yield to nothing");
            }
        }
    }
    return tol_fail(error, TOL_INTERNAL, "the stacking order could not be made");
}

static bool is_ready(const struct order *order, const uint32_t *rank, size_t programme)
{
    const char *before = order->before.data;
    bool ready = rank[programme] == LAW_NONE;
    for (size_t other = 0; ready && other < order->programmes; other++) {
        ready = !before[programme * order->programmes + other] || rank[other] != LAW_NONE;
    }
    return ready;
}

/* A programme is ranked once all those it yields to are. Of those that are ready the ones that set the base go first, since ceilings and floors
 * look at it; among equals the first by name. */
static size_t next_ready(const struct tol_law_builder *builder, const struct order *order, const uint32_t *rank)
{
    size_t found = order->programmes;
    for (size_t p = 0; p < order->programmes; p++) {
        if (is_ready(order, rank, p)) {
            const struct law_programme *programme = build_at(&builder->section[LAW_PROGRAMMES], p);
            if (programme->authority == TOL_MFN && !programme->relief) {
                return p;
            }
            found = found == order->programmes ? p : found;
        }
    }
    return found;
}

static enum tol_status rank_all(struct tol_law_builder *builder, struct order *order, struct tol_error *error)
{
    enum tol_status status = collect_yields(builder, order, error);
    if (status != TOL_OK) {
        return status;
    }
    uint32_t *rank = tol_buffer_add(&builder->ranks, order->programmes);
    if (rank == NULL) {
        return tol_build_no_memory(error);
    }
    memset(rank, 0xff, order->programmes * sizeof *rank);
    for (uint32_t next = 0; next < order->programmes; next++) {
        size_t programme = next_ready(builder, order, rank);
        if (programme == order->programmes) {
            return cycle_fault(builder, rank, error);
        }
        rank[programme] = next;
    }
    return TOL_OK;
}

enum tol_status tol_build_ranks(struct tol_law_builder *builder, struct tol_error *error)
{
    struct order order = {.programmes = builder->section[LAW_PROGRAMMES].count};
    tol_buffer_start(&order.before, builder->allocator, 1);
    enum tol_status status = TOL_OK;
    if (tol_buffer_add(&order.before, order.programmes * order.programmes) == NULL) {
        status = tol_build_no_memory(error);
    } else {
        status = rank_all(builder, &order, error);
    }
    tol_buffer_free(&order.before);
    return status;
}

/* ---- one measure ---------------------------------------------------------------------------------------------- */

uint32_t tol_build_fact(const struct tol_law_builder *builder, const char *name)
{
    for (uint32_t i = 0; i < builder->law->count[LAW_FACTS]; i++) {
        if (strcmp(tol_fact_name(builder->law, i), name) == 0) {
            return i;
        }
    }
    return LAW_NONE;
}

static int find_word(const char *const *words, int count, const char *word)
{
    int at = 0;
    while (at < count && strcmp(words[at], word) != 0) {
        at++;
    }
    return at < count ? at : -1;
}

static enum tol_status measure_effect(const struct tol_law_builder *builder, const struct build_row *row,
                                      struct law_measure *measure, struct tol_error *error)
{
    static const char *const effects[] = {"add", "top_up", "replace", "relieve", "specific"};
    int effect = find_word(effects, 5, tol_build_field(builder, row, MEASURE_EFFECT));
    const char *rate = tol_build_field(builder, row, MEASURE_RATE);
    if (effect < 0) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_EFFECT, NULL, error,
                               "no such effect; write add, top_up, replace, relieve or specific");
    }
    measure->effect = (uint8_t)effect;
    if (builder->section[LAW_PROGRAMMES].data != NULL && measure->effect != LAW_RELIEVE &&
        measure->effect != LAW_REPLACE &&
        ((struct law_programme *)build_at(&builder->section[LAW_PROGRAMMES], measure->programme))->relief) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_EFFECT, NULL, error,
                               "a relief programme takes duty away; write relieve or replace, or another programme");
    }
    if (measure->effect == LAW_SPECIFIC || measure->effect == LAW_RELIEVE) {
        measure->rate = measure->effect == LAW_RELIEVE ? 0 : NAN;
        if ((rate[0] == '\0') != (measure->effect == LAW_RELIEVE)) {
            return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_RATE, NULL, error,
                                   "relieve has no rate; specific has the text of the amount");
        }
        return TOL_OK;
    }
    return tol_build_rate(builder, row, LAW_TABLE_MEASURES, MEASURE_RATE, &measure->rate, error);
}

static enum tol_status base_fact(const struct tol_law_builder *builder, const struct build_row *row, const char *name,
                                 struct law_measure *measure, struct tol_error *error)
{
    uint32_t fact = tol_build_fact(builder, name);
    if (fact == LAW_NONE || builder->law->fact[fact].type != LAW_SHARE ||
        (builder->law->fact[fact].assume && !builder->law->fact[fact].has_central)) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_BASE, NULL, error,
                               "content: and rest: need a fact of type share (with a central value if it is assumed)");
    }
    measure->base_fact = (uint16_t)fact;
    return TOL_OK;
}

static enum tol_status measure_base(const struct tol_law_builder *builder, const struct build_row *row,
                                    struct law_measure *measure, struct tol_error *error)
{
    const char *base = tol_build_field(builder, row, MEASURE_BASE);
    bool top_up = measure->effect == LAW_TOP_UP;
    measure->base = LAW_CUSTOMS_VALUE;
    if (strcmp(base, "mfn") == 0 || strcmp(base, "base") == 0) {
        measure->base = base[0] == 'm' ? LAW_MFN_COLUMN : LAW_BASE_COLUMN;
    } else if (strncmp(base, "content:", 8) == 0) {
        measure->base = LAW_CONTENT;
    } else if (strncmp(base, "rest:", 5) == 0) {
        measure->base = LAW_REST;
    } else if (base[0] != '\0' && strcmp(base, "customs_value") != 0) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_BASE, NULL, error,
                               "no such base; write customs_value, content:FACT, rest:FACT, mfn or base");
    }
    bool column = measure->base == LAW_MFN_COLUMN || measure->base == LAW_BASE_COLUMN;
    bool replaces = measure->effect == LAW_REPLACE && measure->base == LAW_BASE_COLUMN;
    if (top_up != column && !replaces) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_BASE, NULL, error,
                               "top_up says which column it tops up, mfn or base; other effects stand on no column "
                               "(replace may say base)");
    }
    if (measure->base == LAW_CONTENT || measure->base == LAW_REST) {
        return base_fact(builder, row, strchr(base, ':') + 1, measure, error);
    }
    return TOL_OK;
}

static enum tol_status measure_dates(const struct tol_law_builder *builder, const struct build_row *row,
                                     struct law_measure *measure, struct tol_error *error)
{
    enum tol_status status = tol_build_period(builder, row, LAW_TABLE_MEASURES, MEASURE_FROM, MEASURE_UNTIL, false,
                                              &measure->from, &measure->until, error);
    if (status == TOL_OK) {
        status = tol_build_period(builder, row, LAW_TABLE_MEASURES, MEASURE_COLLECTED_FROM, MEASURE_COLLECTED_UNTIL,
                                  true, &measure->collected_from, &measure->collected_until, error);
    }
    if (tol_build_field(builder, row, MEASURE_COLLECTED_FROM)[0] == '\0') {
        measure->collected_from = measure->from;
    }
    if (tol_build_field(builder, row, MEASURE_COLLECTED_UNTIL)[0] == '\0') {
        measure->collected_until = measure->until;
    }
    return status;
}

static enum tol_status measure_texts(struct tol_law_builder *builder, const struct build_row *row,
                                     struct law_measure *measure, struct tol_error *error)
{
    const char *base = tol_build_field(builder, row, MEASURE_BASE);
    const char *amount = measure->effect == LAW_SPECIFIC ? tol_build_field(builder, row, MEASURE_RATE) : "";
    if (!tol_build_string(builder, tol_build_field(builder, row, MEASURE_ID), &measure->id) ||
        !tol_build_string(builder, base[0] == '\0' ? "customs_value" : base, &measure->base_text) ||
        !tol_build_string(builder, tol_build_field(builder, row, MEASURE_SOURCE), &measure->source) ||
        !tol_build_string(builder, tol_build_field(builder, row, MEASURE_CONDITIONS), &measure->conditions_text) ||
        !tol_build_string(builder, amount, &measure->amount_text)) {
        return tol_build_no_memory(error);
    }
    return TOL_OK;
}

static enum tol_status measure_yields(struct tol_law_builder *builder, const struct build_row *row,
                                      struct law_measure *measure, struct tol_error *error)
{
    const char *text = tol_build_field(builder, row, MEASURE_YIELDS_TO);
    char word[WORD_SIZE];
    measure->yield_first = (uint32_t)builder->section[LAW_YIELDS].count;
    while (tol_build_word(&text, word, sizeof word)) {
        uint8_t *yield = tol_buffer_add(&builder->section[LAW_YIELDS], 1);
        if (yield == NULL) {
            return tol_build_no_memory(error);
        }
        *yield = (uint8_t)tol_build_programme(builder, word);
        measure->yield_count++;
    }
    return TOL_OK;
}

static enum tol_status measure_plain_fields(const struct tol_law_builder *builder, const struct build_row *row,
                                            struct law_measure *measure, struct tol_error *error)
{
    const char *status = tol_build_field(builder, row, MEASURE_STATUS);
    const char *id = tol_build_field(builder, row, MEASURE_ID);
    if (id[0] == '\0' || strpbrk(id, " ,;") != NULL || strlen(id) >= WORD_SIZE) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_ID, NULL, error,
                               "a measure needs a name of its own, without spaces, commas and semicolons");
    }
    measure->unconfirmed = strcmp(status, "unconfirmed") == 0;
    if (!measure->unconfirmed && status[0] != '\0') {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_STATUS, NULL, error,
                               "write nothing, or unconfirmed");
    }
    if (tol_build_field(builder, row, MEASURE_SOURCE)[0] == '\0') {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_SOURCE, NULL, error,
                               "a rule without a source cannot be checked; name the heading or citation");
    }
    return TOL_OK;
}

static enum tol_status compile_measure(struct tol_law_builder *builder, const struct build_row *row,
                                       struct tol_error *error)
{
    struct law_measure measure;
    memset(&measure, 0, sizeof measure);
    measure.programme = (uint8_t)tol_build_programme(builder, tol_build_field(builder, row, MEASURE_PROGRAMME));
    enum tol_status status = measure_plain_fields(builder, row, &measure, error);
    status = status != TOL_OK ? status : measure_effect(builder, row, &measure, error);
    status = status != TOL_OK ? status : measure_base(builder, row, &measure, error);
    status = status != TOL_OK ? status : measure_dates(builder, row, &measure, error);
    status = status != TOL_OK ? status : tol_build_conditions(builder, row, &measure, error);
    status = status != TOL_OK ? status : measure_yields(builder, row, &measure, error);
    status = status != TOL_OK ? status : measure_texts(builder, row, &measure, error);
    if (status != TOL_OK) {
        return status;
    }
    struct law_measure *added = tol_buffer_add(&builder->section[LAW_MEASURES], 1);
    const struct build_row **kept = tol_buffer_add(&builder->measure_rows, 1);
    if (added == NULL || kept == NULL) {
        return tol_build_no_memory(error);
    }
    *added = measure;
    *kept = row;
    return TOL_OK;
}

/* ---- all of them ---------------------------------------------------------------------------------------------- */

struct sortable {
    const struct build_row *row;
    const char *id;
    uint32_t importer;
    uint32_t rank;
};

static int by_stacking(const void *left, const void *right)
{
    const struct sortable *a = left;
    const struct sortable *b = right;
    if (a->importer != b->importer) {
        return a->importer < b->importer ? -1 : 1;
    }
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

static int by_id(const void *left, const void *right)
{
    return strcmp((*(const struct sortable *const *)left)->id, (*(const struct sortable *const *)right)->id);
}

static enum tol_status check_ids(struct tol_law_builder *builder, const struct tol_buffer *sorted,
                                 struct tol_error *error)
{
    struct tol_buffer pointers;
    tol_buffer_start(&pointers, builder->allocator, sizeof(struct sortable *));
    const struct sortable **at = tol_buffer_add(&pointers, sorted->count);
    enum tol_status status = at == NULL ? tol_build_no_memory(error) : TOL_OK;
    if (at != NULL) {
        for (size_t i = 0; i < sorted->count; i++) {
            at[i] = build_at(sorted, i);
        }
        qsort(at, sorted->count, sizeof at[0], by_id);
        for (size_t i = 1; i < sorted->count && status == TOL_OK; i++) {
            if (strcmp(at[i - 1]->id, at[i]->id) == 0) {
                const struct build_row *later = at[i]->row->row > at[i - 1]->row->row ? at[i]->row : at[i - 1]->row;
                status = tol_build_fault(builder, later, LAW_TABLE_MEASURES, MEASURE_ID, NULL, error,
                                         "two measures have this id; give each its own");
            }
        }
    }
    tol_buffer_free(&pointers);
    return status;
}

static enum tol_status sort_measures(struct tol_law_builder *builder, struct tol_buffer *sorted,
                                     struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_MEASURES, &count);
    struct sortable *entry = tol_buffer_add(sorted, count);
    if (entry == NULL) {
        return tol_build_no_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const char *programme = tol_build_field(builder, &row[i], MEASURE_PROGRAMME);
        entry[i].row = &row[i];
        entry[i].id = tol_build_field(builder, &row[i], MEASURE_ID);
        entry[i].importer = tol_build_importer_index(builder, tol_build_importer(builder, &row[i]));
        entry[i].rank = *(uint32_t *)build_at(&builder->ranks, tol_build_programme(builder, programme));
        if (entry[i].importer == LAW_NONE) {
            return tol_build_fault(builder, &row[i], LAW_TABLE_MEASURES, MEASURE_ID, NULL, error,
                                   "its importer is not in coverage.csv; add a row for it there");
        }
    }
    qsort(entry, count, sizeof entry[0], by_stacking);
    return check_ids(builder, sorted, error);
}

static enum tol_status compile_all(struct tol_law_builder *builder, const struct tol_buffer *sorted,
                                   struct tol_error *error)
{
    for (size_t i = 0; i < sorted->count; i++) {
        const struct sortable *entry = build_at(sorted, i);
        struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], entry->importer);
        if (importer->measure_count == 0) {
            importer->measure_first = (uint32_t)i;
        }
        if (importer->measure_count == LAW_MEASURES_LIMIT - 1) {
            return tol_build_fault(builder, entry->row, LAW_TABLE_MEASURES, MEASURE_ID, NULL, error,
                                   "more than %d measures for one importer; join some", LAW_MEASURES_LIMIT - 1);
        }
        importer->measure_count++;
        enum tol_status status = compile_measure(builder, entry->row, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < builder->section[LAW_IMPORTERS].count; i++) {
        struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], i);
        importer->words = (uint16_t)(importer->measure_count / 64 + 1); /* one bit more, for column 2 */
    }
    return TOL_OK;
}

enum tol_status tol_build_measures(struct tol_law_builder *builder, struct tol_error *error)
{
    struct tol_buffer sorted;
    tol_buffer_start(&sorted, builder->allocator, sizeof(struct sortable));
    enum tol_status status = sort_measures(builder, &sorted, error);
    if (status == TOL_OK) {
        status = compile_all(builder, &sorted, error);
    }
    tol_buffer_free(&sorted);
    return status;
}
