/* The engine on a small law of our own: the Union, China in small, importers without tables, and days outside them. Expected figures are written out by hand. */
#include "law/engine.h"

#include <string.h>

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
