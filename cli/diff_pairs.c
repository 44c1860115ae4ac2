/* Which scenarios of two runs belong together, and what else is not the same in both. */
#include "diff.h"
#include "talk.h"

#include <stdlib.h>
#include <string.h>

const char *diff_step_name(enum diff_step step)
{
    static const char *const name[DIFF_STEPS] = {"law", "data", "parameter"};
    return step < DIFF_STEPS ? name[step] : "";
}

/* ---- scenarios ------------------------------------------------------------------------------------------------- */

static size_t find_world(const struct diff_run *run, const char *name, size_t length)
{
    size_t i = 0;
    while (i < run->world_count &&
           (strlen(run->world[i].name) != length || strncmp(run->world[i].name, name, length) != 0)) {
        i++;
    }
    return i;
}

static enum tol_status add_pair(struct diff *diff, size_t before, size_t after, struct tol_error *error)
{
    struct diff_pair *grown = realloc(diff->pair, (diff->pair_count + 1) * sizeof *grown);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    diff->pair = grown;
    struct diff_pair *pair = &grown[diff->pair_count++];
    *pair = (struct diff_pair){.world = {before, after}};
    const char *old = diff->run[TOL_RUN_BEFORE].world[before].name, *new = diff->run[TOL_RUN_AFTER].world[after].name;
    bool same = strcmp(old, new) == 0;
    snprintf(pair->name, sizeof pair->name, "%s%s%s", old, same ? "" : " -> ", same ? "" : new);
    return TOL_OK;
}

static bool is_paired(const struct diff *diff, enum tol_run_side side, size_t world)
{
    bool paired = false;
    for (size_t p = 0; p < diff->pair_count; p++) {
        paired = paired || diff->pair[p].world[side] == world;
    }
    return paired;
}

/* Names of a run's scenarios, those of no pair alone when rest is set. */
static void list_worlds(const struct diff *diff, enum tol_run_side side, bool rest, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < diff->run[side].world_count && used < size; i++) {
        if (!(rest && is_paired(diff, side, i))) {
            int length =
                snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", diff->run[side].world[i].name);
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

static enum tol_status refuse_pair(const struct diff *diff, const char *text, struct tol_error *error)
{
    char before[160], after[160];
    list_worlds(diff, TOL_RUN_BEFORE, false, before, sizeof before);
    list_worlds(diff, TOL_RUN_AFTER, false, after, sizeof after);
    return tol_fail(error, TOL_USAGE,
                    "--pair %.60s: write a scenario of each run, as A=B; the first run has %s, the second %s", text,
                    before, after);
}

/* A=B, where a name may hold "=" itself; or one name that both have. */
static enum tol_status read_pair(struct diff *diff, const char *text, struct tol_error *error)
{
    const struct diff_run *run = diff->run;
    size_t before = find_world(&run[TOL_RUN_BEFORE], text, strlen(text)),
           after = find_world(&run[TOL_RUN_AFTER], text, strlen(text));
    const char *equals = text;
    while ((before == run[TOL_RUN_BEFORE].world_count || after == run[TOL_RUN_AFTER].world_count) &&
           (equals = strchr(equals, '=')) != NULL) {
        before = find_world(&run[TOL_RUN_BEFORE], text, (size_t)(equals - text));
        after = find_world(&run[TOL_RUN_AFTER], equals + 1, strlen(equals + 1));
        equals++;
    }
    if (equals == NULL || before == run[TOL_RUN_BEFORE].world_count || after == run[TOL_RUN_AFTER].world_count) {
        return refuse_pair(diff, text, error);
    }
    for (size_t i = 0; i < diff->pair_count; i++) {
        if (diff->pair[i].world[TOL_RUN_BEFORE] == before || diff->pair[i].world[TOL_RUN_AFTER] == after) {
            return tol_fail(error, TOL_USAGE, "--pair %.60s: a scenario can be in one pair only", text);
        }
    }
    return add_pair(diff, before, after, error);
}

static enum tol_status pair_by_name(struct diff *diff, struct tol_error *error)
{
    const struct diff_run *run = diff->run;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < run[TOL_RUN_BEFORE].world_count && status == TOL_OK; i++) {
        const char *name = run[TOL_RUN_BEFORE].world[i].name;
        size_t other = find_world(&run[TOL_RUN_AFTER], name, strlen(name));
        status = other < run[TOL_RUN_AFTER].world_count ? add_pair(diff, i, other, error) : TOL_OK;
    }
    return status;
}

/* From a place on, the next scenario that is in no pair and called after its day. */
static size_t next_day(const struct diff *diff, enum tol_run_side side, size_t from)
{
    const struct diff_run *run = &diff->run[side];
    while (from < run->world_count &&
           (is_paired(diff, side, from) || strcmp(run->world[from].name, run->world[from].day) != 0)) {
        from++;
    }
    return from;
}

/* A run of every night has its own day: what is left of such, by their places. */
static enum tol_status pair_days(struct diff *diff, struct tol_error *error)
{
    size_t before = next_day(diff, TOL_RUN_BEFORE, 0), after = next_day(diff, TOL_RUN_AFTER, 0);
    enum tol_status status = TOL_OK;
    while (status == TOL_OK && before < diff->run[TOL_RUN_BEFORE].world_count &&
           after < diff->run[TOL_RUN_AFTER].world_count) {
        status = add_pair(diff, before, after, error);
        before = next_day(diff, TOL_RUN_BEFORE, before);
        after = next_day(diff, TOL_RUN_AFTER, after);
    }
    return status;
}

static enum tol_status pair_by_place(struct diff *diff, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    if (diff->run[TOL_RUN_BEFORE].world_count != diff->run[TOL_RUN_AFTER].world_count) {
        char before[160], after[160];
        list_worlds(diff, TOL_RUN_BEFORE, false, before, sizeof before);
        list_worlds(diff, TOL_RUN_AFTER, false, after, sizeof after);
        return tol_fail(error, TOL_USAGE,
                        "no scenario is in both runs: the first has %s, the second %s; say which belong together with "
                        "--pair A=B",
                        before, after);
    }
    for (size_t i = 0; i < diff->run[TOL_RUN_BEFORE].world_count && status == TOL_OK; i++) {
        status = add_pair(diff, i, i, error);
    }
    return status;
}

static void tell_unpaired(const struct diff *diff)
{
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        char text[400];
        list_worlds(diff, (enum tol_run_side)side, true, text, sizeof text);
        if (text[0] != '\0') {
            talk_note("%s: not compared: %s; --pair A=B names scenarios that belong together", diff->run[side].path,
                      text);
        }
    }
}

enum tol_status diff_pair_up(struct diff *diff, struct tol_error *error)
{
    const struct text_list *given = &diff->options->value[OPTION_PAIR];
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < given->count && status == TOL_OK; i++) {
        status = read_pair(diff, given->text[i], error);
    }
    if (status != TOL_OK || given->count > 0) {
        return status;
    }
    status = pair_by_name(diff, error);
    if (status == TOL_OK) {
        status = pair_days(diff, error);
    }
    if (status == TOL_OK && diff->pair_count == 0) {
        status = pair_by_place(diff, error);
    }
    if (status == TOL_OK) {
        tell_unpaired(diff);
    }
    return status;
}

/* ---- everything else ------------------------------------------------------------------------------------------- */

static const char *value_of(const struct run_identity *identity, const char *name)
{
    for (size_t i = 0; i < identity->count; i++) {
        if (strcmp(identity->pair[i].name, name) == 0) {
            return identity->pair[i].value;
        }
    }
    return NULL;
}

/* False for what changes no number, and for scenarios, which are compared by pairs. */
static bool step_of(const char *name, enum diff_step *step)
{
    static const struct {
        const char *prefix;
        enum diff_step step;
    } known[] = {{"law", DIFF_LAW},          {"input.tables", DIFF_LAW},  {"input.scenarios", DIFF_LAW},
                 {"baseline", DIFF_LAW},     {"input.book", DIFF_DATA},   {"settings.", DIFF_PARAMETER},
                 {"assume", DIFF_PARAMETER}, {"horizon", DIFF_PARAMETER}, {"tiers", DIFF_PARAMETER}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(name, known[i].prefix, strlen(known[i].prefix)) == 0) {
            *step = known[i].step;
            return true;
        }
    }
    return false;
}

static void add_difference(struct diff *diff, enum diff_step step, const char *name, const char *before,
                           const char *after)
{
    bool same = before == NULL || after == NULL ? before == after : strcmp(before, after) == 0;
    if (!same) {
        diff->difference[diff->difference_count++] =
            (struct diff_difference){.step = step, .name = name, .value = {before, after}};
        diff->differs[step] = true;
        /* The tables hold law and parameters. */
        diff->differs[DIFF_PARAMETER] = diff->differs[DIFF_PARAMETER] || strcmp(name, "input.tables") == 0;
    }
}

static void compare_identities(struct diff *diff)
{
    const struct run_identity *before = &diff->run[TOL_RUN_BEFORE].manifest.identity,
                              *after = &diff->run[TOL_RUN_AFTER].manifest.identity;
    enum diff_step step;
    for (size_t i = 0; i < before->count; i++) {
        const char *name = before->pair[i].name;
        if (step_of(name, &step)) {
            add_difference(diff, step, name, before->pair[i].value, value_of(after, name));
        }
    }
    for (size_t i = 0; i < after->count; i++) {
        const char *name = after->pair[i].name;
        if (step_of(name, &step) && value_of(before, name) == NULL) {
            add_difference(diff, step, name, NULL, after->pair[i].value);
        }
    }
}

enum tol_status diff_find_differences(struct diff *diff, struct tol_error *error)
{
    size_t most = diff->run[TOL_RUN_BEFORE].manifest.identity.count + diff->run[TOL_RUN_AFTER].manifest.identity.count;
    diff->difference = calloc(most + 2 * diff->pair_count + 1, sizeof *diff->difference);
    if (diff->difference == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < diff->pair_count; i++) {
        const struct diff_world *before = &diff->run[TOL_RUN_BEFORE].world[diff->pair[i].world[TOL_RUN_BEFORE]];
        const struct diff_world *after = &diff->run[TOL_RUN_AFTER].world[diff->pair[i].world[TOL_RUN_AFTER]];
        bool same_name = strcmp(before->name, after->name) == 0;
        bool by_day = strcmp(before->name, before->day) == 0 && strcmp(after->name, after->day) == 0;
        add_difference(diff, DIFF_LAW, "scenario", before->name, after->name);
        if (same_name || !by_day) {
            add_difference(diff, DIFF_LAW, "day", before->day, after->day);
        }
    }
    compare_identities(diff);
    return TOL_OK;
}
