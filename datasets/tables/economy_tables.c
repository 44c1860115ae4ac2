#include "tables/economy_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/facts.h"
#include "tables/economy_arrays.h"
#include "tables/table_reading.h"
#include "tolmuur/sector.h"

#define FINAL_DEMAND "final"
#define REST_OF_THE_WORLD "*"

void tol_economy_tables_start(struct economy_tables *tables)
{
    for (unsigned i = 0; i < ECONOMY_SECTION_COUNT; i++) {
        tol_buffer_start(&tables->section[i], tol_allocator_default(), tol_economy_sections[i].element_size);
    }
    tol_buffer_start(&tables->flow, tol_allocator_default(), sizeof(struct economy_flow));
}

void tol_economy_tables_free(struct economy_tables *tables)
{
    for (unsigned i = 0; i < ECONOMY_SECTION_COUNT; i++) {
        tol_buffer_free(&tables->section[i]);
    }
    tol_buffer_free(&tables->flow);
}

/* False when the text is empty or does not fit. The rest of the field is zero already. */
static bool copy_text(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length >= size) {
        return false;
    }
    memcpy(to, text, length + 1);
    return true;
}

/* ---- regions and industries ------------------------------------------------------------------------------------ */

static uint32_t find_region(const struct economy_tables *tables, const char *code)
{
    const struct economy_region *region = tables->section[ECONOMY_REGION].data;
    for (uint32_t i = 0; i < tables->section[ECONOMY_REGION].count; i++) {
        if (strcmp(region[i].code, code) == 0) {
            return i;
        }
    }
    return TOL_ECONOMY_NONE;
}

static uint32_t find_industry(const struct economy_tables *tables, const char *code)
{
    const struct economy_industry *industry = tables->section[ECONOMY_INDUSTRY].data;
    for (uint32_t i = 0; i < tables->section[ECONOMY_INDUSTRY].count; i++) {
        if (strcmp(industry[i].code, code) == 0) {
            return i;
        }
    }
    return TOL_ECONOMY_NONE;
}

static uint32_t find_country(const struct economy_tables *tables, tol_country country)
{
    const struct economy_region *region = tables->section[ECONOMY_REGION].data;
    for (uint32_t i = 0; i < tables->section[ECONOMY_REGION].count; i++) {
        if (region[i].country == country) {
            return i;
        }
    }
    return TOL_ECONOMY_NONE;
}

static enum tol_status region_row(void *context, const char *const *field, const char *file, uint64_t row,
                                  struct tol_error *error)
{
    struct economy_tables *tables = context;
    struct economy_region region;
    memset(&region, 0, sizeof region);
    if (!copy_text(region.code, sizeof region.code, field[0]) || strchr(field[0], '/') != NULL || field[0][0] == '.' ||
        find_region(tables, field[0]) != TOL_ECONOMY_NONE) {
        return tol_table_fault(error, file, row, "region", field[0],
                               "write a code of at most 7 bytes that no other region has; it names the file of flows");
    }
    if (strcmp(field[1], REST_OF_THE_WORLD) != 0 &&
        (!tol_country_parse(field[1], &region.country) || !tol_country_exists(region.country))) {
        return tol_table_fault(error, file, row, "country", field[1],
                               "no such country; write an ISO 3166 two-letter code, or * for all others");
    }
    if (find_country(tables, region.country) != TOL_ECONOMY_NONE) {
        return tol_table_fault(error, file, row, "country", field[1], "the country stands in the table twice");
    }
    if (!copy_text(region.name, sizeof region.name, field[2])) {
        return tol_table_fault(error, file, row, "name", field[2], "write a name of at most 95 bytes");
    }
    struct economy_region *added = tol_buffer_add(&tables->section[ECONOMY_REGION], 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = region;
    return TOL_OK;
}

static enum tol_status industry_row(void *context, const char *const *field, const char *file, uint64_t row,
                                    struct tol_error *error)
{
    struct economy_tables *tables = context;
    struct economy_industry industry;
    memset(&industry, 0, sizeof industry);
    if (!copy_text(industry.code, sizeof industry.code, field[0]) || strcmp(field[0], FINAL_DEMAND) == 0 ||
        find_industry(tables, field[0]) != TOL_ECONOMY_NONE) {
        return tol_table_fault(error, file, row, "industry", field[0],
                               "write a code of at most 7 bytes that no other industry has, and not final");
    }
    if (!copy_text(industry.title, sizeof industry.title, field[1])) {
        return tol_table_fault(error, file, row, "title", field[1], "write a title of at most 95 bytes");
    }
    struct economy_industry *added = tol_buffer_add(&tables->section[ECONOMY_INDUSTRY], 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = industry;
    return TOL_OK;
}

static enum tol_status add_meta(struct economy_tables *tables, struct tol_error *error)
{
    struct economy_meta *meta = tol_buffer_add(&tables->section[ECONOMY_META], 1);
    if (meta == NULL) {
        return tol_table_no_memory(error);
    }
    meta->region_count = (uint32_t)tables->section[ECONOMY_REGION].count;
    meta->industry_count = (uint32_t)tables->section[ECONOMY_INDUSTRY].count;
    meta->rest = find_country(tables, 0);
    if (meta->region_count > 0 && meta->rest == TOL_ECONOMY_NONE) {
        return tol_table_fault(error, "economy/regions.csv", 0, "country", NULL,
                               "no row has the country *; add one for the rest of the world");
    }
    if ((uint64_t)meta->region_count * meta->industry_count > UINT32_MAX / 2) {
        return tol_table_fault(error, "economy/regions.csv", 0, NULL, NULL, "too many regions and industries");
    }
    return TOL_OK;
}

/* ---- flows ----------------------------------------------------------------------------------------------------- */

struct flow_reader {
    struct economy_tables *tables;
    uint32_t seller; /* region */
};

static enum tol_status flow_row(void *context, const char *const *field, const char *file, uint64_t row,
                                struct tol_error *error)
{
    struct flow_reader *reader = context;
    struct economy_tables *tables = reader->tables;
    uint32_t industries = (uint32_t)tables->section[ECONOMY_INDUSTRY].count;
    uint32_t regions = (uint32_t)tables->section[ECONOMY_REGION].count;
    uint32_t selling = find_industry(tables, field[0]);
    uint32_t region = find_region(tables, field[1]);
    bool final = strcmp(field[2], FINAL_DEMAND) == 0;
    uint32_t buying = final ? 0 : find_industry(tables, field[2]);
    double musd;
    if (selling == TOL_ECONOMY_NONE) {
        return tol_table_fault(error, file, row, "industry", field[0], "not an industry of economy/industries.csv");
    }
    if (region == TOL_ECONOMY_NONE) {
        return tol_table_fault(error, file, row, "buyer_region", field[1], "not a region of economy/regions.csv");
    }
    if (buying == TOL_ECONOMY_NONE) {
        return tol_table_fault(error, file, row, "buyer_industry", field[2],
                               "not an industry of economy/industries.csv, nor final");
    }
    if (!tol_law_number_parse(field[3], &musd) || musd <= 0) {
        return tol_table_fault(error, file, row, "musd", field[3], "write million USD above 0, or leave the row out");
    }
    struct economy_flow *flow = tol_buffer_add(&tables->flow, 1);
    if (flow == NULL) {
        return tol_table_no_memory(error);
    }
    flow->seller = reader->seller * industries + selling;
    flow->buyer = final ? regions * industries + region : region * industries + buying;
    flow->musd = musd;
    return TOL_OK;
}

static int by_seller(const void *left, const void *right)
{
    const struct economy_flow *a = left;
    const struct economy_flow *b = right;
    uint64_t first = (uint64_t)a->seller << 32 | a->buyer;
    uint64_t second = (uint64_t)b->seller << 32 | b->buyer;
    return first < second ? -1 : first > second;
}

static enum tol_status sort_flows(struct economy_tables *tables, struct tol_error *error)
{
    struct economy_flow *flow = tables->flow.data;
    if (tables->flow.count > 0) {
        qsort(flow, tables->flow.count, sizeof *flow, by_seller);
    }
    for (size_t i = 1; i < tables->flow.count; i++) {
        if (by_seller(&flow[i - 1], &flow[i]) == 0) {
            const struct economy_region *region = tables->section[ECONOMY_REGION].data;
            const struct economy_industry *industry = tables->section[ECONOMY_INDUSTRY].data;
            size_t industries = tables->section[ECONOMY_INDUSTRY].count;
            char file[64];
            snprintf(file, sizeof file, "economy/flows/%s.csv", region[flow[i].seller / industries].code);
            return tol_table_fault(error, file, 0, "industry", industry[flow[i].seller % industries].code,
                                   "the industry sells to one buyer in two rows; add them up");
        }
    }
    return TOL_OK;
}

static enum tol_status read_flows(const char *folder, struct economy_tables *tables, struct tol_error *error)
{
    static const char *const columns[] = {"industry", "buyer_region", "buyer_industry", "musd"};
    const struct csv_shape shape = {columns, 4, 4};
    enum tol_status status = TOL_OK;
    for (uint32_t i = 0; i < tables->section[ECONOMY_REGION].count && status == TOL_OK; i++) {
        const struct economy_region *region = tol_buffer_at(&tables->section[ECONOMY_REGION], i);
        struct flow_reader reader = {tables, i};
        char name[64];
        snprintf(name, sizeof name, "economy/flows/%s.csv", region->code);
        status = tol_table_read_if_there(folder, name, &shape, flow_row, &reader, error);
    }
    return status != TOL_OK ? status : sort_flows(tables, error);
}

/* ---- who makes what -------------------------------------------------------------------------------------------- */

static bool division_parse(const char *text, uint16_t *division)
{
    uint16_t section;
    return tol_table_digits(text, 2) && tol_sector_parse(text, division, &section);
}

static enum tol_status division_row(void *context, const char *const *field, const char *file, uint64_t row,
                                    struct tol_error *error)
{
    struct economy_tables *tables = context;
    uint32_t *industry = tables->section[ECONOMY_DIVISION].data;
    uint16_t division;
    if (!division_parse(field[0], &division)) {
        return tol_table_fault(error, file, row, "nace_division", field[0], "not a division of NACE Rev. 2");
    }
    uint32_t found = find_industry(tables, field[1]);
    if (found == TOL_ECONOMY_NONE && tables->section[ECONOMY_INDUSTRY].count > 0) {
        return tol_table_fault(error, file, row, "isic3_wiod", field[1], "not an industry of economy/industries.csv");
    }
    industry[division] = found;
    return TOL_OK;
}

static enum tol_status product_row(void *context, const char *const *field, const char *file, uint64_t row,
                                   struct tol_error *error)
{
    struct economy_tables *tables = context;
    uint16_t division;
    tol_product code;
    if (!tol_table_digits(field[0], 6) || !tol_product_parse(field[0], 6, &code)) {
        return tol_table_fault(error, file, row, "hs6", field[0], "not an HS code of six digits");
    }
    if (!division_parse(field[1], &division)) {
        return tol_table_fault(error, file, row, "isic4_division", field[1], "not a division of ISIC Rev. 4");
    }
    uint32_t industry = ((const uint32_t *)tables->section[ECONOMY_DIVISION].data)[division];
    if (industry == TOL_ECONOMY_NONE) {
        return TOL_OK;
    }
    struct economy_product *product = tol_buffer_add(&tables->section[ECONOMY_PRODUCT], 1);
    if (product == NULL) {
        return tol_table_no_memory(error);
    }
    product->product = code;
    product->industry = industry;
    return TOL_OK;
}

static int by_product(const void *left, const void *right)
{
    uint64_t a = ((const struct economy_product *)left)->product;
    uint64_t b = ((const struct economy_product *)right)->product;
    return a < b ? -1 : a > b;
}

static enum tol_status sort_products(struct tol_buffer *products, struct tol_error *error)
{
    struct economy_product *product = products->data;
    if (products->count > 0) {
        qsort(product, products->count, sizeof *product, by_product);
    }
    for (size_t i = 1; i < products->count; i++) {
        if (product[i].product == product[i - 1].product) {
            char text[TOL_PRODUCT_TEXT_SIZE];
            tol_product_format(product[i].product, text);
            return tol_table_fault(error, "nomenclature/hs_isic4.csv", 0, "hs6", text,
                                   "the code stands in the table twice");
        }
    }
    return TOL_OK;
}

static enum tol_status read_makers(const char *folder, struct economy_tables *tables, struct tol_error *error)
{
    static const char *const division_columns[] = {"nace_division", "isic3_wiod", "description"};
    static const char *const product_columns[] = {"hs6", "isic4_division"};
    const struct csv_shape divisions = {division_columns, 3, 2};
    const struct csv_shape products = {product_columns, 2, 2};
    uint32_t *industry = tol_buffer_add(&tables->section[ECONOMY_DIVISION], ECONOMY_DIVISIONS);
    if (industry == NULL) {
        return tol_table_no_memory(error);
    }
    for (unsigned i = 0; i < ECONOMY_DIVISIONS; i++) {
        industry[i] = TOL_ECONOMY_NONE;
    }
    enum tol_status status =
        tol_table_read_if_there(folder, "sectors/nace_isic3.csv", &divisions, division_row, tables, error);
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "nomenclature/hs_isic4.csv", &products, product_row, tables, error);
    }
    return status != TOL_OK ? status : sort_products(&tables->section[ECONOMY_PRODUCT], error);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

enum tol_status tol_economy_tables_read(const char *folder, struct economy_tables *tables, struct tol_error *error)
{
    static const char *const region_columns[] = {"region", "country", "name"};
    static const char *const industry_columns[] = {"industry", "title", "wiod"};
    const struct csv_shape regions = {region_columns, 3, 3};
    const struct csv_shape industries = {industry_columns, 3, 2};
    enum tol_status status =
        tol_table_read_if_there(folder, "economy/regions.csv", &regions, region_row, tables, error);
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "economy/industries.csv", &industries, industry_row, tables, error);
    }
    status = status != TOL_OK ? status : add_meta(tables, error);
    status = status != TOL_OK ? status : read_makers(folder, tables, error);
    status = status != TOL_OK ? status : read_flows(folder, tables, error);
    return status != TOL_OK ? status : tol_economy_arrays_fill(tables, error);
}

enum tol_status tol_economy_tables_write(const struct economy_tables *tables, struct tol_sections_writer *writer,
                                         struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (unsigned i = 0; i < ECONOMY_SECTION_COUNT && status == TOL_OK; i++) {
        const struct tol_buffer *section = &tables->section[i];
        status = tol_sections_append(writer, tol_economy_sections[i].name, section->data,
                                     section->count * section->element_size, error);
    }
    return status;
}
