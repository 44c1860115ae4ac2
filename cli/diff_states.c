/* The way from one run to the other: in each state one thing more is that of the second run. What a firm's number changes by from state to state are its causes. */
#include "diff.h"
#include "talk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATES = DIFF_STEPS + 1, FIRMS_AT_ONCE = 64 };

#define NO_FIRM UINT64_MAX

/* All movers of a firm. */
struct firm {
    size_t first; /* in order */
    size_t count;
    uint64_t in_book[TOL_RUN_SIDE_COUNT]; /* NO_FIRM: not in it */
};

/* A mover's numbers, state by state: 0 EUR and no score where the firm is not in the book. */
struct states {
    double eur[STATES];
    double score[STATES];
    char band[STATES];
};

struct path {
    struct diff *diff;
    size_t *order; /* movers by firm */
    size_t firm_count;
    struct firm *firm;
    struct states *states;                /* by mover */
    struct tol_explanation **explanation; /* [top] in the state before; NULL: none */
    size_t top;
    int state; /* at work */
    const struct tol_plan *plan;
};

/* Whose are the book, the worlds and the parameters of a state? */
static enum tol_run_side book_side(int state)
{
    return state > DIFF_DATA ? TOL_RUN_AFTER : TOL_RUN_BEFORE;
}
static enum tol_run_side law_side(int state)
{
    return state > DIFF_LAW ? TOL_RUN_AFTER : TOL_RUN_BEFORE;
}
static enum tol_run_side parameter_side(int state)
{
    return state > DIFF_PARAMETER ? TOL_RUN_AFTER : TOL_RUN_BEFORE;
}

/* ---- firms ----------------------------------------------------------------------------------------------------- */

static int by_firm(const void *left, const void *right, void *context)
{
    const struct diff *diff = context;
    const struct diff_mover *a = &diff->mover[*(const size_t *)left], *b = &diff->mover[*(const size_t *)right];
    int order = strcmp(a->firm_id, b->firm_id);
    return order != 0 ? order : (a->pair > b->pair) - (a->pair < b->pair);
}

static void find_firm(const struct diff *diff, const char *firm_id, struct firm *firm)
{
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        if (!tol_book_find(diff->side[side].book, firm_id, &firm->in_book[side])) {
            firm->in_book[side] = NO_FIRM;
        }
    }
}

static enum tol_status group_firms(struct path *path, struct tol_error *error)
{
    struct diff *diff = path->diff;
    size_t count = diff->mover_count;
    path->order = calloc(count + 1, sizeof *path->order);
    path->firm = calloc(count + 1, sizeof *path->firm);
    path->states = calloc(count + 1, sizeof *path->states);
    path->top = diff->top < count ? diff->top : count;
    path->explanation = calloc(path->top + 1, sizeof(struct tol_explanation *));
    if (path->order == NULL || path->firm == NULL || path->states == NULL || path->explanation == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for %zu firms that moved", count);
    }
    for (size_t i = 0; i < count; i++) {
        path->order[i] = i;
    }
    qsort_r(path->order, count, sizeof *path->order, by_firm, diff);
    for (size_t i = 0; i < count; i++) {
        const char *firm_id = diff->mover[path->order[i]].firm_id;
        struct firm *last = &path->firm[path->firm_count - (path->firm_count > 0)];
        if (i == 0 || strcmp(firm_id, diff->mover[path->order[last->first]].firm_id) != 0) {
            last = &path->firm[path->firm_count++];
            *last = (struct firm){.first = i};
            find_firm(diff, firm_id, last);
        }
        last->count++;
    }
    return TOL_OK;
}

/* ---- numbers of a state ---------------------------------------------------------------------------------------- */

static char band_letter(uint8_t band)
{
    return band < TOL_BAND_NONE ? (char)('A' + band) : '-';
}

static enum tol_status score_firm(const struct path *path, unsigned worker, const struct firm *firm,
                                  struct tol_score_row *rows, struct tol_error *error)
{
    uint64_t in_book = firm->in_book[book_side(path->state)];
    enum tol_status status = in_book == NO_FIRM ? TOL_OK : tol_plan_score(path->plan, worker, in_book, 1, rows, error);
    for (size_t i = 0; i < firm->count && status == TOL_OK; i++) {
        size_t mover = path->order[firm->first + i];
        const struct tol_score_row *row = &rows[path->diff->mover[mover].pair];
        struct states *states = &path->states[mover];
        states->eur[path->state] = in_book == NO_FIRM ? 0 : row->ebitda_change_eur;
        states->score[path->state] = in_book == NO_FIRM ? NAN : row->score;
        states->band[path->state] = in_book == NO_FIRM ? '-' : band_letter(row->band);
    }
    return status;
}

static enum tol_status score_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct path *path = context;
    struct tol_score_row *rows = calloc(path->diff->pair_count, sizeof *rows);
    if (rows == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    enum tol_status status = TOL_OK;
    size_t first = (size_t)block * FIRMS_AT_ONCE;
    for (size_t i = first; i < first + FIRMS_AT_ONCE && i < path->firm_count && status == TOL_OK; i++) {
        status = score_firm(path, worker, &path->firm[i], rows, error);
    }
    free(rows);
    return status;
}

static enum tol_status make_plan(struct path *path, struct tol_plan **plan, struct tol_error *error)
{
    struct diff *diff = path->diff;
    const struct diff_side *worlds = &diff->side[law_side(path->state)];
    const struct diff_side *parameters = &diff->side[parameter_side(path->state)];
    /* Without a store: what it keeps is found again by the tables alone, and a state may mix those of two. */
    const struct tol_plan_options options = {.baseline = worlds->worlds.baseline,
                                             .scenario = worlds->scenario,
                                             .scenario_count = diff->pair_count,
                                             .economy = parameters->session.economy,
                                             .settings = parameters->settings,
                                             .isa = options_text(diff->options, OPTION_ISA)};
    return tol_plan_create(diff->side[book_side(path->state)].book, parameters->session.parameters, &options,
                           diff->workers, plan, error);
}

/* ---- parts of the first movers --------------------------------------------------------------------------------- */

static const struct firm *firm_of(const struct path *path, size_t mover)
{
    size_t low = 0, high = path->firm_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const char *firm_id = path->diff->mover[path->order[path->firm[middle].first]].firm_id;
        *(strcmp(firm_id, path->diff->mover[mover].firm_id) <= 0 ? &low : &high) = middle;
    }
    return &path->firm[low];
}

static enum tol_status match_mover(struct path *path, size_t mover, struct tol_explanation *next,
                                   struct tol_error *error)
{
    struct diff *diff = path->diff;
    int step = path->state - 1;
    const struct tol_explanation *const explanation[2] = {path->explanation[mover], next};
    const struct tol_book *const book[2] = {diff->side[book_side(step)].book, diff->side[book_side(path->state)].book};
    /* Law and data do not touch the economy. */
    return diff_match(&diff->mover[mover].cause[step], explanation, book, diff->side[TOL_RUN_BEFORE].session.economy,
                      error);
}

/* Explains one of the first movers in this state, and matches it with the state before. */
static enum tol_status explain_mover(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    struct path *path = context;
    size_t mover = (size_t)block;
    uint64_t in_book = firm_of(path, mover)->in_book[book_side(path->state)];
    struct tol_explanation *next = NULL;
    enum tol_status status = TOL_OK;
    if (in_book != NO_FIRM) {
        status = tol_explain_near(path->plan, in_book, (uint32_t)path->diff->mover[mover].pair, &next, error);
    }
    if (status == TOL_OK && path->state > 0) {
        status = match_mover(path, mover, next, error);
    }
    if (path->explanation[mover] != NULL) {
        tol_explanation_destroy(path->explanation[mover]);
    }
    path->explanation[mover] = next;
    return status;
}

/* ---- states ---------------------------------------------------------------------------------------------------- */

static void copy_state(struct path *path)
{
    for (size_t i = 0; i < path->diff->mover_count; i++) {
        struct states *states = &path->states[i];
        states->eur[path->state] = states->eur[path->state - 1];
        states->score[path->state] = states->score[path->state - 1];
        states->band[path->state] = states->band[path->state - 1];
    }
}

static enum tol_status compute_state(struct path *path, struct tol_error *error)
{
    const struct diff *diff = path->diff;
    struct tol_plan *plan = NULL;
    enum tol_status status = make_plan(path, &plan, error);
    path->plan = plan;
    if (status == TOL_OK) {
        uint64_t blocks = (path->firm_count + FIRMS_AT_ONCE - 1) / FIRMS_AT_ONCE;
        status = tol_run_blocks(diff->workers, blocks, score_block, path, error);
    }
    /* Parameters have no parts. */
    if (status == TOL_OK && path->state <= DIFF_PARAMETER && (diff->differs[DIFF_LAW] || diff->differs[DIFF_DATA])) {
        status = tol_run_blocks(diff->workers, path->top, explain_mover, path, error);
    }
    if (plan != NULL) {
        tol_plan_destroy(plan);
    }
    path->plan = NULL;
    return status;
}

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

/* A state at an end of the path against the stored rows. */
static enum tol_status check_stored(const struct path *path, enum tol_run_side side, struct tol_error *error)
{
    const struct diff *diff = path->diff;
    for (size_t i = 0; i < diff->mover_count; i++) {
        const struct diff_mover *mover = &diff->mover[i];
        const struct states *states = &path->states[i];
        if (mover->in[side] &&
            !(same(mover->eur[side], states->eur[path->state]) &&
              same(mover->score[side], states->score[path->state]) && mover->band[side] == states->band[path->state])) {
            tol_fail(
                error, TOL_BAD_DATA,
                "this program gives other numbers than the run has stored (%s, %s); score --replay tells what differs",
                mover->firm_id, diff->pair[mover->pair].name);
            return tol_fail_at(error, TOL_BAD_DATA, diff->run[side].path, 0, NULL, NULL);
        }
    }
    return TOL_OK;
}

static enum tol_status walk(struct path *path, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (path->state = 0; path->state < STATES && status == TOL_OK; path->state++) {
        if (path->state > 0 && !path->diff->differs[path->state - 1]) {
            copy_state(path);
        } else {
            status = compute_state(path, error);
        }
        if (status == TOL_OK && (path->state == 0 || path->state == STATES - 1)) {
            status = check_stored(path, path->state == 0 ? TOL_RUN_BEFORE : TOL_RUN_AFTER, error);
        }
    }
    return status;
}

/* ---- what comes of it ------------------------------------------------------------------------------------------ */

/* Parts of a number that is not known in some state are not known. */
static double fit_steps(double part[DIFF_STEPS], double total)
{
    double rounding = diff_fit(part, DIFF_STEPS, total);
    for (int step = DIFF_LAW; step < DIFF_STEPS && isnan(rounding); step++) {
        part[step] = NAN;
    }
    return rounding;
}

static void decompose(struct path *path)
{
    struct diff *diff = path->diff;
    for (size_t i = 0; i < diff->mover_count; i++) {
        struct diff_mover *mover = &diff->mover[i];
        const struct states *states = &path->states[i];
        for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
            mover->step_eur[step] = states->eur[step + 1] - states->eur[step];
            mover->step_score[step] = states->score[step + 1] - states->score[step];
        }
        mover->rounding_eur = fit_steps(mover->step_eur, mover->change_eur);
        mover->rounding_score = fit_steps(mover->step_score, mover->change_score);
        for (int step = DIFF_LAW; step < DIFF_STEPS && !isnan(mover->rounding_eur); step++) {
            sum_add(&diff->pair[mover->pair].step_eur[step], mover->step_eur[step]);
        }
    }
}

static enum tol_status name_causes(struct path *path, struct tol_error *error)
{
    struct diff *diff = path->diff;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < path->top && status == TOL_OK; i++) {
        struct diff_mover *mover = &diff->mover[i];
        for (int step = DIFF_LAW; step < DIFF_PARAMETER && status == TOL_OK; step++) {
            status = diff_rank(&mover->cause[step], mover->step_eur[step], error);
        }
        if (status == TOL_OK && diff->differs[DIFF_LAW]) {
            status = diff_find_measures(diff, mover, error);
        }
        if (status == TOL_OK && diff->differs[DIFF_DATA]) {
            status = diff_find_figures(diff, mover, error);
        }
    }
    return status;
}

static enum tol_status walk_and_name(struct path *path, struct tol_error *error)
{
    struct diff *diff = path->diff;
    enum tol_status status = group_firms(path, error);
    for (size_t i = 0; i < path->top && status == TOL_OK; i++) {
        diff->mover[i].cause = calloc(DIFF_STEPS, sizeof *diff->mover[i].cause);
        status = diff->mover[i].cause == NULL ? tol_fail(error, TOL_NO_MEMORY, "out of memory") : TOL_OK;
    }
    if (status == TOL_OK) {
        status = walk(path, error);
    }
    if (status == TOL_OK) {
        decompose(path);
        status = name_causes(path, error);
    }
    return status;
}

static void release(struct path *path)
{
    for (size_t i = 0; path->explanation != NULL && i < path->top; i++) {
        if (path->explanation[i] != NULL) {
            tol_explanation_destroy(path->explanation[i]);
        }
    }
    free(path->explanation);
    free(path->states);
    free(path->firm);
    free(path->order);
}

/* Adds a fault to the reason why there are no causes. */
static void give_reason(struct diff *diff, const char *run, const struct tol_error *fault)
{
    size_t used = strlen(diff->reason);
    snprintf(diff->reason + used, sizeof diff->reason - used, "%s%s%s%s%s%s", used > 0 ? "; " : "", run,
             run[0] != '\0' ? ": " : "", fault->file, fault->file[0] != '\0' ? ": " : "", fault->message);
}

/* What a failure means for the causes: lack of memory and an interrupt end the command, all else leaves them unknown. */
static enum tol_status judge(struct diff *diff, const char *run, enum tol_status status, const struct tol_error *fault,
                             struct tol_error *error)
{
    if (status == TOL_NO_MEMORY || status == TOL_TRY_AGAIN) {
        *error = *fault;
        return status;
    }
    if (status != TOL_OK) {
        give_reason(diff, run, fault);
    }
    return TOL_OK;
}

static enum tol_status explain(struct diff *diff, struct tol_error *error)
{
    struct tol_error fault = {0};
    enum tol_status status = TOL_OK;
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER && status == TOL_OK; side++) {
        enum tol_status opened = diff_side_open(diff, (enum tol_run_side)side, &fault);
        status = judge(diff, diff->run[side].path, opened, &fault, error);
    }
    if (status != TOL_OK || diff->reason[0] != '\0') {
        return status;
    }
    struct path path = {.diff = diff};
    fault = (struct tol_error){0};
    enum tol_status walked = walk_and_name(&path, &fault);
    diff->explained = walked == TOL_OK;
    release(&path);
    return judge(diff, "", walked, &fault, error);
}

enum tol_status diff_explain(struct diff *diff, struct tol_error *error)
{
    enum tol_status status = explain(diff, error);
    for (size_t i = 0; !diff->explained && i < diff->mover_count; i++) {
        if (diff->mover[i].cause != NULL) {
            for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
                diff_cause_release(&diff->mover[i].cause[step]);
            }
            free(diff->mover[i].cause);
            diff->mover[i].cause = NULL;
        }
        for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
            diff->mover[i].step_eur[step] = diff->mover[i].step_score[step] = NAN;
        }
        diff->mover[i].rounding_eur = diff->mover[i].rounding_score = NAN;
    }
    if (status == TOL_OK && !diff->explained) {
        talk_note("causes are not told, since they need what both runs were made from: %s", diff->reason);
    }
    return status;
}
