#include "hts/periods.h"

#include <stdlib.h>
#include <string.h>

#include "hts/rate_text.h"

enum tol_status tol_hts_periods_add(struct hts_periods *periods, const struct hts_period *period,
                                    struct tol_error *error)
{
    if (periods->count == periods->room) {
        size_t room = periods->room == 0 ? 1024 : 2 * periods->room;
        struct hts_period *grown = realloc(periods->item, room * sizeof *grown);
        if (grown == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a schedule");
        }
        periods->item = grown;
        periods->room = room;
    }
    periods->item[periods->count++] = *period;
    return TOL_OK;
}

static int by_code_and_day(const void *a, const void *b)
{
    const struct hts_period *left = a;
    const struct hts_period *right = b;
    int order = strcmp(left->code, right->code);
    return order != 0 ? order : (left->from > right->from) - (left->from < right->from);
}

void tol_hts_periods_sort(struct hts_periods *periods)
{
    if (periods->count > 0) {
        qsort(periods->item, periods->count, sizeof periods->item[0], by_code_and_day);
    }
}

static bool says_the_same(const struct hts_duty *a, const struct hts_duty *b)
{
    return a == b ||
           (a != NULL && b != NULL && tol_hts_rate_same(a->text, b->text) &&
            tol_hts_rate_same(a->column2_text, b->column2_text) && tol_hts_special_same(a->special, b->special));
}

static bool spelled_the_same(const struct hts_duty *a, const struct hts_duty *b)
{
    return a == b || (strcmp(a->text, b->text) == 0 && strcmp(a->column2_text, b->column2_text) == 0 &&
                      strcmp(a->special, b->special) == 0);
}

/* One code: its periods in the table and its entry in the snapshot. */
struct code_case {
    const struct hts_period *period;
    size_t count;
    const struct hts_entry *entry; /* NULL: not in the snapshot */
    const struct hts_period *now;  /* the period of the snapshot's day, NULL: none */
    tol_day until;                 /* how far the snapshot reaches here */
};

/* A snapshot says nothing on later days: it reaches to the next change that the table knows, and no further. */
static void look(struct code_case *found, const struct hts_snapshot *snapshot)
{
    found->now = NULL;
    found->until = TOL_DAY_MAX;
    for (size_t i = found->count; i-- > 0;) {
        const struct hts_period *period = &found->period[i];
        if (period->from > snapshot->from) {
            found->until = period->from;
        } else if (period->until > snapshot->from) {
            found->now = period;
            found->until = period->until;
        }
    }
    if (snapshot->from < snapshot->base_from && found->until > snapshot->base_from) {
        found->until = snapshot->base_from;
    }
    found->until = snapshot->until != TOL_DAY_MAX ? snapshot->until : found->until;
}

/* Adds a piece, or makes the last one longer when it goes on alike. */
static enum tol_status add_piece(struct hts_periods *result, size_t first, const struct hts_period *piece, bool newer,
                                 struct tol_error *error)
{
    struct hts_period *last = result->count > first ? &result->item[result->count - 1] : NULL;
    if (piece->from >= piece->until) {
        return TOL_OK;
    }
    if (last != NULL && last->until == piece->from && says_the_same(last->duty, piece->duty)) {
        last->until = piece->until;
        last->duty = newer ? piece->duty : last->duty;
        return TOL_OK;
    }
    return tol_hts_periods_add(result, piece, error);
}

/* The duty that the snapshot's piece carries. What the table already has keeps its source; a newer spelling is taken. */
static enum tol_status settle_duty(const struct code_case *found, const struct hts_snapshot *snapshot,
                                   const struct hts_duty **settled, struct tol_error *error)
{
    const struct hts_duty *known = found->now != NULL ? found->now->duty : NULL;
    const struct hts_duty *told = found->entry->duty;
    *settled = told;
    if (known == NULL || !says_the_same(known, told)) {
        return TOL_OK;
    }
    if (!snapshot->newest || spelled_the_same(known, told)) {
        *settled = known;
        return TOL_OK;
    }
    struct hts_duty *respelled = tol_text_pool_take(snapshot->pool, sizeof *respelled);
    if (respelled == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while importing a schedule");
    }
    *respelled = *told;
    respelled->source = known->source;
    *settled = respelled;
    return TOL_OK;
}

static enum tol_status lay_code(const struct code_case *found, const struct hts_snapshot *snapshot,
                                struct hts_periods *result, struct tol_error *error)
{
    size_t first = result->count;
    bool laid = found->entry == NULL;
    enum tol_status status = TOL_OK;
    struct hts_period piece = {.from = snapshot->from, .until = found->until};
    if (!laid) {
        memcpy(piece.code, found->entry->code, sizeof piece.code);
        status = settle_duty(found, snapshot, &piece.duty, error);
    }
    for (size_t i = 0; status == TOL_OK && i < found->count; i++) {
        struct hts_period before = found->period[i];
        struct hts_period after = before;
        before.until = before.until < snapshot->from ? before.until : snapshot->from;
        after.from = after.from > found->until ? after.from : found->until;
        status = add_piece(result, first, &before, false, error);
        if (status == TOL_OK && !laid && found->period[i].until > snapshot->from) {
            laid = true;
            status = add_piece(result, first, &piece, snapshot->newest, error);
        }
        status = status != TOL_OK ? status : add_piece(result, first, &after, !snapshot->newest, error);
    }
    return status != TOL_OK || laid ? status : add_piece(result, first, &piece, false, error);
}

/* What became of the code; false: nothing. */
static bool changed(const struct code_case *found, const struct hts_snapshot *snapshot, const struct hts_period *result,
                    size_t count, enum hts_change_kind *kind)
{
    bool same = count == found->count;
    bool days = same;
    for (size_t i = 0; i < count && days; i++) {
        days = result[i].from == found->period[i].from && result[i].until == found->period[i].until;
        same = same && result[i].duty == found->period[i].duty;
    }
    if (days && same) {
        return false;
    }
    const struct hts_duty *before = found->now != NULL ? found->now->duty : NULL;
    if (found->entry == NULL) {
        *kind = HTS_ENDED;
    } else if (found->now == NULL) {
        *kind = snapshot->from < snapshot->base_from && count == found->count ? HTS_EXTENDED : HTS_NEW;
    } else {
        *kind = days && says_the_same(before, found->entry->duty) ? HTS_RESPELLED : HTS_CHANGED;
    }
    return true;
}

enum tol_status tol_hts_periods_lay(const struct hts_periods *table, const struct hts_snapshot *snapshot,
                                    hts_change_function told, void *context, struct hts_periods *result,
                                    struct tol_error *error)
{
    const struct hts_entries *entries = snapshot->entries;
    enum tol_status status = TOL_OK;
    for (size_t at = 0, e = 0; status == TOL_OK && (at < table->count || e < entries->count);) {
        int order = at == table->count    ? 1
                    : e == entries->count ? -1
                                          : strcmp(table->item[at].code, entries->item[e].code);
        struct code_case found = {.period = table->item + at, .entry = order >= 0 ? &entries->item[e] : NULL};
        const char *code = order > 0 ? entries->item[e].code : table->item[at].code;
        while (order <= 0 && at < table->count && strcmp(table->item[at].code, code) == 0) {
            found.count++;
            at++;
        }
        e += order >= 0;
        look(&found, snapshot);
        size_t first = result->count;
        status = lay_code(&found, snapshot, result, error);
        enum hts_change_kind kind;
        if (status == TOL_OK && changed(&found, snapshot, result->item + first, result->count - first, &kind)) {
            status = told(context, kind, code, found.now != NULL ? found.now->duty : NULL,
                          found.entry != NULL ? found.entry->duty : NULL, error);
        }
    }
    return status;
}
