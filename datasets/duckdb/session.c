#include "session.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

#define MEMORY_DEFAULT_BYTES ((uint64_t)512 << 20)

/* DuckDB's first line tells enough; the name it was given for the file would only confuse. */
static void first_line(const struct tol_session *session, const char *message, char *line, size_t size)
{
    size_t used = 0;
    size_t name = strlen(session->file_name);
    while (*message != '\0' && *message != '\n' && used + 16 < size) {
        if (strncmp(message, session->file_name, name) == 0) {
            used += (size_t)snprintf(line + used, size - used, "this file");
            message += name;
        } else {
            line[used++] = *message++;
        }
    }
    line[used] = '\0';
}

/* What tables and views of a database can do wrong. */
static enum tol_status fail_in_database(const struct tol_session *session, const char *line, struct tol_error *error)
{
    enum tol_status status = TOL_BAD_DATA;
    if (strstr(line, "Permission Error") != NULL) {
        tol_fail(error, status,
                 "a view that reads something outside this database, which is not allowed; keep the rows in a table of "
                 "it (DuckDB: %s)",
                 line);
    } else if (strstr(line, "Could not set lock") != NULL) {
        status = TOL_TRY_AGAIN;
        tol_fail(error, status, "another process has the database open for writing; try again when it is done");
    } else {
        tol_fail(error, status, "DuckDB cannot read this; mend the table, view or file (DuckDB: %s)", line);
    }
    return tol_fail_at(error, status, session->path, 0, NULL, NULL);
}

/* DuckDB says "IO Error" also where a damaged file asks for bytes beyond its end; what the system refused ends in the system's words. */
static bool is_of_the_system(const char *line)
{
    static const int codes[] = {EIO, ENOSPC, EDQUOT, EFBIG, EROFS, ENOMEM, EMFILE, ENFILE, ESTALE, ETIMEDOUT};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strstr(line, strerrordesc_np(codes[i])) != NULL) {
            return true;
        }
    }
    return false;
}

enum tol_status tol_session_fail(const struct tol_session *session, const char *message, struct tol_error *error)
{
    char line[256];
    first_line(session, message == NULL ? "unknown error" : message, line, sizeof line);
    if (strstr(line, "Out of Memory") != NULL) {
        tol_fail(error, TOL_NO_MEMORY, "DuckDB ran out of the memory it may use; raise the limit: %s", line);
        return tol_fail_at(error, TOL_NO_MEMORY, session->path, 0, NULL, NULL);
    }
    if (session->kind == TOL_SESSION_DATABASE) {
        return fail_in_database(session, line, error);
    }
    if (is_of_the_system(line)) {
        tol_fail(error, TOL_IO, "%s", line);
        return tol_fail_at(error, TOL_IO, session->path, 0, NULL, NULL);
    }
    tol_fail(error, TOL_BAD_DATA, "not a sound Parquet file, perhaps cut short; write it again (DuckDB: %s)", line);
    return tol_fail_at(error, TOL_BAD_DATA, session->path, 0, NULL, NULL);
}

enum tol_status tol_session_query(struct tol_session *session, const char *sql, duckdb_result *result,
                                  struct tol_error *error)
{
    if (duckdb_query(session->connection, sql, result) == DuckDBSuccess) {
        return TOL_OK;
    }
    enum tol_status status = tol_session_fail(session, duckdb_result_error(result), error);
    duckdb_destroy_result(result);
    return status;
}

static enum tol_status run(struct tol_session *session, const char *sql, struct tol_error *error)
{
    duckdb_result result;
    enum tol_status status = tol_session_query(session, sql, &result, error);
    if (status == TOL_OK) {
        duckdb_destroy_result(&result);
    }
    return status;
}

static enum tol_status allow(struct tol_session *session, const int *file, size_t file_count, struct tol_error *error)
{
    bool database = session->kind == TOL_SESSION_DATABASE;
    char log_name[2 * PATH_MAX + 16];
    enum tol_status status = database ? tol_database_log_name(session, log_name, sizeof log_name, error) : TOL_OK;
    if (status != TOL_OK) {
        return status;
    }
    char *sql = NULL;
    size_t size;
    FILE *stream = open_memstream(&sql, &size);
    if (stream == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while starting DuckDB");
    }
    fputs("SET allowed_paths = [", stream);
    for (size_t i = 0; i < file_count; i++) {
        fprintf(stream, "%s'/proc/self/fd/%d'", i == 0 ? "" : ", ", file[i]);
    }
    fprintf(stream, "%s%s]", database ? ", " : "", database ? log_name : "");
    status = fclose(stream) == 0 ? run(session, sql, error)
                                 : tol_fail(error, TOL_NO_MEMORY, "out of memory while starting DuckDB");
    free(sql);
    return status;
}

static enum tol_status lock_down(struct tol_session *session, const int *file, size_t file_count,
                                 struct tol_error *error)
{
    enum tol_status status = allow(session, file, file_count, error);
    if (status == TOL_OK) {
        status = run(session, "SET enable_external_access = false", error);
    }
    if (status == TOL_OK && session->kind == TOL_SESSION_DATABASE) {
        status = tol_database_attach(session, error);
    }
    return status == TOL_OK ? run(session, "SET lock_configuration = true", error) : status;
}

static bool configure(duckdb_config config, unsigned threads, uint64_t memory_limit_bytes)
{
    char memory[32];
    char thread_text[16];
    uint64_t limit = memory_limit_bytes == 0 ? MEMORY_DEFAULT_BYTES : memory_limit_bytes;
    snprintf(memory, sizeof memory, "%lluB", (unsigned long long)limit);
    snprintf(thread_text, sizeof thread_text, "%u", threads);
    return duckdb_set_config(config, "autoinstall_known_extensions", "false") == DuckDBSuccess &&
           duckdb_set_config(config, "autoload_known_extensions", "false") == DuckDBSuccess &&
           duckdb_set_config(config, "allow_community_extensions", "false") == DuckDBSuccess &&
           duckdb_set_config(config, "temp_directory", "") == DuckDBSuccess &&
           duckdb_set_config(config, "memory_limit", memory) == DuckDBSuccess &&
           (threads == 0 || duckdb_set_config(config, "threads", thread_text) == DuckDBSuccess);
}

enum tol_status tol_session_open(struct tol_session *session, enum tol_session_file kind, int file, const char *path,
                                 unsigned threads, uint64_t memory_limit_bytes, struct tol_error *error)
{
    return tol_session_open_files(session, kind, &file, 1, path, threads, memory_limit_bytes, error);
}

enum tol_status tol_session_open_files(struct tol_session *session, enum tol_session_file kind, const int *file,
                                       size_t file_count, const char *path, unsigned threads,
                                       uint64_t memory_limit_bytes, struct tol_error *error)
{
    *session = (struct tol_session){.kind = kind, .path = path};
    snprintf(session->file_name, sizeof session->file_name, "/proc/self/fd/%d", file[0]);
    duckdb_config config;
    if (duckdb_create_config(&config) != DuckDBSuccess) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while starting DuckDB");
    }
    char *reason = NULL;
    bool opened = configure(config, threads, memory_limit_bytes) &&
                  duckdb_open_ext(NULL, &session->database, config, &reason) == DuckDBSuccess &&
                  duckdb_connect(session->database, &session->connection) == DuckDBSuccess;
    duckdb_destroy_config(&config);
    if (!opened) {
        bool memory = reason != NULL && strstr(reason, "Out of Memory") != NULL;
        enum tol_status status = tol_fail(
            error, memory ? TOL_NO_MEMORY : TOL_UNAVAILABLE, "DuckDB does not start%s: %.200s",
            memory ? " with so little memory; raise the limit" : "", reason == NULL ? "unknown reason" : reason);
        duckdb_free(reason);
        tol_session_close(session);
        return status;
    }
    enum tol_status status = lock_down(session, file, file_count, error);
    if (status != TOL_OK) {
        tol_session_close(session);
    }
    return status;
}

void tol_session_close(struct tol_session *session)
{
    if (session->connection != NULL) {
        duckdb_disconnect(&session->connection);
    }
    if (session->database != NULL) {
        duckdb_close(&session->database);
    }
}
