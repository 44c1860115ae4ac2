/* The engine on a small law of our own: the rate that measures are added to. Expected figures are written out by hand. */
#include "law/engine.h"

Test(engine, base_changes_on_its_day)
{
    struct tol_law *law = world_law("");
    near(world_rate(law, "US", "DE", "8703230190", "2025-06-30", "").central, 0.025);
    near(world_rate(law, "US", "DE", "8703230190", "2025-07-01", "").central, 0.03);
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
