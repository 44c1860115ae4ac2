/* Strict reading of JSON: where a value stands, and what is wrong with it. */
#ifndef DATASETS_SCENARIO_JSON_READER_H
#define DATASETS_SCENARIO_JSON_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/day.h"
#include "tolmuur/status.h"

/* A value and its path from the top, such as "sales[3].hs". */
struct tol_json_place {
    const char *file;
    char path[64];
    json_t *value;
};

/* Parses a file, "-" for stdin. Duplicate keys, malformed text and bytes after the value are TOL_BAD_DATA with line and column.
 * Caller owns *root (json_decref). */
TOL_MUST_CHECK enum tol_status tol_json_read_file(const char *path, json_t **root, struct tol_error *error);

/* TOL_BAD_DATA at this place. */
enum tol_status tol_json_fault(const struct tol_json_place *place, struct tol_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fails unless the value is an object whose keys are all in `known` (closed by NULL). */
TOL_MUST_CHECK enum tol_status tol_json_expect_object(const struct tol_json_place *place, const char *const *known,
                                                      struct tol_error *error);
/* The member named key; *found is false, and value NULL, when there is none (or when it is null). */
struct tol_json_place tol_json_member(const struct tol_json_place *parent, const char *key, bool *found);
struct tol_json_place tol_json_item(const struct tol_json_place *parent, size_t index);

TOL_MUST_CHECK enum tol_status tol_json_expect_array(const struct tol_json_place *place, struct tol_error *error);
/* The string's bytes; refuses other types and an embedded zero. */
TOL_MUST_CHECK enum tol_status tol_json_expect_text(const struct tol_json_place *place, const char **text,
                                                    struct tol_error *error);
/* A finite number between least and greatest. */
TOL_MUST_CHECK enum tol_status tol_json_expect_number(const struct tol_json_place *place, double least, double greatest,
                                                      double *number, struct tol_error *error);
TOL_MUST_CHECK enum tol_status tol_json_expect_day(const struct tol_json_place *place, tol_day *day,
                                                   struct tol_error *error);

#endif
