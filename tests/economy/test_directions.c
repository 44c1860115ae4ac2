/* The same three nodes through the engine's own steps, from the table of flows to what a sector answers: a network read the wrong way round
 * would fail here, whichever of the steps turned it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "datasets/tables.h"
#include "exposure/markets.h"
#include "exposure/sector_shock.h"
#include "law/world.h"

#define FLOW_HEADER "industry,buyer_region,buyer_industry,musd\n"

/* Dutch metal goes to German car makers, German cars to American buyers; Dutch metal is made of American metal. */
static const struct world_file files[] = {
    {"economy/regions.csv", "region,country,name\nDEU,DE,Germany\nNLD,NL,Netherlands\nUSA,US,United States\n"
                            "RoW,*,Rest of the world\n"},
    {"economy/industries.csv", "industry,wiod,title\n27t28,c12,Metal\n34t35,c15,Vehicles\n"},
    {"economy/flows/DEU.csv", FLOW_HEADER "34t35,USA,final,250\n"},
    {"economy/flows/NLD.csv", FLOW_HEADER "27t28,DEU,34t35,100\n"},
    {"economy/flows/USA.csv", FLOW_HEADER "27t28,NLD,27t28,30\n27t28,USA,final,90\n"},
    {"economy/flows/RoW.csv", FLOW_HEADER "34t35,RoW,final,20\n"},
    {"sectors/nace_isic3.csv", "nace_division,isic3_wiod,description\n24,27t28,Metal\n29,34t35,Vehicles\n"},
    {"nomenclature/hs_isic4.csv", "hs6,isic4_division\n870323,29\n731815,24\n"},
    {"market/import_shares/US.csv", "hs6,origin,imports_usd\n870323,DE,100\n"},
    {NULL, NULL}};

enum { METAL, VEHICLES, INDUSTRIES };
enum { GERMANY, NETHERLANDS, UNITED_STATES, REGIONS = 4 };
enum {
    GERMAN_CARS = GERMANY * INDUSTRIES + VEHICLES,
    DUTCH_METAL = NETHERLANDS * INDUSTRIES + METAL,
    AMERICAN_METAL = UNITED_STATES * INDUSTRIES + METAL,
    NODES = REGIONS * INDUSTRIES
};

static char folder[64];
static char path[128];
static struct tol_law *law;
static struct tol_parameters *parameters;
static struct tol_economy *economy;
static struct tol_plan *plan;

static void start(void)
{
    struct tol_error error = {.status = TOL_OK};
    world_write(files, folder);
    snprintf(path, sizeof path, "%s/out.tables", folder);
    cr_assert_eq(tol_tables_compile(folder, path, &error), TOL_OK, "%s %s: %s", error.file, error.value, error.message);
    cr_assert_eq(tol_law_open(path, &law, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_parameters_open(path, &parameters, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_open(path, &economy, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_verify(economy, &error), TOL_OK, "%s", error.message);
    tol_day on = 0;
    cr_assert(tol_day_parse("2025-08-10", &on));
    const struct tol_scenario scenario = {.name = "then", .on = on, .law = law};
    struct tol_plan_options options = {.baseline = scenario,
                                       .scenario = &scenario,
                                       .scenario_count = 1,
                                       .economy = economy,
                                       .settings = tol_settings_default()};
    options.settings.cost_pass_through = 0.6;
    cr_assert_eq(tol_plan_begin(NULL, parameters, &options, &plan, &error), TOL_OK, "%s", error.message);
}

static void stop(void)
{
    tol_plan_destroy(plan);
    tol_economy_close(economy);
    tol_parameters_close(parameters);
    tol_law_close(law);
    world_remove(folder);
}

TestSuite(directions, .init = start, .fini = stop);

/* Importers: the United States and the Netherlands. The United States drop half of the German cars, the Netherlands pay a fifth more for
 * American metal. */
static void solve(void)
{
    tol_country importer[2];
    cr_assert(tol_country_parse("US", &importer[0]) && tol_country_parse("NL", &importer[1]));
    uint32_t region[2] = {UNITED_STATES, NETHERLANDS};
    size_t lanes = plan->tile[0].row_count * TOL_LANES;
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    double *revenue_change = tol_keep_zeroed(&keep, 2 * NODES * lanes, sizeof(double));
    double *cost_rise = tol_keep_zeroed(&keep, 2 * NODES * lanes, sizeof(double));
    cr_assert(revenue_change != NULL && cost_rise != NULL);
    for (size_t l = 0; l < lanes; l++) {
        revenue_change[(0 * NODES + GERMAN_CARS) * lanes + l] = -0.5;
        cost_rise[(1 * NODES + AMERICAN_METAL) * lanes + l] = 0.2;
    }
    const struct tol_sector_shock shock = {.importer_count = 2,
                                           .importer = importer,
                                           .region = region,
                                           .revenue_change = &revenue_change,
                                           .cost_rise = &cost_rise};
    struct tol_error error = {.status = TOL_OK};
    cr_assert_eq(plan->tile_count, 1);
    cr_assert(tol_sectors_begin(plan));
    cr_assert_eq(tol_sectors_solve(plan, &shock, NULL, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_sectors_finish(plan, &error), TOL_OK, "%s", error.message);
    tol_keep_release(&keep);
}

static double of(double *const table[TOL_SIDE_COUNT], enum tol_side side, size_t node)
{
    return table[side][node * plan->tile[0].row_count * TOL_LANES + tol_central_lane(0)];
}

static void expect(enum tol_side side, size_t node, double direct, double indirect, double answered)
{
    const struct tol_tile *tile = &plan->tile[0];
    cr_expect_float_eq(of(tile->node_direct, side, node), direct, 1e-15, "direct, side %d, node %zu: %g", side, node,
                       of(tile->node_direct, side, node));
    cr_expect_float_eq(of(tile->node_indirect, side, node), indirect, 1e-15, "indirect, side %d, node %zu: %g", side,
                       node, of(tile->node_indirect, side, node));
    cr_expect_float_eq(of(tile->node, side, node), answered, 1e-15, "answer, side %d, node %zu: %g", side, node,
                       of(tile->node, side, node));
}

Test(directions, a_customers_loss_reaches_its_suppliers_and_no_customer)
{
    solve();
    expect(TOL_SALES, GERMAN_CARS, 0.5, 0, 0.5);
    expect(TOL_SALES, DUTCH_METAL, 0, 0.5, 0.5);        /* all of it goes to Germany */
    expect(TOL_SALES, AMERICAN_METAL, 0, 0.125, 0.125); /* a quarter of it goes to the Netherlands */
}

Test(directions, a_suppliers_price_reaches_its_customers_and_no_supplier)
{
    solve();
    expect(TOL_PURCHASES, DUTCH_METAL, 0.2, 0, 0.12);   /* passes on 0.6 of its own rise */
    expect(TOL_PURCHASES, GERMAN_CARS, 0, 0.12, 0.072); /* buys nothing else */
    expect(TOL_PURCHASES, AMERICAN_METAL, 0, 0, 0);
}
