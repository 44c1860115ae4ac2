/* Portfolios for tests: rows in memory, and the book that the real builder makes of them. */
#ifndef TESTS_EXPOSURE_PORTFOLIO_H
#define TESTS_EXPOSURE_PORTFOLIO_H

#include "tolmuur/book.h"

struct portfolio_line {
    size_t firm;
    tol_product product;
    tol_country importer;
    tol_country origin;
    char facts[24];
    double value_eur;
    size_t counterpart; /* 1 + the firm that is customer or supplier; 0: not named */
};

struct portfolio {
    size_t firm_count;
    struct tol_firm_row *firm;
    char (*firm_id)[16];
    size_t line_count[TOL_SIDE_COUNT];
    struct portfolio_line *line[TOL_SIDE_COUNT];
};

uint64_t random_next(uint64_t *state);
double random_unit(uint64_t *state); /* [0, 1) */

tol_country country(const char *code);
tol_product product(const char *digits);

/* Room for firms and lines; firms are named F00000 on, of NL, sector C28.1, and have no numbers. */
struct portfolio *portfolio_new(size_t firm_count, size_t lines_per_side);
void portfolio_free(struct portfolio *portfolio);
void portfolio_sell(struct portfolio *portfolio, size_t firm, const char *into, const char *hs, double value_eur);
void portfolio_buy(struct portfolio *portfolio, size_t firm, const char *from, const char *hs, double value_eur);

/* Firms with 0 to lines_max lines a side, all sorts of numbers and gaps. */
struct portfolio *portfolio_random(uint64_t seed, size_t firm_count, size_t lines_max);

/* The same, with customers and suppliers named in five of eight lines, in circles too, and lines of some firms beyond their stated totals. */
struct portfolio *portfolio_linked(uint64_t seed, size_t firm_count, size_t lines_max);

/* A line at home, where no duty is due, with a named customer or supplier. */
void portfolio_link(struct portfolio *portfolio, enum tol_side side, size_t firm, size_t counterpart, double value_eur);

/* Builds and opens; rows go in in an order drawn from shuffle_seed (0: as they stand). */
struct tol_book *portfolio_book(const struct portfolio *portfolio, uint64_t shuffle_seed);

#endif
