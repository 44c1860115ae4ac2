/* The supply tables of a database, all in one snapshot. */
#ifndef TOLMUUR_POSTGRES_INPUT_H
#define TOLMUUR_POSTGRES_INPUT_H

#include "datasets/postgres.h"
#include "postgres/api.h"
#include "postgres/copy_decode.h"
#include "supply/schema.h"

struct tol_postgres_column {
    const char *name; /* of the schema */
    char *source;     /* in the database */
    enum tol_copy_type type;
    char *type_name; /* as PostgreSQL writes it */
};

struct tol_postgres_table {
    bool present;
    char label[512]; /* schema.table, for messages */
    char *schema;
    char *name;
    size_t column_count;
    struct tol_postgres_column column[TOL_SCHEMA_COLUMNS_MAX]; /* those that are read */
    char unread[256];                                          /* columns that are not, as in "a, b"; "": none */
};

struct tol_postgres_input {
    const struct tol_postgres_api *api;
    struct tol_postgres_session *session;
    bool broken; /* a table could not be read to its end: neither can the next */
    struct tol_postgres_table table[TOL_SUPPLY_TABLE_COUNT];
};

/* Connects, opens the snapshot (REPEATABLE READ READ ONLY) and finds the tables and their columns. law: as for tol_schema_init. mapping NULL: none.
 * Close also after a failure. TOL_USAGE: not a URI, a password in it, a mapping of columns that do not exist. TOL_NO_INPUT: a table or a
 * mapped column is not there or may not be read. As tol_postgres_api. */
TOL_MUST_CHECK enum tol_status tol_postgres_input_open(struct tol_postgres_input *input, const char *uri,
                                                       const struct tol_postgres_mapping *mapping,
                                                       const struct tol_law *law,
                                                       const struct tol_postgres_watch *watch, struct tol_error *error);
void tol_postgres_input_close(struct tol_postgres_input *input);

/* Begins to read the table's columns: the session then gives a stream of binary COPY. */
TOL_MUST_CHECK enum tol_status tol_postgres_input_copy(struct tol_postgres_input *input, enum tol_supply_table table,
                                                       struct tol_error *error);

#endif
