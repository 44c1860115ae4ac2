#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo_fixture.h"
#include "tolmuur/code.h"

Test(demo_market, every_product_is_a_ten_digit_code_of_goods)
{
    const struct market *market = demo_market();
    cr_assert_gt(market->product_count, 1000);
    for (size_t i = 0; i < market->product_count; i++) {
        tol_product product;
        cr_assert(tol_product_parse(market->product[i].hs10, 10, &product), "%s", market->product[i].hs10);
        cr_assert_lt(strncmp(market->product[i].hs10, "97", 2), 0, "%s", market->product[i].hs10);
        cr_assert_eq(strncmp(market->product[i].hs10, market->product[i].hs6, 6), 0);
    }
}

Test(demo_market, wholesale_buys_machines_and_machine_makers_do_not_buy_pharmaceuticals)
{
    const struct market *market = demo_market();
    bool wholesale = false;
    for (size_t i = 0; i < market->buyers[28].count; i++) {
        wholesale |= strcmp(market->sector[market->buyers[28].item[i]].code, "G46") == 0;
    }
    cr_assert(wholesale);
    for (size_t i = 0; i < market->buyers[21].count; i++) {
        cr_assert_str_neq(market->sector[market->buyers[21].item[i]].code, "C28");
    }
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "w");
    cr_assert_not_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* Reads a market of three small files; sectors may be wrong. */
static enum tol_status read_small(const char *sectors, struct tol_error *error)
{
    char folder[] = "/tmp/tolmuur-market-XXXXXX", path[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fictional", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    write_file(folder, "fictional/sectors.csv", sectors);
    write_file(folder, "fictional/countries.csv", "country,firms,sales,purchases,reach\nNL,1,1,1,1\n");
    write_file(folder, "product_mix.csv", "division,hs,weight\n25,7318158069,5\n");
    struct market *market = malloc(sizeof *market);
    enum tol_status status = tol_market_read(folder, market, error);
    tol_market_free(market);
    free(market);
    const char *const names[] = {"fictional/sectors.csv", "fictional/countries.csv", "product_mix.csv", "fictional"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    rmdir(folder);
    return status;
}

Test(demo_market, faults_are_named_with_row_and_column)
{
    static const char header[] = "sector,label,share,purchase_share_low,purchase_share_high,sells,buys\n";
    static const struct {
        const char *row, *column;
    } faults[] = {
        {"C25,Metal,x,0.4,0.6,25:1,25:1\n", "share"},
        {"C25,Metal,1,0.6,0.4,25:1,25:1\n", "purchase_share_high"},
        {"C25,Metal,1,0.4,0.6,25;1,25:1\n", "sells"},
        {"C25,Metal,1,0.4,0.6,25:1,\n", "buys"},
    };
    struct tol_error error = {0};
    char sectors[256];
    snprintf(sectors, sizeof sectors, "%sC25,Metal,1,0.4,0.6,25:1,25:1\n", header);
    cr_assert_eq(read_small(sectors, &error), TOL_OK, "%s", error.message);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        snprintf(sectors, sizeof sectors, "%s%s", header, faults[i].row);
        cr_assert_eq(read_small(sectors, &error), TOL_BAD_DATA);
        cr_assert_str_eq(error.column, faults[i].column);
        cr_assert_eq(error.row, 1);
    }
}

Test(demo_market, a_division_without_products_is_refused)
{
    struct tol_error error = {0};
    cr_assert_eq(
        read_small(
            "sector,label,share,purchase_share_low,purchase_share_high,sells,buys\nC28,Machine,1,0.4,0.6,28:1,25:1\n",
            &error),
        TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "28"));
}
