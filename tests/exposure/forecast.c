/* A forecast's memory against what a plan really takes, and that more work is never forecast to be less. */
#include <criterion/criterion.h>
#include <string.h>

#include "exposure/plan.h"
#include "exposure/world.h"
#include "tolmuur/forecast.h"

/* Bytes held, and the most of them in each stage. */
struct metered {
    double now;
    double peak[TOL_STAGE_COUNT];
    enum tol_stage stage;
};

static void *metered_allocate(void *context, size_t size, size_t alignment)
{
    struct metered *metered = context;
    void *memory = tol_allocator_default()->allocate(NULL, size, alignment);
    metered->now += memory != NULL ? (double)size : 0;
    double *peak = &metered->peak[metered->stage];
    *peak = metered->now > *peak ? metered->now : *peak;
    return memory;
}

static void metered_release(void *context, void *memory, size_t size)
{
    struct metered *metered = context;
    metered->now -= (double)size;
    tol_allocator_default()->release(NULL, memory, size);
}

static void begin(void *context, enum tol_stage stage)
{
    struct metered *metered = context;
    metered->stage = stage;
    metered->peak[stage] = metered->now;
}

static struct tol_forecast_counts counts_of(const struct tol_book *book, const struct world *world)
{
    struct tol_error error = {0};
    struct tol_forecast_counts counts;
    cr_assert_eq(tol_forecast_count(book, &world->parameters, &world->options, NULL, &counts, &error), TOL_OK, "%s",
                 error.message);
    return counts;
}

static void forecast(const struct tol_forecast_counts *counts, struct tol_stage_use *use)
{
    const struct tol_forecast_machine machine = {.arithmetic = 1, .memory = 1};
    tol_plan_forecast(counts, &machine, use);
}

/* Bytes of the plan that a stage is forecast to hold. */
static double held(const struct tol_forecast_counts *counts, const struct tol_stage_use *use, enum tol_stage stage)
{
    return use[stage].peak_bytes - (double)(counts->book_bytes + counts->base_bytes);
}

/* How many factor rows differ is estimated from a sample; here it is the shapes that are looked at. */
static void take_rows(const struct tol_plan *plan, struct tol_forecast_counts *counts)
{
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        uint32_t rows = 0;
        for (uint64_t c = 0; c < plan->side[side].cell_count; c++) {
            uint32_t row = plan->tile[0].cell_row[side][c] + 1;
            rows = row > rows ? row : rows;
        }
        cr_assert_leq(counts->factor_rows[side], (double)plan->side[side].cell_count + 1);
        counts->factor_rows[side] = rows;
    }
}

static void compare(size_t firms, size_t scenarios, uint32_t draws)
{
    struct portfolio *portfolio = portfolio_linked(7, firms, 40);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    struct metered metered = {0};
    const struct tol_allocator allocator = {metered_allocate, metered_release, &metered};
    world_set(&world, 3, scenarios);
    world.options.draws.count = draws;
    struct tol_forecast_counts counts = counts_of(book, &world);
    world.options.allocator = &allocator;
    world.options.begins = begin;
    world.options.begins_context = &metered;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    take_rows(plan, &counts);
    tol_plan_destroy(plan);
    cr_assert_eq(metered.now, 0);
    struct tol_stage_use use[TOL_STAGE_COUNT];
    forecast(&counts, use);
    enum tol_stage last = draws > 0 ? TOL_STAGE_DRAWS : TOL_STAGE_NETWORK;
    for (enum tol_stage stage = TOL_STAGE_TABLES; stage <= last; stage++) {
        double real = metered.peak[stage];
        double factor = held(&counts, use, stage) / real;
        cr_assert(factor > 1 / 1.3 && factor < 1.3, "%zu firms, %zu scenarios, %u draws: %s takes %.0f, forecast %.0f",
                  firms, scenarios, draws, tol_stage_name(stage), real, held(&counts, use, stage));
    }
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(forecast, memory_is_what_the_plan_takes)
{
    static const size_t scenarios[] = {1, 4, 16};
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        compare(20000, scenarios[i], 0);
    }
    compare(60000, 4, 0);
}

static void assert_not_less(const struct tol_stage_use *more, const struct tol_stage_use *less, const char *what)
{
    double bytes[2] = {0, 0}, seconds[2] = {0, 0};
    const struct tol_stage_use *const of[2] = {less, more};
    for (enum tol_stage stage = TOL_STAGE_OPEN; stage < TOL_STAGE_COUNT; stage++) {
        cr_assert_geq(more[stage].seconds, less[stage].seconds, "%s: seconds of %s", what, tol_stage_name(stage));
        cr_assert_geq(more[stage].cpu_seconds, less[stage].cpu_seconds, "%s: CPU of %s", what, tol_stage_name(stage));
        cr_assert_geq(more[stage].peak_bytes, less[stage].peak_bytes, "%s: bytes of %s", what, tol_stage_name(stage));
        for (int i = 0; i < 2; i++) {
            bytes[i] += of[i][stage].peak_bytes;
            seconds[i] += of[i][stage].seconds;
        }
    }
    cr_assert_gt(bytes[1], bytes[0], "%s", what);
    cr_assert_gt(seconds[1], seconds[0], "%s", what);
}

Test(forecast, more_work_is_never_less)
{
    struct portfolio *portfolio = portfolio_linked(5, 3000, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 3, 4);
    world.options.draws.count = 64;
    const struct tol_forecast_counts counts = counts_of(book, &world);
    struct tol_stage_use use[TOL_STAGE_COUNT], more[TOL_STAGE_COUNT];
    forecast(&counts, use);
    for (uint64_t times = 2; times <= 64; times *= 2) {
        struct tol_forecast_counts larger = counts;
        larger.firm_count *= times;
        larger.touched_firms *= (double)times;
        forecast(&larger, more);
        assert_not_less(more, use, "firms");
        larger = counts;
        larger.scenario_count *= times;
        larger.world_count *= (uint32_t)times;
        forecast(&larger, more);
        assert_not_less(more, use, "scenarios");
        larger = counts;
        larger.draw_count *= (uint32_t)times;
        forecast(&larger, more);
        assert_not_less(more, use, "draws");
    }
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(forecast, fewer_tiers_than_asked_for_are_forecast)
{
    struct portfolio *portfolio = portfolio_linked(5, 3000, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 3, 1);
    struct tol_forecast_counts all = counts_of(book, &world);
    world.options.settings.tiers = 3;
    struct tol_forecast_counts three = counts_of(book, &world);
    world.options.settings.tiers = 0;
    struct tol_forecast_counts none = counts_of(book, &world);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        cr_assert_gt(all.tiers[side], 3);
        cr_assert_eq(three.tiers[side], 3);
        cr_assert_eq(none.tiers[side], 0);
    }
    tol_book_close(book);
    portfolio_free(portfolio);
}
