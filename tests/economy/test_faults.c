/* Faults of the text tables are named with their place; damage to the compiled file is seen. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/tables.h"
#include "economy/image.h"
#include "file/sections.h"
#include "law/image.h"
#include "law/world.h"
#include "tolmuur/economy.h"
#include "tolmuur/parameters.h"

#define REGIONS "region,country,name\nDEU,DE,Germany\nRoW,*,Rest\n"
#define INDUSTRIES "industry,title\nC,Things\n34t35,Vehicles\n"
#define FLOWS "industry,buyer_region,buyer_industry,musd\n"

/* The fault of one file in a world with two regions and two industries. */
static void fault_in(const char *named, const char *name, const char *content, uint64_t row, const char *column,
                     const char *value)
{
    const struct world_file files[] = {
        {"economy/regions.csv", REGIONS}, {"economy/industries.csv", INDUSTRIES}, {name, content}, {NULL, NULL}};
    char folder[64];
    char out[80];
    struct tol_error error = {.status = TOL_OK};
    world_write(files, folder);
    snprintf(out, sizeof out, "%s/out.tables", folder);
    enum tol_status status = tol_tables_compile(folder, out, &error);
    world_remove(folder);
    cr_assert_eq(status, TOL_BAD_DATA, "%s: %s", name, error.message);
    cr_assert_not_null(strstr(error.file, named), "%s, not %s: %s", error.file, named, error.message);
    cr_assert_eq(error.row, row, "%s: row %d: %s", name, (int)error.row, error.message);
    cr_assert_str_eq(error.column, column, "%s", error.message);
    cr_assert_str_eq(error.value, value, "%s", error.message);
    cr_assert_neq(error.message[0], '\0');
}

static void fault(const char *name, const char *content, uint64_t row, const char *column, const char *value)
{
    fault_in(name, name, content, row, column, value);
}

Test(economy_faults, regions)
{
    fault("economy/regions.csv", REGIONS "DEU,FR,France\n", 3, "region", "DEU");
    fault("economy/regions.csv", REGIONS "GERMANYX,FR,France\n", 3, "region", "GERMANYX");
    fault("economy/regions.csv", REGIONS "../FR,FR,France\n", 3, "region", "../FR");
    fault("economy/regions.csv", REGIONS "FRA,QQ,France\n", 3, "country", "QQ");
    fault("economy/regions.csv", REGIONS "FRA,DE,France\n", 3, "country", "DE");
    fault("economy/regions.csv", REGIONS "FRA,*,France\n", 3, "country", "*");
    fault("economy/regions.csv", REGIONS "FRA,FR,\n", 3, "name", "");
    fault("economy/regions.csv", "region,country,name\nDEU,DE,Germany\n", 0, "country", "");
}

Test(economy_faults, industries)
{
    fault("economy/industries.csv", INDUSTRIES "C,Again\n", 3, "industry", "C");
    fault("economy/industries.csv", INDUSTRIES "final,Demand\n", 3, "industry", "final");
    fault("economy/industries.csv", INDUSTRIES "D,\n", 3, "title", "");
}

Test(economy_faults, flows)
{
    fault("economy/flows/DEU.csv", FLOWS "C,DEU,C,1\nX,DEU,C,1\n", 2, "industry", "X");
    fault("economy/flows/DEU.csv", FLOWS "C,USA,C,1\n", 1, "buyer_region", "USA");
    fault("economy/flows/DEU.csv", FLOWS "C,DEU,last,1\n", 1, "buyer_industry", "last");
    fault("economy/flows/DEU.csv", FLOWS "C,DEU,C,0\n", 1, "musd", "0");
    fault("economy/flows/DEU.csv", FLOWS "C,DEU,C,-3\n", 1, "musd", "-3");
    fault("economy/flows/DEU.csv", FLOWS "C,DEU,C,nan\n", 1, "musd", "nan");
    fault("economy/flows/DEU.csv", FLOWS "34t35,DEU,C,1\nC,DEU,C,1\n34t35,DEU,C,1\n", 0, "industry", "34t35");
    fault("economy/flows/RoW.csv", FLOWS "C,DEU,final,1\nC,DEU,final,1\n", 0, "industry", "C");
}

Test(economy_faults, makers)
{
    fault("sectors/nace_isic3.csv", "nace_division,isic3_wiod\n29,34\n", 1, "isic3_wiod", "34");
    fault("sectors/nace_isic3.csv", "nace_division,isic3_wiod\n34,C\n", 1, "nace_division", "34");
    fault("nomenclature/hs_isic4.csv", "hs6,isic4_division\n8703,29\n", 1, "hs6", "8703");
    fault("nomenclature/hs_isic4.csv", "hs6,isic4_division\n870323,x\n", 1, "isic4_division", "x");
}

#define IMPORTS "hs6,origin,imports_usd\n"

Test(economy_faults, markets)
{
    fault("market/import_shares/US.csv", IMPORTS "8703,DE,1\n", 1, "hs6", "8703");
    fault("market/import_shares/US.csv", IMPORTS "870323,EU,1\n", 1, "origin", "EU");
    fault("market/import_shares/US.csv", IMPORTS "870323,DE,0\n", 1, "imports_usd", "0");
}

Test(economy_faults, a_product_with_one_origin_twice)
{
    fault_in("market/import_shares", "market/import_shares/US.csv", IMPORTS "870323,DE,1\n870323,MX,1\n870323,DE,2\n",
             0, "hs6", "870323");
}

Test(economy_faults, a_file_named_after_no_importer)
{
    fault("market/import_shares/QQ.csv", IMPORTS "870323,DE,1\n", 0, "", "");
    fault("market/import_shares/all.csv", IMPORTS "870323,DE,1\n", 0, "", "");
}

/* ---- the compiled file ----------------------------------------------------------------------------------------- */

static void compile(char folder[64], char path[128])
{
    static const struct world_file files[] = {
        {"economy/regions.csv", REGIONS},
        {"economy/industries.csv", INDUSTRIES},
        {"economy/flows/DEU.csv", FLOWS "C,DEU,C,1\nC,RoW,34t35,2\n34t35,DEU,final,3\n"},
        {"market/import_shares/US.csv", IMPORTS "870323,DE,1\n"},
        {NULL, NULL}};
    struct tol_error error = {.status = TOL_OK};
    world_write(files, folder);
    snprintf(path, 128, "%s/out.tables", folder);
    cr_assert_eq(tol_tables_compile(folder, path, &error), TOL_OK, "%s", error.message);
}

/* Turns one bit in the middle of a section. */
static void damage(const char *path, const char *name)
{
    struct tol_sections *sections;
    uint64_t size;
    cr_assert_eq(tol_sections_open(path, LAW_KIND, LAW_FORMAT_VERSION, &sections, NULL), TOL_OK);
    const char *first = tol_sections_find(sections, "law.meta", &size);
    const char *found = tol_sections_find(sections, name, &size);
    cr_assert_not_null(found, "%s", name);
    cr_assert_gt(size, 0, "%s", name);
    long offset = (long)TOL_SECTIONS_DATA_START + (found - first) + (long)size / 2;
    tol_sections_close(sections);
    FILE *file = fopen(path, "r+b");
    cr_assert_not_null(file);
    cr_assert_eq(fseek(file, offset, SEEK_SET), 0);
    int byte = fgetc(file);
    cr_assert_eq(fseek(file, offset, SEEK_SET), 0);
    fputc(byte ^ 4, file);
    fclose(file);
}

Test(economy_faults, damage_is_seen)
{
    for (unsigned i = 0; i < ECONOMY_SECTION_COUNT; i++) {
        if (i == ECONOMY_PRODUCT) {
            continue; /* this world has none */
        }
        char folder[64];
        char path[128];
        struct tol_economy *economy = NULL;
        struct tol_error error = {.status = TOL_OK};
        compile(folder, path);
        damage(path, tol_economy_sections[i].name);
        enum tol_status status = tol_economy_open(path, &economy, &error);
        status = status != TOL_OK ? status : tol_economy_verify(economy, &error);
        tol_economy_close(economy);
        world_remove(folder);
        cr_assert_eq(status, TOL_BAD_DATA, "%s", tol_economy_sections[i].name);
    }
}

Test(economy_faults, the_parameters_open_beside_a_damaged_economy)
{
    char folder[64];
    char path[128];
    struct tol_parameters *parameters;
    compile(folder, path);
    damage(path, "economy.sales_share");
    cr_assert_eq(tol_parameters_open(path, &parameters, NULL), TOL_OK);
    tol_parameters_close(parameters);
    damage(path, "parameter.margin");
    cr_assert_eq(tol_parameters_open(path, &parameters, NULL), TOL_BAD_DATA);
    world_remove(folder);
}

Test(economy_faults, files_that_hold_no_economy)
{
    char path[] = "/tmp/tolmuur-economy-XXXXXX";
    struct tol_economy *economy;
    struct tol_error error = {.status = TOL_OK};
    struct tol_sections_writer *writer;
    cr_assert_eq(tol_economy_open("/nonexistent/tolmuur.tables", &economy, NULL), TOL_NO_INPUT);
    int file = mkstemp(path);
    cr_assert_geq(file, 0);
    cr_assert_eq(tol_sections_writer_create(path, LAW_KIND, LAW_FORMAT_VERSION, &writer, &error), TOL_OK);
    cr_assert_eq(tol_sections_append(writer, "law.meta", "x", 1, &error), TOL_OK);
    cr_assert_eq(tol_sections_finish(writer, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_open(path, &economy, &error), TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "economy.meta"), "%s", error.message);
    remove(path);
}
