#include "supply.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

/* One worker, for all inputs. */
static struct tol_run *worker(void)
{
    static struct tol_run *run;
    if (run == NULL) {
        const struct tol_run_options options = {.threads = 1};
        fuzz_require(tol_run_create(&options, &run, NULL) == TOL_OK);
    }
    return run;
}

static void add_firm(struct tol_book_builder *builder, struct tol_firm_sums_list *sums, const char *id)
{
    struct tol_firm_row row = {.firm_id = id, .name = "", .sector = "C25", .country = 'N' << 8 | 'L'};
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        row.number[i] = NAN;
    }
    row.number[TOL_REVENUE] = 1e6;
    fuzz_require(tol_book_builder_add_firm(builder, &row, NULL) == TOL_OK);
    sums->item[sums->count++] = (struct tol_firm_sums){.row = sums->count, .revenue_eur = 1e6, .purchases_eur = NAN};
}

static void begin_lines(struct tol_book_builder *builder, struct tol_firm_sums_list *sums)
{
    sums->item = calloc(3, sizeof *sums->item);
    fuzz_require(sums->item != NULL);
    sums->capacity = 3;
    add_firm(builder, sums, "A1");
    add_firm(builder, sums, "B2");
    add_firm(builder, sums, "C3");
    fuzz_require(tol_book_builder_begin_lines(builder, TOL_SALES, NULL) == TOL_OK);
}

void fuzz_supply_table(const uint8_t *data, size_t size, enum tol_supply_table table, enum tol_supply_format format)
{
    static struct tol_facts_cache cache;
    const struct tol_supply_options options = {.law = fuzz_law()};
    struct tol_supply_report report = {0};
    struct tol_firm_sums_list sums = {0};
    struct tol_fault_log log;
    struct tol_error error;
    struct tol_book_builder *builder = NULL;
    bool usable;
    cache = (struct tol_facts_cache){0};
    fuzz_require(tol_fault_log_open(&log, &options, &report, &error) == TOL_OK);
    fuzz_require(tol_book_builder_create(tol_allocator_default(), &builder, &error) == TOL_OK);
    tol_book_builder_use(builder, worker());
    if (table != TOL_SUPPLY_FIRMS) {
        begin_lines(builder, &sums);
    }
    struct tol_table_reader reader = {.options = &options,
                                      .log = &log,
                                      .builder = builder,
                                      .run = worker(),
                                      .keep_lines = true,
                                      .sums = &sums,
                                      .facts_cache = &cache,
                                      .c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    char path[64];
    (void)snprintf(path, sizeof path, "%s", fuzz_file(data, size));
    struct tol_supply_file file = {.format = format, .path = path, .name = path};
    tol_schema_init(&reader.schema, table, options.law);
    (void)!tol_read_table(&reader, &file, &usable, &error);
    freelocale(reader.c_locale);
    tol_book_builder_destroy(builder);
    tol_fault_log_abandon(&log);
    free(sums.item);
}
