#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "law/world.h"
#include "tolmuur/parameters.h"

static char folder[64];
static char path[128];
static struct tol_parameters *parameters;

static void start(void)
{
    struct tol_error error;
    world_write(NULL, folder);
    snprintf(path, sizeof path, "%s/out.tables", folder);
    cr_assert_eq(tol_tables_compile(folder, path, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_parameters_open(path, &parameters, &error), TOL_OK, "%s", error.message);
}

static void stop(void)
{
    tol_parameters_close(parameters);
    world_remove(folder);
}

TestSuite(parameters, .init = start, .fini = stop);

static double sigma(const char *code, const struct tol_settings *settings, bool *estimated)
{
    tol_product product;
    cr_assert(tol_product_parse(code, 2, &product));
    return tol_elasticity(parameters, settings, product, estimated);
}

Test(parameters, elasticity_of_longer_and_shorter_codes)
{
    struct tol_settings settings = tol_settings_default();
    bool estimated;
    cr_assert_eq(sigma("731815", &settings, &estimated), 4);
    cr_assert(estimated);
    cr_assert_eq(sigma("7318150010", &settings, &estimated), 4);
    cr_assert_eq(sigma("731816", &settings, &estimated), 6);
    cr_assert_not(estimated);
    cr_assert_eq(sigma("7318", &settings, &estimated), 5);
    cr_assert_not(estimated);
    cr_assert_eq(sigma("8542", &settings, &estimated), 7);
    cr_assert(estimated);
}

Test(parameters, elasticity_without_a_row)
{
    struct tol_settings settings = tol_settings_default();
    bool estimated;
    cr_assert_eq(sigma("010121", &settings, &estimated), 5, "the median of 4, 5 and 9");
    cr_assert_not(estimated);
    settings.elasticity_default = 3;
    settings.elasticity_scale = 2;
    cr_assert_eq(sigma("010121", &settings, &estimated), 6);
    cr_assert_eq(sigma("731815", &settings, &estimated), 8);
}

Test(parameters, margins)
{
    const struct {
        const char *country, *sector;
        double margin;
    } rows[] = {{"NL", "C28.1", 0.3}, {"NL", "28", 0.3},    {"NL", "28.11", 0.3}, {"NL", "C", 0.25},
                {"NL", "29", 0.25},   {"NL", "c2812", 0.3}, {"DE", "28", 0.35},   {"DE", "46", 0.15},
                {"DE", "G", 0.15},    {"NL", "47.1", 0.15}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tol_country country;
        cr_assert(tol_country_parse(rows[i].country, &country));
        cr_assert_eq(tol_sector_margin(parameters, country, rows[i].sector), rows[i].margin, "%s", rows[i].sector);
    }
}

Test(parameters, margins_that_are_not_there)
{
    static const char *const sectors[] = {"", "A", "01", "D28", "99999x", "2", "Z", "00", "C28x"};
    tol_country country;
    cr_assert(tol_country_parse("NL", &country));
    for (size_t i = 0; i < sizeof sectors / sizeof sectors[0]; i++) {
        cr_assert(isnan(tol_sector_margin(parameters, country, sectors[i])), "%s", sectors[i]);
    }
}

Test(parameters, trade_weights)
{
    tol_product product;
    cr_assert(tol_product_parse("8542310010", 4, &product));
    cr_assert_eq(tol_trade_weight_usd(parameters, product), 300);
    cr_assert(tol_product_parse("8542", 4, &product));
    cr_assert_eq(tol_trade_weight_usd(parameters, product), 400);
    cr_assert(tol_product_parse("0101", 4, &product));
    cr_assert_eq(tol_trade_weight_usd(parameters, product), 0);
}

/* The law of the same file answers as the one in memory, and damage is seen when it is opened. */
Test(parameters, the_file_holds_the_law)
{
    struct tol_law *law;
    struct tol_error error;
    cr_assert_eq(tol_law_open(path, &law, &error), TOL_OK, "%s", error.message);
    struct tol_law *memory = world_law("");
    cr_assert_str_eq(tol_law_version(law), tol_law_version(memory));
    cr_assert_eq(world_rate(law, "US", "CN", "7318150010", "2025-03-01", "").central, 0.05);
    cr_assert_eq(world_rate(law, "US", "CN", "8542", "2025-03-01", "").central, 0.005);
    tol_law_close(memory);
    tol_law_close(law);
}

Test(parameters, damage_is_seen_at_opening)
{
    struct tol_law *law;
    struct tol_error error;
    FILE *file = fopen(path, "r+b");
    cr_assert_eq(fseek(file, 9000, SEEK_SET), 0);
    int byte = fgetc(file);
    cr_assert_eq(fseek(file, 9000, SEEK_SET), 0);
    fputc(byte ^ 4, file);
    fclose(file);
    cr_assert_eq(tol_law_open(path, &law, &error), TOL_BAD_DATA);
    cr_assert_eq(tol_law_open("/nonexistent/tolmuur.tables", &law, &error), TOL_NO_INPUT);
}

Test(parameters, tables_are_found_where_they_are_named)
{
    char found[256];
    cr_assert_eq(setenv("TOLMUUR_TABLES", path, 1), 0);
    cr_assert(tol_tables_find(found, sizeof found));
    cr_assert_str_eq(found, path);
    cr_assert_not(tol_tables_find(found, 4));
    cr_assert_eq(setenv("TOLMUUR_TABLES", "/nonexistent", 1), 0);
    cr_assert_not(tol_tables_find(found, sizeof found));
    cr_assert_eq(unsetenv("TOLMUUR_TABLES"), 0);
    cr_assert(tol_tables_find(found, sizeof found), "beside the test program");
    cr_assert_not_null(strstr(found, "tolmuur.tables"));
}
