#include "tables/parameter_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law/facts.h"
#include "parameters/image.h"
#include "tables/table_reading.h"
#include "tolmuur/parameters.h"
#include "tolmuur/sector.h"

static bool digits(const char *text, size_t least, size_t most)
{
    size_t length = strlen(text);
    return length >= least && length <= most && strspn(text, "0123456789") == length;
}

/* ---- market --------------------------------------------------------------------------------------------------- */

struct import {
    uint64_t product;
    double usd;
};

static enum tol_status import_row(void *context, const char *const *field, const char *file, uint64_t row,
                                  struct tol_error *error)
{
    struct tol_buffer *imports = context;
    struct import import;
    if (!digits(field[0], 2, 10) || !tol_product_parse(field[0], 2, &import.product)) {
        return tol_table_fault(error, file, row, "hs", field[0],
                               "not a product code; write 2 to 10 digits without dots");
    }
    if (!tol_law_number_parse(field[1], &import.usd) || import.usd < 0) {
        return tol_table_fault(error, file, row, "imports_usd", field[1],
                               "not a value in USD; write a number from 0 up");
    }
    struct import *added = tol_buffer_add(imports, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = import;
    return TOL_OK;
}

static int by_import(const void *left, const void *right)
{
    uint64_t a = ((const struct import *)left)->product;
    uint64_t b = ((const struct import *)right)->product;
    return a < b ? -1 : a > b;
}

static enum tol_status sort_imports(struct tol_buffer *imports, struct market_table *market, struct tol_error *error)
{
    uint64_t *product = tol_buffer_add(&market->product, imports->count);
    double *usd = tol_buffer_add(&market->imports_usd, imports->count);
    if (product == NULL || usd == NULL) {
        return tol_table_no_memory(error);
    }
    struct import *import = imports->data;
    if (imports->count > 0) {
        qsort(import, imports->count, sizeof *import, by_import);
    }
    for (size_t i = 0; i < imports->count; i++) {
        product[i] = import[i].product;
        usd[i] = import[i].usd;
        if (i > 0 && product[i] == product[i - 1]) {
            char text[TOL_PRODUCT_TEXT_SIZE];
            tol_product_format(product[i], text);
            return tol_table_fault(error, "market/us_imports_2024.csv", 0, "hs", text,
                                   "the code stands in the table twice");
        }
    }
    return TOL_OK;
}

enum tol_status tol_market_table_read(const char *folder, struct market_table *market, struct tol_error *error)
{
    static const char *const columns[] = {"hs", "imports_usd", "source"};
    const struct csv_shape shape = {columns, 3, 2};
    struct tol_buffer imports;
    tol_buffer_start(&imports, tol_allocator_default(), sizeof(struct import));
    tol_buffer_start(&market->product, tol_allocator_default(), sizeof(uint64_t));
    tol_buffer_start(&market->imports_usd, tol_allocator_default(), sizeof(double));
    enum tol_status status =
        tol_table_read_if_there(folder, "market/us_imports_2024.csv", &shape, import_row, &imports, error);
    if (status == TOL_OK) {
        status = sort_imports(&imports, market, error);
    }
    tol_buffer_free(&imports);
    return status;
}

void tol_market_table_free(struct market_table *market)
{
    tol_buffer_free(&market->product);
    tol_buffer_free(&market->imports_usd);
}

/* ---- parameters ----------------------------------------------------------------------------------------------- */

static enum tol_status elasticity_row(void *context, const char *const *field, const char *file, uint64_t row,
                                      struct tol_error *error)
{
    struct tol_buffer *elasticities = context;
    struct parameters_elasticity entry;
    bool yes = strcmp(field[2], "yes") == 0 || strcmp(field[2], "1") == 0 || strcmp(field[2], "true") == 0;
    bool no = strcmp(field[2], "no") == 0 || strcmp(field[2], "0") == 0 || strcmp(field[2], "false") == 0;
    if (!digits(field[0], 6, 6) || !tol_product_parse(field[0], 6, &entry.product)) {
        return tol_table_fault(error, file, row, "hs", field[0], "not an HS code of six digits");
    }
    if (!tol_law_number_parse(field[1], &entry.sigma) || entry.sigma <= 0) {
        return tol_table_fault(error, file, row, "sigma", field[1], "not an elasticity; write a number above 0");
    }
    if (!yes && !no) {
        return tol_table_fault(error, file, row, "estimated", field[2], "write yes or no");
    }
    entry.estimated = yes;
    struct parameters_elasticity *added = tol_buffer_add(elasticities, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = entry;
    return TOL_OK;
}

static enum tol_status margin_row(void *context, const char *const *field, const char *file, uint64_t row,
                                  struct tol_error *error)
{
    struct tol_buffer *margins = context;
    struct parameters_margin entry;
    memset(&entry, 0, sizeof entry);
    uint16_t division;
    uint16_t section;
    if (strcmp(field[0], "*") != 0 &&
        (!tol_country_parse(field[0], &entry.country) || !tol_country_exists(entry.country))) {
        return tol_table_fault(error, file, row, "country", field[0],
                               "no such country; write an ISO 3166 two-letter code or *");
    }
    if (!tol_sector_parse(field[1], &division, &section)) {
        return tol_table_fault(error, file, row, "nace", field[1],
                               "not a NACE Rev. 2 section or division; write C or C28");
    }
    entry.sector = division != 0 ? division : section;
    if (!tol_law_number_parse(field[2], &entry.margin) || !(entry.margin > 0 && entry.margin <= 1)) {
        return tol_table_fault(error, file, row, "contribution_margin", field[2],
                               "not a margin; write a fraction of revenue above 0, at most 1");
    }
    struct parameters_margin *added = tol_buffer_add(margins, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = entry;
    return TOL_OK;
}

static bool fraction(const char *text, double *value)
{
    return tol_law_number_parse(text, value) && *value >= 0 && *value <= 1;
}

static enum tol_status response_row(void *context, const char *const *field, const char *file, uint64_t row,
                                    struct tol_error *error)
{
    struct tol_buffer *responses = context;
    struct parameters_response entry = {0};
    if (strcmp(field[0], "*") != 0 && !(digits(field[0], 2, 10) && tol_product_parse(field[0], 2, &entry.product))) {
        return tol_table_fault(error, file, row, "hs", field[0],
                               "not a product code; write 2 to 10 digits without dots, or *");
    }
    entry.horizon = strcmp(field[1], "short") == 0 ? TOL_HORIZON_SHORT : TOL_HORIZON_LONG;
    if (strcmp(field[1], tol_horizon_name((enum tol_horizon)entry.horizon)) != 0) {
        return tol_table_fault(error, file, row, "horizon", field[1], "write short or long");
    }
    if (!fraction(field[2], &entry.border_pass_through)) {
        return tol_table_fault(error, file, row, "border_pass_through", field[2], "write a fraction from 0 to 1");
    }
    if (!tol_law_number_parse(field[3], &entry.market_elasticity) || entry.market_elasticity < 0) {
        return tol_table_fault(error, file, row, "market_elasticity", field[3], "write a number from 0 up");
    }
    if (!fraction(field[4], &entry.cost_pass_through)) {
        return tol_table_fault(error, file, row, "cost_pass_through", field[4], "write a fraction from 0 to 1");
    }
    if (!fraction(field[5], &entry.substitution_scale)) {
        return tol_table_fault(error, file, row, "substitution_scale", field[5], "write a fraction from 0 to 1");
    }
    struct parameters_response *added = tol_buffer_add(responses, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = entry;
    return TOL_OK;
}

static enum tol_status hub_row(void *context, const char *const *field, const char *file, uint64_t row,
                               struct tol_error *error)
{
    struct tol_buffer *hubs = context;
    struct tol_hub entry;
    memset(&entry, 0, sizeof entry);
    if (!tol_country_parse(field[0], &entry.country) || !tol_country_exists(entry.country)) {
        return tol_table_fault(error, file, row, "country", field[0],
                               "no such country; write an ISO 3166 two-letter code");
    }
    if (!tol_law_number_parse(field[1], &entry.cost_premium) || !(entry.cost_premium > -1)) {
        return tol_table_fault(error, file, row, "cost_premium", field[1], "write a fraction above -1");
    }
    for (size_t i = 0; i < hubs->count; i++) {
        if (((const struct tol_hub *)tol_buffer_at(hubs, i))->country == entry.country) {
            return tol_table_fault(error, file, row, "country", field[0], "the hub stands in the table twice");
        }
    }
    if (hubs->count == TOL_HUBS_MAX) {
        return tol_table_fault(error, file, row, "country", field[0], "at most 8 hubs; drop one");
    }
    struct tol_hub *added = tol_buffer_add(hubs, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = entry;
    return TOL_OK;
}

static int by_horizon(const void *left, const void *right)
{
    const struct parameters_response *a = left;
    const struct parameters_response *b = right;
    if (a->horizon != b->horizon) {
        return a->horizon < b->horizon ? -1 : 1;
    }
    return a->product < b->product ? -1 : a->product > b->product;
}

static enum tol_status sort_responses(struct tol_buffer *responses, struct tol_error *error)
{
    struct parameters_response *response = responses->data;
    if (responses->count > 0) {
        qsort(response, responses->count, sizeof *response, by_horizon);
    }
    for (size_t i = 1; i < responses->count; i++) {
        if (by_horizon(&response[i - 1], &response[i]) == 0) {
            return tol_table_fault(error, "parameters/response.csv", 0, "hs", NULL,
                                   "a code stands in the table twice for a horizon");
        }
    }
    return TOL_OK;
}

static int by_product(const void *left, const void *right)
{
    uint64_t a = ((const struct parameters_elasticity *)left)->product;
    uint64_t b = ((const struct parameters_elasticity *)right)->product;
    return a < b ? -1 : a > b;
}

static int by_sector(const void *left, const void *right)
{
    const struct parameters_margin *a = left;
    const struct parameters_margin *b = right;
    uint32_t first = (uint32_t)a->country << 16 | a->sector;
    uint32_t second = (uint32_t)b->country << 16 | b->sector;
    return first < second ? -1 : first > second;
}

static enum tol_status sort_tables(struct parameter_tables *tables, struct tol_error *error)
{
    struct parameters_elasticity *elasticity = tables->elasticity.data;
    struct parameters_margin *margin = tables->margin.data;
    if (tables->elasticity.count > 0) {
        qsort(elasticity, tables->elasticity.count, sizeof *elasticity, by_product);
    }
    if (tables->margin.count > 0) {
        qsort(margin, tables->margin.count, sizeof *margin, by_sector);
    }
    for (size_t i = 1; i < tables->elasticity.count; i++) {
        if (by_product(&elasticity[i - 1], &elasticity[i]) == 0) {
            char text[TOL_PRODUCT_TEXT_SIZE];
            tol_product_format(elasticity[i].product, text);
            return tol_table_fault(error, "parameters/elasticity.csv", 0, "hs", text,
                                   "the code stands in the table twice");
        }
    }
    for (size_t i = 1; i < tables->margin.count; i++) {
        if (by_sector(&margin[i - 1], &margin[i]) == 0) {
            return tol_table_fault(error, "sectors/contribution_margin.csv", 0, "nace", NULL,
                                   "a country's sector stands in the table twice");
        }
    }
    return TOL_OK;
}

enum tol_status tol_parameter_tables_read(const char *folder, struct parameter_tables *tables, struct tol_error *error)
{
    static const char *const elasticity_columns[] = {"hs", "sigma", "estimated", "source_hs2007"};
    static const char *const margin_columns[] = {"country", "nace", "contribution_margin", "year", "source"};
    static const char *const response_columns[] = {
        "hs",    "horizon", "border_pass_through", "market_elasticity", "cost_pass_through", "substitution_scale",
        "source"};
    const struct csv_shape response = {response_columns, 7, 7};
    static const char *const hub_columns[] = {"country", "cost_premium", "source"};
    const struct csv_shape hub = {hub_columns, 3, 3};
    const struct csv_shape elasticity = {elasticity_columns, 4, 3};
    const struct csv_shape margin = {margin_columns, 5, 3};
    tol_buffer_start(&tables->elasticity, tol_allocator_default(), sizeof(struct parameters_elasticity));
    tol_buffer_start(&tables->margin, tol_allocator_default(), sizeof(struct parameters_margin));
    tol_buffer_start(&tables->hub, tol_allocator_default(), sizeof(struct tol_hub));
    tol_buffer_start(&tables->response, tol_allocator_default(), sizeof(struct parameters_response));
    enum tol_status status = tol_table_read_if_there(folder, "parameters/elasticity.csv", &elasticity, elasticity_row,
                                                     &tables->elasticity, error);
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "sectors/contribution_margin.csv", &margin, margin_row,
                                         &tables->margin, error);
    }
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "parameters/response.csv", &response, response_row, &tables->response,
                                         error);
    }
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "parameters/hubs.csv", &hub, hub_row, &tables->hub, error);
    }
    if (status == TOL_OK) {
        status = sort_responses(&tables->response, error);
    }
    return status != TOL_OK ? status : sort_tables(tables, error);
}

void tol_parameter_tables_free(struct parameter_tables *tables)
{
    tol_buffer_free(&tables->elasticity);
    tol_buffer_free(&tables->margin);
    tol_buffer_free(&tables->response);
    tol_buffer_free(&tables->hub);
}

/* ---- writing -------------------------------------------------------------------------------------------------- */

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static enum tol_status sigma_median(const struct tol_buffer *elasticities, double *median, struct tol_error *error)
{
    struct tol_buffer values;
    tol_buffer_start(&values, tol_allocator_default(), sizeof(double));
    double *sigma = tol_buffer_add(&values, elasticities->count);
    if (sigma == NULL) {
        return tol_table_no_memory(error);
    }
    size_t count = 0;
    for (size_t i = 0; i < elasticities->count; i++) {
        const struct parameters_elasticity *entry = tol_buffer_at(elasticities, i);
        if (entry->estimated) {
            sigma[count++] = entry->sigma;
        }
    }
    qsort(sigma, count, sizeof *sigma, by_value);
    *median = count == 0 ? NAN : (sigma[(count - 1) / 2] + sigma[count / 2]) / 2;
    tol_buffer_free(&values);
    return TOL_OK;
}

static enum tol_status append(struct tol_sections_writer *writer, const char *name, const struct tol_buffer *buffer,
                              struct tol_error *error)
{
    return tol_sections_append(writer, name, buffer->data, buffer->count * buffer->element_size, error);
}

enum tol_status tol_parameter_tables_write(const struct market_table *market, const struct parameter_tables *tables,
                                           struct tol_sections_writer *writer, struct tol_error *error)
{
    struct parameters_meta meta;
    enum tol_status status = sigma_median(&tables->elasticity, &meta.sigma_median, error);
    status =
        status != TOL_OK ? status : tol_sections_append(writer, PARAMETERS_META_SECTION, &meta, sizeof meta, error);
    status = status != TOL_OK ? status : append(writer, PARAMETERS_ELASTICITY_SECTION, &tables->elasticity, error);
    status = status != TOL_OK ? status : append(writer, PARAMETERS_MARGIN_SECTION, &tables->margin, error);
    status = status != TOL_OK ? status : append(writer, PARAMETERS_HUB_SECTION, &tables->hub, error);
    status = status != TOL_OK ? status : append(writer, PARAMETERS_RESPONSE_SECTION, &tables->response, error);
    status = status != TOL_OK ? status : append(writer, LAW_IMPORT_PRODUCT_SECTION, &market->product, error);
    return status != TOL_OK ? status : append(writer, LAW_IMPORT_USD_SECTION, &market->imports_usd, error);
}
