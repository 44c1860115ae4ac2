#include "draws.h"

#include "number.h"

#include "datasets/scenario.h"

#include <stdio.h>
#include <stdlib.h>

enum { MASKS = 64 };

static enum tol_status read_options(struct draws *draws, const struct options *options, struct tol_error *error)
{
    uint64_t count = 0;
    draws->options.seed = 1;
    enum tol_status status = options_count(options, OPTION_DRAWS, TOL_DRAWS_MAX, &count, error);
    if (options_given(options, OPTION_DRAWS) && (status != TOL_OK || count == 0)) {
        return tol_fail(error, TOL_USAGE, "--draws %.40s: write a whole number from 1 to %d",
                        options_text(options, OPTION_DRAWS), TOL_DRAWS_MAX);
    }
    if (status == TOL_OK) {
        status = options_count(options, OPTION_SEED, UINT64_MAX, &draws->options.seed, error);
    }
    if (status == TOL_OK && count == 0 && options_given(options, OPTION_SEED)) {
        return tol_fail(error, TOL_USAGE, "--seed without --draws: nothing is random; add --draws N");
    }
    draws->options.count = (uint32_t)count;
    return status;
}

static void set_doubts(struct tol_scenario_doubts *to, const struct world_doubts *from)
{
    *to = (struct tol_scenario_doubts){.count = from->count};
    for (size_t i = 0; i < from->count; i++) {
        to->doubt[i] = (struct tol_doubt){.programme = from->programme[i], .probability = from->probability[i]};
    }
}

static enum tol_status build_law(struct draws *draws, const struct tol_scenario *world,
                                 const struct tol_scenario_doubts *doubts, uint32_t fallen, struct tol_error *error)
{
    struct tol_scenario_text text = {.name = world->name, .survival_count = doubts->count};
    for (size_t i = 0; i < doubts->count; i++) {
        text.survival[i] =
            (struct tol_survival){.programme = doubts->doubt[i].programme, .probability = doubts->doubt[i].probability};
    }
    struct tol_law **law = &draws->law[draws->law_count];
    enum tol_status status =
        tol_scenario_law_after_fall(&text, world->law, fallen, tol_allocator_default(), law, error);
    if (status == TOL_OK) {
        draws->fallen[draws->law_count++] = (struct tol_fallen_law){.fallen = fallen, .law = *law};
    }
    return status;
}

static enum tol_status build_laws(struct draws *draws, const struct tol_scenario *world,
                                  struct tol_scenario_doubts *doubts, struct tol_error *error)
{
    uint64_t drawn = tol_draws_fallen(&draws->options, doubts);
    size_t first = draws->law_count;
    enum tol_status status = TOL_OK;
    for (uint32_t mask = 1; mask < MASKS && status == TOL_OK; mask++) {
        if (drawn >> mask & 1) {
            status = build_law(draws, world, doubts, mask, error);
        }
    }
    doubts->law = draws->fallen + first;
    doubts->law_count = draws->law_count - first;
    return status;
}

enum tol_status draws_read(struct draws *draws, const struct options *options, const struct worlds *worlds,
                           struct tol_error *error)
{
    *draws = (struct draws){0};
    enum tol_status status = read_options(draws, options, error);
    if (status != TOL_OK || draws->options.count == 0) {
        return status;
    }
    size_t most = 1;
    for (size_t i = 0; i < worlds->count; i++) {
        most += ((size_t)1 << worlds->doubts[i].count) - 1;
    }
    draws->scenario = calloc(worlds->count, sizeof *draws->scenario);
    draws->fallen = calloc(most, sizeof *draws->fallen);
    draws->law = calloc(most, sizeof(struct tol_law *));
    if (draws->scenario == NULL || draws->fallen == NULL || draws->law == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    draws->options.scenario = draws->scenario;
    for (size_t i = 0; i < worlds->count && status == TOL_OK; i++) {
        set_doubts(&draws->scenario[i], &worlds->doubts[i]);
        status = build_laws(draws, &worlds->scenario[i], &draws->scenario[i], error);
    }
    return status;
}

void draws_release(struct draws *draws)
{
    progress_end(&draws->progress);
    for (size_t i = 0; i < draws->law_count; i++) {
        tol_law_close(draws->law[i]);
    }
    free(draws->law);
    free(draws->fallen);
    free(draws->scenario);
    *draws = (struct draws){0};
}

static bool go_on(void *context, uint64_t done, uint64_t all)
{
    struct draws *draws = context;
    progress_update(&draws->progress, done, all);
    if (done == all) {
        progress_end(&draws->progress);
    }
    return talk_signal() == 0;
}

void draws_show_progress(struct draws *draws)
{
    if (draws->options.count > 0) {
        progress_begin(&draws->progress, "firms drawn");
        draws->options.go_on = go_on;
        draws->options.context = draws;
    }
}

void draws_sentence(const struct draws *draws, const struct tol_draw_statistics *statistics, char *text, size_t size)
{
    char count[64], number[5][64];
    const double value[5] = {statistics->mean, statistics->p05, statistics->p50, statistics->p95,
                             statistics->expected_shortfall};
    number_people((double)draws->options.count, 0, count, sizeof count);
    for (size_t i = 0; i < 5; i++) {
        number_people(value[i], 0, number[i], sizeof number[i]);
    }
    snprintf(text, size, "%s draws, seed %llu: EBITDA change mean %s EUR, P5 %s, P50 %s, P95 %s, expected shortfall %s",
             count, (unsigned long long)draws->options.seed, number[0], number[1], number[2], number[3], number[4]);
}
