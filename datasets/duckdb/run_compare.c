/* The join of two runs, as SQL. Scenario names and the threshold are bound; files are named by their descriptors: nothing from outside is read as SQL. */
#include "run_compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

static const char *const side_name[TOL_RUN_SIDE_COUNT] = {"a", "b"};

/* ---- SQL ------------------------------------------------------------------------------------------------------- */

static void write_files(FILE *sql, const struct tol_run_rows *run)
{
    for (size_t i = 0; i < run->file_count; i++) {
        fprintf(sql, "%s'/proc/self/fd/%d'", i == 0 ? "" : ", ", run->file[i]);
    }
}

/* pair, and the rows of each run as tables a and b. */
static void write_tables(FILE *sql, const struct tol_run_compare *compare)
{
    fputs("WITH pair(place, name_a, name_b) AS (VALUES ", sql);
    for (size_t i = 0; i < compare->pair_count; i++) {
        fprintf(sql, "%s(%zu::UINTEGER, ?::VARCHAR, ?::VARCHAR)", i == 0 ? "" : ", ", i);
    }
    for (int side = 0; side < TOL_RUN_SIDE_COUNT; side++) {
        fprintf(sql,
                "), %s AS (SELECT place, firm_id::VARCHAR AS firm, band::VARCHAR AS band, score::DOUBLE AS score, "
                "ebitda_change_eur::DOUBLE AS eur FROM read_parquet([",
                side_name[side]);
        write_files(sql, &compare->run[side]);
        fprintf(sql, "]) JOIN pair ON scenario = name_%s", side_name[side]);
    }
    fputs(") ", sql);
}

static void write_count(FILE *sql)
{
    fputs("SELECT 0::UINTEGER, place, count(*)::UBIGINT FROM a GROUP BY place UNION ALL "
          "SELECT 1::UINTEGER, place, count(*)::UBIGINT FROM b GROUP BY place",
          sql);
}

static void write_movers(FILE *sql)
{
    fputs("SELECT coalesce(a.firm, b.firm) AS firm, coalesce(a.place, b.place) AS place, a.firm IS NOT NULL, "
          "b.firm IS NOT NULL, a.band, b.band, a.score, b.score, a.eur, b.eur "
          "FROM a FULL JOIN b ON a.firm = b.firm AND a.place = b.place "
          "WHERE a.firm IS NULL OR b.firm IS NULL OR a.band IS DISTINCT FROM b.band "
          "OR (a.score IS NULL) <> (b.score IS NULL) OR (a.score <> b.score AND abs(b.score - a.score) >= ?) "
          "ORDER BY abs(coalesce(b.eur, 0) - coalesce(a.eur, 0)) DESC, 1, 2",
          sql);
}

static char *make_sql(const struct tol_run_compare *compare, bool movers)
{
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);
    if (sql == NULL) {
        return NULL;
    }
    write_tables(sql, compare);
    (movers ? write_movers : write_count)(sql);
    if (fclose(sql) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- running it ------------------------------------------------------------------------------------------------ */

struct query {
    duckdb_prepared_statement statement;
    duckdb_pending_result pending;
    duckdb_result result;
    bool have_result;
};

static void end_query(struct query *query)
{
    if (query->have_result) {
        duckdb_destroy_result(&query->result);
    }
    duckdb_destroy_pending(&query->pending);
    duckdb_destroy_prepare(&query->statement);
}

static bool bind(const struct query *query, const struct tol_run_compare *compare, bool movers)
{
    idx_t place = 1;
    bool good = true;
    for (size_t i = 0; i < compare->pair_count; i++) {
        for (int side = 0; side < TOL_RUN_SIDE_COUNT && good; side++) {
            good = duckdb_bind_varchar(query->statement, place++, compare->pair[i].scenario[side]) == DuckDBSuccess;
        }
    }
    return good && (!movers || duckdb_bind_double(query->statement, place, compare->threshold) == DuckDBSuccess);
}

static enum tol_status fail(const struct tol_session *session, const char *message, struct tol_error *error)
{
    if (message != NULL && strstr(message, "Out of Memory") != NULL) {
        return tol_session_fail(session, message, error);
    }
    size_t length = message == NULL ? 0 : strcspn(message, "\n");
    return tol_fail(error, TOL_BAD_DATA, "the parts of these runs are not rows of score (DuckDB: %.*s)",
                    length > 300 ? 300 : (int)length, message == NULL ? "" : message);
}

/* The result is streamed: end_query in any case. */
static enum tol_status begin_query(struct tol_session *session, const struct tol_run_compare *compare, bool movers,
                                   struct query *query, struct tol_error *error)
{
    *query = (struct query){0};
    char *sql = make_sql(compare, movers);
    if (sql == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while comparing runs");
    }
    duckdb_state prepared = duckdb_prepare(session->connection, sql, &query->statement);
    free(sql);
    if (prepared != DuckDBSuccess || !bind(query, compare, movers)) {
        return fail(session, duckdb_prepare_error(query->statement), error);
    }
    if (duckdb_pending_prepared_streaming(query->statement, &query->pending) != DuckDBSuccess) {
        return fail(session, duckdb_pending_error(query->pending), error);
    }
    query->have_result = true;
    return duckdb_execute_pending(query->pending, &query->result) == DuckDBSuccess
               ? TOL_OK
               : fail(session, duckdb_result_error(&query->result), error);
}

/* NULL at the end and after a fault. */
static duckdb_data_chunk next_chunk(const struct tol_session *session, struct query *query, enum tol_status *status,
                                    struct tol_error *error)
{
    duckdb_data_chunk chunk = duckdb_fetch_chunk(query->result);
    const char *message = chunk == NULL ? duckdb_result_error(&query->result) : NULL;
    *status = message != NULL && message[0] != '\0' ? fail(session, message, error) : TOL_OK;
    return chunk;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

struct column {
    const void *data;
    uint64_t *validity; /* NULL: all are given */
};

enum { FIRM = 0, PLACE, IS, BAND = IS + TOL_RUN_SIDE_COUNT, SCORE = BAND + 2, EUR = SCORE + 2, COLUMN_COUNT = EUR + 2 };

static bool given(const struct column *column, idx_t row)
{
    return column->validity == NULL || duckdb_validity_row_is_valid(column->validity, row);
}

static double number(const struct column *column, idx_t row)
{
    return given(column, row) ? ((const double *)column->data)[row] : NAN;
}

/* A band is one letter. */
static char band(const struct column *column, idx_t row)
{
    duckdb_string_t *text = &((duckdb_string_t *)(uintptr_t)column->data)[row];
    return given(column, row) && duckdb_string_t_length(*text) == 1 ? duckdb_string_t_data(text)[0] : '-';
}

static struct tol_run_mover mover_of(const struct column *column, idx_t row)
{
    duckdb_string_t *firm = &((duckdb_string_t *)(uintptr_t)column[FIRM].data)[row];
    struct tol_run_mover mover = {.firm_id = duckdb_string_t_data(firm),
                                  .firm_id_length = duckdb_string_t_length(*firm),
                                  .pair = ((const uint32_t *)column[PLACE].data)[row]};
    for (int side = 0; side < TOL_RUN_SIDE_COUNT; side++) {
        mover.in[side].is = ((const bool *)column[IS + side].data)[row];
        mover.in[side].band = band(&column[BAND + side], row);
        mover.in[side].score = number(&column[SCORE + side], row);
        mover.in[side].ebitda_change_eur = number(&column[EUR + side], row);
    }
    return mover;
}

static void read_columns(duckdb_data_chunk chunk, struct column *column, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        column[i] = (struct column){duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector)};
    }
}

static enum tol_status take_movers(const struct tol_session *session, struct query *query, tol_run_mover_function take,
                                   void *context, struct tol_error *error)
{
    enum tol_status status;
    duckdb_data_chunk chunk;
    while ((chunk = next_chunk(session, query, &status, error)) != NULL) {
        struct column column[COLUMN_COUNT];
        read_columns(chunk, column, COLUMN_COUNT);
        idx_t rows = duckdb_data_chunk_get_size(chunk);
        for (idx_t row = 0; row < rows && status == TOL_OK; row++) {
            const struct tol_run_mover mover = mover_of(column, row);
            status = take(context, &mover, error);
        }
        duckdb_destroy_data_chunk(&chunk);
        if (status != TOL_OK) {
            return status;
        }
    }
    return status;
}

static enum tol_status take_counts(const struct tol_session *session, struct query *query,
                                   uint64_t (*firms)[TOL_RUN_SIDE_COUNT], struct tol_error *error)
{
    enum tol_status status;
    duckdb_data_chunk chunk;
    while ((chunk = next_chunk(session, query, &status, error)) != NULL) {
        struct column column[3];
        read_columns(chunk, column, 3);
        for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); row++) {
            uint32_t side = ((const uint32_t *)column[0].data)[row];
            uint32_t place = ((const uint32_t *)column[1].data)[row];
            firms[place][side] = ((const uint64_t *)column[2].data)[row];
        }
        duckdb_destroy_data_chunk(&chunk);
    }
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static enum tol_status open_session(struct tol_session *session, const struct tol_run_compare *compare,
                                    struct tol_error *error)
{
    size_t count = compare->run[TOL_RUN_BEFORE].file_count + compare->run[TOL_RUN_AFTER].file_count;
    int *file = calloc(count + 1, sizeof *file);
    if (file == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while comparing runs");
    }
    size_t used = 0;
    for (int side = 0; side < TOL_RUN_SIDE_COUNT; side++) {
        for (size_t i = 0; i < compare->run[side].file_count; i++) {
            file[used++] = compare->run[side].file[i];
        }
    }
    enum tol_status status =
        tol_session_open_files(session, TOL_SESSION_TABLE_FILE, file, count, compare->run[TOL_RUN_BEFORE].name,
                               compare->threads, compare->memory_limit_bytes, error);
    free(file);
    return status;
}

enum tol_status tol_run_join(const struct tol_run_compare *compare, uint64_t (*firms)[TOL_RUN_SIDE_COUNT],
                             tol_run_mover_function take, void *context, struct tol_error *error)
{
    struct tol_session session = {0};
    struct query query;
    enum tol_status status = open_session(&session, compare, error);
    if (status != TOL_OK) {
        return status;
    }
    memset(firms, 0, compare->pair_count * sizeof *firms);
    status = begin_query(&session, compare, false, &query, error);
    if (status == TOL_OK) {
        status = take_counts(&session, &query, firms, error);
    }
    end_query(&query);
    if (status == TOL_OK) {
        status = begin_query(&session, compare, true, &query, error);
        if (status == TOL_OK) {
            status = take_movers(&session, &query, take, context, error);
        }
        end_query(&query);
    }
    tol_session_close(&session);
    return status;
}
