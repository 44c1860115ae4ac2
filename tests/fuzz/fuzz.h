/* What the fuzz targets share. A target defines LLVMFuzzerTestOneInput and gives the bytes to one parser; whatever they are, the parser must answer
 * with a status: no crash, no leak, no second of work. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/law.h"
#include "tolmuur/parameters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path under which a regular file holds these bytes, until the next call. */
const char *fuzz_file(const void *data, size_t size);

/* A law in small that has every kind of row; compiles in a moment. */
const char *fuzz_law_path(void);

/* Tables cut from the shipped ones, their law and parameters opened once. */
const char *fuzz_tables_path(void);
const struct tol_law *fuzz_law(void);
const struct tol_parameters *fuzz_parameters(void);

/* A file of sections whose header and checksums are made to fit whatever the bytes say, so that what stands behind them is reached. False when it is too short to have a header. */
bool fuzz_mend_sections(uint8_t *data, size_t size, const char kind[4], uint32_t version);

/* Stops the run: a promise does not hold. */
#define fuzz_require(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            __builtin_trap();                                                                                          \
        }                                                                                                              \
    } while (0)

#endif
