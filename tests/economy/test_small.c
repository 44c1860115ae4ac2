/* Two countries and the rest of the world with two industries each: every share can be worked out by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "datasets/tables.h"
#include "law/world.h"
#include "tolmuur/economy.h"

#define FLOW_HEADER "industry,buyer_region,buyer_industry,musd\n"

/* Nodes: 0 DEU farm, 1 DEU car, 2 USA farm, 3 USA car, 4 RoW farm, 5 RoW car. */
static const struct world_file files[] = {
    {"economy/regions.csv", "region,country,name\nDEU,DE,Germany\nUSA,US,United States\nRoW,*,Rest of the world\n"},
    {"economy/industries.csv", "industry,wiod,title\nAtB,c1,Farming\n34t35,c15,Vehicles\n"},
    {"economy/flows/DEU.csv", FLOW_HEADER "34t35,USA,34t35,20\n34t35,DEU,34t35,30\n34t35,USA,final,40\n"
                                          "34t35,DEU,final,10\nAtB,DEU,AtB,5\n"},
    {"economy/flows/USA.csv", FLOW_HEADER "34t35,USA,34t35,60\n34t35,USA,final,100\nAtB,USA,34t35,1\n"},
    {"economy/flows/RoW.csv", FLOW_HEADER "34t35,USA,final,20\n34t35,DEU,34t35,10\n"},
    {"sectors/nace_isic3.csv",
     "nace_division,isic3_wiod,description\n01,AtB,Farming\n02,AtB,Farming\n29,34t35,Vehicles\n"
     "30,34t35,Vehicles\n45,34t35,Garages\n"},
    {"nomenclature/hs_isic4.csv", "hs6,isic4_division\n870323,29\n870380,30\n870390,01\n010121,01\n871000,99\n"},
    {"market/import_shares/US.csv", "hs6,origin,imports_usd\n870323,MX,300\n870323,DE,100\n010121,IE,8\n"},
    {"market/import_shares/CN.csv", "hs6,origin,imports_usd\n871000,DE,7\n"},
    {NULL, NULL}};

static char folder[64];
static char path[128];
static struct tol_economy *economy;

static void open_world(const struct world_file *changed)
{
    struct tol_error error = {.status = TOL_OK};
    world_write(changed, folder);
    snprintf(path, sizeof path, "%s/out.tables", folder);
    cr_assert_eq(tol_tables_compile(folder, path, &error), TOL_OK, "%s %s: %s", error.file, error.value, error.message);
    cr_assert_eq(tol_economy_open(path, &economy, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_verify(economy, &error), TOL_OK, "%s", error.message);
}

static void start(void)
{
    open_world(files);
}

static void stop(void)
{
    tol_economy_close(economy);
    world_remove(folder);
}

TestSuite(small, .init = start, .fini = stop);

static tol_country country(const char *text)
{
    tol_country parsed;
    cr_assert(tol_country_parse(text, &parsed));
    return parsed;
}

static tol_product product(const char *text)
{
    tol_product parsed;
    cr_assert(tol_product_parse(text, 2, &parsed));
    return parsed;
}

Test(small, regions_and_industries)
{
    cr_assert_eq(tol_economy_region_count(economy), 3);
    cr_assert_eq(tol_economy_industry_count(economy), 2);
    cr_assert_eq(tol_economy_node_count(economy), 6);
    cr_assert_eq(tol_economy_region(economy, country("US")), 1);
    cr_assert_eq(tol_economy_region(economy, country("VN")), 2, "the rest of the world");
    cr_assert_eq(tol_economy_region(economy, TOL_COUNTRY_EU), 2);
    cr_assert_str_eq(tol_economy_region_code(economy, 0), "DEU");
    cr_assert_str_eq(tol_economy_region_name(economy, 2), "Rest of the world");
    cr_assert_eq(tol_economy_region_country(economy, 0), country("DE"));
    cr_assert_eq(tol_economy_region_country(economy, 2), 0);
    cr_assert_str_eq(tol_economy_industry_code(economy, 1), "34t35");
    cr_assert_str_eq(tol_economy_industry_title(economy, 0), "Farming");
}

static void check_row(const struct tol_economy_links *links, uint32_t row, unsigned count, const uint32_t *node,
                      const double *share)
{
    cr_assert_eq(links->start[row + 1] - links->start[row], count, "row %u", row);
    for (unsigned i = 0; i < count; i++) {
        uint64_t at = links->start[row] + i;
        cr_assert_eq(links->node[at], node[i], "row %u entry %u", row, i);
        cr_assert_float_eq(links->share[at], share[i], 1e-15, "row %u entry %u", row, i);
    }
}

Test(small, sales)
{
    struct tol_economy_links sales = tol_economy_sales(economy);
    check_row(&sales, 0, 1, (uint32_t[]){0}, (double[]){1});
    check_row(&sales, 1, 2, (uint32_t[]){1, 3}, (double[]){0.3, 0.2});
    check_row(&sales, 2, 1, (uint32_t[]){3}, (double[]){1});
    check_row(&sales, 3, 1, (uint32_t[]){3}, (double[]){60.0 / 160});
    check_row(&sales, 4, 0, NULL, NULL);
    check_row(&sales, 5, 1, (uint32_t[]){1}, (double[]){10.0 / 30});
    cr_assert_eq(sales.start[0], 0);
    cr_assert_eq((uintptr_t)sales.start % 64 + (uintptr_t)sales.node % 64 + (uintptr_t)sales.share % 64, 0);
}

Test(small, purchases)
{
    struct tol_economy_links purchases = tol_economy_purchases(economy);
    check_row(&purchases, 0, 1, (uint32_t[]){0}, (double[]){1});
    check_row(&purchases, 1, 2, (uint32_t[]){1, 5}, (double[]){0.75, 0.25});
    check_row(&purchases, 2, 0, NULL, NULL);
    check_row(&purchases, 3, 3, (uint32_t[]){1, 2, 3}, (double[]){20.0 / 81, 1.0 / 81, 60.0 / 81});
    check_row(&purchases, 5, 0, NULL, NULL);
}

Test(small, totals_and_final_shares)
{
    static const double output[6] = {5, 100, 1, 160, 0, 30};
    static const double inputs[6] = {5, 40, 0, 81, 0, 0};
    static const double final_share[18] = {0, 0, 0, 0.1, 0.4, 0, 0, 0, 0, 0, 0.625, 0, 0, 0, 0, 0, 20.0 / 30, 0};
    for (unsigned i = 0; i < 6; i++) {
        cr_assert_eq(tol_economy_output_musd(economy)[i], output[i], "node %u", i);
        cr_assert_eq(tol_economy_inputs_musd(economy)[i], inputs[i], "node %u", i);
    }
    for (unsigned i = 0; i < 18; i++) {
        cr_assert_float_eq(tol_economy_final_share(economy)[i], final_share[i], 1e-15, "cell %u", i);
    }
}

Test(small, home_shares)
{
    cr_assert_float_eq(tol_economy_home_share(economy, country("US"), 1), 160.0 / 240, 1e-15);
    cr_assert_float_eq(tol_economy_home_share(economy, country("DE"), 1), 40.0 / 50, 1e-15);
    cr_assert_float_eq(tol_economy_home_share(economy, TOL_COUNTRY_EU, 1), 40.0 / 50, 1e-15, "Germany is all of it");
    cr_assert_eq(tol_economy_home_share(economy, country("DE"), 0), 1);
    cr_assert(isnan(tol_economy_home_share(economy, country("VN"), 1)), "the rest of the world buys none");
    cr_assert(isnan(tol_economy_home_share(economy, country("US"), TOL_ECONOMY_NONE)));
}

Test(small, the_union_is_one_home)
{
    static const struct world_file two_members[] = {
        {"economy/regions.csv", "region,country,name\nDEU,DE,Germany\nNLD,NL,Netherlands\nRoW,*,Rest\n"},
        {"economy/industries.csv", "industry,title\nC,Things\n"},
        {"economy/flows/DEU.csv", FLOW_HEADER "C,NLD,final,30\nC,DEU,final,10\n"},
        {"economy/flows/RoW.csv", FLOW_HEADER "C,NLD,C,60\n"},
        {NULL, NULL}};
    stop();
    open_world(two_members);
    cr_assert_eq(tol_economy_home_share(economy, country("NL"), 0), 0);
    cr_assert_eq(tol_economy_home_share(economy, country("DE"), 0), 1);
    cr_assert_float_eq(tol_economy_home_share(economy, TOL_COUNTRY_EU, 0), 0.4, 1e-15);
}

Test(small, who_makes_a_product)
{
    static const struct {
        const char *code;
        uint32_t industry;
    } rows[] = {{"870323", 1}, {"8703230190", 1}, {"8703", 1},          {"870390", 0},          {"01", 0},
                {"87", 1},     {"010121", 0},     {"0102", UINT32_MAX}, {"871000", UINT32_MAX}, {"999999", UINT32_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(tol_economy_industry_of_product(economy, product(rows[i].code)), rows[i].industry, "%s",
                     rows[i].code);
    }
    cr_assert_eq(tol_economy_industry_of_product(economy, 0), TOL_ECONOMY_NONE);
}

Test(small, who_is_in_a_sector)
{
    static const struct {
        const char *nace;
        uint32_t industry;
    } rows[] = {{"29", 1},          {"C29.1", 1}, {"01.11", 0},         {"A", 0},
                {"28", UINT32_MAX}, {"G", 1},     {"nace", UINT32_MAX}, {"", UINT32_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(tol_economy_industry_of_sector(economy, rows[i].nace), rows[i].industry, "%s", rows[i].nace);
    }
}

Test(small, markets)
{
    uint64_t index;
    cr_assert_eq(tol_market_count(economy), 3);
    cr_assert(tol_market_find(economy, country("US"), product("8703230190"), &index));
    cr_assert_eq(index, 2, "by importer, then product");
    struct tol_market market = tol_market_at(economy, index);
    cr_assert_eq(market.product, product("870323"));
    cr_assert_eq(market.importer, country("US"));
    cr_assert_eq(market.imports_usd, 400);
    cr_assert_eq(market.origin_count, 2);
    cr_assert_eq(market.origin[0].origin, country("DE"));
    cr_assert_eq(market.origin[0].import_share, 0.25);
    cr_assert_eq(market.origin[1].origin, country("MX"));
    cr_assert_eq(market.origin[1].import_share, 0.75);
    cr_assert_eq(market.origin[1].imports_usd, 300);
    cr_assert_float_eq(market.home_share, 160.0 / 240, 1e-15);
    cr_assert(isnan(tol_market_at(economy, 0).home_share), "nobody is known to make it");
    cr_assert_not(tol_market_find(economy, country("US"), product("8703"), &index));
    cr_assert_not(tol_market_find(economy, country("US"), product("871000"), &index));
    cr_assert_not(tol_market_find(economy, country("DE"), product("870323"), &index));
    cr_assert_not(tol_market_find(economy, country("US"), product("999999"), &index));
}

Test(small, an_economy_without_rows)
{
    uint64_t index;
    stop();
    open_world(NULL);
    cr_assert_eq(tol_economy_node_count(economy), 0);
    cr_assert_eq(tol_economy_region(economy, country("US")), TOL_ECONOMY_NONE);
    cr_assert_eq(tol_economy_industry_of_product(economy, product("870323")), TOL_ECONOMY_NONE);
    cr_assert_eq(tol_economy_industry_of_sector(economy, "C29"), TOL_ECONOMY_NONE);
    cr_assert(isnan(tol_economy_home_share(economy, country("US"), 0)));
    cr_assert_eq(tol_economy_sales(economy).start[0], 0);
    cr_assert_eq(tol_economy_purchases(economy).start[0], 0);
    cr_assert_eq(tol_market_count(economy), 0);
    cr_assert_not(tol_market_find(economy, country("US"), product("870323"), &index));
}

Test(small, the_order_of_rows_does_not_matter)
{
    struct world_file turned[sizeof files / sizeof files[0]];
    memcpy(turned, files, sizeof files);
    turned[2].content = FLOW_HEADER "AtB,DEU,AtB,5\n34t35,DEU,final,10\n34t35,USA,final,40\n34t35,DEU,34t35,30\n"
                                    "34t35,USA,34t35,20\n";
    struct tol_economy_links before = tol_economy_sales(economy);
    double share[7];
    cr_assert_eq(before.start[6], 6);
    memcpy(share, before.share, 6 * sizeof *share);
    stop();
    open_world(turned);
    cr_assert_arr_eq(tol_economy_sales(economy).share, share, 6 * sizeof *share);
}
