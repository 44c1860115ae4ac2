/* The vocabulary for AVX-512: one register of eight. Meaning of the words: lanes/README.md. */
#ifndef TOLMUUR_LANES_AVX512_H
#define TOLMUUR_LANES_AVX512_H

#include <immintrin.h>
#include <sleef.h>

#include "kernels.h"

#define LANES_ISA "avx512"
/* Rows whose sums are kept in registers: 16 of 32. */
#define LANES_ROWS_PER_PASS 16

#define LANES_WORD static inline __attribute__((always_inline))

typedef __m512d lanes;
typedef __mmask8 lanes_mask;

LANES_WORD lanes lanes_load(const double *row)
{
    return _mm512_load_pd(row);
}

LANES_WORD void lanes_store(double *row, lanes x)
{
    _mm512_store_pd(row, x);
}

LANES_WORD lanes lanes_broadcast(double x)
{
    return _mm512_set1_pd(x);
}

LANES_WORD lanes lanes_fma(lanes a, lanes b, lanes c)
{
    return _mm512_fmadd_pd(a, b, c);
}

LANES_WORD lanes lanes_add(lanes a, lanes b)
{
    return _mm512_add_pd(a, b);
}

LANES_WORD lanes lanes_subtract(lanes a, lanes b)
{
    return _mm512_sub_pd(a, b);
}

LANES_WORD lanes lanes_multiply(lanes a, lanes b)
{
    return _mm512_mul_pd(a, b);
}

LANES_WORD lanes lanes_divide(lanes a, lanes b)
{
    return _mm512_div_pd(a, b);
}

LANES_WORD lanes lanes_sqrt(lanes a)
{
    return _mm512_sqrt_pd(a);
}

LANES_WORD lanes lanes_magnitude(lanes a)
{
    return _mm512_abs_pd(a);
}

LANES_WORD lanes lanes_truncate(lanes a)
{
    return _mm512_roundscale_pd(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

LANES_WORD lanes lanes_load_int32(const int32_t *row)
{
    return _mm512_cvtepi32_pd(_mm256_load_si256((const __m256i *)row));
}

LANES_WORD void lanes_store_int32(int32_t *row, lanes x)
{
    _mm256_store_si256((__m256i *)row, _mm512_cvttpd_epi32(x));
}

LANES_WORD lanes lanes_negate(lanes a)
{
    return _mm512_xor_pd(a, _mm512_set1_pd(-0.0));
}

LANES_WORD lanes_mask lanes_greater(lanes a, lanes b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ);
}

LANES_WORD lanes_mask lanes_equal(lanes a, lanes b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}

LANES_WORD int lanes_any(lanes_mask mask)
{
    return mask != 0;
}

LANES_WORD lanes lanes_select(lanes_mask where, lanes yes, lanes no)
{
    return _mm512_mask_blend_pd(where, no, yes);
}

LANES_WORD lanes lanes_expm1(lanes a)
{
    return Sleef_finz_expm1d8_u10avx512f(a);
}

LANES_WORD lanes lanes_log1p(lanes a)
{
    return Sleef_finz_log1pd8_u10avx512f(a);
}

LANES_WORD lanes lanes_exp(lanes a)
{
    return Sleef_finz_expd8_u10avx512f(a);
}

LANES_WORD lanes lanes_log(lanes a)
{
    return Sleef_finz_logd8_u10avx512f(a);
}

#include "lanes/lanes_common.h"

#endif
