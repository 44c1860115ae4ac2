#include "draw_position.h"

#include "philox.h"

/* x with odd x = 1 modulo 2^32. Each step doubles the bits that are right; an odd number is its own inverse in three. */
static uint32_t inverse_of(uint32_t odd)
{
    uint32_t x = odd;
    for (int step = 0; step < 4; step++)
        x *= 2u - odd * x;
    return x;
}

static uint32_t upper_product(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}

static struct philox_block round_undone(struct philox_key key, struct philox_block out)
{
    const uint32_t even = 0xd2511f53u, odd = 0xcd9e8d57u;
    struct philox_block in;
    in.word[0] = out.word[3] * inverse_of(even);
    in.word[2] = out.word[1] * inverse_of(odd);
    in.word[1] = out.word[0] ^ upper_product(odd, in.word[2]) ^ key.word[0];
    in.word[3] = out.word[2] ^ upper_product(even, in.word[0]) ^ key.word[1];
    return in;
}

/* The counter that philox4x32_10 turns into `out`. */
static struct philox_block counter_of(struct philox_key first_key, struct philox_block out)
{
    struct philox_key keys[PHILOX_ROUND_COUNT];
    keys[0] = first_key;
    for (int round = 1; round < PHILOX_ROUND_COUNT; round++)
        keys[round] = philox_next_key(keys[round - 1]);
    for (int round = PHILOX_ROUND_COUNT; round-- > 0;)
        out = round_undone(keys[round], out);
    return out;
}

static uint64_t joined(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

struct draw_position draw_position_of(uint64_t k, struct random *random)
{
    for (;;) {
        uint64_t seed = random_bits(random), half = k << 12 | random_below(random, 4096), other = random_bits(random);
        struct philox_key key = {{(uint32_t)(seed & UINT32_MAX), (uint32_t)(seed >> 32)}};
        struct philox_block out = {{(uint32_t)(half & UINT32_MAX), (uint32_t)(half >> 32),
                                    (uint32_t)(other & UINT32_MAX), (uint32_t)(other >> 32)}};
        struct philox_block counter = counter_of(key, out);
        uint64_t block = joined(counter.word[0], counter.word[1]);
        /* Draws end at 2^64, so only the lower half of the blocks are drawn from. */
        if (block <= UINT64_MAX / 2)
            return (struct draw_position){seed, joined(counter.word[2], counter.word[3]), 2 * block};
    }
}
