/* XXH3-64 of many bytes, with as wide registers as this CPU has: the library's own is compiled for any CPU. */
#ifndef TOLMUUR_FILE_CHECKSUM_H
#define TOLMUUR_FILE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* XXH3_64bits(bytes, size). */
uint64_t tol_checksum(const void *bytes, size_t size);

/* The same; only on a CPU with AVX2. Compiled for x86-64 alone. */
uint64_t tol_checksum_avx2(const void *bytes, size_t size);

#endif
