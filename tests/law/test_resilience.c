/* From resilience tables and a firm's own figures to V. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "law/world.h"
#include "tolmuur/book.h"
#include "tolmuur/resilience.h"

#define SCALES "indicator,mean,deviation,beta,source,why\n"
#define VALUES "country,nace,indicator,value,year,source,status\n"
#define HASH_OF_V UINT64_C(0xf521c0c66601eaa9)
#define MOMENTA "country,nace,outcome_2024,outlook_2025,source,status\n"

static const struct world_file files[] = {
    {"parameters/resilience.csv", SCALES "vacancy_difficulty,0.3,0.1,0.05,test,test\n"
                                         "productivity_growth,0.01,0.02,-0.06,test,test\n"
                                         "energy_cost_share,0.05,0.05,0.07,test,test\n"
                                         "automation,0.5,0.25,-0.05,test,test\n"
                                         "liquidity,1.5,0.5,-0.09,test,test\n"
                                         "sector_momentum,0,0.05,-0.08,test,test\n"},
    {"sectors/resilience.csv", VALUES "NL,28,energy_cost_share,0.1,2011,test,\n"
                                      "NL,C,energy_cost_share,0.2,2011,test,\n"
                                      "NL,C,vacancy_difficulty,0.36,2025,test,cited\n"
                                      "*,28,energy_cost_share,0.075,2011,test,\n"
                                      "*,28,productivity_growth,0.03,2017,test,\n"
                                      "*,G,energy_cost_share,0.025,2011,test,\n"
                                      "DE,C,digitalisation,0.9,2011,no scale,\n"},
    {"sectors/momentum.csv", MOMENTA "NL,28,-0.05,,test,cited\nNL,C,-0.025,0.01,test,cited\nDE,C,,0.02,test,\n"},
    {NULL, NULL},
};

static struct tol_parameters *parameters;
static struct tol_settings settings;
static double own[TOL_RESILIENCE_INDICATOR_COUNT];

static void open_world(const struct world_file *changed)
{
    char folder[64];
    char path[128];
    struct tol_error error;
    world_write(changed, folder);
    snprintf(path, sizeof path, "%s/out.tables", folder);
    cr_assert_eq(tol_tables_compile(folder, path, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_parameters_open(path, &parameters, &error), TOL_OK, "%s", error.message);
    world_remove(folder);
    settings = tol_settings_default();
    for (unsigned i = 0; i < TOL_RESILIENCE_INDICATOR_COUNT; i++) {
        own[i] = NAN;
    }
}

static void start(void)
{
    open_world(files);
}

static void stop(void)
{
    tol_parameters_close(parameters);
}

TestSuite(resilience, .init = start, .fini = stop);

static struct tol_vulnerability of(const char *country_code, const char *sector)
{
    tol_country country;
    cr_assert(tol_country_parse(country_code, &country));
    return tol_vulnerability_of(parameters, &settings, country, sector, own);
}

static unsigned place(enum tol_firm_number number)
{
    return (unsigned)number - TOL_VACANCY_DIFFICULTY;
}

static double value(const struct tol_vulnerability *vulnerability, unsigned term)
{
    return vulnerability->term[term].value;
}

Test(resilience, names)
{
    cr_assert_str_eq(tol_resilience_term_name(0), "vacancy_difficulty");
    cr_assert_str_eq(tol_resilience_term_name(place(TOL_LIQUIDITY)), "liquidity");
    cr_assert_str_eq(tol_resilience_term_name(TOL_SECTOR_MOMENTUM), "sector_momentum");
    cr_assert_null(tol_resilience_term_name(TOL_RESILIENCE_TERM_COUNT));
}

Test(resilience, nearest_sector_answers)
{
    const unsigned energy = place(TOL_ENERGY_COST_SHARE);
    const struct {
        const char *country, *sector;
        double energy, vacancy, productivity, momentum;
    } rows[] = {
        {"NL", "C28.1", 0.1, 0.36, 0.03, -0.05}, {"NL", "28", 0.1, 0.36, 0.03, -0.05},
        {"NL", "29", 0.2, 0.36, NAN, -0.0075},   {"NL", "C", 0.2, 0.36, NAN, -0.0075},
        {"DE", "28", 0.075, NAN, 0.03, 0.02},    {"US", "28", 0.075, NAN, 0.03, NAN},
        {"US", "4711", 0.025, NAN, NAN, NAN},    {"NL", "46", 0.025, NAN, NAN, NAN},
        {"NL", "A01", NAN, NAN, NAN, NAN},       {"ZW", "C", NAN, NAN, NAN, NAN},
        {"NL", "no sector", NAN, NAN, NAN, NAN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tol_vulnerability v = of(rows[i].country, rows[i].sector);
        const double expected[] = {rows[i].energy, rows[i].vacancy, rows[i].productivity, rows[i].momentum};
        const double found[] = {value(&v, energy), value(&v, place(TOL_VACANCY_DIFFICULTY)),
                                value(&v, place(TOL_PRODUCTIVITY_GROWTH)), value(&v, TOL_SECTOR_MOMENTUM)};
        for (int n = 0; n < 4; n++) {
            cr_assert(isnan(expected[n]) ? isnan(found[n]) : fabs(found[n] - expected[n]) < 1e-15,
                      "%s %s, %d: %g, not %g", rows[i].country, rows[i].sector, n, found[n], expected[n]);
        }
        cr_assert_eq(v.known, !isnan(rows[i].energy), "%s %s", rows[i].country, rows[i].sector);
        cr_assert(v.known || v.factor == 1);
    }
}

Test(resilience, worked_example)
{
    struct tol_vulnerability v = of("NL", "28");
    /* z: vacancies 0.6, productivity 1, energy 1, momentum -1. */
    double sum = 0.05 * 0.6 - 0.06 + 0.07 + 0.08;
    cr_assert_float_eq(v.factor, exp(sum), 1e-14);
    cr_assert_float_eq(v.term[place(TOL_ENERGY_COST_SHARE)].z, 1, 1e-14);
    cr_assert_float_eq(v.term[TOL_SECTOR_MOMENTUM].contribution, 0.08, 1e-15);
    cr_assert_eq(v.term[place(TOL_LIQUIDITY)].origin, TOL_RESILIENCE_UNKNOWN);
    cr_assert_eq(v.term[place(TOL_LIQUIDITY)].contribution, 0);
    cr_assert_not(v.clipped);
}

Test(resilience, own_figure_replaces_the_sectors)
{
    double before = of("NL", "28").factor;
    own[place(TOL_ENERGY_COST_SHARE)] = 0.15;
    struct tol_vulnerability v = of("NL", "28");
    cr_assert_eq(v.term[place(TOL_ENERGY_COST_SHARE)].origin, TOL_RESILIENCE_OF_FIRM);
    cr_assert_eq(v.term[place(TOL_VACANCY_DIFFICULTY)].origin, TOL_RESILIENCE_OF_SECTOR);
    cr_assert_eq(value(&v, place(TOL_ENERGY_COST_SHARE)), 0.15);
    cr_assert_float_eq(v.factor / before, exp(0.07), 1e-14);
}

/* What makes a firm stronger lowers V, what makes it weaker raises it. */
Test(resilience, signs)
{
    const struct {
        enum tol_firm_number number;
        double low, high;
        int sign;
    } rows[] = {{TOL_VACANCY_DIFFICULTY, 0.2, 0.3, 1},
                {TOL_PRODUCTIVITY_GROWTH, -0.01, 0.02, -1},
                {TOL_ENERGY_COST_SHARE, 0.01, 0.02, 1},
                {TOL_AUTOMATION, 0.4, 0.6, -1},
                {TOL_LIQUIDITY, 1, 2, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned at = place(rows[i].number);
        own[at] = rows[i].low;
        double low = of("ZW", "C").factor;
        own[at] = rows[i].high;
        double high = of("ZW", "C").factor;
        own[at] = NAN;
        cr_assert_gt(rows[i].sign * (high - low), 0.01, "%s", tol_resilience_term_name(at));
    }
}

Test(resilience, deviations_beyond_three_count_as_three)
{
    unsigned at = place(TOL_LIQUIDITY);
    own[at] = 3;
    struct tol_vulnerability edge = of("ZW", "C");
    own[at] = 1e18;
    struct tol_vulnerability far = of("ZW", "C");
    cr_assert_eq(far.term[at].z, 3);
    cr_assert_eq(far.factor, edge.factor);
    own[at] = INFINITY;
    cr_assert_eq(of("ZW", "C").factor, edge.factor);
    own[at] = -1e18;
    cr_assert_eq(of("ZW", "C").term[at].z, -3);
}

Test(resilience, factor_is_clipped)
{
    settings.vulnerability_scale = 100;
    own[place(TOL_LIQUIDITY)] = 0.5;
    struct tol_vulnerability weak = of("ZW", "C");
    cr_assert_eq(weak.factor, 2);
    cr_assert(weak.clipped);
    own[place(TOL_LIQUIDITY)] = 2.5;
    cr_assert_eq(of("ZW", "C").factor, 0.5);
}

Test(resilience, scale_of_zero_switches_it_off)
{
    settings.vulnerability_scale = 0;
    own[place(TOL_LIQUIDITY)] = 0.1;
    struct tol_vulnerability v = of("NL", "28");
    cr_assert_eq(v.factor, 1);
    cr_assert(v.known);
    for (unsigned t = 0; t < TOL_RESILIENCE_TERM_COUNT; t++) {
        cr_assert_eq(v.term[t].contribution, 0);
        cr_assert_not(signbit(v.term[t].contribution));
    }
}

/* A table's figure without a scale, or a firm's, takes no part: there is no weight to give it. */
Test(resilience, no_scale_no_part)
{
    own[place(TOL_CHAIN_COOPERATION)] = 0.9;
    struct tol_vulnerability v = of("DE", "C");
    cr_assert_eq(v.term[place(TOL_CHAIN_COOPERATION)].origin, TOL_RESILIENCE_UNKNOWN);
    cr_assert_eq(v.term[place(TOL_DIGITALISATION)].origin, TOL_RESILIENCE_UNKNOWN);
    cr_assert_not(of("ZW", "C").known);
    cr_assert_eq(of("ZW", "C").factor, 1);
}

/* The exponential of its own against the library's in long double, over all of its range. */
Test(resilience, exponential_is_near)
{
    own[place(TOL_LIQUIDITY)] = 1; /* z -1 */
    for (int i = -2000; i <= 2000; i++) {
        own[place(TOL_LIQUIDITY)] = i < 0 ? 2 : 1;
        settings.vulnerability_scale = 7.7 * abs(i) / 2000;
        struct tol_vulnerability v = of("ZW", "C");
        long double expected = expl((long double)v.term[place(TOL_LIQUIDITY)].contribution);
        cr_assert_lt(fabsl((long double)v.factor / expected - 1), 0x1p-52L, "%d: %.17g", i, v.factor);
    }
}

/* The hash of V over a walk of its inputs: the same on every machine, compiler and level of optimisation. */
Test(resilience, same_bits_everywhere)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < 4096; i++) {
        own[place(TOL_LIQUIDITY)] = 0.1 + i * 0.0007;
        own[place(TOL_PRODUCTIVITY_GROWTH)] = 0.05 - i * 0.00003;
        double factor = of("NL", "28").factor;
        uint64_t bits;
        memcpy(&bits, &factor, sizeof bits);
        hash = (hash ^ bits) * 1099511628211u;
    }
    cr_assert_eq(hash, HASH_OF_V, "%#llx", (unsigned long long)hash);
}

Test(resilience_tables, without_any_table_V_is_one)
{
    open_world(NULL);
    own[place(TOL_LIQUIDITY)] = 0.1;
    struct tol_vulnerability v = of("NL", "28");
    cr_assert_eq(v.factor, 1);
    cr_assert_not(v.known);
    tol_parameters_close(parameters);
}

Test(resilience_tables, faults)
{
    const char *values = "sectors/resilience.csv";
    const char *scales = "parameters/resilience.csv";
    const char *momenta = "sectors/momentum.csv";
    world_fault(values, VALUES "XX,28,automation,0.5,2011,test,\n", values, 1, "country", "XX");
    world_fault(values, VALUES "NL,34,automation,0.5,2011,test,\n", values, 1, "nace", "34");
    world_fault(values, VALUES "NL,28,automatism,0.5,2011,test,\n", values, 1, "indicator", "automatism");
    world_fault(values, VALUES "NL,28,sector_momentum,0.5,2011,test,\n", values, 1, "indicator", "sector_momentum");
    world_fault(values, VALUES "NL,28,automation,nan,2011,test,\n", values, 1, "value", "nan");
    world_fault(values, VALUES "NL,28,automation,1,1,a,\nNL,C28,automation,1,1,a,\n", values, 0, "nace", "");
    world_fault(scales, SCALES "luck,1,1,0.1,test,test\n", scales, 1, "indicator", "luck");
    world_fault(scales, SCALES "automation,1,0,0.1,test,test\n", scales, 1, "deviation", "0");
    world_fault(scales, SCALES "automation,1,1,1.1,test,test\n", scales, 1, "beta", "1.1");
    world_fault(scales, SCALES "automation,1,1,1,a,a\nautomation,1,1,1,a,a\n", scales, 2, "indicator", "automation");
    world_fault(momenta, MOMENTA "NL,28,,,test,\n", momenta, 1, "outcome_2024", "");
    world_fault(momenta, MOMENTA "NL,28,-5,,test,\n", momenta, 1, "outcome_2024", "-5");
    world_fault(momenta, MOMENTA "NL,28,,7,test,\n", momenta, 1, "outlook_2025", "7");
}
