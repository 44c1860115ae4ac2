/* Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011). A draw is a pure function of (seed, stream, entity, index),
 * so that any row can be made again without the rows before it, and is the same on every machine. Integers only. */
#ifndef TOLMUUR_GENERATE_RANDOM_H
#define TOLMUUR_GENERATE_RANDOM_H

#include <stdint.h>

/* What a draw is for. Draws of different streams are independent. */
enum draw_stream {
    DRAW_FIRM_KIND = 1,
    DRAW_FIRM_MONEY,
    DRAW_FIRM_FINANCE,
    DRAW_SALE,
    DRAW_SALE_RANGE,
    DRAW_SALE_PARTNER,
    DRAW_PURCHASE,
    DRAW_PURCHASE_RANGE,
    DRAW_PURCHASE_PARTNER,
    DRAW_REACH,
};

struct draw {
    uint32_t word[4];
};

static inline struct draw draw_at(uint64_t seed, enum draw_stream stream, uint64_t entity, uint32_t index)
{
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    uint32_t c0 = index, c1 = (uint32_t)stream, c2 = (uint32_t)entity, c3 = (uint32_t)(entity >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * c0;
        uint64_t product1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ key0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ key1;
        c3 = (uint32_t)product0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return (struct draw){{c0, c1, c2, c3}};
}

#endif
