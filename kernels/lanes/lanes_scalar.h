/* The vocabulary in plain C: eight doubles one after the other. The reference that every other variant is compared with.
 * Needs a CPU whose fma is one instruction; the compiler is told so (CMakeLists.txt). Meaning of the words: lanes/README.md. */
#ifndef TOLMUUR_LANES_SCALAR_H
#define TOLMUUR_LANES_SCALAR_H

/* clang has no __FP_FAST_FMA on x86, and sleef.h declares the purecfma functions only under FP_FAST_FMA. */
#include <math.h>
#if defined(__FMA__) && !defined(FP_FAST_FMA)
#define FP_FAST_FMA 1
#endif
#ifndef FP_FAST_FMA
#error "the scalar variant needs fma as one instruction: compile it with -mfma on x86-64"
#endif
#include <sleef.h>

#include "kernels.h"

#define LANES_ISA "scalar"
/* Rows whose sums are kept in registers. */
#define LANES_ROWS_PER_PASS 1

#define LANES_WORD static inline __attribute__((always_inline))

typedef struct lanes {
    double lane[TOL_LANES];
} lanes;

typedef struct lanes_mask {
    unsigned char lane[TOL_LANES];
} lanes_mask;

LANES_WORD lanes lanes_load(const double *row)
{
    lanes result;
    for (size_t l = 0; l < TOL_LANES; l++)
        result.lane[l] = row[l];
    return result;
}

LANES_WORD void lanes_store(double *row, lanes x)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        row[l] = x.lane[l];
}

LANES_WORD lanes lanes_broadcast(double x)
{
    lanes result;
    for (size_t l = 0; l < TOL_LANES; l++)
        result.lane[l] = x;
    return result;
}

LANES_WORD lanes lanes_fma(lanes a, lanes b, lanes c)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        c.lane[l] = __builtin_fma(a.lane[l], b.lane[l], c.lane[l]);
    return c;
}

LANES_WORD lanes lanes_add(lanes a, lanes b)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = a.lane[l] + b.lane[l];
    return a;
}

LANES_WORD lanes lanes_subtract(lanes a, lanes b)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = a.lane[l] - b.lane[l];
    return a;
}

LANES_WORD lanes lanes_multiply(lanes a, lanes b)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = a.lane[l] * b.lane[l];
    return a;
}

LANES_WORD lanes lanes_divide(lanes a, lanes b)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = a.lane[l] / b.lane[l];
    return a;
}

LANES_WORD lanes lanes_sqrt(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = __builtin_sqrt(a.lane[l]);
    return a;
}

LANES_WORD lanes lanes_magnitude(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = __builtin_fabs(a.lane[l]);
    return a;
}

LANES_WORD lanes lanes_truncate(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = __builtin_trunc(a.lane[l]);
    return a;
}

LANES_WORD lanes lanes_load_int32(const int32_t *row)
{
    lanes result;
    for (size_t l = 0; l < TOL_LANES; l++)
        result.lane[l] = row[l];
    return result;
}

LANES_WORD void lanes_store_int32(int32_t *row, lanes x)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        row[l] = (int32_t)x.lane[l];
}

LANES_WORD lanes lanes_negate(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = -a.lane[l];
    return a;
}

LANES_WORD lanes_mask lanes_greater(lanes a, lanes b)
{
    lanes_mask result;
    for (size_t l = 0; l < TOL_LANES; l++)
        result.lane[l] = a.lane[l] > b.lane[l];
    return result;
}

LANES_WORD lanes_mask lanes_equal(lanes a, lanes b)
{
    lanes_mask result;
    for (size_t l = 0; l < TOL_LANES; l++)
        result.lane[l] = a.lane[l] == b.lane[l];
    return result;
}

LANES_WORD int lanes_any(lanes_mask mask)
{
    int result = 0;
    for (size_t l = 0; l < TOL_LANES; l++)
        result |= mask.lane[l];
    return result;
}

LANES_WORD lanes lanes_select(lanes_mask where, lanes yes, lanes no)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        no.lane[l] = where.lane[l] ? yes.lane[l] : no.lane[l];
    return no;
}

LANES_WORD lanes lanes_expm1(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = Sleef_finz_expm1d1_u10purecfma(a.lane[l]);
    return a;
}

LANES_WORD lanes lanes_log1p(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = Sleef_finz_log1pd1_u10purecfma(a.lane[l]);
    return a;
}

LANES_WORD lanes lanes_exp(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = Sleef_finz_expd1_u10purecfma(a.lane[l]);
    return a;
}

LANES_WORD lanes lanes_log(lanes a)
{
    for (size_t l = 0; l < TOL_LANES; l++)
        a.lane[l] = Sleef_finz_logd1_u10purecfma(a.lane[l]);
    return a;
}

#include "lanes/lanes_common.h"

#endif
