/* Random numbers by position: draw d of a stream is made of half d % 2 of Philox block d / 2, under the seed as key. Nothing is carried from draw to draw. */
#include "philox.h"

/* Draws made at once: two rows, of one block a lane. */
enum { DRAWS_AT_ONCE = 2 * TOL_LANES };

LANES_WORD struct philox_block draw_block(uint64_t seed, uint64_t stream, uint64_t block)
{
    struct philox_key key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    struct philox_block counter = {
        {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
    return philox4x32_10(key, counter);
}

/* 1 + k 2^-52, where k is the upper 52 of 64 bits. */
LANES_WORD double one_and_fraction(uint32_t low, uint32_t high)
{
    uint64_t bits = 0x3ff0000000000000u | ((uint64_t)high << 32 | low) >> 12;
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* (k + 1/2) 2^-52 from 1 + k 2^-52: exact, never 0, 1/2 or 1, and as likely as 1 less it. */
LANES_WORD lanes open_uniform(const double *row)
{
    return lanes_subtract(lanes_load(row), lanes_broadcast(1.0 - 0x1p-53));
}

LANES_WORD lanes uniform_of(lanes uniform)
{
    return uniform;
}

/* transform is a constant at every call. The first draw may be the second half of its block: what is made is then one draw longer than what is taken. */
LANES_WORD void fill_draws(lanes (*const transform)(lanes uniform), uint64_t seed, uint64_t stream, uint64_t first_draw,
                           size_t draw_count, double *out)
{
    _Alignas(TOL_LANES * sizeof(double)) double made[DRAWS_AT_ONCE];
    size_t done = 0;
    while (done < draw_count) {
        uint64_t draw = first_draw + done;
        for (size_t b = 0; b < TOL_LANES; b++) {
            /* Half of 2^64 draws: after the last block comes block 0. */
            struct philox_block block = draw_block(seed, stream, (draw / 2 + b) & UINT64_MAX / 2);
            made[2 * b] = one_and_fraction(block.word[0], block.word[1]);
            made[2 * b + 1] = one_and_fraction(block.word[2], block.word[3]);
        }
        for (size_t at = 0; at < DRAWS_AT_ONCE; at += TOL_LANES)
            lanes_store_canonical(made + at, transform(open_uniform(made + at)));
        size_t skipped = draw % 2, left = draw_count - done;
        size_t taken = left < DRAWS_AT_ONCE - skipped ? left : DRAWS_AT_ONCE - skipped;
        memcpy(out + done, made + skipped, taken * sizeof *out);
        done += taken;
    }
}

static void uniform_draws(uint64_t seed, uint64_t stream, uint64_t first_draw, size_t draw_count, double *out)
{
    fill_draws(uniform_of, seed, stream, first_draw, draw_count, out);
}

static void normal_draws(uint64_t seed, uint64_t stream, uint64_t first_draw, size_t draw_count, double *out)
{
    fill_draws(normal_quantile, seed, stream, first_draw, draw_count, out);
}
