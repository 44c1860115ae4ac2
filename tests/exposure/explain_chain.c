/* What comes through customers and suppliers, taken apart. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/chain_store.h"
#include "exposure/explain_check.h"
#include "exposure/world.h"

#define TABLES TEST_BINARY_DIR "/tolmuur.tables"

/* A partner suffers what its own row says, when the chain is followed to its end. */
static void check_partners(const struct tol_explained_chain *chain, const struct tol_score_row *rows,
                           size_t scenario_count, uint32_t scenario, bool sales)
{
    for (size_t i = 0; i < chain->partner_count; i++) {
        const struct tol_explained_partner *partner = &chain->partner[i];
        const struct tol_score_row *row = &rows[partner->firm * scenario_count + scenario];
        double direct = sales ? row->direct_demand_loss : row->direct_cost_rise;
        double indirect = sales ? row->indirect_demand_loss : row->indirect_cost_rise;
        cr_assert_float_eq(partner->direct, direct, 1e-15 + 1e-14 * fabs(direct));
        cr_assert_float_eq(partner->indirect, indirect, 1e-14 + 1e-12 * fabs(direct) + 1e-12 * fabs(indirect));
    }
}

static void check_linked(uint64_t seed, size_t firms, size_t lines_max, uint32_t tiers)
{
    enum { SCENARIOS = 3 };
    struct portfolio *portfolio = portfolio_linked(seed, firms, lines_max);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, seed, SCENARIOS);
    world.options.settings.tiers = tiers;
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    size_t partners = 0;
    size_t deepest = 0;
    for (uint64_t f = 0; f < firms; f++) {
        for (uint32_t s = 0; s < SCENARIOS; s++) {
            struct tol_explanation *explanation = explanation_of(plan, f, s);
            check_same_rows(&explanation->row, &rows[f * SCENARIOS + s], 1);
            explanation_check(explanation);
            for (int side = 0; side < TOL_SIDE_COUNT; side++) {
                const struct tol_explained_chain *chain = &explanation->chain[side];
                partners += chain->partner_count;
                deepest = chain->tier_count > deepest ? chain->tier_count : deepest;
                cr_assert_eq(chain->network_eur, 0, "there is no sector network");
                cr_assert_leq(chain->tier_count, tiers);
                if (tiers == TOL_TIERS_ALL) {
                    check_partners(chain, rows, SCENARIOS, s, side == TOL_SALES);
                }
            }
            tol_explanation_destroy(explanation);
        }
    }
    cr_assert_eq(partners > firms, tiers > 0);
    cr_assert(tiers != TOL_TIERS_ALL || deepest > 6, "circles hand on for long");
    tol_plan_destroy(plan);
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(explain_chain, parts_and_tiers_add_up_with_links_in_circles)
{
    check_linked(61, 60, 12, TOL_TIERS_ALL);
    check_linked(62, 150, 4, TOL_TIERS_ALL);
    check_linked(63, 5, 60, TOL_TIERS_ALL);
}

Test(explain_chain, parts_and_tiers_add_up_with_few_tiers)
{
    check_linked(64, 60, 12, 0);
    check_linked(65, 60, 12, 1);
    check_linked(66, 60, 12, 3);
}

/* Without the firms beyond them, partners bring the same: all but the tiers is told as before. */
static void check_near(const struct tol_explanation *near, const struct tol_explanation *full)
{
    check_same_rows(&near->row, &full->row, 1);
    explanation_check(near);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        const struct tol_explained_chain *a = &near->chain[side], *b = &full->chain[side];
        cr_assert_not(a->complete);
        cr_assert_eq(a->partner_count, b->partner_count);
        for (size_t i = 0; i < a->partner_count; i++) {
            size_t j = 0;
            while (b->partner[j].firm != a->partner[i].firm) {
                cr_assert_lt(++j, b->partner_count);
            }
            double scale = 1e-9 * (fabs(full->row.ebitda_change_eur) + fabs(b->ebitda_eur)) + 1e-9;
            cr_assert_float_eq(a->partner[i].ebitda_eur, b->partner[j].ebitda_eur, scale);
        }
    }
}

static void check_all_near(uint64_t seed, size_t firms, size_t lines_max, uint32_t tiers)
{
    enum { SCENARIOS = 2 };
    struct portfolio *portfolio = portfolio_linked(seed, firms, lines_max);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, seed, SCENARIOS);
    world.options.settings.tiers = tiers;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    for (uint64_t f = 0; f < firms; f++) {
        for (uint32_t s = 0; s < SCENARIOS; s++) {
            struct tol_explanation *full = explanation_of(plan, f, s), *near = NULL;
            cr_assert_eq(tol_explain_near(plan, f, s, &near, NULL), TOL_OK);
            if (tiers == TOL_TIERS_ALL) {
                check_near(near, full);
            } else {
                cr_assert(near->chain[TOL_SALES].complete, "few tiers are followed as ever");
            }
            tol_explanation_destroy(near);
            tol_explanation_destroy(full);
        }
    }
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(explain_chain, partners_bring_the_same_when_the_firms_beyond_are_not_followed)
{
    check_all_near(67, 60, 12, TOL_TIERS_ALL);
    check_all_near(68, 150, 4, TOL_TIERS_ALL);
    check_all_near(69, 60, 12, 2);
}

Test(explain_chain, plan_of_one_firm_explains_the_same)
{
    struct portfolio *portfolio = portfolio_linked(67, 40, 6);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 67, 2);
    struct tol_plan *whole = plan_new(book, &world, NULL);
    for (uint64_t f = 0; f < 40; f++) {
        struct tol_plan *one = NULL;
        cr_assert_eq(tol_plan_create_for_firm(book, f, &world.parameters, &world.options, &one, NULL), TOL_OK);
        struct tol_explanation *a = explanation_of(whole, f, 1);
        struct tol_explanation *b = explanation_of(one, f, 1);
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            const struct tol_explained_chain *left = &a->chain[side];
            const struct tol_explained_chain *right = &b->chain[side];
            cr_assert_eq(left->partner_count, right->partner_count);
            cr_assert_eq(left->tier_count, right->tier_count);
            for (size_t i = 0; i < left->partner_count; i++) {
                cr_assert_eq(left->partner[i].firm, right->partner[i].firm);
                cr_assert_eq(left->partner[i].ebitda_eur, right->partner[i].ebitda_eur);
                cr_assert_eq(left->partner[i].indirect, right->partner[i].indirect);
            }
            for (size_t i = 0; i < left->tier_count; i++) {
                cr_assert_eq(left->tier[i].ebitda_eur, right->tier[i].ebitda_eur);
            }
        }
        tol_explanation_destroy(a);
        tol_explanation_destroy(b);
        tol_plan_destroy(one);
    }
    tol_plan_destroy(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* Kept answers stand in for the firms beyond the partners: the same parts, and tier 1 told apart from the rest. */
Test(explain_chain, kept_network_explains_the_same_but_for_tiers)
{
    char folder[] = "/tmp/tolmuur-test-XXXXXX";
    char command[80];
    cr_assert_not_null(mkdtemp(folder));
    struct portfolio *portfolio = portfolio_linked(69, 40, 6);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 69, 2);
    world.options.store = folder;
    struct tol_plan *whole = plan_new(book, &world, NULL);
    tol_chain_store_save(whole);
    size_t partners = 0;
    for (uint64_t f = 0; f < 40; f++) {
        struct tol_plan *one = NULL;
        cr_assert_eq(tol_plan_create_for_firm(book, f, &world.parameters, &world.options, &one, NULL), TOL_OK);
        cr_assert(one->chain_stored);
        struct tol_explanation *a = explanation_of(whole, f, 1);
        struct tol_explanation *b = explanation_of(one, f, 1);
        check_same_rows(&a->row, &b->row, 1);
        explanation_check(b);
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            const struct tol_explained_chain *left = &a->chain[side];
            const struct tol_explained_chain *right = &b->chain[side];
            cr_assert(left->complete && !right->complete);
            cr_assert_eq(left->partner_count, right->partner_count);
            double size = tol_parts_size(&left->ebitda_eur, 1) + 1;
            for (size_t i = 0; i < left->partner_count; i++) {
                partners++;
                size += fabs(left->partner[i].ebitda_eur);
            }
            for (size_t i = 0; i < left->partner_count; i++) {
                cr_assert_float_eq(left->partner[i].ebitda_eur, right->partner[i].ebitda_eur, 1e-9 * size);
            }
            if (left->tier_count > 0) {
                double first = right->tier_count > 0 ? right->tier[0].ebitda_eur : 0;
                cr_assert_float_eq(left->tier[0].ebitda_eur, first, 1e-9 * size);
            }
        }
        tol_explanation_destroy(a);
        tol_explanation_destroy(b);
        tol_plan_destroy(one);
    }
    cr_assert_gt(partners, 100);
    tol_plan_destroy(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

/* 25 % into the United States, 10 % from China, from day 1 on. */
static void answer_two(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    double duty = query->into == country("US") ? 0.25 : query->from == country("CN") ? 0.1 : 0;
    fake_flat(answer, TOL_SECTION_232, query->on > 0 ? duty : 0);
}

/* Firm 0 sells to 1, which sells to 2, which sells to the United States; 2 buys from China, 1 from 2, 0 from 1. rho 1, sigma 3. */
static struct portfolio *three_in_a_row(void)
{
    struct portfolio *portfolio = portfolio_new(3, 5);
    static const double revenue[] = {400, 500, 1000};
    for (size_t f = 0; f < 3; f++) {
        portfolio->firm[f].number[TOL_REVENUE] = revenue[f];
        portfolio->firm[f].number[TOL_PURCHASES_TOTAL] = revenue[f] / 2;
        portfolio->firm[f].number[TOL_CONTRIBUTION_MARGIN] = 0.3;
        portfolio->firm[f].number[TOL_COST_PASS_THROUGH] = 0.4;
    }
    portfolio_link(portfolio, TOL_SALES, 0, 1, 100);
    portfolio_link(portfolio, TOL_SALES, 1, 2, 250);
    portfolio_sell(portfolio, 1, "US", "8703230190", 50);
    portfolio_sell(portfolio, 2, "US", "8703230190", 600);
    portfolio_link(portfolio, TOL_PURCHASES, 0, 1, 120);
    portfolio_link(portfolio, TOL_PURCHASES, 1, 2, 200);
    portfolio_buy(portfolio, 2, "CN", "8501101000", 300);
    return portfolio;
}

Test(explain_chain, customers_and_tiers_follow_the_formula)
{
    struct portfolio *portfolio = three_in_a_row();
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 1, 1);
    world.law.answer = answer_two;
    world.parameters.sigma = 3;
    world.options.settings.border_pass_through = 1;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    struct tol_explanation *explanation = explanation_of(plan, 0, 0);
    explanation_check(explanation);
    double lost = 1 - pow(1.25, -3);
    const struct tol_explained_chain *sales = &explanation->chain[TOL_SALES];
    cr_assert_eq(sales->partner_count, 1);
    cr_assert_eq(sales->partner[0].firm, 1);
    cr_assert_eq(sales->partner[0].value_eur, 100);
    cr_assert_float_eq(sales->partner[0].direct, lost * 50 / 500, 1e-15);
    cr_assert_float_eq(sales->partner[0].indirect, lost * 250 / 500 * 600 / 1000, 1e-15);
    cr_assert_eq(sales->tier_count, 2);
    cr_assert_float_eq(sales->tier[0].ebitda_eur, -0.3 * 100 * lost * 50 / 500, 1e-12);
    cr_assert_float_eq(sales->tier[1].ebitda_eur, -0.3 * 100 * lost * 250 / 500 * 600 / 1000, 1e-12);
    cr_assert_float_eq(sales->partner[0].ebitda_eur, -0.3 * 100 * lost * (0.1 + 0.5 * 0.6), 1e-12);
    /* 2 buys 300 of 500 dearer by 10 %, hands on 0.4 of it, of which 1 hands on 0.4. */
    const struct tol_explained_chain *purchases = &explanation->chain[TOL_PURCHASES];
    cr_assert_eq(purchases->partner_count, 1);
    cr_assert_eq(purchases->partner[0].direct, 0);
    double dearer = 0.4 * 0.1 * 300 / 500 * 200 / 250;
    cr_assert_float_eq(purchases->partner[0].indirect, dearer, 2 * 0x1p-50);
    cr_assert_float_eq(purchases->partner[0].handed_on, 0.4 * dearer, 2 * 0x1p-50);
    cr_assert_float_eq(purchases->ebitda_eur, -0.6 * 120 * 0.4 * dearer, 1e-12);
    cr_assert_eq(purchases->tier_count, 2);
    cr_assert_eq(purchases->tier[0].ebitda_eur, 0);
    cr_assert_eq(explanation->sales_eur, 0);
    tol_explanation_destroy(explanation);
    /* The end of the chain has none of it. */
    explanation = explanation_of(plan, 2, 0);
    explanation_check(explanation);
    cr_assert_eq(explanation->chain[TOL_SALES].partner_count, 0);
    cr_assert_eq(explanation->chain[TOL_SALES].tier_count, 0);
    cr_assert_eq(explanation->chain[TOL_PURCHASES].ebitda_eur, 0);
    tol_explanation_destroy(explanation);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* With the shipped network of industries, under duties of arithmetic. */
Test(explain_chain, sectors_stand_in_for_those_who_are_not_named)
{
    static const char *const goods[] = {"8703230190", "732690", "390110", "850110", "0304410000", "847989"};
    struct portfolio *portfolio = portfolio_linked(68, 40, 12);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        for (size_t i = 0; i < portfolio->line_count[side]; i++) {
            portfolio->line[side][i].product = product(goods[i % 6]);
        }
    }
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    struct tol_economy *economy;
    struct tol_error error = {0};
    world_set(&world, 68, 2);
    cr_assert_eq(tol_economy_open(TABLES, &economy, &error), TOL_OK, "%s", error.message);
    world.options.economy = economy;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    size_t sectors = 0;
    size_t gains = 0;
    for (uint64_t f = 0; f < 40; f++) {
        for (uint32_t s = 0; s < 2; s++) {
            struct tol_explanation *explanation = explanation_of(plan, f, s);
            explanation_check(explanation);
            const struct tol_explained_chain *chain = explanation->chain;
            sectors += chain[TOL_SALES].sector_count + chain[TOL_PURCHASES].sector_count;
            for (size_t i = 0; i < chain[TOL_SALES].sector_count; i++) {
                const struct tol_explained_sector *sector = &chain[TOL_SALES].sector[i];
                double lines_eur = 0;
                for (size_t l = 0; l < explanation->line_count; l++) {
                    const struct tol_explained_line *line = &explanation->line[l];
                    lines_eur +=
                        line->side == TOL_SALES && !line->cell.named && line->cell.importer == sector->country &&
                                tol_economy_industry_of_product(economy, line->cell.product) == sector->industry
                            ? line->value_eur
                            : 0;
                }
                cr_assert_float_eq(sector->value_eur, lines_eur, 1e-9 * lines_eur);
            }
            for (size_t i = 0; i < explanation->gain_count; i++) {
                const struct tol_explained_gain *gain = &explanation->gain[i];
                gains++;
                cr_assert_gt(gain->revenue_change_eur, 0);
                for (size_t k = 0; k < gain->rival_count; k++) {
                    cr_assert_gt(gain->rival[k].new_rate, gain->rival[k].base_rate);
                    cr_assert_neq(gain->rival[k].origin, gain->cell.origin);
                }
            }
            tol_explanation_destroy(explanation);
        }
    }
    cr_assert_gt(sectors, 100);
    cr_assert_gt(gains, 0);
    tol_plan_destroy(plan);
    tol_economy_close(economy);
    tol_book_close(book);
    portfolio_free(portfolio);
}
