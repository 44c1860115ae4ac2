/* Commands through the extended protocol: one statement each, whatever their text holds. */
#include <poll.h>
#include <stdlib.h>

#include "postgres/session.h"

/* Until the server has ended the command. The first fault counts; the last result that is none goes to *kept. */
static enum tol_status finish(struct tol_postgres_session *session, PGresult **kept, struct tol_error *error)
{
    enum tol_status outcome = TOL_OK;
    for (;;) {
        PGresult *result = NULL;
        enum tol_status status = tol_postgres_next(session, &result, error);
        if (status != TOL_OK) {
            return outcome == TOL_OK ? status : outcome;
        }
        if (result == NULL) {
            session->busy = false;
            return outcome;
        }
        ExecStatusType state = PQresultStatus(result);
        if (state == PGRES_COMMAND_OK || state == PGRES_TUPLES_OK) {
            PQclear(*kept);
            *kept = result;
            continue;
        }
        if (outcome == TOL_OK) {
            outcome = tol_postgres_fault(session, result, error);
        }
        bool more = state == PGRES_FATAL_ERROR; /* a COPY that nobody reads would go on for ever */
        PQclear(result);
        if (!more) {
            return outcome;
        }
    }
}

static enum tol_status run(struct tol_postgres_session *session, int sent, PGresult **kept, struct tol_error *error)
{
    *kept = NULL;
    if (sent == 0) {
        return tol_postgres_fault(session, NULL, error);
    }
    session->busy = true;
    enum tol_status status = tol_postgres_flush(session, error);
    if (status == TOL_OK) {
        status = finish(session, kept, error);
    }
    if (status != TOL_OK) {
        PQclear(*kept);
        *kept = NULL;
    }
    return status;
}

static void give(PGresult *kept, struct tol_postgres_result **result)
{
    if (result == NULL) {
        PQclear(kept);
    } else {
        *result = (struct tol_postgres_result *)kept;
    }
}

enum tol_status tol_postgres_query(struct tol_postgres_session *session, const char *command, size_t value_count,
                                   const char *const *values, struct tol_postgres_result **result,
                                   struct tol_error *error)
{
    PGresult *kept;
    int sent = PQsendQueryParams(session->connection, command, (int)value_count, NULL, values, NULL, NULL, 0);
    enum tol_status status = run(session, sent, &kept, error);
    give(kept, result);
    return status;
}

enum tol_status tol_postgres_describe(struct tol_postgres_session *session, const char *command,
                                      struct tol_postgres_result **result, struct tol_error *error)
{
    PGresult *kept;
    enum tol_status status = run(session, PQsendPrepare(session->connection, "", command, 0, NULL), &kept, error);
    PQclear(kept);
    if (status == TOL_OK) {
        status = run(session, PQsendDescribePrepared(session->connection, ""), &kept, error);
    }
    *result = NULL;
    if (status == TOL_OK) {
        give(kept, result);
    }
    return status;
}

/* Sends a COPY and waits until the server is ready for its rows. */
static enum tol_status start_copy(struct tol_postgres_session *session, const char *command, ExecStatusType wanted,
                                  struct tol_error *error)
{
    PGresult *result = NULL;
    if (PQsendQueryParams(session->connection, command, 0, NULL, NULL, NULL, NULL, 0) == 0) {
        return tol_postgres_fault(session, NULL, error);
    }
    session->busy = true;
    enum tol_status status = tol_postgres_flush(session, error);
    if (status == TOL_OK) {
        status = tol_postgres_next(session, &result, error);
    }
    if (status == TOL_OK && PQresultStatus(result) != wanted) {
        status = tol_postgres_fault(session, result, error);
    }
    PQclear(result);
    return status;
}

enum tol_status tol_postgres_copy_out(struct tol_postgres_session *session, const char *command,
                                      struct tol_error *error)
{
    return start_copy(session, command, PGRES_COPY_OUT, error);
}

enum tol_status tol_postgres_copy_read(struct tol_postgres_session *session, const char **bytes, size_t *size,
                                       struct tol_error *error)
{
    PQfreemem(session->row);
    session->row = NULL;
    int length;
    bool asked = false;
    while ((length = PQgetCopyData(session->connection, &session->row, 1)) == 0) {
        /* Bytes that are there already are taken without asking the system whether they are. */
        enum tol_status status = asked ? tol_postgres_wait(session, POLLIN, error) : TOL_OK;
        if (status != TOL_OK) {
            return status;
        }
        if (PQconsumeInput(session->connection) == 0) {
            return tol_postgres_fault(session, NULL, error);
        }
        asked = true;
    }
    if (length == -2) {
        return tol_postgres_fault(session, NULL, error);
    }
    *bytes = session->row;
    *size = length > 0 ? (size_t)length : 0;
    if (length > 0) {
        return TOL_OK;
    }
    PGresult *kept = NULL;
    enum tol_status status = finish(session, &kept, error);
    PQclear(kept);
    return status;
}

enum tol_status tol_postgres_copy_in(struct tol_postgres_session *session, const char *command, struct tol_error *error)
{
    return start_copy(session, command, PGRES_COPY_IN, error);
}

/* The server ends a COPY that it cannot go on with by an error, which is worth more than a failed write. */
static enum tol_status refused(struct tol_postgres_session *session, struct tol_error *error)
{
    PGresult *result = NULL;
    if (PQisBusy(session->connection) == 0) {
        result = PQgetResult(session->connection);
    }
    bool says = result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR;
    enum tol_status status = tol_postgres_fault(session, says ? result : NULL, error);
    PQclear(result);
    return status;
}

enum tol_status tol_postgres_copy_write(struct tol_postgres_session *session, const char *bytes, size_t size,
                                        struct tol_error *error)
{
    enum { PART = 1 << 16 };
    for (size_t done = 0; done < size;) {
        size_t part = size - done < PART ? size - done : PART;
        int put = PQputCopyData(session->connection, bytes + done, (int)part);
        if (put < 0) {
            return refused(session, error);
        }
        enum tol_status status = TOL_OK;
        if (put == 0) {
            status = tol_postgres_wait(session, POLLIN | POLLOUT, error);
        } else {
            done += part;
            status = tol_postgres_flush(session, error);
        }
        if (status != TOL_OK) {
            return status == TOL_TRY_AGAIN ? status : refused(session, error);
        }
    }
    return TOL_OK;
}

enum tol_status tol_postgres_copy_end(struct tol_postgres_session *session, struct tol_error *error)
{
    int put;
    while ((put = PQputCopyEnd(session->connection, NULL)) == 0) {
        enum tol_status status = tol_postgres_wait(session, POLLIN | POLLOUT, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    enum tol_status status = put < 0 ? refused(session, error) : tol_postgres_flush(session, error);
    PGresult *kept = NULL;
    if (status == TOL_OK) {
        status = finish(session, &kept, error);
    }
    PQclear(kept);
    return status;
}
