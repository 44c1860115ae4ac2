/* Random portfolios, built in any order of rows. */
#ifndef TOLMUUR_TESTS_BOOK_FIXTURE_H
#define TOLMUUR_TESTS_BOOK_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "scratch.h"
#include "tolmuur/book.h"

struct portfolio {
    size_t firm_count;
    struct tol_firm_row *firm;
    size_t line_count[TOL_SIDE_COUNT];
    struct tol_line_row *line[TOL_SIDE_COUNT];
    char (*id)[16];
};

uint64_t random_next(uint64_t *state);

struct portfolio portfolio_create(size_t firms, size_t lines, uint64_t seed);
void portfolio_shuffle(struct portfolio *portfolio, uint64_t seed);

/* Fails the test when anything fails. */
void portfolio_build(const struct portfolio *portfolio, const char *path);
/* The same with the allocator and status left to the caller. */
enum tol_status portfolio_try(const struct portfolio *portfolio, const struct tol_allocator *allocator,
                              const char *path, struct tol_error *error);
struct tol_book *book_open(const char *path);

/* A file's bytes; the caller frees them. */
unsigned char *file_read(const char *path, size_t *size);
void file_write(const char *path, const void *bytes, size_t size);

struct tol_firm_row firm_row(const char *id);
struct tol_line_row line_row(const char *id, const char *hs, const char *importer, const char *origin, double value);

#endif
