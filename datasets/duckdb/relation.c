#include "relation.h"

#include <stdlib.h>
#include <string.h>

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading Parquet");
}

static enum tol_parquet_kind kind_of(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_ENUM:
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_BOOLEAN:
        return TOL_PARQUET_TEXT;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_DECIMAL:
        return TOL_PARQUET_EXACT;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
        return TOL_PARQUET_DOUBLE;
    default:
        return TOL_PARQUET_OTHER;
    }
}

static bool note_columns(struct tol_relation *relation, duckdb_result *result)
{
    size_t count = (size_t)duckdb_column_count(result);
    relation->column = calloc(count + 1, sizeof *relation->column);
    relation->type = calloc(count + 1, sizeof *relation->type);
    bool sound = relation->column != NULL && relation->type != NULL;
    for (size_t i = 0; sound && i < count; i++) {
        relation->type[i] = duckdb_column_type(result, i);
        relation->column[i].name = strdup(duckdb_column_name(result, i));
        relation->column[i].kind = kind_of(relation->type[i]);
        relation->column[i].type_name = "a type that is neither text nor number";
        relation->column_count = i + 1;
        sound = relation->column[i].name != NULL;
    }
    return sound;
}

/* Names and types, from a query that gives no rows. */
static enum tol_status describe(struct tol_relation *relation, struct tol_error *error)
{
    char sql[TOL_RELATION_NAME_SIZE + 64];
    duckdb_result result;
    snprintf(sql, sizeof sql, "SELECT * FROM %s LIMIT 0", relation->name);
    enum tol_status status = tol_session_query(&relation->session, sql, &result, error);
    if (status == TOL_OK) {
        status = note_columns(relation, &result) ? TOL_OK : no_memory(error);
        duckdb_destroy_result(&result);
    }
    return status;
}

enum tol_status tol_relation_open(const struct tol_parquet_place *place, struct tol_relation *relation,
                                  struct tol_error *error)
{
    *relation = (struct tol_relation){.path = strdup(place->path), .name = malloc(TOL_RELATION_NAME_SIZE)};
    if (relation->path == NULL || relation->name == NULL) {
        return no_memory(error);
    }
    enum tol_session_file kind = place->table == NULL ? TOL_SESSION_TABLE_FILE : TOL_SESSION_DATABASE;
    struct tol_session *session = &relation->session;
    enum tol_status status =
        tol_session_open(session, kind, place->file, relation->path, place->threads, place->memory_limit_bytes, error);
    if (status != TOL_OK) {
        return status;
    }
    if (place->table == NULL) {
        snprintf(relation->name, TOL_RELATION_NAME_SIZE, "read_parquet('%s')", session->file_name);
    } else {
        snprintf(relation->name, TOL_RELATION_NAME_SIZE, "%s.main.\"%s\"", session->catalog, place->table);
    }
    return describe(relation, error);
}

void tol_relation_close(struct tol_relation *relation)
{
    tol_session_close(&relation->session);
    for (size_t i = 0; i < relation->column_count; i++) {
        free((char *)(uintptr_t)relation->column[i].name);
    }
    free(relation->column);
    free(relation->type);
    free(relation->name);
    free(relation->path);
}

static size_t find_column(const struct tol_relation *relation, const char *name)
{
    size_t i = 0;
    while (i < relation->column_count && strcmp(relation->column[i].name, name) != 0) {
        i++;
    }
    return i;
}

void tol_relation_cell(FILE *sql, const struct tol_relation *relation, size_t column)
{
    /* A collation of the table's would make one text of those that differ in case or accents. */
    const char *format = "CAST(c%zu AS VARCHAR) COLLATE \"binary\"";
    if (relation->type[column] == DUCKDB_TYPE_BOOLEAN) {
        format = "CASE WHEN c%zu THEN 'yes' WHEN NOT c%zu THEN 'no' END";
    } else if (relation->column[column].kind == TOL_PARQUET_DOUBLE) {
        format = "CAST(c%zu AS DOUBLE)";
    } else if (relation->column[column].kind == TOL_PARQUET_OTHER) {
        format = "CASE WHEN c%zu IS NOT NULL THEN '' END";
    }
    fprintf(sql, format, column, column);
}

void tol_relation_text(FILE *sql, const struct tol_relation *relation, const char *name)
{
    size_t column = find_column(relation, name);
    if (column < relation->column_count && relation->column[column].kind < TOL_PARQUET_DOUBLE) {
        tol_relation_cell(sql, relation, column);
    } else {
        fputs("CAST(NULL AS VARCHAR)", sql);
    }
}

void tol_relation_from(FILE *sql, const struct tol_relation *relation)
{
    fprintf(sql, " FROM %s AS t(", relation->name);
    for (size_t i = 0; i < relation->column_count; i++) {
        fprintf(sql, i == 0 ? "c%zu" : ", c%zu", i);
    }
    fputs(")", sql);
}

static bool append_all(duckdb_appender appender, const struct tol_text_list *texts)
{
    bool sound = true;
    for (size_t i = 0; sound && i < texts->count; i++) {
        sound = duckdb_append_varchar_length(appender, texts->text[i], texts->length[i]) == DuckDBSuccess &&
                duckdb_appender_end_row(appender) == DuckDBSuccess;
    }
    return sound;
}

enum tol_status tol_relation_list(struct tol_relation *relation, const struct tol_text_list *texts,
                                  struct tol_error *error)
{
    struct tol_session *session = &relation->session;
    duckdb_result result;
    duckdb_appender appender = NULL;
    enum tol_status status =
        tol_session_query(session, "CREATE TABLE memory.main.listed(text VARCHAR)", &result, error);
    if (status != TOL_OK) {
        return status;
    }
    duckdb_destroy_result(&result);
    bool sound =
        duckdb_appender_create_ext(session->connection, "memory", "main", "listed", &appender) == DuckDBSuccess &&
        append_all(appender, texts) && duckdb_appender_close(appender) == DuckDBSuccess;
    if (!sound) {
        status = tol_session_fail(session, duckdb_appender_error(appender), error);
    }
    duckdb_appender_destroy(&appender);
    return status;
}
