/* Supply tables through the reader that the program uses, with a book builder behind it. */
#ifndef TESTS_FUZZ_SUPPLY_H
#define TESTS_FUZZ_SUPPLY_H

#include <stddef.h>
#include <stdint.h>

#include "supply/reader_table.h"

/* Reads the bytes as one table: firms, or sales of three firms A1, B2 and C3. */
void fuzz_supply_table(const uint8_t *data, size_t size, enum tol_supply_table table, enum tol_supply_format format);

#endif
