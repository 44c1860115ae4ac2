/* What stands beside the sum: facts that are not known, hubs, Chinese origin. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/explain_check.h"
#include "exposure/world.h"

/* From day 1 on 10 % to 30 %, likely 20 %: fact 1 would settle 0.15 of it, fact 2 the whole 0.2. From China 40 %, whatever is known. */
static void answer_open(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    if (query->on == 0 || query->into == query->from) {
        return;
    }
    if (query->from == country("CN")) {
        fake_flat(answer, TOL_SECTION_301, 0.4);
        return;
    }
    fake_flat(answer, TOL_SECTION_232, 0.2);
    answer->low = 0.1;
    answer->high = 0.3;
    answer->unknown_fact_count = 2;
    answer->unknown_fact[0].fact = 2;
    answer->unknown_fact[0].narrowing = 0.2;
    answer->unknown_fact[1].fact = 1;
    answer->unknown_fact[1].narrowing = 0.15;
}

static struct portfolio *two_firms(void)
{
    struct portfolio *portfolio = portfolio_new(2, 4);
    for (size_t f = 0; f < 2; f++) {
        portfolio->firm[f].number[TOL_REVENUE] = 1000;
        portfolio->firm[f].number[TOL_PURCHASES_TOTAL] = 800;
        portfolio->firm[f].number[TOL_EBITDA] = 100;
        portfolio->firm[f].number[TOL_CONTRIBUTION_MARGIN] = 0.4;
        portfolio->firm[f].number[TOL_COST_PASS_THROUGH] = 0.25;
    }
    portfolio_sell(portfolio, 0, "US", "8703230190", 500);
    portfolio_buy(portfolio, 0, "CN", "8501101000", 600);
    portfolio_buy(portfolio, 0, "JP", "8501101000", 200);
    portfolio_sell(portfolio, 1, "NL", "8703230190", 500);
    return portfolio;
}

static void set(struct world *world)
{
    world_set(world, 1, 1);
    world->law.answer = answer_open;
    world->parameters.sigma = 2;
    world->options.settings.border_pass_through = 1;
    world->options.settings.origin_content = 0.5;
    world->options.settings.hub_share = 0.5;
}

Test(explain_beside, facts_narrow_by_what_the_readings_differ)
{
    struct portfolio *portfolio = two_firms();
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    set(&world);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    struct tol_explanation *explanation = explanation_of(plan, 0, 0);
    explanation_check(explanation);
    cr_assert_eq(explanation->unknown_count, 2);
    /* From 10 % to 30 % of duty the sale loses 0.4 x 500 x (1.1^-2 - 1.3^-2), the purchase from Japan 0.75 x 200 x 0.2. */
    double sale = 0.4 * 500 * (pow(1.1, -2) - pow(1.3, -2));
    double purchase = 0.75 * 200 * 0.2;
    cr_assert_str_eq(explanation->unknown[0].fact, "claimed");
    cr_assert_eq(explanation->unknown[0].line_count, 2);
    cr_assert_float_eq(explanation->unknown[0].narrowing_eur, sale + purchase, 1e-10);
    cr_assert_str_eq(explanation->unknown[1].fact, "melted");
    cr_assert_float_eq(explanation->unknown[1].narrowing_eur, 0.75 * (sale + purchase), 1e-10);
    cr_assert_eq(explanation->row.widest_unknown, 1 + 2);
    /* Both readings are of these lines alone, so the fact that settles all of it is worth the whole range. */
    double range = explanation->row.ebitda_change_high_eur - explanation->row.ebitda_change_low_eur;
    cr_assert_geq(range, sale + purchase - 1e-10);
    tol_explanation_destroy(explanation);
    explanation = explanation_of(plan, 1, 0);
    cr_assert_eq(explanation->unknown_count, 0);
    cr_assert_eq(explanation->row.widest_unknown, 0);
    tol_explanation_destroy(explanation);
    struct tol_widest_unknown widest;
    cr_assert_eq(tol_plan_widest_unknown(plan, NULL, &widest, NULL), TOL_OK);
    cr_assert_eq(widest.fact, 1 + 2);
    cr_assert_float_eq(widest.narrowing_eur, sale + purchase, 1e-10);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* 0.5 of 600 goes from China (40 %) to a hub (20 %): concentration falls where the hub is new, less where the firm buys there already. */
Test(explain_beside, hubs_come_with_their_concentration)
{
    struct portfolio *portfolio = two_firms();
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    set(&world);
    const struct tol_hub hubs[] = {
        {.country = country("JP"), .cost_premium = 0.3},
        {.country = country("VN"), .cost_premium = 0.1},
        {.country = country("MX"), .cost_premium = 0.05},
    };
    world.parameters.hub = hubs;
    world.parameters.hub_count = 3;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    struct tol_explanation *explanation = explanation_of(plan, 0, 0);
    cr_assert_eq(explanation->hub_count, 3);
    cr_assert_eq(explanation->hub[0].country, country("MX"));
    cr_assert_eq(explanation->hub[0].country, explanation->row.best_hub);
    cr_assert_eq(explanation->hub[0].gain_eur, explanation->row.best_hub_gain_eur);
    cr_assert_float_eq(explanation->hub[0].gain_eur, 0.5 * 0.75 * 600 * (1.4 - 1.05 * 1.2), 1e-10);
    cr_assert_float_eq(explanation->hub[0].hhi_origin, (300.0 * 300 + 300.0 * 300 + 200.0 * 200) / (800.0 * 800),
                       1e-15);
    cr_assert_eq(explanation->hub[2].country, country("JP"));
    cr_assert_lt(explanation->hub[2].gain_eur, 0);
    cr_assert_float_eq(explanation->hub[2].hhi_origin, (300.0 * 300 + 500.0 * 500) / (800.0 * 800), 1e-15);
    tol_explanation_destroy(explanation);
    explanation = explanation_of(plan, 1, 0);
    cr_assert_eq(explanation->hub_count, 0, "nothing is bought from China");
    tol_explanation_destroy(explanation);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* The loss is told below the threshold as well, where the row has none. */
Test(explain_beside, chinese_origin_is_weighed_on_either_side_of_the_threshold)
{
    struct portfolio *portfolio = two_firms();
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    set(&world);
    double loss = 500 * (pow(1.2, -2) - pow(1.4, -2));
    for (int above = 0; above < 2; above++) {
        world.options.settings.origin_content = above ? 0.5 : 0.7;
        struct tol_plan *plan = plan_new(book, &world, NULL);
        struct tol_explanation *explanation = explanation_of(plan, 0, 0);
        const struct tol_explained_origin *origin = &explanation->origin;
        cr_assert(origin->sells_to_us);
        cr_assert_float_eq(origin->content, 0.6, 1e-15);
        cr_assert_eq(origin->threshold, world.options.settings.origin_content);
        cr_assert_float_eq(origin->loss_eur, loss, 1e-10);
        cr_assert_eq(explanation->row.origin_risk, above ? origin->loss_share : 0);
        tol_explanation_destroy(explanation);
        tol_plan_destroy(plan);
    }
    tol_book_close(book);
    portfolio_free(portfolio);
}
