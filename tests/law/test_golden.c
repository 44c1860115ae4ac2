/* Rates worked out by hand from the legal texts, against the real tables. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/world.h"
#include "tables/csv_table.h"

#define TABLES TEST_BINARY_DIR "/tolmuur.tables"

/* The first five have to be in a file, the others may be. An empty field is not checked. */
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
                                      "section_201",
                                      "section_338",
                                      "anti_dumping",
                                      "retaliation",
                                      "other",
                                      "total_low",
                                      "total_central",
                                      "total_high",
                                      "why"};
enum { ID, INTO, HTS, FROM, ON, FACTS, BASE, FIRST_AUTHORITY, LOW = 17, CENTRAL, HIGH, WHY, COLUMNS };

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
    if (strcmp(wanted, "unknown") == 0) {
        cr_expect(isnan(got), "%s %s: wanted no number, got %.15g", id, column, got);
        return;
    }
    cr_expect(wanted[0] == '\0' || fabs(strtod(wanted, NULL) - got) < 1e-12, "%s %s: wanted %s, got %.15g", id, column,
              wanted, got);
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

static enum tol_status check_row(void *context, const char *const *field, const char *file, uint64_t row,
                                 struct tol_error *error)
{
    (void)context;
    (void)file;
    (void)row;
    (void)error;
    struct tol_rate_answer answer = world_rate(law, field[INTO], field[FROM], field[HTS], field[ON], field[FACTS]);
    expect(field[ID], "base_rate", field[BASE], answer.by_authority[TOL_MFN]);
    for (unsigned i = FIRST_AUTHORITY; i < LOW; i++) {
        expect(field[ID], columns[i], field[i], by_name(&answer, columns[i]));
    }
    expect(field[ID], "total_low", field[LOW], answer.low);
    expect(field[ID], "total_central", field[CENTRAL], answer.central);
    expect(field[ID], "total_high", field[HIGH], answer.high);
    rows++;
    return TOL_OK;
}

static void check_file(const char *path, unsigned at_least)
{
    const struct csv_shape shape = {columns, COLUMNS, FACTS};
    struct tol_error error;
    cr_assert_eq(tol_csv_table_read(path, &shape, check_row, NULL, &error), TOL_OK, "%s %s", error.column,
                 error.message);
    cr_assert_geq(rows, at_least);
}

Test(golden, us_rates)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates.csv", 150);
}

/* Worked out from the legal texts by somebody who had not seen the tables. */
Test(golden, us_rates_checked)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates_checked.csv", 350);
}

/* Every programme's first and last day, and the days beside them (tests/structure/check_golden.py finds what is missing). */
Test(golden, us_rates_programmes)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates_programmes.csv", 50);
}

/* Safeguards, late Section 232, cranes, the metals of North America: docs/law/us-safeguards-and-late-232.md. */
Test(golden, us_rates_safeguards)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates_safeguards.csv", 100);
}

/* Claims by the symbols of the column of special rates, and what rests on the base that they leave. */
Test(golden, us_rates_preferences)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates_preferences.csv", 70);
}

/* Parts of cars and trucks outside the lists of notes 33(g) and 38(i), when the importer certifies their use: notes 33(p), (q), (r), 38(j). */
Test(golden, us_rates_certified_parts)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates_certified_parts.csv", 15);
}

/* From 2026-07-24 on: forced labour, Section 338, patented medicines. */
Test(golden, us_rates_2026_second_half)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/us_rates_2026_second_half.csv", 100);
}

/* The European Union and China as importers. */
Test(golden, eu_cn_rates)
{
    check_file(TEST_SOURCE_DIR "/tests/golden/eu_cn_rates.csv", 60);
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

/* How much a duty of Section 301 adds on its first day, whatever else Section 301 charges on both days. */
Test(golden, steps_of_section_301)
{
    static const struct {
        const char *from, *product, *before, *on, *facts;
        double step;
    } steps[] = {
        {"CN", "8426190000", "2026-11-09", "2026-11-10", "ship_to_shore_crane=yes", 1},
        {"CN", "8426190000", "2026-11-09", "2026-11-10", "ship_to_shore_crane=yes;contract_signed=2025-04-16", 0},
        {"CN", "8426190000", "2027-04-17", "2027-04-18", "ship_to_shore_crane=yes;contract_signed=2025-04-16", 1},
        {"DE", "8426190000", "2026-11-09", "2026-11-10", "ship_to_shore_crane=yes;chinese_crane=yes", 1},
        {"CN", "8716903000", "2026-11-09", "2026-11-10", "intermodal_chassis=yes", 1},
        {"NI", "6109100012", "2026-12-31", "2027-01-01", "", 0.1},
        {"NI", "6109100012", "2027-12-31", "2028-01-01", "", 0.05},
        {"NI", "6109100012", "2026-12-31", "2027-01-01", "fta=NI", 0},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        double before = world_rate(law, "US", steps[i].from, steps[i].product, steps[i].before, steps[i].facts)
                            .by_authority[TOL_SECTION_301];
        double on = world_rate(law, "US", steps[i].from, steps[i].product, steps[i].on, steps[i].facts)
                        .by_authority[TOL_SECTION_301];
        near(on - before, steps[i].step);
    }
}

/* Rates of the quota are in an annex that is not at hand: the answer has the measure, and prices it when told its worth. */
Test(golden, quartz_is_priced_by_its_worth)
{
    static const struct {
        const char *from, *on, *facts;
        double section_201;
    } cases[] = {
        {"VN", "2026-08-14", "ave=0.25", 0}, {"VN", "2026-08-15", "ave=0.25", 0.25}, {"VN", "2026-08-15", "", 0},
        {"MX", "2026-08-15", "ave=0.25", 0}, {"IN", "2030-08-14", "ave=0.1", 0.1},   {"IN", "2030-08-15", "ave=0.1", 0},
        {"JO", "2026-08-15", "ave=0.25", 0}, {"JM", "2026-08-15", "ave=0.25", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        near(world_rate(law, "US", cases[i].from, "6810990020", cases[i].on, cases[i].facts)
                 .by_authority[TOL_SECTION_201],
             cases[i].section_201);
    }
}

Test(golden, no_duty_inside_the_union)
{
    near(world_rate(law, "NL", "DE", "3926909989", "2026-03-01", "").high, 0);
}

static unsigned lines, unknown;

/* One statistical line from three origins: an answer within bounds, and a code is mapped when it is not in force. */
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
        cr_assert_not(missing, "%s", field[0]);
        cr_assert_eq((answer.flags & TOL_RATE_CODE_MAPPED) != 0, !in_force, "%s", field[0]);
        cr_assert_eq(answer.mapped_count > 0, !in_force, "%s", field[0]);
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

/* A European line from three origins outside the quotas: a number where the schedule has one, and none where it has none. */
static enum tol_status check_european_line(void *context, const char *const *field, const char *file, uint64_t row,
                                           struct tol_error *error)
{
    static const char *const origins[] = {"CN", "US", "NO"};
    (void)context;
    (void)file;
    (void)row;
    (void)error;
    bool known = strcmp(field[3], "unknown") != 0;
    const char *day = field[2][0] == '\0' ? "2026-07-15" : "2021-12-31";
    for (size_t o = 0; o < sizeof origins / sizeof origins[0]; o++) {
        struct tol_rate_answer answer = world_rate(law, "EU", origins[o], field[0], day, "");
        cr_assert_eq(isnan(answer.central), !known, "%s from %s", field[0], origins[o]);
        cr_assert((answer.flags & TOL_RATE_BASE_DATED) != 0 && answer.layer_count < TOL_LAYERS_MAX);
        cr_assert(!known || (answer.low >= 0 && answer.high < 2), "%s from %s: %g to %g", field[0], origins[o],
                  answer.low, answer.high);
        bool amount = strcmp(field[3], "specific") == 0 || strcmp(field[3], "compound") == 0;
        cr_assert(!amount || o == 1 || answer.specific_duty[0] != '\0', "%s: the amount is not told", field[0]);
    }
    lines++;
    unknown += known ? 0 : 1;
    return TOL_OK;
}

Test(golden, every_european_line_answers)
{
    static const char *const base_columns[] = {"hs", "from", "until", "kind", "rate", "text", "source", "status"};
    const struct csv_shape shape = {base_columns, 8, 8};
    struct tol_error error;
    cr_assert_eq(tol_csv_table_read(TEST_SOURCE_DIR "/datasets/law/eu/base_rates.csv", &shape, check_european_line,
                                    NULL, &error),
                 TOL_OK, "%s", error.message);
    cr_assert_gt(lines, 9500);
    cr_assert_lt(unknown, lines / 50, "%u of %u lines have no base", unknown, lines);
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
