/* The direct way to what a network does: one system of linear equations, solved at once. Shares no code with what it is compared with. */
#ifndef TOLMUUR_TESTS_ECONOMY_DENSE_H
#define TOLMUUR_TESTS_ECONOMY_DENSE_H

#include <stdbool.h>
#include <stddef.h>

/* Solves A X = B by elimination with partial pivoting. a [count][count] is destroyed, b [count][width] becomes X. False: A is singular. */
bool dense_solve(size_t count, size_t width, long double *a, long double *b);

#endif
