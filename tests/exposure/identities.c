#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/world.h"

Test(identities, scenario_equal_to_the_baseline_changes_nothing)
{
    struct portfolio *portfolio = portfolio_random(1, 300, 20);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 5, 4);
    world.scenario[0].on = 0;
    world.scenario[3].on = 0;
    struct tol_score_row *rows = score_all(book, &world);
    int moved = 0;
    for (size_t f = 0; f < 300; f++) {
        for (size_t s = 0; s < 4; s++) {
            const struct tol_score_row *row = &rows[f * 4 + s];
            if (s == 1 || s == 2) {
                moved += row->ebitda_change_eur != 0;
                continue;
            }
            cr_assert_eq(row->duty_export_eur, 0);
            cr_assert_eq(row->duty_import_eur, 0);
            cr_assert_eq(row->price_cut_eur, 0);
            cr_assert_eq(row->volume_loss_eur, 0);
            cr_assert_eq(row->direct_demand_loss, 0);
            cr_assert_eq(row->direct_cost_rise, 0);
            cr_assert_eq(row->ebitda_change_eur, 0);
            cr_assert_eq(row->ebitda_change_low_eur, 0);
            cr_assert_eq(row->ebitda_change_high_eur, 0);
            cr_assert(isnan(row->score) || row->score == 0);
        }
    }
    cr_assert_gt(moved, 300, "the other scenarios do move firms");
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* Two laws that give the same duties by other days: nothing may change either, though they are asked apart. */
static void same_every_day(const struct tol_law *law, const struct tol_rate_query *query,
                           struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_MFN, (double)(query->product / 16 % 97) / 331);
}

Test(identities, equal_duties_of_another_day_change_nothing)
{
    struct portfolio *portfolio = portfolio_random(2, 200, 20);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 5, 2);
    world.law.answer = same_every_day;
    struct tol_score_row *rows = score_all(book, &world);
    for (size_t i = 0; i < 400; i++) {
        cr_assert_eq(rows[i].ebitda_change_eur, 0);
        cr_assert_eq(rows[i].duty_export_eur, 0);
    }
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(identities, order_of_rows_does_not_matter)
{
    struct portfolio *portfolio = portfolio_random(3, 250, 25);
    check_order_of_rows(portfolio);
    portfolio_free(portfolio);
}

Test(identities, splitting_lines_into_halves_changes_nothing)
{
    struct portfolio *portfolio = portfolio_random(4, 200, 10);
    struct portfolio *split = portfolio_random(4, 200, 20);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        size_t count = portfolio->line_count[side];
        memcpy(split->firm, portfolio->firm, 200 * sizeof *split->firm);
        split->line_count[side] = 2 * count;
        for (size_t i = 0; i < 2 * count; i++) {
            split->line[side][i] = portfolio->line[side][i / 2];
            split->line[side][i].value_eur /= 2;
        }
    }
    /* Merged lines of one cell may add up in another order: one line per firm and cell keeps this exact. */
    struct world world;
    world_set(&world, 11, 3);
    struct tol_book *whole = portfolio_book(portfolio, 0);
    struct tol_book *halves = portfolio_book(split, 0);
    struct tol_score_row *a = score_all(whole, &world);
    struct tol_score_row *b = score_all(halves, &world);
    for (size_t i = 0; i < 600; i++) {
        double size = fmax(1, fabs(a[i].ebitda_change_eur));
        cr_assert_leq(fabs(a[i].ebitda_change_eur - b[i].ebitda_change_eur), 1e-12 * size + 1e-15 * a[i].revenue_eur);
        cr_assert_eq(a[i].flags, b[i].flags);
    }
    free(a);
    free(b);
    tol_book_close(whole);
    tol_book_close(halves);
    portfolio_free(portfolio);
    portfolio_free(split);
}

Test(identities, one_line_in_two_equal_halves_gives_the_same_bits)
{
    struct portfolio *whole = portfolio_new(1, 2);
    struct portfolio *halves = portfolio_new(1, 2);
    whole->firm[0].number[TOL_REVENUE] = halves->firm[0].number[TOL_REVENUE] = 1000;
    portfolio_sell(whole, 0, "US", "8703230190", 123.45);
    portfolio_sell(halves, 0, "US", "8703230190", 123.45 / 2);
    portfolio_sell(halves, 0, "US", "8703230190", 123.45 / 2);
    struct world world;
    world_set(&world, 2, 5);
    struct tol_book *one = portfolio_book(whole, 0);
    struct tol_book *two = portfolio_book(halves, 0);
    struct tol_score_row *a = score_all(one, &world);
    struct tol_score_row *b = score_all(two, &world);
    check_same_rows(a, b, 5);
    free(a);
    free(b);
    tol_book_close(one);
    tol_book_close(two);
    portfolio_free(whole);
    portfolio_free(halves);
}

/* Duty rises with the day, by a tenth of a percent each; the baseline is day 0 with 10 %. */
static void rising(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_SECTION_301, 0.1 + (double)query->on / 1000);
}

static void check_monotone(double rho)
{
    struct portfolio *portfolio = portfolio_random(6, 150, 12);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 1, 40);
    world.law.answer = rising;
    world.options.settings.border_pass_through = rho;
    for (int s = 0; s < 40; s++) {
        world.scenario[s].on = s * 13 - 90; /* from below the baseline to far above it */
    }
    struct tol_score_row *rows = score_all(book, &world);
    for (size_t f = 0; f < 150; f++) {
        for (size_t s = 1; s < 40; s++) {
            const struct tol_score_row *before = &rows[f * 40 + s - 1];
            const struct tol_score_row *after = &rows[f * 40 + s];
            cr_assert_leq(after->price_cut_eur + after->volume_loss_eur,
                          before->price_cut_eur + before->volume_loss_eur);
            cr_assert_geq(after->direct_cost_rise, before->direct_cost_rise);
            cr_assert_geq(after->duty_export_eur, before->duty_export_eur);
            cr_assert(isnan(after->score) || after->score >= before->score);
        }
    }
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(identities, higher_own_duty_never_raises_revenue)
{
    check_monotone(1);
    check_monotone(0.6);
    check_monotone(0);
}

Test(identities, scores_are_between_0_and_100_or_missing_with_a_reason)
{
    struct portfolio *portfolio = portfolio_random(7, 2000, 15);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 77, 5);
    struct tol_score_row *rows = score_all(book, &world);
    int missing = 0;
    for (size_t i = 0; i < 10000; i++) {
        uint32_t reasons = rows[i].flags & (TOL_FLAG_EBITDA_MISSING | TOL_FLAG_EBITDA_NOT_POSITIVE);
        if (isnan(rows[i].score)) {
            missing++;
            cr_assert_neq(reasons, 0);
            cr_assert(isnan(rows[i].score_exposure) && isnan(rows[i].margin_at_risk));
            cr_assert_eq(rows[i].band, TOL_BAND_NONE);
        } else {
            cr_assert_eq(reasons, 0);
            cr_assert(rows[i].score >= 0 && rows[i].score <= 100);
            cr_assert_neq(rows[i].band, TOL_BAND_NONE);
            cr_assert(isfinite(rows[i].margin_at_risk));
        }
        cr_assert(isfinite(rows[i].ebitda_change_eur));
        cr_assert_leq(rows[i].ebitda_change_low_eur, rows[i].ebitda_change_eur);
        cr_assert_geq(rows[i].ebitda_change_high_eur, rows[i].ebitda_change_eur);
    }
    cr_assert_gt(missing, 100);
    cr_assert_lt(missing, 9000);
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(identities, a_column_is_the_same_alone_or_among_others)
{
    struct portfolio *portfolio = portfolio_random(8, 200, 20);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 4, 40);
    struct tol_score_row *all = score_all(book, &world);
    for (size_t s = 0; s < 40; s += 7) {
        struct world one;
        world_set(&one, 4, 1);
        one.scenario[0].on = world.scenario[s].on;
        struct tol_score_row *alone = score_all(book, &one);
        for (size_t f = 0; f < 200; f++) {
            alone[f].scenario = (uint32_t)s;
            check_same_rows(&alone[f], &all[f * 40 + s], 1);
        }
        free(alone);
    }
    free(all);
    tol_book_close(book);
    portfolio_free(portfolio);
}
