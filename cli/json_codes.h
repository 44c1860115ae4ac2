/* Countries, products and days in JSON, as text. */
#ifndef CLI_JSON_CODES_H
#define CLI_JSON_CODES_H

#include "json_writer.h"

#include "tolmuur/book.h"
#include "tolmuur/code.h"
#include "tolmuur/day.h"

/* key is NULL inside an array. */
void json_country(struct json_writer *json, const char *key, tol_country country);
void json_product(struct json_writer *json, const char *key, tol_product product);
void json_day(struct json_writer *json, const char *key, tol_day day);

/* "hs", "importer" and "origin" in the object that is open. */
void json_cell(struct json_writer *json, const struct tol_cell *cell);
/* "firm_id", "name", "country" and "sector" in the object that is open. */
void json_firm(struct json_writer *json, const struct tol_book *book, uint64_t firm);

#endif
