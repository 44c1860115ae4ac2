/* The engine on a small law of our own: measures: their days, partners and products, and how they stack. Expected figures are written out by hand. */
#include "law/engine.h"

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
