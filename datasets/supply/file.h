/* One file of a table. */
#ifndef TOLMUUR_SUPPLY_FILE_H
#define TOLMUUR_SUPPLY_FILE_H

#include <stddef.h>
#include <stdint.h>

enum tol_supply_format {
    TOL_SUPPLY_CSV,
    TOL_SUPPLY_CSV_GZIP,
    TOL_SUPPLY_JSONL,
    TOL_SUPPLY_PARQUET,
    TOL_SUPPLY_DATABASE, /* a table or view of a DuckDB database, named like the table */
    TOL_SUPPLY_POSTGRES, /* a table of a PostgreSQL database */
};

/* A column that the names of folders give: all rows of the file have this value. */
struct tol_supply_key {
    char *name;
    char *value; /* "": not given; 12 bytes can be read whatever the length */
};

struct tol_supply_file {
    enum tol_supply_format format;
    char *path;
    char *name; /* in messages: the path, and of a database the table too */
    struct tol_supply_key *key;
    size_t key_count;
    uint64_t row_count; /* once read */
};

#endif
