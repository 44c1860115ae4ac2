#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/world.h"

/* Flags and confidence by brute force: every line asked anew. */
static uint32_t flags_of(uint32_t rate_flags)
{
    uint32_t flags = 0;
    flags |= rate_flags & TOL_RATE_NO_LAW ? TOL_FLAG_IMPORTER_LAW_UNKNOWN : 0;
    flags |= rate_flags & TOL_RATE_AGGREGATE ? TOL_FLAG_PRODUCT_AGGREGATED : 0;
    flags |= rate_flags & TOL_RATE_UNCONFIRMED ? TOL_FLAG_UNCONFIRMED : 0;
    return flags;
}

static uint32_t line_flags(const struct world *world, const struct portfolio_line *line, size_t scenario,
                           enum tol_side side)
{
    struct tol_facts facts;
    struct tol_rate_total base;
    struct tol_rate_total new;
    cr_assert_eq(tol_facts_parse(&world->law, line->facts, &facts, NULL), TOL_OK);
    struct tol_rate_query query = {
        .into = line->importer, .from = line->origin, .product = line->product, .on = 0, .facts = &facts};
    tol_law_total(&world->law, &query, &base);
    query.on = world->scenario[scenario].on;
    tol_law_total(&world->law, &query, &new);
    uint32_t flags = flags_of(base.flags | new.flags);
    bool estimated;
    (void)tol_elasticity(&world->parameters, &world->options.settings, line->product, &estimated);
    bool changes = base.low != new.low || base.central != new.central || base.high != new.high;
    if (side == TOL_SALES && changes && !isnan(base.central) && !isnan(new.central)) {
        flags |= TOL_FLAG_NO_MARKET; /* these tests have no markets at all */
        flags |= estimated ? 0 : TOL_FLAG_ELASTICITY_IMPUTED;
    }
    return flags;
}

#define FIRMS 400
#define SCENARIOS 5

Test(notes, firms_carry_the_notes_of_their_lines)
{
    struct portfolio *portfolio = portfolio_random(61, FIRMS, 8);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 61, SCENARIOS);
    struct tol_score_row *rows = score_all(book, &world);
    static uint32_t flags[FIRMS][SCENARIOS];
    static double weak[FIRMS][SCENARIOS], whole[FIRMS];
    const uint32_t weak_flags = TOL_FLAG_IMPORTER_LAW_UNKNOWN | TOL_FLAG_PRODUCT_AGGREGATED | TOL_FLAG_PRODUCT_UNKNOWN;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        for (size_t i = 0; i < portfolio->line_count[side]; i++) {
            const struct portfolio_line *line = &portfolio->line[side][i];
            whole[line->firm] += line->value_eur;
            for (size_t s = 0; s < SCENARIOS && line->value_eur > 0; s++) {
                uint32_t own = line_flags(&world, line, s, side);
                flags[line->firm][s] |= own;
                weak[line->firm][s] += own & weak_flags ? line->value_eur : 0;
            }
        }
    }
    const uint32_t of_lines = weak_flags | TOL_FLAG_UNCONFIRMED | TOL_FLAG_ELASTICITY_IMPUTED | TOL_FLAG_BASE_DATED |
                              TOL_FLAG_SPECIFIC_EXCLUDED | TOL_FLAG_PAST_COVERAGE | TOL_FLAG_NO_MARKET;
    int low = 0;
    for (size_t i = 0; i < FIRMS * SCENARIOS; i++) {
        size_t f = i / SCENARIOS;
        cr_assert_eq(rows[i].flags & of_lines, flags[f][i % SCENARIOS], "firm %d", (int)f);
        bool is_low = weak[f][i % SCENARIOS] > 0.1 * whole[f];
        cr_assert_eq(rows[i].confidence, is_low ? TOL_CONFIDENCE_LOW : TOL_CONFIDENCE_MEDIUM, "firm %d", (int)f);
        low += is_low;
    }
    cr_assert(low > 100 && low < FIRMS * SCENARIOS - 100);
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

static uint32_t rate_flags_of_day_1;
static void flagged(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_MFN, 0.1);
    answer->flags = query->on == 1 ? rate_flags_of_day_1 : 0;
    if (answer->flags & TOL_RATE_NO_LAW) {
        answer->low = answer->central = answer->high = NAN;
    }
}

static struct tol_score_row row_with(uint32_t rate_flags, size_t scenario, double flagged_eur)
{
    struct portfolio *portfolio = portfolio_new(1, 2);
    portfolio->firm[0].number[TOL_REVENUE] = 1000;
    portfolio_sell(portfolio, 0, "US", "8703230190", 100);
    portfolio_buy(portfolio, 0, "CN", "8501101000", flagged_eur);
    struct world world;
    world_set(&world, 1, 2);
    world.law.answer = flagged;
    rate_flags_of_day_1 = rate_flags;
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_score_row row = rows[scenario];
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return row;
}

Test(notes, every_note_of_the_law_has_its_flag)
{
    static const struct {
        uint32_t rate_flag;
        uint32_t score_flag;
    } pairs[] = {
        {TOL_RATE_NO_LAW, TOL_FLAG_IMPORTER_LAW_UNKNOWN},     {TOL_RATE_NO_SCHEDULE, TOL_FLAG_IMPORTER_LAW_UNKNOWN},
        {TOL_RATE_AGGREGATE, TOL_FLAG_PRODUCT_AGGREGATED},    {TOL_RATE_CODE_UNKNOWN, TOL_FLAG_PRODUCT_UNKNOWN},
        {TOL_RATE_CODE_OTHER_DATE, TOL_FLAG_PRODUCT_UNKNOWN}, {TOL_RATE_SPECIFIC_EXCLUDED, TOL_FLAG_SPECIFIC_EXCLUDED},
        {TOL_RATE_BASE_DATED, TOL_FLAG_BASE_DATED},           {TOL_RATE_UNCONFIRMED, TOL_FLAG_UNCONFIRMED},
        {TOL_RATE_PAST_COVERAGE, TOL_FLAG_PAST_COVERAGE},     {TOL_RATE_CODE_MAPPED, TOL_FLAG_PRODUCT_MAPPED},
    };
    uint32_t of_lines = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        of_lines |= pairs[i].score_flag;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        cr_assert_eq(row_with(pairs[i].rate_flag, 0, 50).flags & of_lines, pairs[i].score_flag);
        cr_assert_eq(row_with(pairs[i].rate_flag, 1, 50).flags & of_lines, 0, "the other scenario is without");
    }
}

static void purchases_unknown(const struct tol_law *law, const struct tol_rate_query *query,
                              struct tol_rate_answer *answer)
{
    (void)law;
    if (query->from == country("CN")) {
        answer->flags = TOL_RATE_NO_LAW;
        answer->low = answer->central = answer->high = NAN;
    } else {
        fake_flat(answer, TOL_MFN, query->on > 0 ? 0.2 : 0.1);
    }
}

static struct tol_score_row row_with_unknown_purchases(double bought_eur)
{
    struct portfolio *portfolio = portfolio_new(1, 2);
    portfolio->firm[0].number[TOL_REVENUE] = 1000;
    portfolio_sell(portfolio, 0, "US", "8703230190", 90);
    portfolio_buy(portfolio, 0, "CN", "8501101000", bought_eur);
    struct world world;
    world_set(&world, 1, 1);
    world.law.answer = purchases_unknown;
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_score_row row = rows[0];
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return row;
}

Test(notes, confidence_is_low_above_a_tenth_of_the_lines)
{
    cr_assert_eq(row_with_unknown_purchases(9.9).confidence, TOL_CONFIDENCE_MEDIUM);
    cr_assert_eq(row_with_unknown_purchases(10.1).confidence, TOL_CONFIDENCE_LOW);
    cr_assert(row_with_unknown_purchases(1e-9).flags & TOL_FLAG_IMPORTER_LAW_UNKNOWN);
    cr_assert_eq(row_with_unknown_purchases(0).flags & TOL_FLAG_IMPORTER_LAW_UNKNOWN, 0,
                 "a line worth nothing bears on nothing");
}

Test(notes, a_mapped_code_is_noted_but_trusted)
{
    struct tol_score_row row = row_with(TOL_RATE_CODE_MAPPED, 0, 50);
    cr_assert(row.flags & TOL_FLAG_PRODUCT_MAPPED);
    cr_assert_eq(row.confidence, TOL_CONFIDENCE_MEDIUM);
    cr_assert_eq(row_with(TOL_RATE_CODE_UNKNOWN, 0, 50).confidence, TOL_CONFIDENCE_LOW);
}

Test(notes, unknown_law_means_no_change)
{
    struct tol_score_row row = row_with_unknown_purchases(50);
    cr_assert_eq(row.duty_import_eur, 0);
    cr_assert_eq(row.direct_cost_rise, 0);
    cr_assert_gt(row.duty_export_eur, 0);
    cr_assert(isfinite(row.ebitda_change_eur));
}

static void known_from_day_1(const struct tol_law *law, const struct tol_rate_query *query,
                             struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_MFN, 0.3);
    if (query->on == 0) {
        answer->flags = TOL_RATE_CODE_OTHER_DATE;
        answer->low = answer->central = answer->high = NAN;
    }
}

Test(notes, law_unknown_under_the_baseline_alone_means_no_change_either)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    portfolio->firm[0].number[TOL_REVENUE] = 1000;
    portfolio_sell(portfolio, 0, "US", "8703230190", 90);
    struct world world;
    world_set(&world, 1, 1);
    world.law.answer = known_from_day_1;
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &world);
    cr_assert_eq(rows[0].duty_export_eur, 0);
    cr_assert_eq(rows[0].ebitda_change_eur, 0);
    cr_assert(rows[0].flags & TOL_FLAG_PRODUCT_UNKNOWN);
    cr_assert_eq(rows[0].confidence, TOL_CONFIDENCE_LOW);
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(notes, every_flag_has_a_name_of_its_own)
{
    const char *name;
    unsigned count = 0;
    for (; (name = tol_score_flag_name(count)) != NULL; count++) {
        if (name[0] == '\0') {
            continue; /* a bit without a note */
        }
        cr_assert_gt(strlen(name), 3);
        for (unsigned i = 0; i < count; i++) {
            cr_assert_str_neq(name, tol_score_flag_name(i));
        }
    }
    cr_assert_eq(1u << (count - 1), TOL_FLAG_PASS_THROUGH_IMPUTED);
    cr_assert_str_eq(tol_score_flag_name(17), "resilience_unknown");
    cr_assert_str_eq(tol_score_flag_name(0), "no_market");
    cr_assert_str_eq(tol_score_flag_name(15), "purchases_exceed_total");
    cr_assert_str_eq(tol_score_flag_name(16), "product_mapped");
    cr_assert_null(tol_score_flag_name(64));
}
