/* Philox 4x32-10: ten rounds that turn a counter into random words under a key. A pure function without state, so that any number of a sequence can be had
 * alone and in any order.
 * Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011), section 3.4 and table 2. */
#ifndef TOLMUUR_PHILOX_H
#define TOLMUUR_PHILOX_H

#include <stdint.h>

enum { PHILOX_ROUND_COUNT = 10 };

struct philox_key {
    uint32_t word[2];
};

/* A counter, and what becomes of it: four independent words of 32 random bits. */
struct philox_block {
    uint32_t word[4];
};

static inline __attribute__((always_inline)) struct philox_block philox_round(struct philox_key key,
                                                                              struct philox_block in)
{
    uint64_t even = (uint64_t)0xd2511f53u * in.word[0];
    uint64_t odd = (uint64_t)0xcd9e8d57u * in.word[2];
    return (struct philox_block){{
        (uint32_t)(odd >> 32) ^ in.word[1] ^ key.word[0],
        (uint32_t)odd,
        (uint32_t)(even >> 32) ^ in.word[3] ^ key.word[1],
        (uint32_t)even,
    }};
}

/* The key of the next round: steps of a Weyl sequence, by the golden ratio and by the square root of 3 less 1. */
static inline __attribute__((always_inline)) struct philox_key philox_next_key(struct philox_key key)
{
    return (struct philox_key){{key.word[0] + 0x9e3779b9u, key.word[1] + 0xbb67ae85u}};
}

static inline __attribute__((always_inline)) struct philox_block philox4x32_10(struct philox_key key,
                                                                               struct philox_block counter)
{
    for (int round = 0; round < PHILOX_ROUND_COUNT; round++) {
        counter = philox_round(key, counter);
        key = philox_next_key(key);
    }
    return counter;
}

#endif
