/* A Parquet file or a table of a DuckDB database, opened in a session of its own: what it is called in SQL, and its columns. */
#ifndef TOLMUUR_DUCKDB_RELATION_H
#define TOLMUUR_DUCKDB_RELATION_H

#include <stdio.h>

#include "duckdb/api.h"
#include "session.h"

#define TOL_RELATION_NAME_SIZE 1024

struct tol_relation {
    struct tol_session session;
    char *path;
    char *name; /* as SQL, [TOL_RELATION_NAME_SIZE] */
    size_t column_count;
    struct tol_parquet_column *column;
    duckdb_type *type; /* [column_count] */
};

/* Close *relation whatever comes back. */
TOL_MUST_CHECK enum tol_status tol_relation_open(const struct tol_parquet_place *place, struct tol_relation *relation,
                                                 struct tol_error *error);
void tol_relation_close(struct tol_relation *relation);

/* SQL of a column's cells as they are read: text or double. Columns go by their position, since a name may hold anything; they stand for
 * something only in front of tol_relation_from. */
void tol_relation_cell(FILE *sql, const struct tol_relation *relation, size_t column);
/* SQL of the texts in the column of that name: null throughout where it is not there or of a kind that reading takes for no text. */
void tol_relation_text(FILE *sql, const struct tol_relation *relation, const char *name);
void tol_relation_from(FILE *sql, const struct tol_relation *relation);

/* Makes a table of the session with one column of texts, which SQL then knows as TOL_RELATION_LIST. Once. TOL_NO_MEMORY. */
#define TOL_RELATION_LIST "(SELECT text FROM memory.main.listed)"
TOL_MUST_CHECK enum tol_status tol_relation_list(struct tol_relation *relation, const struct tol_text_list *texts,
                                                 struct tol_error *error);

#endif
