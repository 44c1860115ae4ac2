#include "database.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Text between quotation marks, those inside doubled. False when it does not fit. */
static bool quote(const char *text, size_t length, char mark, char *quoted, size_t size)
{
    size_t used = 0;
    quoted[used++] = mark;
    for (size_t i = 0; i < length && used + 4 < size; i++) {
        if (text[i] == mark) {
            quoted[used++] = mark;
        }
        quoted[used++] = text[i];
    }
    quoted[used++] = mark;
    quoted[used] = '\0';
    return used + 4 < size;
}

enum tol_status tol_database_log_name(const struct tol_session *session, char *quoted, size_t size,
                                      struct tol_error *error)
{
    static const char ending[] = ".wal";
    char path[PATH_MAX + sizeof ending];
    ssize_t length = readlink(session->file_name, path, PATH_MAX - 1);
    if (length <= 0) {
        tol_fail(error, TOL_IO, "cannot tell where this file is");
        return tol_fail_at(error, TOL_IO, session->path, 0, NULL, NULL);
    }
    memcpy(path + length, ending, sizeof ending);
    if (access(path, F_OK) == 0) {
        tol_fail(error, TOL_TRY_AGAIN,
                 "changes to this database are still in a .wal file beside it: it is being written or was not closed; "
                 "close it, or run CHECKPOINT in it, and try again");
        return tol_fail_at(error, TOL_TRY_AGAIN, session->path, 0, NULL, NULL);
    }
    return quote(path, (size_t)length + sizeof ending - 1, '\'', quoted, size)
               ? TOL_OK
               : tol_fail(error, TOL_NO_INPUT, "the path of the database is too long");
}

/* DuckDB calls a database by its file's name up to the dot, and so do views in it; names of its own get an ending. */
static bool name_catalog(struct tol_session *session)
{
    static const char *const own[] = {"main", "memory", "system", "temp"};
    const char *slash = strrchr(session->path, '/');
    const char *start = slash == NULL ? session->path : slash + 1;
    start += strspn(start, ".");
    char name[NAME_MAX + 8];
    int length = (int)strcspn(start, ".");
    const char *ending = "";
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if ((size_t)length == strlen(own[i]) && strncasecmp(start, own[i], (size_t)length) == 0) {
            ending = "_db";
        }
    }
    int used = snprintf(name, sizeof name, "%.*s%s", length, start, length == 0 ? "input" : ending);
    return used < (int)sizeof name && quote(name, (size_t)used, '"', session->catalog, sizeof session->catalog);
}

enum tol_status tol_database_attach(struct tol_session *session, struct tol_error *error)
{
    char sql[TOL_SESSION_CATALOG_SIZE + 128];
    duckdb_result result;
    if (!name_catalog(session)) {
        tol_fail(error, TOL_NO_INPUT, "the name of the database is too long");
        return tol_fail_at(error, TOL_NO_INPUT, session->path, 0, NULL, NULL);
    }
    snprintf(sql, sizeof sql, "ATTACH '%s' AS %s (TYPE duckdb, READ_ONLY)", session->file_name, session->catalog);
    enum tol_status status = tol_session_query(session, sql, &result, error);
    if (status == TOL_OK) {
        duckdb_destroy_result(&result);
    }
    return status;
}

static void mark_present(duckdb_data_chunk chunk, const char *const *name, size_t count, bool *present)
{
    duckdb_string_t *found = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    for (size_t row = 0; row < duckdb_data_chunk_get_size(chunk); row++) {
        size_t length = duckdb_string_t_length(found[row]);
        for (size_t i = 0; i < count; i++) {
            present[i] |= strlen(name[i]) == length && memcmp(duckdb_string_t_data(&found[row]), name[i], length) == 0;
        }
    }
}

enum tol_status tol_database_tables(int file, const char *path, uint64_t memory_limit_bytes, const char *const *name,
                                    size_t count, bool *present, struct tol_error *error)
{
    struct tol_session session;
    duckdb_result result;
    memset(present, 0, count * sizeof *present);
    enum tol_status status = tol_session_open(&session, TOL_SESSION_DATABASE, file, path, 1, memory_limit_bytes, error);
    if (status != TOL_OK) {
        return status;
    }
    /* The one attached database beside DuckDB's own three. */
    status = tol_session_query(&session,
                               "SELECT lower(table_name) FROM system.information_schema.tables WHERE table_schema = "
                               "'main' AND table_catalog NOT IN ('memory', 'system', 'temp')",
                               &result, error);
    if (status == TOL_OK) {
        for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(result)) != NULL;) {
            mark_present(chunk, name, count, present);
            duckdb_destroy_data_chunk(&chunk);
        }
        duckdb_destroy_result(&result);
    }
    tol_session_close(&session);
    return status;
}
