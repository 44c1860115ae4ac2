/* What tells the rows of a key from other rows, worked out where the rows are. */
#include "rows_digest.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "relation.h"

/* One answer row for each key: text, how many rows, sum of their hashes (a HUGEINT, of which the lower half is the sum modulo 2^64). */
enum { KEY, ROWS, SUM, NUMBERS };

struct batch {
    uint64_t capacity;
    const char **text;
    uint32_t *length;
    uint64_t *row_count;
    uint64_t *sum;
};

static void free_batch(struct batch *batch)
{
    free(batch->text);
    free(batch->length);
    free(batch->row_count);
    free(batch->sum);
    *batch = (struct batch){0};
}

static bool make_room(struct batch *batch, uint64_t count)
{
    if (count <= batch->capacity) {
        return true;
    }
    free_batch(batch);
    batch->capacity = count;
    batch->text = calloc(count, sizeof *batch->text);
    batch->length = calloc(count, sizeof *batch->length);
    batch->row_count = calloc(count, sizeof *batch->row_count);
    batch->sum = calloc(count, sizeof *batch->sum);
    return batch->text != NULL && batch->length != NULL && batch->row_count != NULL && batch->sum != NULL;
}

static void read_keys(duckdb_data_chunk chunk, uint64_t count, struct batch *batch)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, KEY);
    uint64_t *given = duckdb_vector_get_validity(vector);
    duckdb_string_t *text = duckdb_vector_get_data(vector);
    for (uint64_t i = 0; i < count; i++) {
        bool null = given != NULL && !duckdb_validity_row_is_valid(given, i);
        batch->text[i] = null ? "            " : duckdb_string_t_data(&text[i]);
        batch->length[i] = null ? 0 : duckdb_string_t_length(text[i]);
    }
}

/* One column of numbers: rows as they are, hashes times the factor. */
static void read_numbers(duckdb_data_chunk chunk, uint64_t count, uint64_t factor, struct batch *batch)
{
    const uint64_t *rows = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, ROWS));
    const duckdb_hugeint *sum = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, SUM));
    for (uint64_t i = 0; i < count; i++) {
        batch->row_count[i] = rows[i];
        batch->sum[i] = sum[i].lower * factor;
    }
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading Parquet");
}

/* Hands the answer on, chunk by chunk. */
static enum tol_status take_all(const struct tol_session *session, duckdb_result *result, uint64_t factor,
                                tol_digest_function take, void *context, struct tol_error *error)
{
    struct batch batch = {0};
    enum tol_status status = TOL_OK;
    for (duckdb_data_chunk chunk; status == TOL_OK && (chunk = duckdb_fetch_chunk(*result)) != NULL;) {
        uint64_t count = duckdb_data_chunk_get_size(chunk);
        if (!make_room(&batch, count)) {
            status = no_memory(error);
        } else {
            read_keys(chunk, count, &batch);
            read_numbers(chunk, count, factor, &batch);
            status = take(context, count, batch.text, batch.length, batch.row_count, batch.sum, error);
        }
        duckdb_destroy_data_chunk(&chunk);
    }
    const char *message = duckdb_result_error(result);
    if (status == TOL_OK && message != NULL) {
        status = tol_session_fail(session, message, error);
    }
    free_batch(&batch);
    return status;
}

/* Odd. A row is more than its cells: it is also what its columns are called and how they are read. */
static uint64_t factor_of(const struct tol_relation *relation, uint64_t salt)
{
    for (size_t i = 0; i < relation->column_count; i++) {
        const struct tol_parquet_column *column = &relation->column[i];
        salt = XXH3_64bits_withSeed(column->name, strlen(column->name) + 1, salt + (uint64_t)column->kind);
    }
    return salt | 1;
}

/* A row's hash. Hashed once more: DuckDB puts the last column's hash into that of the others by exclusive or, and a sum over rows would not see
 * all that is swapped between them. */
static void write_hash(FILE *sql, const struct tol_relation *relation)
{
    fputs("hash(hash(", sql);
    for (size_t i = 0; i < relation->column_count; i++) {
        fputs(i == 0 ? "" : ", ", sql);
        tol_relation_cell(sql, relation, i);
    }
    fputs("))", sql);
}

/* named NULL: all rows with their hashes; else those with a listed text in that column, without. */
static void write_query(FILE *sql, const struct tol_relation *relation, const char *key, const char *named)
{
    fputs("SELECT k, count(*)::UBIGINT, sum(h)::HUGEINT FROM (SELECT ", sql);
    tol_relation_text(sql, relation, key);
    fputs(" AS k, ", sql);
    if (named == NULL) {
        write_hash(sql, relation);
    } else {
        fputs("0", sql);
    }
    fputs(" AS h", sql);
    tol_relation_from(sql, relation);
    if (named != NULL) {
        fputs(" WHERE ", sql);
        tol_relation_text(sql, relation, named);
        fputs(" IN " TOL_RELATION_LIST, sql);
    }
    fputs(") GROUP BY k", sql);
}

static enum tol_status ask(struct tol_relation *relation, const char *key, const char *named, uint64_t factor,
                           tol_digest_function take, void *context, struct tol_error *error)
{
    char *sql = NULL;
    size_t size;
    duckdb_result result = {0};
    FILE *stream = open_memstream(&sql, &size);
    if (stream != NULL) {
        write_query(stream, relation, key, named);
    }
    enum tol_status status = stream == NULL || fclose(stream) != 0
                                 ? no_memory(error)
                                 : tol_session_query(&relation->session, sql, &result, error);
    if (status == TOL_OK) {
        status = take_all(&relation->session, &result, factor, take, context, error);
        duckdb_destroy_result(&result);
    }
    free(sql);
    return status;
}

enum tol_status tol_rows_digest(const struct tol_parquet_place *place, const char *key, uint64_t salt,
                                tol_digest_function take, void *context, struct tol_error *error)
{
    struct tol_relation relation;
    enum tol_status status = tol_relation_open(place, &relation, error);
    if (status == TOL_OK) {
        status = ask(&relation, key, NULL, factor_of(&relation, salt), take, context, error);
    }
    tol_relation_close(&relation);
    return status;
}

enum tol_status tol_rows_naming(const struct tol_parquet_place *place, const char *key, const char *column,
                                const struct tol_text_list *texts, tol_digest_function take, void *context,
                                struct tol_error *error)
{
    struct tol_relation relation;
    enum tol_status status = tol_relation_open(place, &relation, error);
    status = status == TOL_OK ? tol_relation_list(&relation, texts, error) : status;
    if (status == TOL_OK) {
        status = ask(&relation, key, column, 1, take, context, error);
    }
    tol_relation_close(&relation);
    return status;
}
