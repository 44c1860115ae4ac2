/* The engine on a small law of our own: conditions, and ranges where a fact is missing. Expected figures are written out by hand. */
#include "law/engine.h"

#include <stdio.h>
#include <string.h>

Test(engine, missing_choice_is_a_range)
{
    struct tol_law *law = world_law("a,more,MX,,*,,add,0.25,,,,,,usmca=no,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "MX", BOLT, "2025-03-10", "");
    range(&answer, 0.05, 0.3, 0.3);
    cr_assert_eq(world_layer(&answer, "a")->verdict, TOL_UNKNOWN);
    answer = world_rate(law, "US", "MX", BOLT, "2025-03-10", "usmca=yes");
    range(&answer, 0.05, 0.05, 0.05);
    cr_assert_eq(world_layer(&answer, "a")->verdict, TOL_SKIP);
    cr_assert_eq(answer.unknown_fact_count, 0);
    answer = world_rate(law, "US", "MX", BOLT, "2025-03-10", "usmca=no");
    range(&answer, 0.3, 0.3, 0.3);
    cr_assert_eq(world_layer(&answer, "a")->verdict, TOL_APPLY);
    tol_law_close(law);
}

Test(engine, what_is_assumed_is_no_range)
{
    struct tol_law *law = world_law("a,more,MX,,*,,add,0.25,,,,,,claim=no,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "MX", BOLT, "2025-03-10", "");
    range(&answer, 0.3, 0.3, 0.3);
    cr_assert_eq(world_layer(&answer, "a")->verdict, TOL_APPLY);
    tol_law_close(law);
}

Test(engine, a_failed_term_beats_a_missing_one)
{
    struct tol_law *law = world_law("a,more,MX,,*,,add,0.25,,,,,,usmca=no & claim=yes,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "MX", BOLT, "2025-03-10", "");
    range(&answer, 0.05, 0.05, 0.05);
    cr_assert_null(world_layer(&answer, "a"));
    tol_law_close(law);
}

Test(engine, operators_at_their_threshold)
{
    static const struct {
        const char *operation;
        double below, at, above;
    } rows[] = {{"<", 1, 0, 0}, {"<=", 1, 1, 0}, {">", 0, 0, 1}, {">=", 0, 1, 1}, {"=", 0, 1, 0}, {"!=", 1, 0, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char measure[256];
        snprintf(measure, sizeof measure, "a,more,*,,*,,add,0.1,,,,,,weight_share %s 0.15,,src,,\n", rows[i].operation);
        near(bolt(measure, "2025-03-10", "weight_share=0.1499"), 0.05 + 0.1 * rows[i].below);
        near(bolt(measure, "2025-03-10", "weight_share=0.15"), 0.05 + 0.1 * rows[i].at);
        near(bolt(measure, "2025-03-10", "weight_share=0.1501"), 0.05 + 0.1 * rows[i].above);
    }
}

/* Only at exactly 0.15 do both rules hold: the search must try the threshold itself. */
Test(engine, a_threshold_is_tried_itself)
{
    struct tol_law *law = world_law("a,more,*,,*,,add,0.1,,,,,,weight_share<=0.15,,src,,\n"
                                    "b,china,*,,*,,add,0.2,,,,,,weight_share>=0.15,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-10", "");
    range(&answer, 0.15, 0.25, 0.35);
    tol_law_close(law);
}

Test(engine, days_as_facts)
{
    const char *transit = "r,exempt,*,,*,,relieve,,,,,,,loaded<2025-04-05,,src,,\n"
                          "b,reciprocal,*,,*,,add,0.1,,,,,,,exempt,src,,\n";
    near(bolt(transit, "2025-04-20", ""), 0.15);
    near(bolt(transit, "2025-04-20", "loaded=2025-04-04"), 0.05);
    near(bolt(transit, "2025-04-20", "loaded=2025-04-05"), 0.15);
}

Test(engine, a_missing_day_is_a_range)
{
    struct tol_law *law = world_law("b,more,*,,*,,add,0.1,,,,,,arrival>2025-01-01,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-10", "");
    range(&answer, 0.05, 0.05, 0.15);
    tol_law_close(law);
}

Test(engine, unknown_facts_widest_first)
{
    struct tol_law *law = world_law("a,more,*,,*,,add,0.1,,,,,,weight_share>=0.15,,src,,\n"
                                    "b,china,*,,*,,add,0.3,,,,,,usmca=no,,src,,\n"
                                    "c,s122,*,,*,,add,0.2,,,,,,amount>5,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-10", "");
    range(&answer, 0.05, 0.45, 0.65);
    cr_assert_eq(answer.unknown_fact_count, 3);
    cr_assert_str_eq(tol_fact_name(law, answer.unknown_fact[0].fact), "usmca");
    cr_assert_str_eq(tol_fact_name(law, answer.unknown_fact[1].fact), "amount");
    cr_assert_str_eq(tol_fact_name(law, answer.unknown_fact[2].fact), "weight_share");
    near(answer.unknown_fact[0].narrowing, 0.3);
    near(answer.unknown_fact[2].narrowing, 0.1);
    tol_law_close(law);
}

/* 3^8 combinations and more: found one fact at a time. Every threshold adds its own step, so the extremes are plain sums. */
Test(engine, many_missing_facts)
{
    static char measures[4096];
    static const char *const facts[] = {"weight_share", "open_share", "steel_share", "alu_share", "amount"};
    measures[0] = '\0';
    double most = 0.05;
    for (unsigned i = 0; i < 40; i++) {
        char row[128];
        snprintf(row, sizeof row, "m%02u,more,*,,*,,add,0.01,,,,,,%s>=0.%u,,s,,\n", i, facts[i % 5], 1 + i / 5);
        strcat(measures, row);
        most += 0.01;
    }
    struct tol_law *law = world_law(measures);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-10", "");
    near(answer.low, 0.05);
    near(answer.high, most);
    tol_law_close(law);
}
