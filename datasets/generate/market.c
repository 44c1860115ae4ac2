#include "market.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables/csv_table.h"
#include "tolmuur/code.h"

/* One row of a table on its way in. */
struct market_row {
    struct market *market;
    const struct csv_shape *shape;
    const char *const *field;
    const char *file;
    uint64_t number;
    struct tol_error *error;
};

static enum tol_status bad_cell(const struct market_row *row, size_t column, const char *reason)
{
    tol_fail(row->error, TOL_BAD_DATA, "%s", reason);
    return tol_fail_at(row->error, TOL_BAD_DATA, row->file, row->number, row->shape->column[column],
                       row->field[column]);
}

static enum tol_status bad_row(const struct market_row *row, enum tol_status status, const char *reason)
{
    tol_fail(row->error, status, "%s", reason);
    return tol_fail_at(row->error, status, row->file, row->number, NULL, NULL);
}

/* A whole number from 0 to 10^12. */
static bool read_count(const char *text, uint64_t *count)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 12 || text[digits] != '\0') {
        return false;
    }
    *count = strtoull(text, NULL, 10);
    return true;
}

/* A decimal fraction between 0 and 1, in parts of SHARE_ONE. */
static bool read_share(const char *text, uint32_t *share)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0 && value <= 1)) {
        return false;
    }
    *share = (uint32_t)(value * SHARE_ONE);
    return true;
}

static bool read_division(const char *text, size_t *division)
{
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1])) {
        return false;
    }
    *division = (size_t)(text[0] - '0') * 10 + (size_t)(text[1] - '0');
    return true;
}

/* "20:75 22:10": divisions with weights. */
static bool read_mix(const char *text, struct pick_list *mix)
{
    while (*text != '\0') {
        size_t division;
        if (!read_division(text, &division) || text[2] != ':' || !isdigit((unsigned char)text[3])) {
            return false;
        }
        char *end;
        unsigned long weight = strtoul(text + 3, &end, 10);
        if ((*end != ' ' && *end != '\0') || weight > 1000 || !tol_pick_list_add(mix, (uint32_t)division, weight)) {
            return false;
        }
        text = *end == ' ' ? end + 1 : end;
    }
    return mix->count > 0;
}

/* Buyers and sellers of each division, by the number of firms times the weight of the division in their mix. */
static bool note_partners(struct market *market, uint32_t sector, uint64_t share)
{
    const struct market_sector *row = &market->sector[sector];
    for (int side = 0; side < 2; side++) {
        const struct pick_list *mix = side == 0 ? &row->buys : &row->sells;
        struct pick_list *lists = side == 0 ? market->buyers : market->sellers;
        for (size_t i = 0; i < mix->count; i++) {
            uint64_t weight = mix->upto[i] - (i > 0 ? mix->upto[i - 1] : 0);
            if (!tol_pick_list_add(&lists[mix->item[i]], sector, weight * share)) {
                return false;
            }
        }
    }
    return true;
}

static const char *const sector_columns[] = {"sector", "label", "share", "purchase_share_low", "purchase_share_high",
                                             "sells",  "buys"};

static enum tol_status take_sector(const struct market_row *row)
{
    struct market *market = row->market;
    if (market->sector_count == MARKET_SECTORS) {
        return bad_row(row, TOL_BAD_DATA, "there are too many sectors; the market has room for 64");
    }
    struct market_sector *sector = &market->sector[market->sector_count];
    const char *code = row->field[0], *label = row->field[1];
    uint64_t share;
    if (strlen(code) == 0 || strlen(code) >= sizeof sector->code) {
        return bad_cell(row, 0, "a sector code has 1 to 7 characters");
    }
    if (strlen(label) == 0 || strlen(label) >= sizeof sector->label) {
        return bad_cell(row, 1, "a label has 1 to 39 characters");
    }
    strcpy(sector->code, code);
    strcpy(sector->label, label);
    if (!read_count(row->field[2], &share) || share > 1000000) {
        return bad_cell(row, 2, "the share must be a whole number up to 1000000");
    }
    if (!read_share(row->field[3], &sector->purchase_share_low) ||
        !read_share(row->field[4], &sector->purchase_share_high) ||
        sector->purchase_share_low >= sector->purchase_share_high) {
        return bad_cell(row, 4, "purchase shares must be fractions, the low one below the high one");
    }
    for (size_t side = 5; side < 7; side++) {
        if (!read_mix(row->field[side], side == 5 ? &sector->sells : &sector->buys)) {
            return bad_cell(row, side, "write divisions with weights: \"25:60 28:40\"");
        }
    }
    market->sector_count++;
    if (!tol_pick_list_add(&market->sectors, (uint32_t)market->sector_count - 1, share) ||
        !note_partners(market, (uint32_t)market->sector_count - 1, share)) {
        return bad_row(row, TOL_NO_MEMORY, "no memory for the sectors");
    }
    return TOL_OK;
}

static const char *const country_columns[] = {"country", "firms", "sales", "purchases", "reach"};

static enum tol_status take_country(const struct market_row *row)
{
    struct market *market = row->market;
    if (market->country_count == MARKET_COUNTRIES) {
        return bad_row(row, TOL_BAD_DATA, "there are too many countries; the market has room for 250");
    }
    uint32_t position = (uint32_t)market->country_count;
    const char *code = row->field[0];
    tol_country country;
    if (!tol_country_parse(code, &country) || !tol_country_exists(country)) {
        return bad_cell(row, 0, "is no ISO 3166 country code");
    }
    memcpy(market->country[position], code, 3);
    market->united_states = strcmp(code, "US") == 0 ? position : market->united_states;
    if (!read_share(row->field[4], &market->reach[position])) {
        return bad_cell(row, 4, "the reach must be a fraction");
    }
    struct pick_list *lists[] = {NULL, &market->homes, &market->destinations, &market->origins};
    for (size_t i = 1; i < 4; i++) {
        uint64_t weight;
        if (!read_count(row->field[i], &weight)) {
            return bad_cell(row, i, "a weight must be a whole number");
        }
        if (!tol_pick_list_add(lists[i], position, weight)) {
            return bad_row(row, TOL_NO_MEMORY, "no memory for the countries");
        }
    }
    market->country_count++;
    return TOL_OK;
}

/* Room for one more product; NULL when there is no memory. */
static struct market_product *next_product(struct market *market)
{
    if (market->product_count == market->product_room) {
        size_t room = market->product_room > 0 ? market->product_room * 2 : 4096;
        struct market_product *larger = realloc(market->product, room * sizeof *larger);
        if (larger == NULL) {
            return NULL;
        }
        market->product = larger;
        market->product_room = room;
    }
    return &market->product[market->product_count];
}

static const char *const product_columns[] = {"division", "hs", "weight"};

static enum tol_status take_product(const struct market_row *row)
{
    struct market *market = row->market;
    const char *hs = row->field[1];
    size_t division;
    uint64_t weight;
    if (!read_division(row->field[0], &division) || row->field[0][2] != '\0') {
        return bad_cell(row, 0, "a division has two digits");
    }
    if (strlen(hs) != 10 || strspn(hs, "0123456789") != 10) {
        return bad_cell(row, 1, "a product code has ten digits");
    }
    if (!read_count(row->field[2], &weight)) {
        return bad_cell(row, 2, "a weight must be a whole number");
    }
    struct market_product *product = next_product(market);
    if (product == NULL) {
        return bad_row(row, TOL_NO_MEMORY, "no memory for the products");
    }
    *product = (struct market_product){0};
    memcpy(product->hs10, hs, 11);
    memcpy(product->hs6, hs, 6);
    product->subheading = (uint32_t)strtoul(product->hs6, NULL, 10);
    if (!tol_pick_list_add(&market->products[division], (uint32_t)market->product_count++, weight)) {
        return bad_row(row, TOL_NO_MEMORY, "no memory for the products");
    }
    return TOL_OK;
}

/* One of the three tables: its columns, all of them required, and what to do with a row. */
struct market_table {
    const char *name;
    struct csv_shape shape;
    enum tol_status (*take)(const struct market_row *row);
};

#define ALL_REQUIRED(columns)                                                                                          \
    {                                                                                                                  \
        columns, sizeof(columns) / sizeof(columns)[0], sizeof(columns) / sizeof(columns)[0]                            \
    }

static const struct market_table tables[] = {
    {"fictional/sectors.csv", ALL_REQUIRED(sector_columns), take_sector},
    {"fictional/countries.csv", ALL_REQUIRED(country_columns), take_country},
    {"product_mix.csv", ALL_REQUIRED(product_columns), take_product},
};

struct market_reading {
    struct market *market;
    const struct market_table *table;
};

static enum tol_status take_row(void *context, const char *const *field, const char *file, uint64_t number,
                                struct tol_error *error)
{
    const struct market_reading *reading = context;
    const struct market_row row = {reading->market, &reading->table->shape, field, file, number, error};
    return reading->table->take(&row);
}

/* Every division that a sector sells or buys must have products, or nothing could be picked. */
static enum tol_status check_products(const struct market *market, struct tol_error *error)
{
    for (size_t division = 0; division < MARKET_DIVISIONS; division++) {
        bool used = market->buyers[division].count > 0 || market->sellers[division].count > 0;
        if (used && market->products[division].count == 0) {
            return tol_fail(error, TOL_BAD_DATA,
                            "product_mix.csv has no product of division %02zu, which sectors.csv names", division);
        }
    }
    if (market->sectors.count == 0 || market->homes.count == 0 || market->destinations.count == 0 ||
        market->origins.count == 0) {
        return tol_fail(error, TOL_BAD_DATA, "sectors.csv and countries.csv must have weights above 0");
    }
    return TOL_OK;
}

enum tol_status tol_market_read(const char *folder, struct market *market, struct tol_error *error)
{
    *market = (struct market){.united_states = UINT32_MAX};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char path[512];
        if (snprintf(path, sizeof path, "%s/%s", folder, tables[i].name) >= (int)sizeof path) {
            return tol_fail(error, TOL_USAGE, "the folder's name is too long: %s", folder);
        }
        struct market_reading reading = {market, &tables[i]};
        enum tol_status status = tol_csv_table_read(path, &tables[i].shape, take_row, &reading, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return check_products(market, error);
}

void tol_market_free(struct market *market)
{
    for (size_t i = 0; i < MARKET_SECTORS; i++) {
        tol_pick_list_free(&market->sector[i].sells);
        tol_pick_list_free(&market->sector[i].buys);
    }
    for (size_t i = 0; i < MARKET_DIVISIONS; i++) {
        tol_pick_list_free(&market->products[i]);
        tol_pick_list_free(&market->buyers[i]);
        tol_pick_list_free(&market->sellers[i]);
    }
    tol_pick_list_free(&market->sectors);
    tol_pick_list_free(&market->homes);
    tol_pick_list_free(&market->destinations);
    tol_pick_list_free(&market->origins);
    free(market->product);
    *market = (struct market){0};
}
