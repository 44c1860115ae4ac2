/* The fewest decimal digits that read back to the same double. */
#ifndef TOLMUUR_WRITE_SHORTEST_DOUBLE_H
#define TOLMUUR_WRITE_SHORTEST_DOUBLE_H

#include <stddef.h>
#include <stdint.h>

#define TOL_SHORTEST_POWER_MIN (-292)
#define TOL_SHORTEST_POWER_MAX 324
#define TOL_SHORTEST_TEXT_SIZE 32

/* Powers of ten, 128 bits of each, rounded up: 10^k = (high 2^64 + low) 2^e, the high bit of high set. */
struct tol_shortest_table {
    struct {
        uint64_t high;
        uint64_t low;
    } power[TOL_SHORTEST_POWER_MAX - TOL_SHORTEST_POWER_MIN + 1];
};

/* Works the table out; takes well under a millisecond. */
void tol_shortest_table_init(struct tol_shortest_table *table);

/* Writes a finite number as JSON and CSV readers take it ("0", "-1234.5", "1e-7", "1e+22"), zero-terminated; returns its length. Among the
 * shortest texts it is the nearest to the number. After Raffaello Giulietti, "The Schubfach way to render doubles" (2020). */
size_t tol_shortest_double(const struct tol_shortest_table *table, double number, char text[TOL_SHORTEST_TEXT_SIZE]);

#endif
