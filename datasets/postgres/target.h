/* The table that scores go to: what is there, and how new rows take the place of old ones in one transaction. */
#ifndef TOLMUUR_POSTGRES_TARGET_H
#define TOLMUUR_POSTGRES_TARGET_H

#include "datasets/postgres.h"
#include "postgres/api.h"

enum tol_postgres_way {
    TOL_POSTGRES_CREATE = 0, /* there is no such table */
    TOL_POSTGRES_SWAP,       /* a new table takes the old one's name and grants */
    TOL_POSTGRES_IN_PLACE,   /* the table stays, its rows go */
};

struct tol_postgres_target {
    const struct tol_postgres_api *api;
    struct tol_postgres_session *session;
    const struct tol_table_column *columns;
    size_t column_count;
    const char *given_schema; /* NULL: none */
    const char *name;
    char *schema;
    char label[512]; /* schema.table, for messages */
    char staging[64];
    char oid[16]; /* of the table that is there */
    enum tol_postgres_way way;
};

/* Connects, begins the transaction and looks at the table. Close also after a failure. lock: keep other writers out until the end. Statuses as
 * tol_postgres_output_check. */
TOL_MUST_CHECK enum tol_status tol_postgres_target_open(struct tol_postgres_target *target,
                                                        const struct tol_postgres_output *output, bool lock,
                                                        const struct tol_table_column *columns, size_t column_count,
                                                        struct tol_error *error);
/* Makes room for the rows; after it the session takes binary COPY. */
TOL_MUST_CHECK enum tol_status tol_postgres_target_begin(struct tol_postgres_target *target, struct tol_error *error);
/* After the COPY: the new rows take the old ones' place, for all to see. */
TOL_MUST_CHECK enum tol_status tol_postgres_target_commit(struct tol_postgres_target *target, struct tol_error *error);
/* Without commit nothing has happened. */
void tol_postgres_target_close(struct tol_postgres_target *target);

#endif
