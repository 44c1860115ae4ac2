/* Starting from an older book: what is built, and how it is compared. */
#ifndef TOLMUUR_TESTS_DATASETS_SINCE_H
#define TOLMUUR_TESTS_DATASETS_SINCE_H

#include "folder.h"

/* Must succeed. */
struct checked build_since(const char *book, const char *since, bool confined);
void expect_same_books(const char *one, const char *other);
/* Rows taken over from the older book. */
uint64_t kept(const struct checked *checked);
/* Of rows accepted and of lines without a counterpart, and the warnings. */
void expect_same_counts(const struct checked *one, const struct checked *other);

/* Builds since last.book: the same book as without it, for which so many rows are taken over. */
struct checked expect_kept(uint64_t rows);

/* The tables of d.duckdb; must succeed. */
struct checked build_database(const char *book, const char *since);
/* Runs a statement in a DuckDB database; NULL: in none. */
void run_sql(const char *database_path, const char *sql);

#endif
