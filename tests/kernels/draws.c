/* What kernels.h promises of draws: which bits they are made of, and that a draw is the same however it is asked for. In each variant. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "philox.h"

static struct philox_block philox(uint32_t k0, uint32_t k1, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3)
{
    return philox4x32_10((struct philox_key){{k0, k1}}, (struct philox_block){{c0, c1, c2, c3}});
}

static void check_words(struct philox_block got, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t w3)
{
    cr_assert(got.word[0] == w0 && got.word[1] == w1 && got.word[2] == w2 && got.word[3] == w3,
              "%08x %08x %08x %08x, not %08x %08x %08x %08x", got.word[0], got.word[1], got.word[2], got.word[3], w0,
              w1, w2, w3);
}

/* The known answers that the authors publish with Random123 (kat_vectors, philox4x32 10); the third counter and key are digits of pi. */
Test(philox, known_answers)
{
    check_words(philox(0, 0, 0, 0, 0, 0), 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u);
    check_words(philox(UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX), 0x408f276du,
                0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu);
    check_words(philox(0xa4093822u, 0x299f31d0u, 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u), 0xd16cfe09u,
                0x94fdccebu, 0x5001e420u, 0x24126ea1u);
}

typedef void (*draw_kernel)(uint64_t seed, uint64_t stream, uint64_t first_draw, size_t draw_count, double *out);

/* The first draws of seed 0 and stream 0 are the first known answer. */
Test(draws, first_uniform_is_the_known_answer)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        double out[2];
        runnable_variant(i)->uniform_draws(0, 0, 0, 2, out);
        cr_assert_eq(out[0], ((double)(0xe169c58d6627e8d5u >> 12) + 0.5) * 0x1p-52);
        cr_assert_eq(out[1], ((double)(0x9b00dbd8bc57ac4cu >> 12) + 0.5) * 0x1p-52);
    }
}

static double uniform_by_hand(uint64_t seed, uint64_t stream, uint64_t draw)
{
    uint64_t block = draw / 2;
    struct philox_block words =
        philox((uint32_t)(seed & UINT32_MAX), (uint32_t)(seed >> 32), (uint32_t)(block & UINT32_MAX),
               (uint32_t)(block >> 32), (uint32_t)(stream & UINT32_MAX), (uint32_t)(stream >> 32));
    uint64_t low = words.word[draw % 2 * 2], high = words.word[draw % 2 * 2 + 1];
    uint64_t k = (high * 0x100000000u + low) / 4096;
    return ((double)k + 0.5) / 4503599627370496.0;
}

Test(draws, uniform_is_its_definition)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 2000; repeat++) {
            uint64_t seed = random_bits(&random), stream = random_bits(&random);
            uint64_t first = repeat % 2 ? random_bits(&random) : 0x1fffffff8u + random_below(&random, 16);
            double out[33];
            runnable_variant(i)->uniform_draws(seed, stream, first, 33, out);
            for (uint64_t d = 0; d < 33; d++)
                cr_assert_eq(out[d], uniform_by_hand(seed, stream, first + d), "%s: draw %llu + %llu",
                             runnable_variant(i)->isa, (unsigned long long)first, (unsigned long long)d);
        }
}

enum { WHOLE = 1000 };

/* Cut anywhere, begun anywhere, written anywhere: each piece is that stretch of the whole. */
static void check_cuts(draw_kernel draws, const char *isa, uint64_t first, struct random *random)
{
    uint64_t seed = random_bits(random), stream = random_bits(random);
    struct guarded whole = guarded_new(WHOLE), pieces = guarded_new(WHOLE);
    draws(seed, stream, first, WHOLE, whole.values);
    for (size_t done = 0; done < WHOLE;) {
        size_t count = random_below(random, 40);
        count = count < WHOLE - done ? count : WHOLE - done;
        draws(seed, stream, first + done, count, pieces.values + done);
        done += count;
    }
    size_t at = first_difference(whole.values, pieces.values, WHOLE);
    cr_assert_eq(at, WHOLE, "%s: draw %zu of %llu depends on the call", isa, at, (unsigned long long)first);
    cr_assert(guarded_intact(&whole) && guarded_intact(&pieces));
    guarded_free(&whole);
    guarded_free(&pieces);
}

Test(draws, a_range_may_be_cut_anywhere)
{
    static const uint64_t firsts[] = {0, 1, 7, 0x1fffffff0u, UINT64_MAX - 500};
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 50; repeat++)
            for (size_t k = 0; k < sizeof firsts / sizeof firsts[0]; k++) {
                check_cuts(runnable_variant(i)->uniform_draws, runnable_variant(i)->isa, firsts[k], &random);
                check_cuts(runnable_variant(i)->normal_draws, runnable_variant(i)->isa, firsts[k], &random);
            }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Among a million numbers of 52 random bits two are equal once in ten thousand tries; a stream that ran into another would repeat thousands. */
Test(draws, seeds_and_streams_do_not_overlap)
{
    enum { STREAMS = 1000, EACH = 1000, ALL = STREAMS * EACH };
    static double all[ALL];
    for (uint64_t s = 0; s < STREAMS; s++)
        tol_kernels_best()->uniform_draws(s / 32, s % 32, 0, EACH, all + s * EACH);
    qsort(all, ALL, sizeof *all, compare_doubles);
    size_t equal = 0;
    for (size_t i = 1; i < ALL; i++)
        equal += all[i] == all[i - 1];
    cr_assert_eq(equal, 0, "%zu pairs", equal);
}

/* Each of 52 random bits is set half of the time, within 5 standard deviations. */
Test(draws, every_bit_of_a_uniform_is_random)
{
    enum { COUNT = 1000000, BITS = 52 };
    static double uniform[COUNT];
    static size_t set[BITS];
    tol_kernels_best()->uniform_draws(11, 12, 0, COUNT, uniform);
    for (size_t i = 0; i < COUNT; i++) {
        uint64_t k = (uint64_t)(uniform[i] * 0x1p52);
        cr_assert(uniform[i] > 0 && uniform[i] < 1 && uniform[i] == ((double)k + 0.5) * 0x1p-52);
        for (int b = 0; b < BITS; b++)
            set[b] += k >> b & 1;
    }
    for (int b = 0; b < BITS; b++)
        cr_assert(set[b] > COUNT / 2 - 2500 && set[b] < COUNT / 2 + 2500, "bit %d is set %zu times", b, set[b]);
}

struct both {
    double uniform, normal;
};

static int compare_uniforms(const void *a, const void *b)
{
    return compare_doubles(&((const struct both *)a)->uniform, &((const struct both *)b)->uniform);
}

/* Normal draws are the quantiles of the uniform draws of the same numbers. */
Test(draws, normals_rise_with_uniforms)
{
    enum { COUNT = 100000 };
    static double uniform[COUNT], normal[COUNT];
    static struct both both[COUNT];
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        runnable_variant(i)->uniform_draws(5, 6, 7, COUNT, uniform);
        runnable_variant(i)->normal_draws(5, 6, 7, COUNT, normal);
        for (size_t d = 0; d < COUNT; d++) {
            cr_assert_eq(uniform[d] < 0.5, normal[d] < 0);
            both[d] = (struct both){uniform[d], normal[d]};
        }
        qsort(both, COUNT, sizeof *both, compare_uniforms);
        for (size_t d = 1; d < COUNT; d++)
            cr_assert_gt(both[d].normal, both[d - 1].normal, "%s: after uniform %.17g", runnable_variant(i)->isa,
                         both[d - 1].uniform);
    }
}
