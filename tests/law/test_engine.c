/* Verdicts, stacking and ranges on a small law of our own. Expected figures are written out by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "law/world.h"

#define BOLT "7318150010"

static void near(double got, double wanted)
{
    cr_assert(fabs(got - wanted) < 1e-12, "%.17g, wanted %.17g", got, wanted);
}

static void range(const struct tol_rate_answer *answer, double low, double central, double high)
{
    near(answer->low, low);
    near(answer->central, central);
    near(answer->high, high);
}

/* The central total of a bolt from CN on a day under these measures. */
static double bolt(const char *measures, const char *on, const char *facts)
{
    struct tol_law *law = world_law(measures);
    double central = world_rate(law, "US", "CN", BOLT, on, facts).central;
    tol_law_close(law);
    return central;
}

#define PLAIN "a,china,CN,,73,,add,0.1,,2025-02-01,2025-03-01,,,,,src,,\n"

Test(engine, base_alone)
{
    near(bolt("", "2025-02-01", ""), 0.05);
}

Test(engine, first_and_last_day)
{
    near(bolt(PLAIN, "2025-01-31", ""), 0.05);
    near(bolt(PLAIN, "2025-02-01", ""), 0.15);
    near(bolt(PLAIN, "2025-02-28", ""), 0.15);
    near(bolt(PLAIN, "2025-03-01", ""), 0.05);
}

Test(engine, base_changes_on_its_day)
{
    struct tol_law *law = world_law("");
    near(world_rate(law, "US", "DE", "8703230190", "2025-06-30", "").central, 0.025);
    near(world_rate(law, "US", "DE", "8703230190", "2025-07-01", "").central, 0.03);
    tol_law_close(law);
}

Test(engine, other_origin_is_not_met)
{
    struct tol_law *law = world_law(PLAIN);
    near(world_rate(law, "US", "VN", BOLT, "2025-02-10", "").central, 0.05);
    tol_law_close(law);
}

Test(engine, group_membership_has_dates)
{
    struct tol_law *law = world_law("a,more,CLUB,,*,,add,0.1,,,,,,,,src,,\n");
    near(world_rate(law, "US", "JP", BOLT, "2025-02-28", "").central, 0.05);
    near(world_rate(law, "US", "JP", BOLT, "2025-03-01", "").central, 0.15);
    near(world_rate(law, "US", "JP", BOLT, "2025-05-31", "").central, 0.15);
    near(world_rate(law, "US", "JP", BOLT, "2025-06-01", "").central, 0.05);
    tol_law_close(law);
}

Test(engine, origins_left_out)
{
    struct tol_law *law = world_law("a,more,*,EU27 CN,*,,add,0.1,,,,,,,,src,,\n");
    near(world_rate(law, "US", "DE", BOLT, "2025-02-28", "").central, 0.05);
    near(world_rate(law, "US", "CN", BOLT, "2025-02-28", "").central, 0.05);
    near(world_rate(law, "US", "VN", BOLT, "2025-02-28", "").central, 0.15);
    tol_law_close(law);
}

Test(engine, column_2)
{
    struct tol_law *law = world_law("a,more,RU,,*,,add,0.1,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "RU", BOLT, "2025-02-28", "");
    near(answer.base.rate_fraction, 0.4);
    cr_assert_str_eq(answer.base.text, "40%");
    near(answer.central, 0.5);
    near(world_rate(law, "US", "CU", BOLT, "2025-02-28", "").central, 0.4);
    near(world_rate(law, "US", "RU", BOLT, "2022-04-08", "").base.rate_fraction, 0.05);
    near(world_rate(law, "US", "RU", BOLT, "2022-04-09", "").base.rate_fraction, 0.4);
    tol_law_close(law);
}

Test(engine, top_up_against_either_column)
{
    struct tol_law *law = world_law("a,more,RU,,7318,,top_up,0.5,mfn,,,,,,,src,,\n"
                                    "b,more,RU,,8542,,top_up,0.5,base,,,,,,,src,,\n");
    near(world_rate(law, "US", "RU", BOLT, "2025-02-28", "").central, 0.4 + 0.45);
    near(world_rate(law, "US", "RU", "8542390000", "2025-02-28", "").central, 0.5);
    tol_law_close(law);
}

Test(engine, top_up_never_takes_away)
{
    near(bolt("a,more,CN,,*,,top_up,0.15,mfn,,,,,,,src,,\n", "2025-02-28", ""), 0.15);
    near(bolt("a,more,CN,,*,,top_up,0.03,mfn,,,,,,,src,,\n", "2025-02-28", ""), 0.05);
}

Test(engine, replace)
{
    struct tol_law *law = world_law("a,preference,KR,,*,,replace,0,base,,,,,claim=yes,,src,,\n");
    near(world_rate(law, "US", "KR", BOLT, "2025-02-28", "").central, 0.05);
    struct tol_rate_answer answer = world_rate(law, "US", "KR", BOLT, "2025-02-28", "claim=yes");
    near(answer.central, 0);
    near(answer.by_authority[TOL_MFN], 0);
    near(world_layer(&answer, "a")->rate_fraction, -0.05);
    tol_law_close(law);
}

/* A ceiling against the base counts the claimed rate, one against column 1 does not; the claim comes first whatever the names. */
Test(engine, top_up_counts_the_claimed_rate)
{
    struct tol_law *law = world_law("a,preference,KR,,*,,replace,0.01,,,,,,claim=yes,,src,,\n"
                                    "b,china,KR,,*,,top_up,0.15,base,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "KR", BOLT, "2025-02-28", "claim=yes");
    near(answer.by_authority[TOL_MFN], 0.01);
    near(world_layer(&answer, "b")->rate_fraction, 0.14);
    near(answer.central, 0.15);
    near(world_layer(&answer, "a")->rate_fraction, -0.04);
    tol_law_close(law);
    law = world_law("a,preference,KR,,*,,replace,0.01,,,,,,claim=yes,,src,,\n"
                    "b,china,KR,,*,,top_up,0.15,mfn,,,,,,,src,,\n");
    near(world_rate(law, "US", "KR", BOLT, "2025-02-28", "claim=yes").central, 0.01 + 0.1);
    tol_law_close(law);
}

Test(engine, products_left_out)
{
    near(bolt("a,china,CN,,73,7318,add,0.1,,,,,,,,src,,\n", "2025-02-28", ""), 0.05);
    near(bolt("a,china,CN,,*,@bolts,add,0.1,,,,,,,,src,,\n", "2025-02-28", ""), 0.05);
    near(bolt("a,china,CN,,*,7319,add,0.1,,,,,,,,src,,\n", "2025-02-28", ""), 0.15);
}

Test(engine, a_product_named_twice_counts_once)
{
    near(bolt("a,china,CN,,73 7318 @bolts 731815,,add,0.1,,,,,,,,src,,\n", "2025-02-28", ""), 0.15);
}

Test(engine, lists_have_dates)
{
    struct tol_law *law = world_law("a,cars,DE,,@bolts,,add,0.25,,,,,,,,src,,\n");
    near(world_rate(law, "US", "DE", "8703230190", "2025-02-28", "").central, 0.025);
    near(world_rate(law, "US", "DE", "8703230190", "2025-03-01", "").central, 0.275);
    near(world_rate(law, "US", "DE", "8703230190", "2025-04-30", "").central, 0.275);
    near(world_rate(law, "US", "DE", "8703230190", "2025-05-01", "").central, 0.025);
    near(world_rate(law, "US", "DE", "8703230110", "2025-03-01", "").central, 0.025);
    tol_law_close(law);
}

Test(engine, yields_to_a_programme_that_applies)
{
    const char *measures = "a,steel,*,,7318,,add,0.5,,2025-03-12,,,,,,src,,\n"
                           "b,reciprocal,*,,*,,add,0.1,,2025-03-01,,,,,steel,src,,\n";
    near(bolt(measures, "2025-03-11", ""), 0.15);
    struct tol_law *law = world_law(measures);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-12", "");
    near(answer.central, 0.55);
    const struct tol_rate_layer *layer = world_layer(&answer, "b");
    cr_assert_eq(layer->verdict, TOL_SKIP);
    cr_assert_str_eq(layer->detail, "steel");
    near(layer->share, 0);
    near(answer.by_authority[TOL_SECTION_232], 0.5);
    near(answer.by_authority[TOL_IEEPA_RECIPROCAL], 0);
    tol_law_close(law);
}

/* Names are in reverse order of the stack: the order must come from yields_to. */
Test(engine, a_chain_of_yields)
{
    const char *chain = "z,steel,CN,,73,,add,0.5,,,,,,claim=yes,,src,,\n"
                        "m,cars,CN,,73,,add,0.25,,,,,,,steel,src,,\n"
                        "a,alu,CN,,73,,add,0.1,,,,,,,cars,src,,\n";
    near(bolt(chain, "2025-03-01", ""), 0.05 + 0.25);
    near(bolt(chain, "2025-03-01", "claim=yes"), 0.05 + 0.5 + 0.1);
}

Test(engine, relief)
{
    const char *measures = "r,exempt,*,,7318,,relieve,,,,,,,claim=yes,,src,,\n"
                           "b,reciprocal,*,,*,,add,0.1,,,,,,,exempt,src,,\n";
    near(bolt(measures, "2025-03-01", ""), 0.15);
    near(bolt(measures, "2025-03-01", "claim=yes"), 0.05);
}

#define SPLIT                                                                                                          \
    "s,steel,*,,7318,,add,0.5,content:steel_share,,,,,,,src,,\n"                                                       \
    "b,reciprocal,*,,*,,add,0.1,,,,,,,steel,src,,\n"

Test(engine, content_split)
{
    near(bolt(SPLIT, "2025-03-01", "steel_share=0.3"), 0.05 + 0.5 * 0.3 + 0.1 * 0.7);
    near(bolt(SPLIT, "2025-03-01", "steel_share=0"), 0.15);
}

Test(engine, content_split_is_a_range_when_unknown)
{
    struct tol_law *law = world_law(SPLIT);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-01", "");
    range(&answer, 0.15, 0.55, 0.55);
    cr_assert_eq(world_layer(&answer, "s")->verdict, TOL_UNKNOWN);
    cr_assert_str_eq(world_layer(&answer, "s")->detail, "steel_share");
    cr_assert_eq(answer.unknown_fact_count, 1);
    cr_assert_str_eq(tol_fact_name(law, answer.unknown_fact[0].fact), "steel_share");
    near(answer.unknown_fact[0].narrowing, 0.4);
    tol_law_close(law);
}

Test(engine, two_metals_share_one_value)
{
    struct tol_law *law = world_law("s,steel,*,,7318,,add,0.5,content:steel_share,,,,,,,src,,\n"
                                    "u,alu,*,,7318,,add,0.5,content:alu_share,,,,,,,src,,\n"
                                    "b,reciprocal,*,,*,,add,0.1,,,,,,,steel alu,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-01", "");
    range(&answer, 0.15, 0.55, 0.55);
    answer = world_rate(law, "US", "CN", BOLT, "2025-03-01", "steel_share=0.4");
    range(&answer, 0.05 + 0.2 + 0.06, 0.55, 0.55);
    answer = world_rate(law, "US", "CN", BOLT, "2025-03-01", "steel_share=0.4;alu_share=0.2");
    near(answer.central, 0.05 + 0.2 + 0.1 + 0.04);
    near(answer.high - answer.low, 0);
    tol_law_close(law);
}

Test(engine, rest_of_the_value)
{
    near(bolt("a,cars,*,,7318,,add,0.25,rest:us_content,,,,,,,src,,\n", "2025-03-01", "us_content=0.4"),
         0.05 + 0.25 * 0.6);
    near(bolt("a,cars,*,,7318,,add,0.25,rest:us_content,,,,,,,src,,\n", "2025-03-01", ""), 0.3);
}

Test(engine, a_share_without_central_value_costs_most)
{
    struct tol_law *law = world_law("a,steel,*,,7318,,add,0.5,content:open_share,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-01", "");
    range(&answer, 0.05, 0.55, 0.55);
    tol_law_close(law);
    law = world_law("a,steel,*,,7318,,add,0.5,rest:open_share,,,,,,,src,,\n");
    answer = world_rate(law, "US", "CN", BOLT, "2025-03-01", "");
    range(&answer, 0.05, 0.55, 0.55);
    tol_law_close(law);
}

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

#define COMPUTER_CHIP "8542310010"

Test(engine, specific_base)
{
    struct tol_law *law = world_law("a,china,CN,,*,,add,0.1,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "0409000010", "2025-03-10", "");
    range(&answer, 0.1, 0.1, 0.1);
    cr_assert_eq(answer.base.kind, TOL_BASE_SPECIFIC);
    cr_assert_str_eq(answer.specific_duty, "1.9c/kg");
    cr_assert(answer.flags & TOL_RATE_SPECIFIC_EXCLUDED);
    answer = world_rate(law, "US", "CN", "0409000010", "2025-03-10", "ave=0.07");
    range(&answer, 0.17, 0.17, 0.17);
    near(answer.base.rate_fraction, 0.07);
    cr_assert_str_eq(answer.specific_duty, "");
    cr_assert_not(answer.flags & TOL_RATE_SPECIFIC_EXCLUDED);
    tol_law_close(law);
}

Test(engine, compound_base)
{
    struct tol_law *law = world_law("");
    near(world_rate(law, "US", "CN", "2106909910", "2025-03-10", "").central, 0.06);
    near(world_rate(law, "US", "CN", "2106909910", "2025-03-10", "ave=0.02").central, 0.08);
    cr_assert_str_eq(world_rate(law, "US", "CN", "2106909910", "2025-03-10", "").specific_duty, "4.4c/kg + 6%");
    tol_law_close(law);
}

Test(engine, top_up_against_a_specific_base)
{
    struct tol_law *law = world_law("a,reciprocal,EU27,,*,,top_up,0.15,mfn,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "NL", "2106909910", "2025-03-10", "");
    range(&answer, 0.06, 0.15, 0.15);
    cr_assert_eq(world_layer(&answer, "a")->verdict, TOL_UNKNOWN);
    cr_assert_str_eq(world_layer(&answer, "a")->detail, "ave");
    cr_assert_str_eq(tol_fact_name(law, answer.unknown_fact[0].fact), "ave");
    answer = world_rate(law, "US", "NL", "2106909910", "2025-03-10", "ave=0.04");
    range(&answer, 0.15, 0.15, 0.15);
    near(world_layer(&answer, "a")->rate_fraction, 0.05);
    answer = world_rate(law, "US", "NL", "2106909910", "2025-03-10", "ave=0.5");
    range(&answer, 0.56, 0.56, 0.56);
    tol_law_close(law);
}

Test(engine, a_measure_with_an_amount)
{
    struct tol_law *law = world_law("a,more,CN,,*,,specific,10 USD/kg,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-03-10", "");
    near(answer.central, 0.05);
    cr_assert_str_eq(answer.specific_duty, "10 USD/kg");
    cr_assert(answer.flags & TOL_RATE_SPECIFIC_EXCLUDED);
    cr_assert(isnan(world_layer(&answer, "a")->stated_rate));
    near(world_rate(law, "US", "CN", BOLT, "2025-03-10", "ave=0.2").central, 0.25);
    tol_law_close(law);
}

Test(engine, unknown_base_is_not_zero)
{
    struct tol_law *law = world_law("a,china,CN,,*,,add,0.1,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "9701000000", "2025-03-10", "");
    cr_assert_eq(answer.base.kind, TOL_BASE_UNKNOWN);
    cr_assert(isnan(answer.low) && isnan(answer.central) && isnan(answer.high));
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        cr_assert(isfinite(answer.by_authority[i]));
    }
    tol_law_close(law);
}

/* A heading of which one line is unknown: the others answer. All of them unknown: no answer. */
Test(engine, an_unknown_line_in_an_aggregate)
{
    struct tol_law *law = world_law_with((struct world_file[]){
        {"law/us/base_rates.csv", "hs,from,until,kind,rate,text,source\n73181500,,,unknown,,see note,s\n"
                                  "85423100,,,ad_valorem,0.1,10%,s\n85423900,,,unknown,,see note,s\n"},
        {NULL, NULL}});
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "8542", "2025-03-10", "");
    range(&answer, 0.1, 0.1, 0.1);
    cr_assert_eq(answer.base.kind, TOL_BASE_MIXED);
    near(answer.base.rate_fraction, 0.1);
    answer = world_rate(law, "US", "CN", "7318", "2025-03-10", "");
    cr_assert(isnan(answer.low) && isnan(answer.central) && isnan(answer.high));
    cr_assert_eq(answer.base.kind, TOL_BASE_UNKNOWN);
    cr_assert(isfinite(answer.base.rate_fraction));
    tol_law_close(law);
}

Test(engine, importer_without_tables)
{
    struct tol_law *law = world_law("");
    struct tol_rate_answer answer = world_rate(law, "BR", "CN", BOLT, "2025-03-10", "");
    cr_assert(isnan(answer.central));
    cr_assert_eq(answer.flags, TOL_RATE_NO_LAW);
    cr_assert_eq(answer.base.kind, TOL_BASE_UNKNOWN);
    tol_law_close(law);
}

/* China in small: measures, but no schedule. The layers are shown, the total is not a number and the reason is told. */
Test(engine, importer_without_base_rates)
{
    struct tol_law *law = world_law_with((struct world_file[]){
        {"law/coverage.csv", "importer,from,until,base_from,base_until,source\n"
                             "US,2018-01-01,,,,test\nEU,2020-01-01,,,2021-01-01,test\nCN,2025-01-01,,,,test\n"},
        {"law/cn/measures/all.csv",
         MEASURE_HEADER "cn_all,kickback,US,,*,,add,0.1,,2025-04-01,,,,,,announcement,,\n"
                        "cn_bolts,kickback,US,,7318,,add,0.15,,2025-04-01,,,,,,announcement,,\n"},
        {NULL, NULL}});
    static const char *const codes[] = {"7318", "731815", "73181500", "7318150010"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct tol_rate_answer answer = world_rate(law, "CN", "US", codes[i], "2025-04-10", "");
        cr_assert(isnan(answer.low) && isnan(answer.central) && isnan(answer.high));
        cr_assert_eq(answer.flags, TOL_RATE_NO_SCHEDULE);
        cr_assert_eq(answer.base.kind, TOL_BASE_UNKNOWN);
        near(answer.by_authority[TOL_RETALIATION], 0.25);
        cr_assert_eq(answer.layer_count, 2);
    }
    near(world_rate(law, "CN", "US", "87032301", "2025-04-10", "").by_authority[TOL_RETALIATION], 0.1);
    cr_assert_eq(world_rate(law, "CN", "US", "7318", "2024-12-31", "").flags, TOL_RATE_NO_LAW);
    tol_law_close(law);
}

/* Two periods with days between them: there the tables hold no law, and a question over many days does not carry over. */
Test(engine, days_between_two_periods)
{
    struct tol_law *law = world_law_with((struct world_file[]){
        {"law/coverage.csv", "importer,from,until,base_from,base_until,source\n"
                             "US,2018-01-01,,,,test\nEU,2020-01-01,,,2021-01-01,test\n"
                             "CN,2023-01-01,2023-02-01,,,test\nCN,2018-01-01,2018-07-06,,,test\n"
                             "CN,2025-02-10,2026-02-25,,,test\n"},
        {"law/cn/measures/all.csv", MEASURE_HEADER "cn_all,kickback,US,,*,,add,0.15,,2018-04-02,,,,,,announcement,,\n"},
        {NULL, NULL}});
    static const struct {
        const char *on;
        uint32_t flags;
        double retaliation;
    } days[] = {
        {"2017-12-31", TOL_RATE_NO_LAW, 0},
        {"2018-01-01", TOL_RATE_NO_SCHEDULE, 0},
        {"2018-04-02", TOL_RATE_NO_SCHEDULE, 0.15},
        {"2018-07-05", TOL_RATE_NO_SCHEDULE, 0.15},
        {"2018-07-06", TOL_RATE_NO_LAW, 0},
        {"2022-12-31", TOL_RATE_NO_LAW, 0},
        {"2023-01-01", TOL_RATE_NO_SCHEDULE, 0.15},
        {"2023-01-31", TOL_RATE_NO_SCHEDULE, 0.15},
        {"2023-02-01", TOL_RATE_NO_LAW, 0},
        {"2025-02-09", TOL_RATE_NO_LAW, 0},
        {"2025-02-10", TOL_RATE_NO_SCHEDULE, 0.15},
        {"2026-02-24", TOL_RATE_NO_SCHEDULE, 0.15},
        {"2026-02-25", TOL_RATE_NO_SCHEDULE | TOL_RATE_PAST_COVERAGE, 0.15},
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        struct tol_rate_answer answer = world_rate(law, "CN", "US", BOLT, days[i].on, "");
        cr_assert(isnan(answer.central));
        cr_assert_eq(answer.flags, days[i].flags, "%s: flags %x", days[i].on, answer.flags);
        near(answer.by_authority[TOL_RETALIATION], days[i].retaliation);
    }
    tol_law_close(law);
}

Test(engine, base_rate_that_is_not_confirmed)
{
    struct tol_law *law = world_law_with(
        (struct world_file[]){{"law/eu/base_rates.csv",
                               "hs,from,until,kind,rate,text,source,status\n"
                               "73181500,,,ad_valorem,0.037,3.7%,tariff,unconfirmed\n73181600,,,free,,Free,tariff,\n"},
                              {NULL, NULL}});
    cr_assert_eq(world_rate(law, "NL", "CN", "73181500", "2025-03-10", "").flags, TOL_RATE_UNCONFIRMED);
    cr_assert_eq(world_rate(law, "NL", "CN", "73181600", "2025-03-10", "").flags, 0);
    tol_law_close(law);
    world_fault("law/eu/base_rates.csv",
                "hs,from,until,kind,rate,text,source,status\n73181500,,,free,,Free,tariff,maybe\n", "eu/base_rates.csv",
                1, "status", "maybe");
}

/* A rate for lines that a later edition may open under a code is not one more line of it. */
Test(engine, base_rate_above_the_lines)
{
    struct tol_law *law = world_law_with(
        (struct world_file[]){{"law/eu/base_rates.csv",
                               "hs,from,until,kind,rate,text,source,status\n"
                               "731815,,,ad_valorem,0.04,4%,tariff,unconfirmed\n73181510,,,ad_valorem,0.04,4%,tariff,\n"
                               "73181600,,,free,,Free,tariff,\n73181900,,,ad_valorem,0.08,8%,tariff,\n"},
                              {NULL, NULL}});
    struct tol_rate_answer answer = world_rate(law, "NL", "CN", "7318", "2025-03-10", "");
    range(&answer, 0, 0.04, 0.08);
    cr_assert_eq(answer.flags, TOL_RATE_AGGREGATE);
    answer = world_rate(law, "NL", "CN", "73181590", "2025-03-10", "");
    range(&answer, 0.04, 0.04, 0.04);
    cr_assert_eq(answer.flags, TOL_RATE_UNCONFIRMED);
    answer = world_rate(law, "NL", "CN", "731815", "2025-03-10", "");
    range(&answer, 0.04, 0.04, 0.04);
    cr_assert_eq(answer.flags, TOL_RATE_AGGREGATE);
    tol_law_close(law);
}

/* A schedule that stands still: its rates are told to be of another day from base_until on. */
Test(engine, base_rates_of_an_older_edition)
{
    struct tol_law *law = world_law_with((struct world_file[]){
        {"law/coverage.csv", "importer,from,until,base_from,base_until,source\n"
                             "US,2018-01-01,2026-12-01,2025-01-01,,test\nEU,2020-01-01,2026-03-01,,2021-01-01,test\n"},
        {NULL, NULL}});
    cr_assert_eq(world_rate(law, "NL", "CN", "73181500", "2020-12-31", "").flags, 0);
    struct tol_rate_answer answer = world_rate(law, "NL", "CN", "73181500", "2021-01-01", "");
    cr_assert_eq(answer.flags, TOL_RATE_BASE_DATED);
    near(answer.central, 0.037);
    cr_assert_eq(world_rate(law, "US", "CN", "73181500", "2025-04-10", "").flags & TOL_RATE_BASE_DATED, 0);
    tol_country importer;
    char text[TOL_DAY_TEXT_SIZE];
    cr_assert(tol_country_parse("NL", &importer));
    tol_day_format(tol_law_last_day(law, importer), text);
    cr_assert_str_eq(text, "2026-02-28");
    cr_assert(tol_country_parse("BR", &importer));
    cr_assert_eq(tol_law_last_day(law, importer), TOL_DAY_MAX);
    tol_law_close(law);
}

Test(engine, the_union_as_importer)
{
    struct tol_law *law = world_law("");
    near(world_rate(law, "EU", "CN", "73181500", "2025-03-10", "").central, 0.037);
    cr_assert_eq(world_rate(law, "EU", "DE", "73181500", "2025-03-10", "").base.kind, TOL_BASE_INTERNAL);
    tol_law_close(law);
}

Test(engine, before_and_after_the_tables)
{
    struct tol_law *law = world_law("");
    tol_day first;
    tol_day last;
    char text[TOL_DAY_TEXT_SIZE];
    cr_assert(isnan(world_rate(law, "US", "CN", BOLT, "2017-12-31", "").central));
    near(world_rate(law, "US", "CN", BOLT, "2018-01-01", "").central, 0.05);
    cr_assert_eq(world_rate(law, "US", "CN", BOLT, "2024-12-31", "").flags, TOL_RATE_BASE_DATED);
    cr_assert_eq(world_rate(law, "US", "CN", BOLT, "2025-01-01", "").flags, 0);
    cr_assert_eq(world_rate(law, "US", "CN", BOLT, "2026-11-30", "").flags, 0);
    cr_assert_eq(world_rate(law, "US", "CN", BOLT, "2026-12-01", "").flags, TOL_RATE_PAST_COVERAGE);
    tol_law_coverage(law, &first, &last);
    tol_day_format(first, text);
    cr_assert_str_eq(text, "2018-01-01");
    tol_law_close(law);
}

Test(engine, inside_one_customs_territory)
{
    struct tol_law *law = world_law("a,china,*,,*,,add,0.1,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "NL", "DE", BOLT, "2025-03-10", "");
    range(&answer, 0, 0, 0);
    cr_assert_eq(answer.base.kind, TOL_BASE_INTERNAL);
    cr_assert_eq(world_rate(law, "US", "US", BOLT, "2025-03-10", "").base.kind, TOL_BASE_INTERNAL);
    cr_assert_eq(world_rate(law, "BR", "BR", BOLT, "2025-03-10", "").base.kind, TOL_BASE_INTERNAL);
    tol_law_close(law);
}

Test(engine, a_member_state_has_the_union_s_tables)
{
    struct tol_law *law = world_law("");
    near(world_rate(law, "NL", "US", "73181500", "2025-03-31", "").central, 0.037);
    struct tol_rate_answer answer = world_rate(law, "NL", "US", "7318150010", "2025-04-01", "");
    near(answer.central, 0.287);
    near(answer.by_authority[TOL_RETALIATION], 0.25);
    cr_assert_eq(answer.flags, 0);
    near(world_rate(law, "DE", "CN", "73181500", "2025-04-01", "").central, 0.037);
    tol_law_close(law);
}

Test(engine, aggregate_is_a_mean_by_trade)
{
    struct tol_law *law = world_law("a,china,CN,,8542390000,,add,0.4,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "8542", "2025-03-10", "");
    /* 300 and 0 at free, 100 at 2 % + 40 %. */
    range(&answer, 0, (100 * 0.42) / 400, 0.42);
    cr_assert(answer.flags & TOL_RATE_AGGREGATE);
    cr_assert_eq(answer.base.kind, TOL_BASE_MIXED);
    near(answer.base.rate_fraction, 0.005);
    near(answer.by_authority[TOL_SECTION_301], 0.1);
    cr_assert_eq(world_layer(&answer, "a")->verdict, TOL_UNKNOWN);
    near(world_layer(&answer, "a")->rate_fraction, 0.1);
    near(world_layer(&answer, "a")->share, 0.25);
    tol_law_close(law);
}

Test(engine, aggregate_without_trade_counts_lines)
{
    struct tol_law *law = world_law("a,cars,DE,,8703230190,,add,0.2,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "DE", "870323", "2025-03-10", "");
    range(&answer, 0.025, 0.125, 0.225);
    tol_law_close(law);
}

Test(engine, aggregate_takes_lines_of_the_day)
{
    struct tol_law *law = world_law("a,china,CN,,7318150020,,add,0.2,,,,,,,,src,,\n");
    near(world_rate(law, "US", "CN", "731815", "2025-06-30", "").high, 0.25);
    near(world_rate(law, "US", "CN", "731815", "2025-07-01", "").high, 0.05);
    tol_law_close(law);
}

Test(engine, eight_digits_that_nothing_tells_apart)
{
    struct tol_law *law = world_law("a,china,CN,,7318,,add,0.2,,,,,,,,src,,\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "73181500", "2025-06-30", "");
    range(&answer, 0.25, 0.25, 0.25);
    cr_assert_eq(answer.flags, 0);
    tol_law_close(law);
}

Test(engine, codes_of_another_date)
{
    struct tol_law *law = world_law("");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150030", "2025-06-30", "");
    near(answer.central, 0.05);
    cr_assert_eq(answer.flags, TOL_RATE_CODE_OTHER_DATE);
    cr_assert_eq(world_rate(law, "US", "CN", "7318150030", "2025-07-01", "").flags, 0);
    cr_assert_eq(world_rate(law, "US", "CN", "7318150020", "2025-07-01", "").flags, TOL_RATE_CODE_OTHER_DATE);
    tol_law_close(law);
}

/* Only answers that the doubtful row of a list takes part in say so. */
Test(engine, unconfirmed_row_of_a_list)
{
    const struct world_file changed[] = {
        {"law/us/products/bolts.csv", "hs,from,until,source,status\n7318,,,test,unconfirmed\n854239,,,test,\n"},
        {"law/us/measures/all.csv", MEASURE_HEADER "a,china,CN,,@bolts,,add,0.1,,,,,,,,src,,\n"},
        {NULL, NULL}};
    struct tol_law *law = world_law_with(changed);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", BOLT, "2025-02-28", "");
    near(answer.central, 0.15);
    cr_assert_eq(answer.flags, TOL_RATE_UNCONFIRMED);
    answer = world_rate(law, "US", "CN", "8542390000", "2025-02-28", "");
    near(answer.central, 0.12);
    cr_assert_eq(answer.flags, 0);
    cr_assert_eq(world_rate(law, "US", "VN", BOLT, "2025-02-28", "").flags, 0);
    tol_law_close(law);
}

Test(engine, codes_that_never_were)
{
    struct tol_law *law = world_law("");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150099", "2025-06-30", "");
    near(answer.central, 0.05);
    cr_assert_eq(answer.flags, TOL_RATE_CODE_UNKNOWN);
    answer = world_rate(law, "US", "CN", "6101200010", "2025-06-30", "");
    cr_assert(isnan(answer.central));
    cr_assert_eq(answer.flags, TOL_RATE_CODE_UNKNOWN);
    answer = world_rate(law, "US", "CN", "6101", "2025-06-30", "");
    cr_assert(isnan(answer.central));
    cr_assert_eq(answer.flags, TOL_RATE_CODE_UNKNOWN);
    tol_law_close(law);
}

Test(engine, as_collected_on_the_day)
{
    const char *measure = "a,cars,CN,,73,,add,0.1,,2025-02-01,2025-06-01,2025-03-01,2025-05-01,,,src,,\n";
    near(bolt(measure, "2025-02-01", ""), 0.15);
    near(bolt(measure, "2025-02-28", "view=on_the_day"), 0.05);
    near(bolt(measure, "2025-03-01", "view=on_the_day"), 0.15);
    near(bolt(measure, "2025-05-01", "view=on_the_day"), 0.05);
    near(bolt(measure, "2025-05-31", "view=final"), 0.15);
}

Test(engine, unconfirmed_rows_are_marked)
{
    struct tol_law *law = world_law("a,cars,CN,,73,,add,0.1,,2025-02-01,,,,,,src,unconfirmed,\n");
    cr_assert_eq(world_rate(law, "US", "CN", BOLT, "2025-02-01", "").flags, TOL_RATE_UNCONFIRMED);
    cr_assert_eq(world_rate(law, "US", "CN", BOLT, "2025-01-31", "").flags, 0);
    tol_law_close(law);
}

Test(engine, countries_that_do_not_exist)
{
    struct tol_law *law = world_law("");
    struct tol_rate_query query;
    struct tol_rate_answer answer;
    struct tol_error error;
    memset(&query, 0, sizeof query);
    cr_assert(tol_country_parse("US", &query.into) && tol_country_parse("QQ", &query.from));
    cr_assert(tol_product_parse(BOLT, 4, &query.product));
    cr_assert_eq(tol_law_rate(law, &query, &answer, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.column, "from");
    cr_assert_str_eq(error.value, "QQ");
    tol_law_close(law);
}
