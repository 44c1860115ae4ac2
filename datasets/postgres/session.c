#include "postgres/session.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { WAIT_MS = 100, CONNECT_SECONDS = 10, IDLE_SECONDS = 30, PROBE_SECONDS = 10, PROBES = 3 };

/* A server's text on one line. */
static void one_line(const char *text, char *line, size_t size)
{
    size_t used = 0;
    for (; *text != '\0' && used + 2 < size; text++) {
        if (*text != '\n') {
            line[used++] = *text;
        } else if (text[1] != '\0') {
            line[used++] = ';';
            line[used++] = ' ';
        }
    }
    line[used] = '\0';
}

/* By SQLSTATE, the longest beginning first. */
static enum tol_status status_of(const char *state)
{
    static const struct {
        const char *begins;
        enum tol_status status;
    } known[] = {{"53100", TOL_IO},
                 {"42P01", TOL_NO_INPUT},
                 {"42703", TOL_NO_INPUT},
                 {"42501", TOL_NO_INPUT},
                 {"3F", TOL_NO_INPUT},
                 {"55P03", TOL_TRY_AGAIN},
                 {"40", TOL_TRY_AGAIN},
                 {"22", TOL_BAD_DATA},
                 {"2BP01", TOL_TRY_AGAIN},
                 {"42P07", TOL_TRY_AGAIN},
                 {"23505", TOL_TRY_AGAIN},
                 {"25006", TOL_NO_INPUT},
                 {"58", TOL_IO}};
    for (size_t i = 0; state != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(state, known[i].begins, strlen(known[i].begins)) == 0) {
            return known[i].status;
        }
    }
    return TOL_UNAVAILABLE;
}

enum tol_status tol_postgres_fault(const struct tol_postgres_session *session, const PGresult *result,
                                   struct tol_error *error)
{
    char line[400];
    const char *text = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (text == NULL || text[0] == '\0') {
        text = PQerrorMessage(session->connection);
    }
    one_line(text[0] == '\0' ? "the connection is lost" : text, line, sizeof line);
    enum tol_status status = status_of(state);
    tol_fail(error, status, "PostgreSQL: %s", line);
    return tol_fail_at(error, status, session->place, 0, NULL, NULL);
}

static bool stopped(const struct tol_postgres_session *session)
{
    return session->watch.stopped != NULL && session->watch.stopped(session->watch.context);
}

enum tol_status tol_postgres_wait(struct tol_postgres_session *session, short events, struct tol_error *error)
{
    struct pollfd socket = {.fd = PQsocket(session->connection), .events = events};
    if (stopped(session)) {
        return tol_fail(error, TOL_TRY_AGAIN, "stopped while waiting for PostgreSQL");
    }
    if (socket.fd < 0) {
        return tol_postgres_fault(session, NULL, error);
    }
    (void)poll(&socket, 1, WAIT_MS); /* an interrupt is as good as a socket that is ready: the caller looks */
    return TOL_OK;
}

enum tol_status tol_postgres_flush(struct tol_postgres_session *session, struct tol_error *error)
{
    for (;;) {
        int left = PQflush(session->connection);
        if (left <= 0) {
            return left == 0 ? TOL_OK : tol_postgres_fault(session, NULL, error);
        }
        enum tol_status status = tol_postgres_wait(session, POLLIN | POLLOUT, error);
        if (status != TOL_OK) {
            return status;
        }
        /* The server may have said something that it waits to be read. */
        if (PQconsumeInput(session->connection) == 0) {
            return tol_postgres_fault(session, NULL, error);
        }
    }
}

enum tol_status tol_postgres_next(struct tol_postgres_session *session, PGresult **result, struct tol_error *error)
{
    while (PQisBusy(session->connection)) {
        enum tol_status status = tol_postgres_wait(session, POLLIN, error);
        if (status == TOL_OK && PQconsumeInput(session->connection) == 0) {
            status = tol_postgres_fault(session, NULL, error);
        }
        if (status != TOL_OK) {
            return status;
        }
    }
    *result = PQgetResult(session->connection);
    return TOL_OK;
}

/* What the connection was told about one option, from the URI, a service or the environment; false: nothing. */
static bool option_of(PGconn *connection, const char *keyword, char *text, size_t size)
{
    bool found = false;
    PQconninfoOption *options = PQconninfo(connection);
    for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, keyword) == 0 && option->val != NULL && option->val[0] != '\0') {
            snprintf(text, size, "%s", option->val);
            found = true;
        }
    }
    PQconninfoFree(options);
    return found;
}

/* Never with the URI, which may hold what nobody should see. */
static void name_place(struct tol_postgres_session *session)
{
    char host[256] = "", port[16] = "", database[160] = "";
    option_of(session->connection, "host", host, sizeof host);
    option_of(session->connection, "port", port, sizeof port);
    option_of(session->connection, "dbname", database, sizeof database);
    snprintf(session->place, sizeof session->place, "postgresql://%s%s%s/%s", host, port[0] != '\0' ? ":" : "", port,
             database);
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* libpq heeds connect_timeout only where it waits itself. */
static double connect_seconds(PGconn *connection)
{
    char text[32];
    double seconds = option_of(connection, "connect_timeout", text, sizeof text) ? strtod(text, NULL) : CONNECT_SECONDS;
    return seconds > 0 ? seconds : 1e9;
}

static enum tol_status connect_now(struct tol_postgres_session *session, struct tol_error *error)
{
    double end = now_seconds() + connect_seconds(session->connection);
    short events = POLLOUT;
    while (PQstatus(session->connection) != CONNECTION_BAD) {
        enum tol_status status = tol_postgres_wait(session, events, error);
        if (status != TOL_OK) {
            return status;
        }
        struct pollfd socket = {.fd = PQsocket(session->connection), .events = events};
        if (poll(&socket, 1, 0) > 0) {
            PostgresPollingStatusType state = PQconnectPoll(session->connection);
            if (state == PGRES_POLLING_OK) {
                return TOL_OK;
            }
            events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        } else if (now_seconds() > end) {
            tol_fail(error, TOL_UNAVAILABLE, "no answer within connect_timeout; is this the right host and port?");
            return tol_fail_at(error, TOL_UNAVAILABLE, session->place, 0, NULL, NULL);
        }
    }
    return tol_postgres_fault(session, NULL, error);
}

/* A server that is gone without a word is noticed within a minute, unless the connection was told otherwise. */
static void keep_alive(PGconn *connection)
{
    const struct {
        const char *keyword;
        int option;
        int value;
    } settings[] = {{"keepalives_idle", TCP_KEEPIDLE, IDLE_SECONDS},
                    {"keepalives_interval", TCP_KEEPINTVL, PROBE_SECONDS},
                    {"keepalives_count", TCP_KEEPCNT, PROBES}};
    char told[32];
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (!option_of(connection, settings[i].keyword, told, sizeof told)) {
            (void)setsockopt(PQsocket(connection), IPPROTO_TCP, settings[i].option, &settings[i].value,
                             sizeof settings[i].value); /* a Unix socket has none */
        }
    }
}

/* Secrets come from the service file, the password file or the environment: a command line is seen by every user of the machine. */
static enum tol_status check_uri(const char *uri, struct tol_error *error)
{
    bool password = false;
    PQconninfoOption *options = PQconninfoParse(uri, NULL);
    if (options == NULL) {
        return tol_fail(
            error, TOL_USAGE,
            "libpq does not understand this URI; write postgresql://[user@]host[:port]/database[?key=value]");
    }
    for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
        password = password || (option->val != NULL && strstr(option->keyword, "password") != NULL);
    }
    PQconninfoFree(options);
    return password ? tol_fail(error, TOL_USAGE,
                               "a password stands in the URI; put it into ~/.pgpass or a service of pg_service.conf")
                    : TOL_OK;
}

static enum tol_status start(struct tol_postgres_session *session, const char *uri, struct tol_error *error)
{
    const char *const keyword[] = {"fallback_application_name", "dbname", "client_encoding", NULL};
    const char *const value[] = {"tolmuur", uri, "UTF8", NULL};
    enum tol_status status = check_uri(uri, error);
    if (status != TOL_OK) {
        return status;
    }
    session->connection = PQconnectStartParams(keyword, value, 1);
    if (session->connection == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while connecting to PostgreSQL");
    }
    name_place(session);
    status = connect_now(session, error);
    if (status == TOL_OK) {
        keep_alive(session->connection);
        session->cancel = PQgetCancel(session->connection);
        if (PQsetnonblocking(session->connection, 1) != 0 || session->cancel == NULL) {
            status = tol_postgres_fault(session, NULL, error);
        }
    }
    return status;
}

/* Notices are for people at a prompt. */
static void drop_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

enum tol_status tol_postgres_open(const char *uri, const struct tol_postgres_watch *watch,
                                  struct tol_postgres_session **session, struct tol_error *error)
{
    struct tol_postgres_session *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while connecting to PostgreSQL");
    }
    made->watch = *watch;
    enum tol_status status = start(made, uri, error);
    if (status != TOL_OK) {
        tol_postgres_close(made);
        return status;
    }
    PQsetNoticeReceiver(made->connection, drop_notice, NULL);
    *session = made;
    return TOL_OK;
}

static void *send_cancel(void *cancel)
{
    char ignored[256];
    (void)PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
    return NULL;
}

/* PQcancel makes a connection of its own, and waits for it as long as the network likes: that is not waited for here. */
static void cancel_command(struct tol_postgres_session *session)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, send_cancel, session->cancel) != 0) {
        return;
    }
    session->cancel = NULL;
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 1;
    if (pthread_timedjoin_np(thread, NULL, &end) != 0) {
        pthread_detach(thread);
    }
}

void tol_postgres_close(struct tol_postgres_session *session)
{
    if (session == NULL) {
        return;
    }
    if (session->busy && session->cancel != NULL && PQstatus(session->connection) == CONNECTION_OK) {
        cancel_command(session);
    }
    PQfreeCancel(session->cancel);
    PQfreemem(session->row);
    PQfinish(session->connection);
    free(session);
}
