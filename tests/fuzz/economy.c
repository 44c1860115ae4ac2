/* The sections of the compiled tables that check themselves: parameters and the economy. What passes is walked through. */
#include "tolmuur/economy.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "law/image.h"

static double walk(const struct tol_economy *economy)
{
    double sum = 0;
    struct tol_economy_links sales = tol_economy_sales(economy), purchases = tol_economy_purchases(economy);
    for (uint32_t n = 0; n < tol_economy_node_count(economy); n++) {
        for (uint64_t i = sales.start[n]; i < sales.start[n + 1]; i++) {
            sum += sales.share[i] * tol_economy_output_musd(economy)[sales.node[i]];
        }
        for (uint64_t i = purchases.start[n]; i < purchases.start[n + 1]; i++) {
            sum += purchases.share[i] * tol_economy_inputs_musd(economy)[purchases.node[i]];
        }
    }
    for (uint64_t m = 0; m < tol_market_count(economy); m++) {
        struct tol_market market = tol_market_at(economy, m);
        for (uint32_t k = 0; k < market.origin_count; k++) {
            sum += market.origin[k].import_share;
        }
    }
    return sum;
}

static void look_up(const struct tol_economy *economy)
{
    uint64_t market;
    for (uint32_t r = 0; r < tol_economy_region_count(economy); r++) {
        (void)strlen(tol_economy_region_code(economy, r));
        (void)strlen(tol_economy_region_name(economy, r));
    }
    for (uint32_t i = 0; i < tol_economy_industry_count(economy); i++) {
        (void)strlen(tol_economy_industry_title(economy, i));
    }
    (void)tol_economy_region(economy, 'N' << 8 | 'L');
    (void)tol_economy_industry_of_product(economy, (tol_product)87 << 4 | 2);
    (void)tol_economy_industry_of_sector(economy, "C25");
    (void)tol_market_find(economy, 'U' << 8 | 'S', (tol_product)870323 << 4 | 6, &market);
}

static void read_tables(const char *path)
{
    struct tol_error error;
    struct tol_economy *economy = NULL;
    struct tol_parameters *parameters = NULL;
    if (tol_economy_open(path, &economy, &error) == TOL_OK) {
        if (tol_economy_verify_lookups(economy, &error) == TOL_OK) {
            look_up(economy);
        }
        if (tol_economy_verify(economy, &error) == TOL_OK) {
            (void)walk(economy);
        }
        tol_economy_close(economy);
    }
    if (tol_parameters_open(path, &parameters, &error) == TOL_OK) {
        tol_parameters_close(parameters);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *mended = malloc(size + 1);
    fuzz_require(mended != NULL);
    memcpy(mended, data, size);
    bool long_enough = fuzz_mend_sections(mended, size, LAW_KIND, LAW_FORMAT_VERSION);
    read_tables(fuzz_file(long_enough ? mended : data, size));
    free(mended);
    return 0;
}
