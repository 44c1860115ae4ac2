/* The engine on a small law of our own: codes above, beside and outside the lines of a schedule. Expected figures are written out by hand. */
#include "law/engine.h"

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
