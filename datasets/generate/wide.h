/* 128-bit products, so that shares of large sums are exact. */
#ifndef TOLMUUR_GENERATE_WIDE_H
#define TOLMUUR_GENERATE_WIDE_H

#include <stdint.h>

__extension__ typedef unsigned __int128 wide_number;

/* floor(value x numerator / denominator) */
static inline uint64_t wide_share(uint64_t value, uint64_t numerator, uint64_t denominator)
{
    return (uint64_t)((wide_number)value * numerator / denominator);
}

/* A random word scaled to [0, bound). */
static inline uint64_t scale_to(uint32_t word, uint64_t bound)
{
    return (uint64_t)(((wide_number)word * bound) >> 32);
}

static inline uint64_t scale_long_to(uint64_t word, uint64_t bound)
{
    return (uint64_t)(((wide_number)word * bound) >> 64);
}

#endif
