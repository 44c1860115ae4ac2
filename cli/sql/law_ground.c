#include "law_ground.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct law_ground {
    atomic_uint users;
    struct session session;
    char *tables;
    pthread_mutex_t mutex;
    struct rate_memo *idle; /* guarded by mutex; as many as threads were inside at once */
};

static enum tol_status open_session(struct law_ground *ground, struct tol_error *error)
{
    char path[sizeof ground->session.tables];
    if (!tol_tables_find(path, sizeof path)) {
        return tol_fail(error, TOL_NO_INPUT,
                        "the compiled law tables, tolmuur.tables, are neither beside this file nor in share/tolmuur of "
                        "its installation; name them with the environment variable TOLMUUR_TABLES");
    }
    ground->tables = realpath(path, NULL);
    const struct options none = {0};
    return ground->tables != NULL ? session_open(&ground->session, &none, SESSION_LAW, error)
                                  : tol_fail(error, TOL_NO_MEMORY, "out of memory");
}

enum tol_status law_ground_open(struct law_ground **ground, struct tol_error *error)
{
    struct law_ground *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    atomic_init(&made->users, 1);
    pthread_mutex_init(&made->mutex, NULL);
    enum tol_status status = open_session(made, error);
    if (status != TOL_OK) {
        law_ground_leave(made);
        return status;
    }
    *ground = made;
    return TOL_OK;
}

struct law_ground *law_ground_share(struct law_ground *ground)
{
    atomic_fetch_add(&ground->users, 1);
    return ground;
}

void law_ground_leave(void *context)
{
    struct law_ground *ground = context;
    if (atomic_fetch_sub(&ground->users, 1) > 1) {
        return;
    }
    while (ground->idle != NULL) {
        struct rate_memo *memo = ground->idle;
        ground->idle = rate_memo_next(memo);
        rate_memo_destroy(memo);
    }
    session_close(&ground->session);
    free(ground->tables);
    pthread_mutex_destroy(&ground->mutex);
    free(ground);
}

const struct tol_law *law_ground_law(const struct law_ground *ground)
{
    return ground->session.law;
}

const char *law_ground_tables(const struct law_ground *ground)
{
    return ground->tables;
}

struct rate_memo *law_ground_take_memo(struct law_ground *ground)
{
    pthread_mutex_lock(&ground->mutex);
    struct rate_memo *memo = ground->idle;
    if (memo != NULL) {
        ground->idle = rate_memo_next(memo);
    }
    pthread_mutex_unlock(&ground->mutex);
    return memo != NULL ? memo : rate_memo_create(ground->session.law);
}

void law_ground_give_memo(struct law_ground *ground, struct rate_memo *memo)
{
    pthread_mutex_lock(&ground->mutex);
    rate_memo_set_next(memo, ground->idle);
    ground->idle = memo;
    pthread_mutex_unlock(&ground->mutex);
}
