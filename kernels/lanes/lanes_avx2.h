/* The vocabulary for AVX2 with FMA: two registers of four. Meaning of the words: lanes/README.md. */
#ifndef TOLMUUR_LANES_AVX2_H
#define TOLMUUR_LANES_AVX2_H

#include <immintrin.h>
#include <sleef.h>

#include "kernels.h"

#define LANES_ISA "avx2"
/* Rows whose sums are kept in registers: 12 of 16. */
#define LANES_ROWS_PER_PASS 6
/* Registers of one row. */
#define LANES_REGISTERS 2

#define LANES_WORD static inline __attribute__((always_inline))

typedef struct lanes {
    __m256d part[LANES_REGISTERS];
} lanes;

typedef struct lanes_mask {
    __m256d part[LANES_REGISTERS];
} lanes_mask;

LANES_WORD lanes lanes_load(const double *row)
{
    lanes result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = _mm256_load_pd(row + 4 * p);
    return result;
}

LANES_WORD void lanes_store(double *row, lanes x)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        _mm256_store_pd(row + 4 * p, x.part[p]);
}

LANES_WORD lanes lanes_broadcast(double x)
{
    lanes result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = _mm256_set1_pd(x);
    return result;
}

LANES_WORD lanes lanes_fma(lanes a, lanes b, lanes c)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        c.part[p] = _mm256_fmadd_pd(a.part[p], b.part[p], c.part[p]);
    return c;
}

LANES_WORD lanes lanes_add(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_add_pd(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_subtract(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_sub_pd(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_multiply(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_mul_pd(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_divide(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_div_pd(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_sqrt(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_sqrt_pd(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_magnitude(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_andnot_pd(_mm256_set1_pd(-0.0), a.part[p]);
    return a;
}

LANES_WORD lanes lanes_truncate(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_round_pd(a.part[p], _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    return a;
}

LANES_WORD lanes lanes_load_int32(const int32_t *row)
{
    lanes result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = _mm256_cvtepi32_pd(_mm_load_si128((const __m128i *)(row + 4 * p)));
    return result;
}

LANES_WORD void lanes_store_int32(int32_t *row, lanes x)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        _mm_store_si128((__m128i *)(row + 4 * p), _mm256_cvttpd_epi32(x.part[p]));
}

LANES_WORD lanes lanes_negate(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = _mm256_xor_pd(a.part[p], _mm256_set1_pd(-0.0));
    return a;
}

LANES_WORD lanes_mask lanes_greater(lanes a, lanes b)
{
    lanes_mask result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = _mm256_cmp_pd(a.part[p], b.part[p], _CMP_GT_OQ);
    return result;
}

LANES_WORD lanes_mask lanes_equal(lanes a, lanes b)
{
    lanes_mask result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = _mm256_cmp_pd(a.part[p], b.part[p], _CMP_EQ_OQ);
    return result;
}

LANES_WORD int lanes_any(lanes_mask mask)
{
    __m256d any = mask.part[0];
    for (size_t p = 1; p < LANES_REGISTERS; p++)
        any = _mm256_or_pd(any, mask.part[p]);
    return _mm256_movemask_pd(any) != 0;
}

LANES_WORD lanes lanes_select(lanes_mask where, lanes yes, lanes no)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        no.part[p] = _mm256_blendv_pd(no.part[p], yes.part[p], where.part[p]);
    return no;
}

LANES_WORD lanes lanes_expm1(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_expm1d4_u10avx2(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_log1p(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_log1pd4_u10avx2(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_exp(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_expd4_u10avx2(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_log(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_logd4_u10avx2(a.part[p]);
    return a;
}

#include "lanes/lanes_common.h"

#endif
