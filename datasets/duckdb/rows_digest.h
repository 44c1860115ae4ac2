#ifndef TOLMUUR_DUCKDB_ROWS_DIGEST_H
#define TOLMUUR_DUCKDB_ROWS_DIGEST_H

#include "duckdb/api.h"

enum tol_status tol_rows_digest(const struct tol_parquet_place *place, const char *key, uint64_t salt,
                                tol_digest_function take, void *context, struct tol_error *error);
enum tol_status tol_rows_naming(const struct tol_parquet_place *place, const char *key, const char *column,
                                const struct tol_text_list *texts, tol_digest_function take, void *context,
                                struct tol_error *error);

#endif
