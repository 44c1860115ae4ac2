#ifndef TOLMUUR_DUCKDB_PARQUET_READ_H
#define TOLMUUR_DUCKDB_PARQUET_READ_H

#include "duckdb/api.h"

enum tol_status tol_parquet_reader_open(const struct tol_parquet_place *place, const struct tol_row_filter *filter,
                                        struct tol_parquet_reader **reader, struct tol_error *error);
void tol_parquet_reader_close(struct tol_parquet_reader *reader);
size_t tol_parquet_reader_columns(const struct tol_parquet_reader *reader, const struct tol_parquet_column **columns);
uint64_t tol_parquet_reader_rows(const struct tol_parquet_reader *reader);
enum tol_status tol_parquet_reader_take(struct tol_parquet_reader *reader, struct tol_parquet_chunk **chunk,
                                        size_t *row_count, struct tol_error *error);
enum tol_status tol_parquet_reader_cell(struct tol_parquet_reader *reader, struct tol_parquet_chunk *chunk,
                                        size_t column, size_t row, struct tol_parquet_cell *cell,
                                        struct tol_error *error);
void tol_parquet_chunk_column(const struct tol_parquet_reader *reader, struct tol_parquet_chunk *chunk, size_t column,
                              const char **text, uint32_t *length, double *number);
void tol_parquet_chunk_release(struct tol_parquet_chunk *chunk);

#endif
