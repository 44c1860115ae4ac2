/* The same join and sums as gather_sum, said in SQL and run by DuckDB inside this process. */
#ifndef BENCH_DUCKDB_PEER_H
#define BENCH_DUCKDB_PEER_H

#include <stddef.h>
#include <stdint.h>

struct duckdb_peer;

/* An in-memory database with `threads` threads, or NULL. */
struct duckdb_peer *duckdb_peer_open(unsigned threads);
void duckdb_peer_close(struct duckdb_peer *peer);

/* Creates table NAME_lines(firm, cell, value) and NAME_factors(cell, f0 ... f<columns - 1>) from one side of a book.
 * factor [cell_count][columns]. 0 on success; a message on stderr otherwise. */
int duckdb_peer_load(struct duckdb_peer *peer, const char *name, uint64_t firm_count, const uint64_t *line_start,
                     const uint32_t *line_cell, const double *line_value, uint64_t cell_count, size_t columns,
                     const double *factor);

/* SELECT firm, sum(value * f0), ... GROUP BY firm, with the whole result in memory; seconds it took, negative on failure.
 * When out is not NULL the sums are written to out [firm_count][columns] (0 for a firm without lines), outside the time. */
double duckdb_peer_sum(struct duckdb_peer *peer, const char *name, size_t columns, double *out);

#endif
