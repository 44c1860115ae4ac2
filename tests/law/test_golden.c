/* Rates worked out by hand from the legal texts, against the real tables. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/world.h"
#include "tables/csv_table.h"

#define TABLES TEST_BINARY_DIR "/tolmuur.tables"

/* After the base come authorities, then the total and the reason. */
enum { ID, INTO, HTS, FROM, ON, FACTS, BASE, FIRST_AUTHORITY };

static const char *const columns[] = {"id",
                                      "into",
                                      "hts",
                                      "from",
                                      "on",
                                      "facts",
                                      "base_rate",
                                      "section_232",
                                      "section_301",
                                      "ieepa_fentanyl",
                                      "ieepa_reciprocal",
                                      "section_122",
                                      "other",
                                      "total_central",
                                      "why"};

static const char *const columns_2026[] = {"id",          "into",          "hts",         "from",        "on",
                                           "facts",       "base_rate",     "section_232", "section_301", "section_338",
                                           "section_122", "total_central", "why"};

enum { COLUMNS = sizeof columns / sizeof columns[0], COLUMNS_2026 = sizeof columns_2026 / sizeof columns_2026[0] };

static struct tol_law *law;
static unsigned rows;

static void start(void)
{
    struct tol_error error;
    cr_assert_eq(tol_law_open(TABLES, &law, &error), TOL_OK, "%s", error.message);
}

static void stop(void)
{
    tol_law_close(law);
}

TestSuite(golden, .init = start, .fini = stop);

static void expect(const char *id, const char *column, const char *wanted, double got)
{
    cr_expect(fabs(strtod(wanted, NULL) - got) < 1e-12, "%s %s: wanted %s, got %.15g", id, column, wanted, got);
}

static double by_name(const struct tol_rate_answer *answer, const char *name)
{
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        if (strcmp(tol_authority_name((enum tol_authority)i), name) == 0) {
            return answer->by_authority[i];
        }
    }
    cr_assert_fail("no authority %s", name);
    return NAN;
}

/* context: the names of the columns */
static enum tol_status check_row(void *context, const char *const *field, const char *file, uint64_t row,
                                 struct tol_error *error)
{
    const char *const *name = (const char *const *)context;
    (void)file;
    (void)row;
    (void)error;
    struct tol_rate_answer answer = world_rate(law, field[INTO], field[FROM], field[HTS], field[ON], field[FACTS]);
    expect(field[ID], "base_rate", field[BASE], answer.base.rate_fraction);
    unsigned i = FIRST_AUTHORITY;
    for (; strcmp(name[i], "total_central") != 0; i++) {
        expect(field[ID], name[i], field[i], by_name(&answer, name[i]));
    }
    expect(field[ID], name[i], field[i], answer.central);
    rows++;
    return TOL_OK;
}

Test(golden, us_rates)
{
    const struct csv_shape shape = {columns, COLUMNS, COLUMNS - 1};
    struct tol_error error;
    cr_assert_eq(
        tol_csv_table_read(TEST_SOURCE_DIR "/tests/golden/us_rates.csv", &shape, check_row, (void *)columns, &error),
        TOL_OK, "%s %s", error.column, error.message);
    cr_assert_gt(rows, 150);
}

/* Worked out from the legal texts by somebody who had not seen the tables. */
Test(golden, us_rates_checked)
{
    const struct csv_shape shape = {columns, COLUMNS, COLUMNS - 1};
    struct tol_error error;
    cr_assert_eq(tol_csv_table_read(TEST_SOURCE_DIR "/tests/golden/us_rates_checked.csv", &shape, check_row,
                                    (void *)columns, &error),
                 TOL_OK, "%s %s", error.column, error.message);
    cr_assert_gt(rows, 350);
}

/* From 2026-07-24 on: forced labour, Section 338, patented medicines. */
Test(golden, us_rates_2026_second_half)
{
    const struct csv_shape shape = {columns_2026, COLUMNS_2026, COLUMNS_2026 - 1};
    struct tol_error error;
    cr_assert_eq(tol_csv_table_read(TEST_SOURCE_DIR "/tests/golden/us_rates_2026_second_half.csv", &shape, check_row,
                                    (void *)columns_2026, &error),
                 TOL_OK, "%s %s", error.column, error.message);
    cr_assert_gt(rows, 100);
}

static void near(double got, double wanted)
{
    cr_assert(fabs(got - wanted) < 1e-12, "%.17g, wanted %.17g", got, wanted);
}

/* A German car in the summer of 2025: 15 % in all as the law finally stands, 27.5 % as it was collected. */
Test(golden, german_car)
{
    near(world_rate(law, "US", "DE", "8703230190", "2025-08-10", "").central, 0.15);
    near(world_rate(law, "US", "DE", "8703230190", "2025-08-10", "view=on_the_day").central, 0.275);
}

/* An entry that was really made: 77.90 %. */
Test(golden, chinese_steel_article)
{
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7326908688", "2026-09-01", "");
    near(answer.base.rate_fraction, 0.029);
    near(answer.by_authority[TOL_SECTION_301], 0.25);
    near(answer.by_authority[TOL_SECTION_232], 0.5);
    near(answer.central, 0.779);
}

Test(golden, dutch_plastics_under_the_surcharge)
{
    near(world_rate(law, "US", "NL", "3926909989", "2026-03-01", "").central, 0.153);
}

Test(golden, chinese_plastics_at_the_peak)
{
    near(world_rate(law, "US", "CN", "3926909989", "2025-04-12", "").central, 0.053 + 0.075 + 0.2 + 1.25);
}

Test(golden, no_duty_inside_the_union)
{
    near(world_rate(law, "NL", "DE", "3926909989", "2026-03-01", "").high, 0);
}

static unsigned lines, unknown;

/* One statistical line from three origins: an answer within bounds, and a code that is in force is known. */
static enum tol_status check_line(void *context, const char *const *field, const char *file, uint64_t row,
                                  struct tol_error *error)
{
    static const char *const origins[] = {"CN", "NL", "MX"};
    (void)context;
    (void)file;
    (void)row;
    (void)error;
    bool in_force = strcmp(field[1], "2025-09-01") <= 0 && (field[2][0] == '\0' || strcmp("2025-09-01", field[2]) < 0);
    for (size_t o = 0; o < sizeof origins / sizeof origins[0]; o++) {
        struct tol_rate_answer answer = world_rate(law, "US", origins[o], field[0], "2025-09-01", "");
        bool missing = (answer.flags & (TOL_RATE_CODE_UNKNOWN | TOL_RATE_CODE_OTHER_DATE)) != 0;
        cr_assert_eq(missing, !in_force, "%s", field[0]);
        cr_assert_lt(answer.layer_count, TOL_LAYERS_MAX);
        if (answer.base.kind == TOL_BASE_UNKNOWN) {
            cr_assert(isnan(answer.central));
            unknown++;
        } else if (!isnan(answer.central)) {
            cr_assert(answer.low >= 0 && answer.high < 5, "%s from %s: %g to %g", field[0], origins[o], answer.low,
                      answer.high);
        }
    }
    lines++;
    return TOL_OK;
}

Test(golden, every_line_answers)
{
    static const char *const line_columns[] = {"hs", "from", "until"};
    const struct csv_shape shape = {line_columns, 3, 3};
    struct tol_error error;
    cr_assert_eq(
        tol_csv_table_read(TEST_SOURCE_DIR "/datasets/law/us/tariff_lines.csv", &shape, check_line, NULL, &error),
        TOL_OK, "%s", error.message);
    cr_assert_gt(lines, 15000);
    cr_assert_lt(unknown, 3 * lines / 50, "%u of %u answers have no base", unknown, 3 * lines);
}
