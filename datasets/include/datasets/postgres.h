/* PostgreSQL as a place of supply tables and of scores (docs/postgresql.md). */
#ifndef TOLMUUR_DATASETS_POSTGRES_H
#define TOLMUUR_DATASETS_POSTGRES_H

#include <stdbool.h>
#include <stddef.h>

#include "datasets/supply.h"
#include "datasets/table_writer.h"

#pragma GCC visibility push(default)

/* Of one supply table: `column` of docs/supply-tables.md is called `source` in the database. */
struct tol_postgres_rename {
    const char *column;
    const char *source;
};

/* What things are called in the database. All zero is a usable default. Names are taken as they are, letter by letter: no folding of case, no
 * dots, no quotation marks. Nothing here is owned; everything must live as long as the call. */
struct tol_postgres_mapping {
    const char *schema; /* NULL or "": what search_path gives */
    /* NULL or "": firms, sales and purchases, of which sales or purchases may be missing; a table that is named must be there. */
    const char *table[TOL_SUPPLY_TABLE_COUNT];
    const char *scores; /* NULL or "": tolmuur_scores */
    const struct tol_postgres_rename *rename[TOL_SUPPLY_TABLE_COUNT];
    size_t rename_count[TOL_SUPPLY_TABLE_COUNT];
};

/* Begins with postgresql:// or postgres://. */
bool tol_postgres_is_uri(const char *text);
/* A password stands in the URI, or what may be one: then it may not be printed. */
bool tol_postgres_holds_password(const char *uri);

/* Loads the library and writes libpq's version ("15.14"). TOL_UNAVAILABLE when it cannot be loaded; error says why. */
TOL_MUST_CHECK enum tol_status tol_postgres_version(char *text, size_t size, struct tol_error *error);

/* Where rows go. All of it must live as long as the call. */
struct tol_postgres_output {
    const char *uri;
    const struct tol_postgres_mapping *mapping; /* schema and scores; NULL: none */
    bool (*stopped)(void *context);             /* true ends the call with TOL_TRY_AGAIN; NULL: never */
    void *context;
};

/* Looks whether rows of these columns can be written: server, schema, rights, and the columns of a table that is there. Changes nothing.
 * TOL_USAGE: not a URI, or a password in it. TOL_UNAVAILABLE: server or libpq away. TOL_CANNOT_CREATE: no such schema, no right to write, a
 * table of other columns. TOL_TRY_AGAIN: stopped. */
TOL_MUST_CHECK enum tol_status tol_postgres_output_check(const struct tol_postgres_output *output,
                                                         const struct tol_table_column *columns, size_t column_count,
                                                         struct tol_error *error);

/* Writes the rows as tol_table_write_rows does, in one transaction: whoever reads the table sees all old rows or all new ones, in every isolation
 * level, and after a fault the old ones. Text columns are text, doubles are double precision, bit by bit; no value is null. A table that is not
 * there is made. One that tolmuur made and nobody changed but by grants is replaced by a new one; any other keeps its identity, and its rows are
 * replaced. Blocks are formatted by all workers of run (NULL: on the calling thread) and sent in order.
 * As tol_postgres_output_check, and TOL_BAD_DATA: an infinity, or text that is not UTF-8. TOL_IO: the server's disk is full. TOL_TRY_AGAIN:
 * another session writes the table, or reads it for longer than a minute. What rows->take or fill return. */
TOL_MUST_CHECK enum tol_status tol_postgres_write_rows(const struct tol_postgres_output *output,
                                                       const struct tol_table_column *columns, size_t column_count,
                                                       const struct tol_table_rows *rows, struct tol_run *run,
                                                       struct tol_error *error);

#pragma GCC visibility pop

#endif
