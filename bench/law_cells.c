#include "law_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sixteen days on which US law stood differently. */
const char *const law_bench_days[LAW_DAYS] = {
    "2025-02-10", "2025-03-05", "2025-03-13", "2025-04-04", "2025-04-08", "2025-04-12", "2025-05-20", "2025-06-10",
    "2025-07-01", "2025-08-10", "2025-09-20", "2025-11-12", "2025-12-01", "2026-01-20", "2026-03-01", "2026-05-01"};

static const char *const origins[] = {"CN", "MX", "CA", "DE", "JP", "VN", "KR", "TW", "IE", "IN", "IT", "GB", "CH",
                                      "TH", "FR", "MY", "SG", "BR", "NL", "ID", "IL", "BE", "AT", "ES", "SE", "PL",
                                      "AU", "TR", "HU", "CL", "DK", "CO", "FI", "PH", "SA", "ZA", "KH", "CR", "NO",
                                      "PE", "BD", "CZ", "SK", "HK", "DO", "RU", "PT", "AR", "NZ", "LK", "PK"};
enum { ORIGINS = sizeof origins / sizeof origins[0] };

/* What companies know: mostly nothing. */
const char *const law_bench_known[LAW_KNOWN] = {"",
                                                "",
                                                "",
                                                "usmca=yes",
                                                "steel_share=0.4",
                                                "steel_share=0.2;alu_share=0.1",
                                                "metal_weight_share=0.1",
                                                "us_content=0.25"};

/* Every line with the next origins in turn, until there are enough; a multiplier keeps neighbours from sharing their facts. */
static void make_cells(struct law_bench *bench, const char *path)
{
    FILE *file = fopen(path, "r");
    char text[256];
    size_t line_count = 0;
    static tol_product line[65536];
    if (file == NULL || fgets(text, sizeof text, file) == NULL) {
        bench_fail("cannot read the tariff lines");
    }
    while (fgets(text, sizeof text, file) != NULL && line_count < sizeof line / sizeof line[0]) {
        text[strcspn(text, ",")] = '\0';
        tol_product product;
        if (tol_product_parse(text, 10, &product) && (line_count == 0 || line[line_count - 1] != product)) {
            line[line_count++] = product;
        }
    }
    fclose(file);
    if (line_count * ORIGINS < LAW_CELLS) {
        bench_fail("too few tariff lines");
    }
    bench->cell = bench_allocate(LAW_CELLS * sizeof *bench->cell);
    for (size_t i = 0; i < LAW_CELLS; i++) {
        tol_country from = 0;
        if (!tol_country_parse(origins[i / line_count], &from)) {
            bench_fail("a country of the list does not parse");
        }
        bench->cell[i] = (struct law_cell){from, line[i % line_count], (unsigned)(i * 2654435761u >> 16) % LAW_KNOWN};
    }
}

struct tol_rate_query law_bench_query(const struct law_bench *bench, size_t cell)
{
    return (struct tol_rate_query){.into = 'U' << 8 | 'S',
                                   .from = bench->cell[cell].from,
                                   .product = bench->cell[cell].product,
                                   .facts = &bench->facts[bench->cell[cell].known]};
}

void law_bench_open(struct law_bench *bench, const char *lines, unsigned threads, unsigned rounds)
{
    struct tol_error error;
    char tables[4096];
    struct tol_topology topology;
    struct tol_run_options run_options = {.threads = threads, .pin = true};
    *bench = (struct law_bench){.rounds = rounds};
    if (!tol_tables_find(tables, sizeof tables)) {
        bench_fail("no compiled tables found: run ./dev build");
    }
    if (tol_law_open(tables, &bench->law, &error) != TOL_OK ||
        tol_parameters_open(tables, &bench->parameters, &error) != TOL_OK ||
        tol_run_create(&run_options, &bench->run, &error) != TOL_OK || tol_topology_read(&topology, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    for (size_t d = 0; d < LAW_DAYS; d++) {
        if (!tol_day_parse(law_bench_days[d], &bench->day[d])) {
            bench_fail("a day of the list does not parse");
        }
    }
    for (size_t k = 0; k < LAW_KNOWN; k++) {
        if (tol_facts_parse(bench->law, law_bench_known[k], &bench->facts[k], &error) != TOL_OK) {
            bench_fail("%s", error.message);
        }
    }
    bench_sheet_open(&bench->sheet, topology.cpu_model);
    make_cells(bench, lines);
}

void law_bench_close(struct law_bench *bench)
{
    free(bench->cell);
    tol_run_destroy(bench->run);
    tol_parameters_close(bench->parameters);
    tol_law_close(bench->law);
}
