/* What the program asks of libpq. The functions live in a library of their own (tolmuur_postgres.so), loaded only where a PostgreSQL URI is
 * given: libpq comes with Kerberos, LDAP and TLS, which would cost every other start of the program 6 ms. */
#ifndef TOLMUUR_POSTGRES_API_H
#define TOLMUUR_POSTGRES_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

#define TOL_POSTGRES_API_VERSION 1u
#define TOL_POSTGRES_API_SYMBOL "tol_postgres_api"

/* For a transaction, where the server knows how: a command whose program died ends within seconds, not when it next has something to send. */
#define TOL_POSTGRES_END_WITH_CLIENT                                                                                   \
    "SELECT pg_catalog.set_config('client_connection_check_interval', '5s', true) WHERE "                              \
    "pg_catalog.current_setting('server_version_num')::int >= 140000 AND pg_catalog.version() LIKE '%linux%'"

/* A connection with at most one command under way. Not thread safe. */
struct tol_postgres_session;
struct tol_postgres_result;

/* Asked about ten times a second while the server is waited for, on the calling thread; true ends the call with TOL_TRY_AGAIN and cancels what
 * the server is at. */
struct tol_postgres_watch {
    bool (*stopped)(void *context); /* NULL: never */
    void *context;
};

/* All: TOL_UNAVAILABLE (server away, connection lost, with the server's words), TOL_TRY_AGAIN (stopped, lock not given, deadlock),
 * TOL_NO_INPUT (no such table or column, permission denied), TOL_BAD_DATA (a value the server cannot make), TOL_IO (its disk is full),
 * TOL_NO_MEMORY. The error's file is host and database, never the URI. */
struct tol_postgres_api {
    uint32_t version; /* TOL_POSTGRES_API_VERSION */
    int (*library_version)(void);

    /* Also TOL_USAGE: not a URI, or a password in it. */
    enum tol_status (*open)(const char *uri, const struct tol_postgres_watch *watch,
                            struct tol_postgres_session **session, struct tol_error *error);
    void (*close)(struct tol_postgres_session *session); /* NULL allowed; a command under way is cancelled */
    /* An identifier in quotation marks, whatever it holds; NULL when out of memory or not UTF-8. Free with `forget`. */
    char *(*quote)(struct tol_postgres_session *session, const char *identifier);
    void (*forget)(char *quoted); /* NULL allowed */

    /* One command; values are bound, never part of the text. result NULL: rows are not wanted. Released with `result_release`. */
    enum tol_status (*query)(struct tol_postgres_session *session, const char *command, size_t value_count,
                             const char *const *values, struct tol_postgres_result **result, struct tol_error *error);
    size_t (*rows)(const struct tol_postgres_result *result);
    const char *(*value)(const struct tol_postgres_result *result, size_t row, size_t column); /* NULL: null */
    void (*result_release)(struct tol_postgres_result *result);                                /* NULL allowed */
    /* The columns that a query would give; of a domain its base type. */
    enum tol_status (*describe)(struct tol_postgres_session *session, const char *command,
                                struct tol_postgres_result **result, struct tol_error *error);
    size_t (*column_count)(const struct tol_postgres_result *described);
    const char *(*column_name)(const struct tol_postgres_result *described, size_t column);
    uint32_t (*column_type)(const struct tol_postgres_result *described, size_t column); /* its OID */

    /* COPY ... TO STDOUT. The next bytes, valid until the next call; *size 0: the end, and the server says that all is well. */
    enum tol_status (*copy_out)(struct tol_postgres_session *session, const char *command, struct tol_error *error);
    enum tol_status (*copy_read)(struct tol_postgres_session *session, const char **bytes, size_t *size,
                                 struct tol_error *error);
    /* COPY ... FROM STDIN, ended by copy_end; after a fault close the session: nothing is committed. */
    enum tol_status (*copy_in)(struct tol_postgres_session *session, const char *command, struct tol_error *error);
    enum tol_status (*copy_write)(struct tol_postgres_session *session, const char *bytes, size_t size,
                                  struct tol_error *error);
    enum tol_status (*copy_end)(struct tol_postgres_session *session, struct tol_error *error);
};

#endif
