/* What began, ended or changed, day by day: the state of every measure on a day against its state the day before. */
#include "law/browse.h"

#include <string.h>

#include "law/lookup.h"

struct walk {
    const struct tol_law_browser *browser;
    const struct tol_law *law;
    const struct law_importer *importer;
    const struct tol_law_changes_query *query;
    tol_law_event_function function;
    void *context;
    tol_day day;
    struct tol_buffer days;
    struct tol_buffer before, after; /* bool by measure of the importer: in force for the question */
};

const char *tol_law_event_kind_name(enum tol_law_event_kind kind)
{
    static const char *const names[] = {
        [TOL_LAW_BEGINS] = "begins",
        [TOL_LAW_ENDS] = "ends",
        [TOL_LAW_CHANGES] = "changes",
        [TOL_LAW_PARTNERS_JOIN] = "partners_join",
        [TOL_LAW_PARTNERS_LEAVE] = "partners_leave",
        [TOL_LAW_CODES_JOIN] = "codes_join",
        [TOL_LAW_CODES_LEAVE] = "codes_leave",
    };
    return names[kind];
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while comparing days of the law");
}

/* ---- days on which something may change ------------------------------------------------------------------------ */

static bool add_day(struct walk *walk, int32_t day)
{
    if (day == TOL_DAY_MIN || day == TOL_DAY_MAX || day < walk->query->first || day > walk->query->last) {
        return true;
    }
    int32_t *added = tol_buffer_add(&walk->days, 1);
    if (added != NULL) {
        *added = day;
    }
    return added != NULL;
}

static enum tol_status collect_days(struct walk *walk, struct tol_error *error)
{
    const struct law_importer *importer = walk->importer;
    bool whole = true;
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        const struct law_measure *measure = &walk->law->measure[importer->measure_first + m];
        whole = whole && add_day(walk, measure->from) && add_day(walk, measure->until);
    }
    for (uint32_t e = 0; e < importer->epoch_count; e++) {
        whole = whole && add_day(walk, walk->law->epoch[importer->epoch_first + e]);
    }
    for (uint32_t n = 0; n < importer->node_count; n++) {
        const struct law_node *node = law_node_at(walk->law, importer, n);
        for (uint32_t i = 0; i < node->entry_count; i++) {
            const struct law_entry *entry = &walk->law->entry[node->entry_first + i];
            whole = whole && add_day(walk, entry->from) && add_day(walk, entry->until);
        }
    }
    tol_browse_sort_days(&walk->days);
    return whole ? TOL_OK : no_memory(error);
}

/* ---- begins, ends, changes ------------------------------------------------------------------------------------- */

static void set_states(const struct walk *walk, tol_day day, bool *state)
{
    for (uint32_t m = 0; m < walk->importer->measure_count; m++) {
        uint32_t measure = walk->importer->measure_first + m;
        state[m] = tol_browse_in_force(&walk->law->measure[measure], false, day) &&
                   tol_law_measure_names(walk->browser, measure, walk->query->partner, walk->query->product, day);
    }
}

static enum tol_status tell(const struct walk *walk, enum tol_law_event_kind kind, uint32_t measure, uint32_t before,
                            struct tol_error *error)
{
    uint32_t first = walk->importer->measure_first;
    struct tol_law_event event = {
        .kind = kind,
        .day = walk->day,
        .measure = first + measure,
        .before = before == LAW_NONE ? TOL_LAW_NO_MEASURE : first + before,
        .list = "",
    };
    return walk->function(walk->context, &event, error);
}

/* The measure that this one takes the place of: of those of its programme that end today for some of its goods, one with the same
 * conditions before any other. */
static uint32_t find_predecessor(const struct walk *walk, uint32_t later)
{
    const bool *before = walk->before.data;
    const bool *after = walk->after.data;
    const struct law_measure *all = walk->law->measure + walk->importer->measure_first;
    uint32_t found = LAW_NONE;
    for (uint32_t m = 0; m < walk->importer->measure_count; m++) {
        if (!before[m] || after[m] || all[m].programme != all[later].programme ||
            !tol_browse_partners_meet(walk->law, walk->importer, m, walk->day - 1, later, walk->day) ||
            !tol_browse_products_meet(walk->law, walk->importer, m, walk->day - 1, later, walk->day)) {
            continue;
        }
        if (all[m].conditions_text == all[later].conditions_text) {
            return m;
        }
        found = found == LAW_NONE ? m : found;
    }
    return found;
}

static enum tol_status tell_measures(struct walk *walk, struct tol_error *error)
{
    bool replaced[LAW_MEASURES_LIMIT] = {false};
    const bool *before = walk->before.data;
    const bool *after = walk->after.data;
    enum tol_status status = TOL_OK;
    for (uint32_t m = 0; m < walk->importer->measure_count && status == TOL_OK; m++) {
        if (!before[m] && after[m]) {
            uint32_t old = find_predecessor(walk, m);
            status = tell(walk, old == LAW_NONE ? TOL_LAW_BEGINS : TOL_LAW_CHANGES, m, old, error);
            if (old != LAW_NONE) {
                replaced[old] = true;
            }
        }
    }
    for (uint32_t m = 0; m < walk->importer->measure_count && status == TOL_OK; m++) {
        if (before[m] && !after[m] && !replaced[m]) {
            status = tell(walk, TOL_LAW_ENDS, m, LAW_NONE, error);
        }
    }
    return status;
}

/* ---- measures that go on, for more or fewer goods -------------------------------------------------------------- */

static enum tol_status tell_partners(const struct walk *walk, uint32_t measure, struct tol_error *error)
{
    size_t joined = 0;
    size_t left = 0;
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS - 1; slot++) {
        bool was = tol_browse_bit(tol_browse_partner_bits(walk->law, walk->importer, slot, walk->day - 1), measure);
        bool is = tol_browse_bit(tol_browse_partner_bits(walk->law, walk->importer, slot, walk->day), measure);
        joined += !was && is;
        left += was && !is;
    }
    struct tol_law_event event = {.kind = TOL_LAW_PARTNERS_JOIN,
                                  .day = walk->day,
                                  .measure = walk->importer->measure_first + measure,
                                  .before = TOL_LAW_NO_MEASURE,
                                  .list = "",
                                  .count = joined};
    enum tol_status status = joined > 0 ? walk->function(walk->context, &event, error) : TOL_OK;
    event.kind = TOL_LAW_PARTNERS_LEAVE;
    event.count = left;
    return status == TOL_OK && left > 0 ? walk->function(walk->context, &event, error) : status;
}

/* Does the products column name this list? */
static bool column_names(const char *column, const char *list)
{
    char word[128];
    while (tol_build_word(&column, word, sizeof word)) {
        if (word[0] == '@' && strcmp(word + 1, list) == 0) {
            return true;
        }
    }
    return false;
}

static enum tol_status tell_list(const struct walk *walk, uint32_t measure, const char *list, size_t joined,
                                 size_t left, struct tol_error *error)
{
    struct tol_law_event event = {.kind = TOL_LAW_CODES_JOIN,
                                  .day = walk->day,
                                  .measure = walk->importer->measure_first + measure,
                                  .before = TOL_LAW_NO_MEASURE,
                                  .list = list,
                                  .count = joined};
    enum tol_status status = joined > 0 ? walk->function(walk->context, &event, error) : TOL_OK;
    event.kind = TOL_LAW_CODES_LEAVE;
    event.count = left;
    return status == TOL_OK && left > 0 ? walk->function(walk->context, &event, error) : status;
}

/* A list's rows stand together: each list that changes today is told for every measure that goes on and is brought in by it. */
static enum tol_status tell_codes(const struct walk *walk, const bool *goes_on, struct tol_error *error)
{
    char country[TOL_COUNTRY_TEXT_SIZE];
    char today[TOL_DAY_TEXT_SIZE];
    tol_country_format(walk->importer->country, country);
    tol_day_format(walk->day, today);
    size_t rows = tol_browse_row_count(walk->browser, LAW_TABLE_PRODUCTS);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < rows && status == TOL_OK;) {
        struct law_source_row first, row;
        struct tol_law_place place;
        size_t joined = 0, left = 0;
        tol_browse_row(walk->browser, LAW_TABLE_PRODUCTS, i, &first, &place);
        for (row = first; strcmp(row.list, first.list) == 0 && strcmp(row.importer, first.importer) == 0;) {
            joined += strcmp(row.field[PRODUCT_FROM], today) == 0;
            left += strcmp(row.field[PRODUCT_UNTIL], today) == 0;
            if (++i == rows) {
                break;
            }
            tol_browse_row(walk->browser, LAW_TABLE_PRODUCTS, i, &row, &place);
        }
        if (joined + left == 0 || strcmp(first.importer, country) != 0) {
            continue;
        }
        for (uint32_t m = 0; m < walk->importer->measure_count && status == TOL_OK; m++) {
            struct tol_law_measure text;
            tol_law_measure_get(walk->browser, walk->importer->measure_first + m, &text);
            if (goes_on[m] && column_names(text.products, first.list)) {
                status = tell_list(walk, m, first.list, joined, left, error);
            }
        }
    }
    return status;
}

/* Asked for one origin or product, such a change is a beginning or an end. */
static enum tol_status tell_reach(const struct walk *walk, struct tol_error *error)
{
    bool goes_on[LAW_MEASURES_LIMIT] = {false};
    const bool *before = walk->before.data;
    const bool *after = walk->after.data;
    enum tol_status status = TOL_OK;
    for (uint32_t m = 0; m < walk->importer->measure_count && status == TOL_OK; m++) {
        goes_on[m] = before[m] && after[m];
        if (goes_on[m] && walk->query->partner == 0) {
            status = tell_partners(walk, m, error);
        }
    }
    return status == TOL_OK && walk->query->product == 0 ? tell_codes(walk, goes_on, error) : status;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static enum tol_status walk_days(struct walk *walk, struct tol_error *error)
{
    bool *before = tol_buffer_add(&walk->before, walk->importer->measure_count);
    bool *after = tol_buffer_add(&walk->after, walk->importer->measure_count);
    if (before == NULL || after == NULL) {
        return no_memory(error);
    }
    enum tol_status status = collect_days(walk, error);
    for (size_t i = 0; i < walk->days.count && status == TOL_OK; i++) {
        walk->day = *(const int32_t *)tol_buffer_at(&walk->days, i);
        set_states(walk, walk->day - 1, before);
        set_states(walk, walk->day, after);
        status = tell_measures(walk, error);
        status = status != TOL_OK ? status : tell_reach(walk, error);
    }
    return status;
}

enum tol_status tol_law_changes(const struct tol_law_browser *browser, const struct tol_law_changes_query *query,
                                tol_law_event_function function, void *context, struct tol_error *error)
{
    const struct tol_law *law = browser->law;
    int16_t importer = law->importer_of[law_country_slot(query->into)];
    if (importer < 0) {
        return tol_fail(error, TOL_BAD_DATA, "the law tables hold no law of this importer");
    }
    struct walk walk = {.browser = browser,
                        .law = law,
                        .importer = &law->importer[importer],
                        .query = query,
                        .function = function,
                        .context = context};
    tol_buffer_start(&walk.days, law->allocator, sizeof(int32_t));
    tol_buffer_start(&walk.before, law->allocator, sizeof(bool));
    tol_buffer_start(&walk.after, law->allocator, sizeof(bool));
    enum tol_status status = walk_days(&walk, error);
    tol_buffer_free(&walk.days);
    tol_buffer_free(&walk.before);
    tol_buffer_free(&walk.after);
    return status;
}
