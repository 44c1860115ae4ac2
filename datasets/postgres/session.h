/* A connection that never waits longer than a tenth of a second without asking whether to go on. */
#ifndef TOLMUUR_POSTGRES_SESSION_H
#define TOLMUUR_POSTGRES_SESSION_H

#include <libpq-fe.h>

#include "postgres/api.h"

struct tol_postgres_session {
    PGconn *connection;
    PGcancel *cancel;
    struct tol_postgres_watch watch;
    bool busy;       /* a command is under way */
    char *row;       /* of copy_read */
    char place[512]; /* host and database, for messages */
};

enum tol_status tol_postgres_open(const char *uri, const struct tol_postgres_watch *watch,
                                  struct tol_postgres_session **session, struct tol_error *error);
void tol_postgres_close(struct tol_postgres_session *session);

/* Waits for the socket (POLLIN, POLLOUT), at most a tenth of a second. TOL_TRY_AGAIN: stopped. */
TOL_MUST_CHECK enum tol_status tol_postgres_wait(struct tol_postgres_session *session, short events,
                                                 struct tol_error *error);
/* Sends what is still to be sent. */
TOL_MUST_CHECK enum tol_status tol_postgres_flush(struct tol_postgres_session *session, struct tol_error *error);
/* Waits for the next result; *result NULL: none is left. */
TOL_MUST_CHECK enum tol_status tol_postgres_next(struct tol_postgres_session *session, PGresult **result,
                                                 struct tol_error *error);
/* The fault of a result, or of the connection when result is NULL. */
enum tol_status tol_postgres_fault(const struct tol_postgres_session *session, const PGresult *result,
                                   struct tol_error *error);

enum tol_status tol_postgres_query(struct tol_postgres_session *session, const char *command, size_t value_count,
                                   const char *const *values, struct tol_postgres_result **result,
                                   struct tol_error *error);
enum tol_status tol_postgres_describe(struct tol_postgres_session *session, const char *command,
                                      struct tol_postgres_result **result, struct tol_error *error);
enum tol_status tol_postgres_copy_out(struct tol_postgres_session *session, const char *command,
                                      struct tol_error *error);
enum tol_status tol_postgres_copy_read(struct tol_postgres_session *session, const char **bytes, size_t *size,
                                       struct tol_error *error);
enum tol_status tol_postgres_copy_in(struct tol_postgres_session *session, const char *command,
                                     struct tol_error *error);
enum tol_status tol_postgres_copy_write(struct tol_postgres_session *session, const char *bytes, size_t size,
                                        struct tol_error *error);
enum tol_status tol_postgres_copy_end(struct tol_postgres_session *session, struct tol_error *error);

#endif
