#include <string.h>

#include "postgres/session.h"

/* The one symbol that the library shows. */
__attribute__((visibility("default"))) extern const struct tol_postgres_api tol_postgres_api;

static char *quote(struct tol_postgres_session *session, const char *identifier)
{
    return PQescapeIdentifier(session->connection, identifier, strlen(identifier));
}

static void forget(char *quoted)
{
    PQfreemem(quoted);
}

/* A result of libpq's under a name that the others know. */
static PGresult *result_of(const struct tol_postgres_result *result)
{
    return (PGresult *)(uintptr_t)result;
}

static size_t rows(const struct tol_postgres_result *result)
{
    return (size_t)PQntuples(result_of(result));
}

static const char *value(const struct tol_postgres_result *result, size_t row, size_t column)
{
    return PQgetisnull(result_of(result), (int)row, (int)column) ? NULL
                                                                 : PQgetvalue(result_of(result), (int)row, (int)column);
}

static void result_release(struct tol_postgres_result *result)
{
    PQclear(result_of(result));
}

static size_t column_count(const struct tol_postgres_result *described)
{
    return (size_t)PQnfields(result_of(described));
}

static const char *column_name(const struct tol_postgres_result *described, size_t column)
{
    return PQfname(result_of(described), (int)column);
}

static uint32_t column_type(const struct tol_postgres_result *described, size_t column)
{
    return PQftype(result_of(described), (int)column);
}

const struct tol_postgres_api tol_postgres_api = {
    .version = TOL_POSTGRES_API_VERSION,
    .library_version = PQlibVersion,
    .open = tol_postgres_open,
    .close = tol_postgres_close,
    .quote = quote,
    .forget = forget,
    .query = tol_postgres_query,
    .rows = rows,
    .value = value,
    .result_release = result_release,
    .describe = tol_postgres_describe,
    .column_count = column_count,
    .column_name = column_name,
    .column_type = column_type,
    .copy_out = tol_postgres_copy_out,
    .copy_read = tol_postgres_copy_read,
    .copy_in = tol_postgres_copy_in,
    .copy_write = tol_postgres_copy_write,
    .copy_end = tol_postgres_copy_end,
};
