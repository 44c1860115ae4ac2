/* The firms that moved, by the stored rows. */
#include "diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *diff_move_name(enum diff_move move)
{
    static const char *const name[] = {"up", "down", "new", "gone", "other"};
    return name[move];
}

enum diff_move diff_move_of(const struct diff_mover *mover)
{
    if (!mover->in[TOL_RUN_BEFORE]) {
        return DIFF_NEW;
    }
    if (!mover->in[TOL_RUN_AFTER]) {
        return DIFF_GONE;
    }
    char before = mover->band[TOL_RUN_BEFORE], after = mover->band[TOL_RUN_AFTER];
    if (before != '-' && after != '-' && before != after) {
        return after > before ? DIFF_UP : DIFF_DOWN;
    }
    if (mover->change_score > 0 || mover->change_score < 0) {
        return mover->change_score > 0 ? DIFF_UP : DIFF_DOWN;
    }
    return DIFF_OTHER;
}

enum diff_step diff_main_step(const struct diff_mover *mover)
{
    const double *const parts[] = {mover->step_eur, mover->step_score};
    enum diff_step main = DIFF_STEPS;
    for (size_t of = 0; of < 2 && main == DIFF_STEPS; of++) {
        for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
            double size = fabs(parts[of][step]);
            if (size > 0 && (main == DIFF_STEPS || size > fabs(parts[of][main]))) {
                main = (enum diff_step)step;
            }
        }
    }
    return main;
}

struct gathering {
    struct diff *diff;
    size_t capacity;
};

static struct diff_mover mover_from(const struct tol_run_mover *from)
{
    struct diff_mover mover = {.pair = from->pair, .rounding_eur = NAN, .rounding_score = NAN};
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        mover.in[side] = from->in[side].is;
        mover.band[side] = from->in[side].band;
        mover.score[side] = from->in[side].score;
        mover.eur[side] = from->in[side].ebitda_change_eur;
    }
    for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
        mover.step_eur[step] = mover.step_score[step] = NAN;
    }
    mover.change_eur = (mover.in[TOL_RUN_AFTER] ? mover.eur[TOL_RUN_AFTER] : 0) -
                       (mover.in[TOL_RUN_BEFORE] ? mover.eur[TOL_RUN_BEFORE] : 0);
    mover.change_score = mover.score[TOL_RUN_AFTER] - mover.score[TOL_RUN_BEFORE];
    return mover;
}

static enum tol_status take(void *context, const struct tol_run_mover *from, struct tol_error *error)
{
    struct gathering *gathering = context;
    struct diff *diff = gathering->diff;
    if (diff->mover_count == gathering->capacity) {
        size_t capacity = gathering->capacity == 0 ? 1024 : 2 * gathering->capacity;
        struct diff_mover *grown = realloc(diff->mover, capacity * sizeof *grown);
        if (grown == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory for %zu firms that moved", capacity);
        }
        diff->mover = grown;
        gathering->capacity = capacity;
    }
    struct diff_mover *mover = &diff->mover[diff->mover_count];
    *mover = mover_from(from);
    mover->firm_id = strndup(from->firm_id, from->firm_id_length);
    if (mover->firm_id == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    diff->mover_count++;
    diff->pair[mover->pair].moved[diff_move_of(mover)]++;
    sum_add(&diff->pair[mover->pair].change_eur, isnan(mover->change_eur) ? 0 : mover->change_eur);
    return TOL_OK;
}

static uint64_t three_quarters_of_the_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes / 4 * 3 : UINT64_C(2) << 30;
}

static enum tol_status join(struct diff *diff, const struct tol_run_pair *pairs, uint64_t (*firms)[TOL_RUN_SIDE_COUNT],
                            struct tol_error *error)
{
    struct gathering gathering = {.diff = diff};
    struct tol_run_compare compare = {.pair_count = diff->pair_count,
                                      .pair = pairs,
                                      .threshold = diff->threshold,
                                      .threads = tol_run_threads(diff->workers),
                                      .memory_limit_bytes = three_quarters_of_the_memory()};
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        compare.run[side] = (struct tol_run_rows){
            .file_count = diff->run[side].part_count, .file = diff->run[side].part, .name = diff->run[side].path};
    }
    enum tol_status status = options_bytes(diff->options, OPTION_MEMORY_LIMIT, &compare.memory_limit_bytes, error);
    return status == TOL_OK ? tol_run_compare(&compare, firms, take, &gathering, error) : status;
}

enum tol_status diff_find_movers(struct diff *diff, struct tol_error *error)
{
    struct tol_run_pair *pairs = calloc(diff->pair_count, sizeof *pairs);
    uint64_t(*firms)[TOL_RUN_SIDE_COUNT] = calloc(diff->pair_count, sizeof *firms);
    if (pairs == NULL || firms == NULL) {
        free(firms);
        free(pairs);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < diff->pair_count; i++) {
        for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
            pairs[i].scenario[side] = diff->run[side].world[diff->pair[i].world[side]].name;
        }
    }
    enum tol_status status = join(diff, pairs, firms, error);
    for (size_t i = 0; status == TOL_OK && i < diff->pair_count; i++) {
        memcpy(diff->pair[i].firms, firms[i], sizeof firms[i]);
    }
    free(firms);
    free(pairs);
    return status;
}
