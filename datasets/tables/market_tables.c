#include "tables/market_tables.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/facts.h"
#include "tables/table_reading.h"

#define MARKET_FOLDER "market/import_shares"

struct import {
    tol_product product;
    double usd;
    tol_country importer, origin;
};

struct import_reader {
    struct tol_buffer *imports;
    tol_country importer;
};

static enum tol_status import_row(void *context, const char *const *field, const char *file, uint64_t row,
                                  struct tol_error *error)
{
    struct import_reader *reader = context;
    struct import import = {.importer = reader->importer};
    if (!tol_table_digits(field[0], 6) || !tol_product_parse(field[0], 6, &import.product)) {
        return tol_table_fault(error, file, row, "hs6", field[0], "not an HS code of six digits");
    }
    if (!tol_country_parse(field[1], &import.origin) || !tol_country_exists(import.origin)) {
        return tol_table_fault(error, file, row, "origin", field[1],
                               "no such country; write an ISO 3166 two-letter code");
    }
    if (!tol_law_number_parse(field[2], &import.usd) || import.usd <= 0) {
        return tol_table_fault(error, file, row, "imports_usd", field[2], "write USD above 0, or leave the row out");
    }
    struct import *added = tol_buffer_add(reader->imports, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = import;
    return TOL_OK;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

static int is_csv(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0;
}

static enum tol_status read_file(const char *folder, const char *name, struct tol_buffer *imports,
                                 struct tol_error *error)
{
    static const char *const columns[] = {"hs6", "origin", "imports_usd"};
    const struct csv_shape shape = {columns, 3, 3};
    struct import_reader reader = {.imports = imports};
    char importer[TOL_COUNTRY_TEXT_SIZE];
    char path[TABLE_PATH_SIZE];
    enum tol_status status = tol_table_path(path, folder, name, error);
    if (status != TOL_OK) {
        return status;
    }
    snprintf(importer, sizeof importer, "%.2s", name);
    bool good = strlen(name) == strlen("XX.csv") && tol_country_parse(importer, &reader.importer) &&
                (reader.importer == TOL_COUNTRY_EU || tol_country_exists(reader.importer));
    if (!good) {
        return tol_table_fault(error, path, 0, NULL, NULL,
                               "name the file by its importer's ISO 3166 two-letter code, or EU");
    }
    return tol_csv_table_read(path, &shape, import_row, &reader, error);
}

static enum tol_status read_folder(const char *folder, struct tol_buffer *imports, struct tol_error *error)
{
    struct dirent **entry;
    int count = scandir(folder, &entry, is_csv, alphasort);
    if (count < 0) {
        return errno == ENOENT ? TOL_OK : tol_fail(error, TOL_IO, "cannot list %s: %s", folder, strerror(errno));
    }
    enum tol_status status = TOL_OK;
    for (int i = 0; i < count; i++) {
        status = status != TOL_OK ? status : read_file(folder, entry[i]->d_name, imports, error);
        free(entry[i]);
    }
    free(entry);
    return status;
}

/* ---- markets --------------------------------------------------------------------------------------------------- */

static int by_market(const void *left, const void *right)
{
    const struct import *a = left;
    const struct import *b = right;
    if (a->importer != b->importer) {
        return a->importer < b->importer ? -1 : 1;
    }
    if (a->product != b->product) {
        return a->product < b->product ? -1 : 1;
    }
    return a->origin < b->origin ? -1 : a->origin > b->origin;
}

static enum tol_status sort_imports(struct tol_buffer *imports, struct tol_error *error)
{
    struct import *import = imports->data;
    if (imports->count > 0) {
        qsort(import, imports->count, sizeof *import, by_market);
    }
    for (size_t i = 1; i < imports->count; i++) {
        if (by_market(&import[i - 1], &import[i]) == 0) {
            char text[TOL_PRODUCT_TEXT_SIZE];
            tol_product_format(import[i].product, text);
            return tol_table_fault(error, MARKET_FOLDER, 0, "hs6", text, "a product has one origin twice; add them up");
        }
    }
    return TOL_OK;
}

/* One market: `count` imports of one importer and product. */
static enum tol_status add_market(const struct import *import, size_t count, struct economy_tables *tables,
                                  struct tol_error *error)
{
    struct tol_buffer *origins = &tables->section[ECONOMY_MARKET_ORIGIN];
    uint64_t first = origins->count;
    struct economy_market *market = tol_buffer_add(&tables->section[ECONOMY_MARKET], 1);
    struct tol_market_origin *origin = market == NULL ? NULL : tol_buffer_add(origins, count);
    if (origin == NULL) {
        return tol_table_no_memory(error);
    }
    market->product = import->product;
    market->importer = import->importer;
    market->first_origin = first;
    market->origin_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        market->imports_usd += import[i].usd;
    }
    for (size_t i = 0; i < count; i++) {
        origin[i].origin = import[i].origin;
        origin[i].imports_usd = import[i].usd;
        origin[i].import_share = import[i].usd / market->imports_usd;
    }
    return TOL_OK;
}

static enum tol_status add_markets(const struct tol_buffer *imports, struct economy_tables *tables,
                                   struct tol_error *error)
{
    const struct import *import = imports->data;
    enum tol_status status = TOL_OK;
    for (size_t first = 0, end; first < imports->count && status == TOL_OK; first = end) {
        end = first + 1;
        while (end < imports->count && import[end].importer == import[first].importer &&
               import[end].product == import[first].product) {
            end++;
        }
        status = add_market(import + first, end - first, tables, error);
    }
    return status;
}

enum tol_status tol_market_tables_read(const char *folder, struct economy_tables *tables, struct tol_error *error)
{
    struct tol_buffer imports;
    char path[TABLE_PATH_SIZE];
    tol_buffer_start(&imports, tol_allocator_default(), sizeof(struct import));
    enum tol_status status = tol_table_path(path, folder, MARKET_FOLDER, error);
    status = status != TOL_OK ? status : read_folder(path, &imports, error);
    status = status != TOL_OK ? status : sort_imports(&imports, error);
    status = status != TOL_OK ? status : add_markets(&imports, tables, error);
    tol_buffer_free(&imports);
    return status;
}
