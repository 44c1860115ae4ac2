#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "exposure/world.h"

#define FIRMS 700

struct job {
    const struct tol_plan *plan;
    struct tol_score_row *rows;
    size_t scenarios;
};

static enum tol_status score_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    struct job *job = context;
    uint64_t first;
    uint64_t count;
    tol_plan_block(job->plan, block, &first, &count);
    return tol_plan_score(job->plan, worker, first, count, job->rows + first * job->scenarios, error);
}

static struct tol_score_row *score_with(const struct tol_book *book, struct world *world, const char *isa,
                                        unsigned threads)
{
    struct tol_run_options options = {.threads = threads};
    struct tol_run *run = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_run_create(&options, &run, &error), TOL_OK);
    world->options.isa = isa;
    struct tol_plan *plan = plan_new(book, world, run);
    cr_assert_str_eq(tol_plan_isa(plan), isa);
    size_t scenarios = world->options.scenario_count;
    struct job job = {.plan = plan, .rows = calloc(FIRMS * scenarios, sizeof *job.rows), .scenarios = scenarios};
    cr_assert_not_null(job.rows);
    cr_assert_eq(tol_run_blocks(run, tol_plan_block_count(plan), score_block, &job, &error), TOL_OK);
    tol_plan_destroy(plan);
    tol_run_destroy(run);
    return job.rows;
}

/* 1 scenario is one row of lanes, 6 are three; of 13 the eleventh stands across two tiles, and the last tile is short. */
static void check_isas_and_threads(struct portfolio *portfolio, size_t scenarios)
{
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 31, scenarios);
    struct tol_score_row *reference = score_with(book, &world, "scalar", 1);
    const struct tol_kernels *kernels;
    int tables = 0;
    for (size_t i = 0; (kernels = tol_kernels_built(i)) != NULL; i++) {
        static const unsigned threads[] = {1, 2, 7};
        for (size_t t = 0; t < 3 && tol_kernels_runnable(kernels); t++) {
            struct tol_score_row *rows = score_with(book, &world, kernels->isa, threads[t]);
            check_same_rows(reference, rows, FIRMS * scenarios);
            free(rows);
            tables++;
        }
    }
    cr_assert_geq(tables, 3);
    free(reference);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(determinism, same_bits_from_every_isa_and_thread_count_one_scenario)
{
    check_isas_and_threads(portfolio_random(21, FIRMS, 60), 1);
}

Test(determinism, same_bits_from_every_isa_and_thread_count_six_scenarios)
{
    check_isas_and_threads(portfolio_random(21, FIRMS, 60), 6);
}

Test(determinism, same_bits_from_every_isa_and_thread_count_thirteen_scenarios)
{
    check_isas_and_threads(portfolio_random(21, FIRMS, 60), 13);
}

/* With customers and suppliers: 120 lines a firm make several blocks of links. */
Test(determinism, same_bits_from_every_isa_and_thread_count_along_the_chain)
{
    check_isas_and_threads(portfolio_linked(26, FIRMS, 120), 6);
}

Test(determinism, blocks_cover_the_book)
{
    struct portfolio *portfolio = portfolio_random(22, FIRMS, 60);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 31, 1);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    uint64_t next = 0;
    for (uint64_t b = 0; b < tol_plan_block_count(plan); b++) {
        uint64_t first;
        uint64_t count;
        tol_plan_block(plan, b, &first, &count);
        cr_assert_eq(first, next);
        cr_assert_gt(count, 0);
        next = first + count;
    }
    cr_assert_eq(next, FIRMS);
    cr_assert_gt(tol_plan_block_count(plan), 1);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(determinism, same_bits_however_firms_are_cut_into_calls)
{
    struct portfolio *portfolio = portfolio_random(23, FIRMS, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 33, 5);
    struct tol_score_row *whole = score_all(book, &world);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    static const uint64_t sizes[] = {1, 2, 63, 64, 65, 333};
    for (size_t i = 0; i < 6; i++) {
        struct tol_score_row *rows = calloc(FIRMS * 5, sizeof *rows);
        for (uint64_t first = 0; first < FIRMS; first += sizes[i]) {
            uint64_t count = FIRMS - first < sizes[i] ? FIRMS - first : sizes[i];
            cr_assert_eq(tol_plan_score(plan, 0, first, count, rows + first * 5, NULL), TOL_OK);
        }
        check_same_rows(whole, rows, FIRMS * 5);
        free(rows);
    }
    tol_plan_destroy(plan);
    free(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
}

static void check_firms_alone(struct portfolio *portfolio, uint32_t tiers)
{
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 35, 7);
    world.options.settings.tiers = tiers;
    struct tol_score_row *whole = score_all(book, &world);
    for (uint64_t f = 0; f < portfolio->firm_count; f++) {
        struct tol_plan *plan = NULL;
        struct tol_score_row rows[7];
        cr_assert_eq(tol_plan_create_for_firm(book, f, &world.parameters, &world.options, &plan, NULL), TOL_OK);
        cr_assert_eq(tol_plan_score(plan, 0, f, 1, rows, NULL), TOL_OK);
        check_same_rows(whole + f * 7, rows, 7);
        cr_assert_leq(tol_plan_block_count(plan), 1);
        tol_plan_destroy(plan);
    }
    free(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(determinism, plan_of_one_firm_gives_the_batch_rows)
{
    check_firms_alone(portfolio_random(24, 120, 40), TOL_TIERS_ALL);
}

/* Few lines a firm, so that many firms are out of reach of each other; then many, where all are in one net. */
Test(determinism, plan_of_one_firm_follows_its_customers_and_suppliers)
{
    check_firms_alone(portfolio_linked(27, 150, 2), TOL_TIERS_ALL);
    check_firms_alone(portfolio_linked(28, 60, 30), TOL_TIERS_ALL);
    for (uint32_t tiers = 0; tiers < 4; tiers++) {
        check_firms_alone(portfolio_linked(29, 100, 5), tiers);
    }
}

Test(determinism, sums_are_what_the_rows_say)
{
    struct portfolio *portfolio = portfolio_random(25, FIRMS, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 36, 9);
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    size_t lanes = tol_plan_lanes(plan);
    cr_assert_eq(lanes, 32);
    double *sales = calloc(FIRMS * lanes * TOL_SALES_FACTOR_COUNT, sizeof *sales);
    double *purchases = calloc(FIRMS * lanes * TOL_PURCHASE_FACTOR_COUNT, sizeof *purchases);
    tol_plan_sums(plan, 0, 0, FIRMS, sales, purchases);
    for (size_t f = 0; f < FIRMS; f++) {
        for (size_t s = 0; s < 9; s++) {
            const struct tol_score_row *row = &rows[f * 9 + s];
            size_t lane = s * 3 + TOL_READING_CENTRAL;
            cr_assert_eq(sales[(f * TOL_SALES_FACTOR_COUNT + TOL_SALES_DUTY) * lanes + lane], row->duty_export_eur);
            cr_assert_eq(sales[(f * TOL_SALES_FACTOR_COUNT + TOL_SALES_PRICE_CUT) * lanes + lane], row->price_cut_eur);
            cr_assert_eq(sales[(f * TOL_SALES_FACTOR_COUNT + TOL_SALES_VOLUME) * lanes + lane], row->volume_loss_eur);
            cr_assert_eq(sales[(f * TOL_SALES_FACTOR_COUNT + TOL_SALES_OPPORTUNITY) * lanes + lane],
                         row->opportunity_eur);
            cr_assert_eq(purchases[(f * TOL_PURCHASE_FACTOR_COUNT + TOL_PURCHASE_DUTY) * lanes + lane],
                         row->duty_import_eur);
        }
        for (size_t lane = 27; lane < 32; lane++) {
            cr_assert_eq(sales[(f * TOL_SALES_FACTOR_COUNT + TOL_SALES_VOLUME) * lanes + lane], 0,
                         "the padding has no shock");
        }
    }
    free(sales);
    free(purchases);
    free(rows);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}
