#include "datasets/table_writer.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "duckdb/load.h"
#include "write/output_file.h"
#include "write/text_rows.h"

enum tol_table_format tol_table_format_of(const char *path)
{
    static const struct {
        const char *ending;
        enum tol_table_format format;
    } kind[] = {{".csv", TOL_TABLE_CSV}, {".jsonl", TOL_TABLE_JSONL}, {".parquet", TOL_TABLE_PARQUET}};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
        size_t ending = strlen(kind[i].ending);
        if (length > ending && strcasecmp(path + length - ending, kind[i].ending) == 0) {
            return kind[i].format;
        }
    }
    return TOL_TABLE_BY_ENDING;
}

static enum tol_status choose_format(const char *path, enum tol_table_format *format, struct tol_error *error)
{
    bool standard_output = strcmp(path, "-") == 0;
    if (*format == TOL_TABLE_BY_ENDING) {
        *format = standard_output ? TOL_TABLE_CSV : tol_table_format_of(path);
    }
    if (*format == TOL_TABLE_BY_ENDING) {
        tol_fail(error, TOL_USAGE, "no format can be told from this name; end it in .csv, .jsonl or .parquet");
        return tol_fail_at(error, TOL_USAGE, path, 0, NULL, NULL);
    }
    if (*format == TOL_TABLE_PARQUET && standard_output) {
        return tol_fail(error, TOL_USAGE, "Parquet cannot be written to standard output; name a file");
    }
    return TOL_OK;
}

enum tol_status tol_table_write(const char *path, enum tol_table_format format, const struct tol_table_column *columns,
                                size_t column_count, tol_table_producer producer, void *context,
                                struct tol_error *error)
{
    assert(column_count > 0);
    const struct tol_duckdb_api *duckdb = NULL;
    struct tol_output_file *output;
    enum tol_status status = choose_format(path, &format, error);
    if (status == TOL_OK && format == TOL_TABLE_PARQUET) {
        status = tol_duckdb_load(&duckdb, error);
    }
    if (status == TOL_OK) {
        status = tol_output_file_create(path, &output, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    if (format == TOL_TABLE_PARQUET) {
        status =
            duckdb->write(tol_output_file_descriptor(output), path, columns, column_count, producer, context, error);
    } else {
        status = tol_text_rows_write(output, path, format, columns, column_count, producer, context, error);
    }
    if (status != TOL_OK) {
        tol_output_file_abandon(output);
        return status;
    }
    return tol_output_file_commit(output, error);
}
