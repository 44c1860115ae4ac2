/* The shipped tables: identities that hold for every node and market, and magnitudes known from elsewhere. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tolmuur/economy.h"
#include "tolmuur/parameters.h"

#define TABLES TEST_BINARY_DIR "/tolmuur.tables"

static struct tol_economy *economy;

static void start(void)
{
    struct tol_error error = {.status = TOL_OK};
    cr_assert_eq(tol_economy_open(TABLES, &economy, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_verify(economy, &error), TOL_OK, "%s", error.message);
}

static void stop(void)
{
    tol_economy_close(economy);
}

TestSuite(shipped, .init = start, .fini = stop);

static tol_country country(const char *text)
{
    tol_country parsed;
    cr_assert(tol_country_parse(text, &parsed));
    return parsed;
}

static uint32_t industry(const char *code)
{
    for (uint32_t i = 0; i < tol_economy_industry_count(economy); i++) {
        if (strcmp(tol_economy_industry_code(economy, i), code) == 0) {
            return i;
        }
    }
    cr_assert_fail("no industry %s", code);
    return TOL_ECONOMY_NONE;
}

static uint32_t node(const char *region, const char *code)
{
    return tol_economy_region(economy, country(region)) * tol_economy_industry_count(economy) + industry(code);
}

static double share(const struct tol_economy_links *links, uint32_t row, uint32_t wanted)
{
    for (uint64_t i = links->start[row]; i < links->start[row + 1]; i++) {
        if (links->node[i] == wanted) {
            return links->share[i];
        }
    }
    return 0;
}

static double row_sum(const struct tol_economy_links *links, uint32_t row)
{
    double sum = 0;
    for (uint64_t i = links->start[row]; i < links->start[row + 1]; i++) {
        cr_assert(links->share[i] > 0 && links->share[i] <= 1, "row %u", row);
        cr_assert(i == links->start[row] || links->node[i] > links->node[i - 1], "row %u is not ascending", row);
        sum += links->share[i];
    }
    return sum;
}

Test(shipped, every_row_adds_up)
{
    struct tol_economy_links sales = tol_economy_sales(economy);
    struct tol_economy_links purchases = tol_economy_purchases(economy);
    uint32_t regions = tol_economy_region_count(economy);
    unsigned silent = 0;
    for (uint32_t n = 0; n < tol_economy_node_count(economy); n++) {
        double sold = row_sum(&sales, n);
        double bought = row_sum(&purchases, n);
        double final = 0;
        for (uint32_t r = 0; r < regions; r++) {
            final += tol_economy_final_share(economy)[(uint64_t)n * regions + r];
        }
        double output = tol_economy_output_musd(economy)[n];
        cr_assert_leq(sold, 1 + 1e-12, "node %u", n);
        cr_assert_float_eq(sold + final, output > 0 ? 1 : 0, 1e-12, "node %u", n);
        cr_assert_float_eq(bought, tol_economy_inputs_musd(economy)[n] > 0 ? 1 : 0, 1e-12, "node %u", n);
        silent += output == 0;
    }
    cr_assert_eq(silent, 22, "industries that a country does not have");
}

/* flow = sales share * output = purchase share * inputs. */
Test(shipped, both_ways_tell_the_same_flow)
{
    struct tol_economy_links sales = tol_economy_sales(economy);
    struct tol_economy_links purchases = tol_economy_purchases(economy);
    const double *output = tol_economy_output_musd(economy);
    const double *inputs = tol_economy_inputs_musd(economy);
    uint64_t links = sales.start[tol_economy_node_count(economy)];
    cr_assert_eq(links, purchases.start[tol_economy_node_count(economy)]);
    cr_assert_eq(links, 413525);
    for (uint32_t n = 0; n < tol_economy_node_count(economy); n += 7) {
        for (uint64_t i = sales.start[n]; i < sales.start[n + 1]; i++) {
            uint32_t m = sales.node[i];
            double flow = sales.share[i] * output[n];
            cr_assert_float_eq(share(&purchases, m, n) * inputs[m], flow, 1e-9 * flow, "%u to %u", n, m);
        }
    }
}

Test(shipped, countries)
{
    static const struct {
        const char *country, *code;
    } rows[] = {{"NL", "NLD"}, {"DE", "DEU"}, {"US", "USA"}, {"CN", "CHN"}, {"RO", "ROU"},
                {"GB", "GBR"}, {"TW", "TWN"}, {"VN", "RoW"}, {"CH", "RoW"}, {"HR", "RoW"}};
    cr_assert_eq(tol_economy_region_count(economy), 41);
    cr_assert_eq(tol_economy_industry_count(economy), 35);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t region = tol_economy_region(economy, country(rows[i].country));
        cr_assert_str_eq(tol_economy_region_code(economy, region), rows[i].code);
    }
}

Test(shipped, makers)
{
    static const struct {
        const char *code, *industry;
    } rows[] = {{"870323", "34t35"}, {"8703", "34t35"}, {"8703230190", "34t35"}, {"848180", "29"}, {"300490", "24"},
                {"854231", "30t33"}, {"010121", "AtB"}, {"270900", "C"},         {"72", "27t28"},  {"610910", "17t18"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tol_product product;
        cr_assert(tol_product_parse(rows[i].code, 2, &product));
        uint32_t found = tol_economy_industry_of_product(economy, product);
        cr_assert_neq(found, TOL_ECONOMY_NONE, "%s", rows[i].code);
        cr_assert_str_eq(tol_economy_industry_code(economy, found), rows[i].industry, "%s", rows[i].code);
    }
    cr_assert_eq(tol_economy_industry_of_sector(economy, "C29.10"), industry("34t35"));
    cr_assert_eq(tol_economy_industry_of_sector(economy, "47"), industry("52"));
    cr_assert_eq(tol_economy_industry_of_sector(economy, "F"), industry("F"));
    cr_assert_eq(tol_economy_industry_of_sector(economy, "C"), TOL_ECONOMY_NONE);
}

/* World output of 2011 in these tables: 141.8 million million USD; of the United States 26.9. */
Test(shipped, known_totals)
{
    double world = 0;
    double america = 0;
    uint32_t usa = tol_economy_region(economy, country("US"));
    for (uint32_t n = 0; n < tol_economy_node_count(economy); n++) {
        world += tol_economy_output_musd(economy)[n];
        america += n / tol_economy_industry_count(economy) == usa ? tol_economy_output_musd(economy)[n] : 0;
    }
    cr_assert_float_eq(world / 141767904, 1, 0.001, "%f", world);
    cr_assert(america > 0.15 * world && america < 0.25 * world, "%f", america / world);
}

/* Germany sells vehicles for several hundred thousand million USD, a few percent of them to American households and firms. */
Test(shipped, german_cars)
{
    struct tol_economy_links sales = tol_economy_sales(economy);
    uint32_t german = node("DE", "34t35");
    double output = tol_economy_output_musd(economy)[german];
    uint32_t usa = tol_economy_region(economy, country("US"));
    double final = tol_economy_final_share(economy)[(uint64_t)german * tol_economy_region_count(economy) + usa];
    cr_assert(output > 350e3 && output < 650e3, "%f", output);
    cr_assert(final > 0.03 && final < 0.1, "%f", final);
    cr_assert_gt(share(&sales, german, node("DE", "34t35")), share(&sales, german, node("US", "34t35")));
    cr_assert_gt(share(&sales, german, node("US", "34t35")), 0.001);
}

Test(shipped, home_shares)
{
    for (uint32_t i = 0; i < tol_economy_industry_count(economy); i++) {
        double home = tol_economy_home_share(economy, country("US"), i);
        double member = tol_economy_home_share(economy, country("DE"), i);
        double whole = tol_economy_home_share(economy, TOL_COUNTRY_EU, i);
        cr_assert(home > 0 && home <= 1, "%s %f", tol_economy_industry_code(economy, i), home);
        cr_assert(whole > 0 && whole <= 1 && member > 0, "%s", tol_economy_industry_code(economy, i));
    }
    double cars = tol_economy_home_share(economy, country("US"), industry("34t35"));
    double leather = tol_economy_home_share(economy, country("US"), industry("19"));
    cr_assert(cars > 0.55 && cars < 0.85, "%f", cars);
    cr_assert(leather < 0.3, "most shoes are imported: %f", leather);
    cr_assert_gt(tol_economy_home_share(economy, country("US"), industry("M")), 0.97, "schools");
    cr_assert_gt(tol_economy_home_share(economy, TOL_COUNTRY_EU, industry("34t35")),
                 tol_economy_home_share(economy, country("NL"), industry("34t35")));
}

Test(shipped, every_market_adds_up)
{
    double total = 0;
    cr_assert_gt(tol_market_count(economy), 5000);
    for (uint64_t i = 0; i < tol_market_count(economy); i++) {
        struct tol_market market = tol_market_at(economy, i);
        double sum = 0;
        uint64_t found;
        for (uint32_t o = 0; o < market.origin_count; o++) {
            sum += market.origin[o].import_share;
            cr_assert(o == 0 || market.origin[o].origin > market.origin[o - 1].origin);
        }
        cr_assert_float_eq(sum, 1, 1e-12);
        cr_assert(market.home_share >= 0 && market.home_share <= 1, "market %d", (int)i);
        cr_assert(tol_market_find(economy, market.importer, market.product, &found) && found == i);
        total += market.imports_usd;
    }
    cr_assert_float_eq(total / 1e9, 3109, 2, "%f of 3,123.8 thousand million USD", total / 1e9);
}

Test(shipped, the_market_for_cars)
{
    tol_product cars;
    uint64_t index;
    struct tol_parameters *parameters;
    cr_assert(tol_product_parse("8703230190", 6, &cars));
    cr_assert(tol_market_find(economy, country("US"), cars, &index));
    struct tol_market market = tol_market_at(economy, index);
    double germany = 0;
    for (uint32_t o = 0; o < market.origin_count; o++) {
        germany += market.origin[o].origin == country("DE") ? market.origin[o].import_share : 0;
    }
    cr_assert(germany > 0.02 && germany < 0.25, "%f", germany);
    cr_assert_eq(market.home_share, tol_economy_home_share(economy, country("US"), industry("34t35")));
    /* The weights of the law's averages come from the same statistics. */
    cr_assert_eq(tol_parameters_open(TABLES, &parameters, NULL), TOL_OK);
    double weight = tol_trade_weight_usd(parameters, market.product);
    tol_parameters_close(parameters);
    cr_assert(market.imports_usd <= weight && market.imports_usd > 0.97 * weight, "%f of %f", market.imports_usd,
              weight);
}
