#include "exposure/small_world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/tables.h"
#include "tolmuur/parameters.h"

#define FLOW_HEADER "industry,buyer_region,buyer_industry,musd\n"
#define BASE_HEADER "hs,from,until,kind,rate,text,special,column2_kind,column2_rate,column2_text,source\n"

static const struct world_file files[] = {
    {"economy/regions.csv", "region,country,name\nNLD,NL,Netherlands\nUSA,US,United States\nRoW,*,Rest of the world\n"},
    {"economy/industries.csv", "industry,wiod,title\n27t28,c12,Metal\n34t35,c15,Vehicles\n"},
    {"economy/flows/NLD.csv",
     FLOW_HEADER "27t28,NLD,34t35,60\n27t28,NLD,27t28,10\n27t28,USA,34t35,20\n27t28,NLD,final,10\n"
                 "34t35,USA,final,300\n34t35,USA,34t35,100\n34t35,NLD,final,80\n34t35,NLD,34t35,20\n"},
    {"economy/flows/USA.csv",
     FLOW_HEADER "27t28,USA,34t35,150\n27t28,USA,27t28,30\n27t28,USA,final,20\n27t28,NLD,27t28,5\n"
                 "34t35,USA,final,350\n34t35,USA,34t35,50\n34t35,NLD,34t35,40\n"},
    {"sectors/nace_isic3.csv", "nace_division,isic3_wiod,description\n24,27t28,Metal\n25,27t28,Metal\n29,34t35,Cars\n"},
    {"nomenclature/hs_isic4.csv", "hs6,isic4_division\n870323,29\n731815,25\n"},
    {"market/import_shares/US.csv", "hs6,origin,imports_usd\n"
                                    "870323,NL,300000000\n870323,MX,262500000\n870323,CN,187500000\n"
                                    "731815,NL,15000000\n731815,CN,5000000\n"},
    {"parameters/elasticity.csv", "hs,sigma,estimated,source_hs2007\n731815,3,1,01\n870323,4,1,01\n"},
    {"law/us/base_rates.csv", BASE_HEADER "73181500,2025-01-01,,ad_valorem,0.05,5%,,ad_valorem,0.4,40%,schedule\n"
                                          "87032301,2025-01-01,,free,0,Free,,ad_valorem,0.1,10%,schedule\n"},
    {"law/us/tariff_lines.csv", "hs,from,until\n7318150010,,\n8703230190,,\n"},
    {"law/us/measures/all.csv", MEASURE_HEADER "nl_bolts,steel,NL,,7318,,add,0.5,,2025-08-01,,,,,,test,,\n"
                                               "nl_cars,cars,NL,,8703,,add,0.15,,2025-08-01,,,,,,test,,\n"
                                               "rest,reciprocal,*,NL,*,,add,0.25,,2025-08-01,,,,,,test,,\n"},
};
#define FILE_COUNT (sizeof files / sizeof files[0])

static const char *content_of(const struct world_file *file, const struct world_file *changed)
{
    const char *content = file->content;
    for (; changed != NULL && changed->path != NULL; changed++) {
        content = strcmp(changed->path, file->path) == 0 ? changed->content : content;
    }
    return content;
}

static void open_tables(struct small_world *world, const struct world_file *changed)
{
    struct world_file merged[FILE_COUNT + 1] = {0};
    for (size_t i = 0; i < FILE_COUNT; i++) {
        merged[i] = (struct world_file){files[i].path, content_of(&files[i], changed)};
    }
    char folder[64];
    char path[128];
    struct tol_error error = {.status = TOL_OK};
    world_write(merged, folder);
    (void)snprintf(path, sizeof path, "%s/out.tables", folder);
    cr_assert_eq(tol_tables_compile(folder, path, &error), TOL_OK, "%s %s: %s", error.file, error.value, error.message);
    cr_assert_eq(tol_law_open(path, &world->law, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_parameters_open(path, &world->parameters, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_open(path, &world->economy, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_verify(world->economy, &error), TOL_OK, "%s", error.message);
    world_remove(folder);
}

static struct tol_scenario scenario_on(const struct small_world *world, const char *day)
{
    struct tol_scenario scenario = {.law = world->law};
    (void)snprintf(scenario.name, sizeof scenario.name, "%s", day);
    cr_assert(tol_day_parse(day, &scenario.on));
    return scenario;
}

void small_world_open(struct small_world *world, const struct world_file *changed, const char *const *day)
{
    memset(world, 0, sizeof *world);
    open_tables(world, changed);
    size_t count = 0;
    for (; day[count] != NULL; count++) {
        world->scenario[count] = scenario_on(world, day[count]);
    }
    world->options = (struct tol_plan_options){
        .baseline = scenario_on(world, "2025-02-01"),
        .scenario = world->scenario,
        .scenario_count = count,
        .economy = world->economy,
        .settings = tol_settings_default(),
    };
    world->options.settings.border_pass_through = 1;
    world->options.settings.market_elasticity = 1;
    world->options.settings.cost_pass_through = 0.6;
}

void small_world_close(struct small_world *world)
{
    tol_economy_close(world->economy);
    tol_parameters_close(world->parameters);
    tol_law_close(world->law);
}

static struct tol_score_row *score(struct tol_plan *plan, const struct small_world *world, uint64_t first,
                                   uint64_t count)
{
    struct tol_score_row *rows = calloc(count * world->options.scenario_count, sizeof *rows);
    struct tol_error error = {0};
    cr_assert_not_null(rows);
    cr_assert_eq(tol_plan_score(plan, 0, first, count, rows, &error), TOL_OK, "%s", error.message);
    tol_plan_destroy(plan);
    return rows;
}

struct tol_score_row *small_world_score(const struct small_world *world, const struct tol_book *book,
                                        struct tol_run *run)
{
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create(book, world->parameters, &world->options, run, &plan, &error), TOL_OK, "%s",
                 error.message);
    return score(plan, world, 0, book->firm_count);
}

struct tol_score_row *small_world_score_firm(const struct small_world *world, const struct tol_book *book,
                                             uint64_t firm)
{
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create_for_firm(book, firm, world->parameters, &world->options, &plan, &error), TOL_OK, "%s",
                 error.message);
    return score(plan, world, firm, 1);
}

struct portfolio *small_world_portfolio(uint64_t seed, size_t firm_count, size_t lines_max)
{
    static const char *const abroad[] = {"NL", "US", "DE", "US"};
    struct portfolio *portfolio = portfolio_linked(seed, firm_count, lines_max);
    uint64_t state = seed;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        for (size_t i = 0; i < portfolio->line_count[side]; i++) {
            struct portfolio_line *line = &portfolio->line[side][i];
            line->facts[0] = '\0';
            line->product = product(random_next(&state) % 2 == 0 ? "8703230190" : "7318150010");
            *(side == TOL_SALES ? &line->importer : &line->origin) = country(abroad[random_next(&state) % 4]);
        }
    }
    return portfolio;
}
