#include <criterion/criterion.h>

#include "tolmuur/day.h"

TestSuite(day);

static tol_day parse(const char *text)
{
    tol_day day = 0;
    cr_assert(tol_day_parse(text, &day), "%s", text);
    return day;
}

Test(day, known_days)
{
    cr_assert_eq(parse("1970-01-01"), 0);
    cr_assert_eq(parse("1969-12-31"), -1);
    cr_assert_eq(parse("2000-03-01"), 11017);
    cr_assert_eq(parse("2026-02-24"), 20508);
}

Test(day, leap_days)
{
    cr_assert_eq(parse("2024-03-01") - parse("2024-02-28"), 2);
    cr_assert_eq(parse("2025-03-01") - parse("2025-02-28"), 1);
    cr_assert_eq(parse("2000-03-01") - parse("2000-02-29"), 1);
    cr_assert_eq(parse("1900-03-01") - parse("1900-02-28"), 1);
}

Test(day, every_day_of_three_centuries_round_trips)
{
    tol_day last = parse("2199-12-31");
    for (tol_day day = parse("1900-01-01"); day <= last; day++) {
        char text[TOL_DAY_TEXT_SIZE];
        tol_day_format(day, text);
        cr_assert_eq(parse(text), day, "%s", text);
    }
}

Test(day, whatever_is_not_a_day_is_refused)
{
    const char *const bad[] = {"",           "2025",       "2025-1-1",    "2025-01-1",   "2025-13-01",    "2025-00-10",
                               "2025-02-29", "2025-02-30", "2024-02-30",  "2025-04-31",  "2025-04-00",    "1899-12-31",
                               "2200-01-01", "2025/04/12", "2025-04-12 ", " 2025-04-12", "2025-04-12T00", "-025-04-12",
                               "20250412",   "2025-0a-12"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tol_day day;
        cr_assert_not(tol_day_parse(bad[i], &day), "'%s' was taken", bad[i]);
    }
}

Test(day, open_ends_have_no_text)
{
    char text[TOL_DAY_TEXT_SIZE] = "x";
    /* Far out, as a file of others may say: four digits of the year 5881580. */
    tol_day_format(TOL_DAY_MAX - 1, text);
    cr_assert_str_eq(text, "1580-07-10");
    tol_day_format(TOL_DAY_MAX, text);
    cr_assert_str_empty(text);
    tol_day_format(TOL_DAY_MIN, text);
    cr_assert_str_empty(text);
}
