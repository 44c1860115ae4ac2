/* Supply tables (docs/supply-tables.md) from a folder or a database into a book. */
#ifndef TOLMUUR_DATASETS_SUPPLY_H
#define TOLMUUR_DATASETS_SUPPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/allocator.h"
#include "tolmuur/law.h"
#include "tolmuur/status.h"

struct tol_postgres_mapping; /* datasets/postgres.h */

#pragma GCC visibility push(default)

enum tol_supply_table { TOL_SUPPLY_FIRMS = 0, TOL_SUPPLY_SALES, TOL_SUPPLY_PURCHASES, TOL_SUPPLY_TABLE_COUNT };
/* "firms", "sales", "purchases". Static storage. */
const char *tol_supply_table_name(enum tol_supply_table table);

/* All zero is a usable default. Nothing here is owned; everything must live as long as the call. */
struct tol_supply_options {
    /* Knows which fact columns exist and what they may hold. NULL: a fact column is a fault like any unknown column. */
    const struct tol_law *law;
    /* build: rows that may be rejected before the build fails. check ignores it. */
    uint64_t max_rejects;
    /* CSV of all faults (file,row,column,value,message); written beside its final name and renamed, also when there are none.
     * NULL: none. */
    const char *rejects_path;
    /* build: a book of an earlier state of the same tables. Firms whose rows did not change (docs/book.md, Since) keep their lines from there; the new
     * book can be started from in its turn. Whether it is used or not, the book is the same; why it is not is noted. NULL: none. */
    const char *since_path;
    unsigned threads;                            /* 0: one per core of the affinity mask */
    uint64_t memory_limit_bytes;                 /* of the file reader; 0: 512 MB */
    const struct tol_postgres_mapping *postgres; /* names in a database; NULL: the default ones */
    const struct tol_allocator *allocator;       /* of the book's rows, thread safe; NULL: the default */
    /* Called for every fault found, in the order of file and row; the row it names was not taken. NULL: none. */
    void (*fault)(void *context, const struct tol_error *fault);
    /* Called after reading for what is odd but usable (a firm's sales lines exceed its revenue). NULL: none. */
    void (*warning)(void *context, const struct tol_error *warning);
    /* Called every few thousand rows; rows_total is 0 when it is not known. Returning false stops with TOL_TRY_AGAIN. NULL: none. */
    bool (*progress)(void *context, enum tol_supply_table table, uint64_t rows_done, uint64_t rows_total);
    /* Read in a child process that can do nothing but read the input and write the book (docs/supply-tables.md, Confinement): whatever the files do to
     * it, this process goes on. For callers with one thread. */
    bool confined;
    uint64_t confined_memory_bytes; /* of address space; 0: three quarters of the machine's memory */
    uint64_t confined_cpu_seconds;  /* of all threads; 0: no limit */
    /* What the kernel could not confine, and why all rows are read in spite of since_path; the reading goes on. NULL: none. */
    void (*note)(void *context, const char *text);
    void *context; /* handed to the callbacks */
};

struct tol_supply_report {
    uint64_t accepted_rows[TOL_SUPPLY_TABLE_COUNT];
    uint64_t rejected_rows[TOL_SUPPLY_TABLE_COUNT];
    uint64_t kept_rows
        [TOL_SUPPLY_TABLE_COUNT]; /* of the accepted ones, those that were not read, as in the book of since_path */
    uint64_t fault_count;         /* a row can have several; a fault of a whole file counts as one */
    uint64_t warning_count;
    bool cut_short; /* a whole file could not be read; its fault has been told */
    uint64_t peak_bytes
        [TOL_SUPPLY_TABLE_COUNT]; /* memory of the reading process once the table was read; 0: no such table */
    uint64_t peak_bytes_all;      /* once all was done */
    uint64_t unnamed_lines;       /* lines that name no counterpart, one that is not in the book, or the firm itself */
};

/* Rows rejected in all tables. */
uint64_t tol_supply_rejected(const struct tol_supply_report *report);

/* Reads everything and reports every fault. input holds firms, and sales or purchases or both: a folder with a file for each (.csv,
 * .csv.gz, .parquet, .jsonl) or a folder of such files, a DuckDB database, or a URI that begins with postgresql:// or postgres:// (docs/postgresql.md): then all
 * tables are read in one snapshot, progress is also asked while the server is waited for, and file and path in what follows mean schema.table. *report is filled in any case.
 * TOL_OK: no fault. TOL_BAD_DATA: faults were found (error holds the first). TOL_NO_INPUT: no such folder or table. TOL_USAGE: an output is a table of the folder.
 * TOL_CANNOT_CREATE, TOL_IO, TOL_NO_MEMORY, TOL_UNAVAILABLE (DuckDB or libpq could not be loaded; the database is away, or went away).
 * TOL_TRY_AGAIN: stopped by progress, or the DuckDB database is being written or was not closed.
 * Confined (files and DuckDB databases): TOL_BAD_DATA also when the child needs more than its limits or comes to any other end of its own. */
TOL_MUST_CHECK enum tol_status tol_supply_check(const char *input, const struct tol_supply_options *options,
                                                struct tol_supply_report *report, struct tol_error *error);

/* The same, and writes the book unless more than max_rejects rows were rejected (TOL_BAD_DATA, after reading everything, nothing
 * written) or a whole file could not be read. The book does not depend on the order of rows nor on the file formats. */
TOL_MUST_CHECK enum tol_status tol_supply_build(const char *input, const char *book_path,
                                                const struct tol_supply_options *options,
                                                struct tol_supply_report *report, struct tol_error *error);

#pragma GCC visibility pop

#endif
