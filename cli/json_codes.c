#include "json_codes.h"

void json_country(struct json_writer *json, const char *key, tol_country country)
{
    char text[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(country, text);
    json_text(json, key, text);
}

void json_product(struct json_writer *json, const char *key, tol_product product)
{
    char text[TOL_PRODUCT_TEXT_SIZE];
    tol_product_format(product, text);
    json_text(json, key, text);
}

void json_day(struct json_writer *json, const char *key, tol_day day)
{
    char text[TOL_DAY_TEXT_SIZE];
    tol_day_format(day, text);
    json_text(json, key, text);
}

void json_cell(struct json_writer *json, const struct tol_cell *cell)
{
    json_product(json, "hs", cell->product);
    json_country(json, "importer", cell->importer);
    json_country(json, "origin", cell->origin);
}

void json_firm(struct json_writer *json, const struct tol_book *book, uint64_t firm)
{
    char text[1024];
    tol_book_firm_id(book, firm, text, sizeof text);
    json_text(json, "firm_id", text);
    tol_book_firm_name(book, firm, text, sizeof text);
    json_text(json, "name", text);
    json_country(json, "country", book->firm_country[firm]);
    json_text(json, "sector", tol_book_sector(book, book->firm_sector[firm]));
}
