#include "market.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_table.h"
#include "tolmuur/code.h"

static enum tol_status bad_cell(const struct text_table *table, size_t row, size_t column, const char *reason,
                                struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA, "%s", reason);
    return tol_fail_at(error, TOL_BAD_DATA, table->path, row + 1, table->cells[column],
                       text_table_cell(table, row, column));
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

/* Finds the columns named in names; TOL_BAD_DATA when one is missing. */
static enum tol_status find_columns(const struct text_table *table, size_t count, const char *const *names,
                                    size_t *columns, struct tol_error *error)
{
    for (size_t i = 0; i < count; i++) {
        columns[i] = tol_text_table_column(table, names[i]);
        if (columns[i] == table->column_count) {
            tol_fail(error, TOL_BAD_DATA, "the column is missing");
            return tol_fail_at(error, TOL_BAD_DATA, table->path, 0, names[i], NULL);
        }
    }
    return TOL_OK;
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

static enum tol_status take_sector(struct market *market, const struct text_table *table, size_t row,
                                   const size_t *columns, struct tol_error *error)
{
    struct market_sector *sector = &market->sector[market->sector_count];
    const char *code = text_table_cell(table, row, columns[0]), *label = text_table_cell(table, row, columns[1]);
    uint64_t share;
    if (strlen(code) == 0 || strlen(code) >= sizeof sector->code) {
        return bad_cell(table, row, columns[0], "a sector code has 1 to 7 characters", error);
    }
    if (strlen(label) == 0 || strlen(label) >= sizeof sector->label) {
        return bad_cell(table, row, columns[1], "a label has 1 to 39 characters", error);
    }
    strcpy(sector->code, code);
    strcpy(sector->label, label);
    if (!read_count(text_table_cell(table, row, columns[2]), &share) || share > 1000000) {
        return bad_cell(table, row, columns[2], "the share must be a whole number up to 1000000", error);
    }
    if (!read_share(text_table_cell(table, row, columns[3]), &sector->purchase_share_low) ||
        !read_share(text_table_cell(table, row, columns[4]), &sector->purchase_share_high) ||
        sector->purchase_share_low >= sector->purchase_share_high) {
        return bad_cell(table, row, columns[4], "purchase shares must be fractions, the low one below the high one",
                        error);
    }
    for (size_t side = 5; side < 7; side++) {
        if (!read_mix(text_table_cell(table, row, columns[side]), side == 5 ? &sector->sells : &sector->buys)) {
            return bad_cell(table, row, columns[side], "write divisions with weights: \"25:60 28:40\"", error);
        }
    }
    market->sector_count++;
    if (!tol_pick_list_add(&market->sectors, (uint32_t)market->sector_count - 1, share) ||
        !note_partners(market, (uint32_t)market->sector_count - 1, share)) {
        return tol_fail(error, TOL_NO_MEMORY, "no memory for the sectors");
    }
    return TOL_OK;
}

static enum tol_status read_sectors(const struct text_table *table, struct market *market, struct tol_error *error)
{
    static const char *const names[] = {"sector", "label", "share", "purchase_share_low", "purchase_share_high",
                                        "sells",  "buys"};
    size_t columns[7];
    enum tol_status status = find_columns(table, 7, names, columns, error);
    if (status == TOL_OK && table->row_count > MARKET_SECTORS) {
        status = tol_fail(error, TOL_BAD_DATA, "at most %d sectors", MARKET_SECTORS);
    }
    for (size_t row = 0; status == TOL_OK && row < table->row_count; row++) {
        status = take_sector(market, table, row, columns, error);
    }
    return status;
}

static enum tol_status read_countries(const struct text_table *table, struct market *market, struct tol_error *error)
{
    static const char *const names[] = {"country", "firms", "sales", "purchases", "reach"};
    size_t columns[5];
    enum tol_status status = find_columns(table, 5, names, columns, error);
    if (status == TOL_OK && table->row_count > MARKET_COUNTRIES) {
        status = tol_fail(error, TOL_BAD_DATA, "at most %d countries", MARKET_COUNTRIES);
    }
    struct pick_list *lists[] = {NULL, &market->homes, &market->destinations, &market->origins};
    for (size_t row = 0; status == TOL_OK && row < table->row_count; row++) {
        const char *code = text_table_cell(table, row, columns[0]);
        tol_country country;
        if (!tol_country_parse(code, &country) || !tol_country_exists(country)) {
            return bad_cell(table, row, columns[0], "is no ISO 3166 country code", error);
        }
        memcpy(market->country[row], code, 3);
        market->united_states = strcmp(code, "US") == 0 ? (uint32_t)row : market->united_states;
        if (!read_share(text_table_cell(table, row, columns[4]), &market->reach[row])) {
            return bad_cell(table, row, columns[4], "the reach must be a fraction", error);
        }
        for (size_t i = 1; i < 4; i++) {
            uint64_t weight;
            if (!read_count(text_table_cell(table, row, columns[i]), &weight)) {
                return bad_cell(table, row, columns[i], "a weight must be a whole number", error);
            }
            if (!tol_pick_list_add(lists[i], (uint32_t)row, weight)) {
                return tol_fail(error, TOL_NO_MEMORY, "no memory for the countries");
            }
        }
        market->country_count++;
    }
    return status;
}

static enum tol_status read_products(const struct text_table *table, struct market *market, struct tol_error *error)
{
    static const char *const names[] = {"division", "hs", "weight"};
    size_t columns[3];
    enum tol_status status = find_columns(table, 3, names, columns, error);
    if (status != TOL_OK) {
        return status;
    }
    market->product = calloc(table->row_count + 1, sizeof *market->product);
    if (market->product == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "no memory for the products");
    }
    for (size_t row = 0; row < table->row_count; row++) {
        const char *hs = text_table_cell(table, row, columns[1]);
        size_t division;
        uint64_t weight;
        if (!read_division(text_table_cell(table, row, columns[0]), &division)) {
            return bad_cell(table, row, columns[0], "a division has two digits", error);
        }
        if (strlen(hs) != 10 || strspn(hs, "0123456789") != 10) {
            return bad_cell(table, row, columns[1], "a product code has ten digits", error);
        }
        if (!read_count(text_table_cell(table, row, columns[2]), &weight)) {
            return bad_cell(table, row, columns[2], "a weight must be a whole number", error);
        }
        struct market_product *product = &market->product[market->product_count];
        memcpy(product->hs10, hs, 11);
        memcpy(product->hs6, hs, 6);
        product->subheading = (uint32_t)strtoul(product->hs6, NULL, 10);
        if (!tol_pick_list_add(&market->products[division], (uint32_t)market->product_count++, weight)) {
            return tol_fail(error, TOL_NO_MEMORY, "no memory for the products");
        }
    }
    return TOL_OK;
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
    typedef enum tol_status (*reader)(const struct text_table *, struct market *, struct tol_error *);
    static const struct {
        const char *name;
        reader read;
    } files[] = {{"fictional/sectors.csv", read_sectors},
                 {"fictional/countries.csv", read_countries},
                 {"product_mix.csv", read_products}};
    *market = (struct market){.united_states = UINT32_MAX};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512];
        struct text_table table;
        if (snprintf(path, sizeof path, "%s/%s", folder, files[i].name) >= (int)sizeof path) {
            return tol_fail(error, TOL_USAGE, "the folder's name is too long: %s", folder);
        }
        enum tol_status status = tol_text_table_read(path, &table, error);
        if (status != TOL_OK) {
            return status;
        }
        status = files[i].read(&table, market, error);
        tol_text_table_free(&table);
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
