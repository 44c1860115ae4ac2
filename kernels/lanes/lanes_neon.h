/* The vocabulary for AArch64 Advanced SIMD: four registers of two. Meaning of the words: lanes/README.md. */
#ifndef TOLMUUR_LANES_NEON_H
#define TOLMUUR_LANES_NEON_H

#include <arm_neon.h>
#include <sleef.h>

#include "kernels.h"

#define LANES_ISA "neon"
/* Rows whose sums are kept in registers: 24 of 32. */
#define LANES_ROWS_PER_PASS 6
/* Registers of one row. */
#define LANES_REGISTERS 4

#define LANES_WORD static inline __attribute__((always_inline))

typedef struct lanes {
    float64x2_t part[LANES_REGISTERS];
} lanes;

typedef struct lanes_mask {
    uint64x2_t part[LANES_REGISTERS];
} lanes_mask;

LANES_WORD lanes lanes_load(const double *row)
{
    lanes result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = vld1q_f64(row + 2 * p);
    return result;
}

LANES_WORD void lanes_store(double *row, lanes x)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        vst1q_f64(row + 2 * p, x.part[p]);
}

LANES_WORD lanes lanes_broadcast(double x)
{
    lanes result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = vdupq_n_f64(x);
    return result;
}

LANES_WORD lanes lanes_fma(lanes a, lanes b, lanes c)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        c.part[p] = vfmaq_f64(c.part[p], a.part[p], b.part[p]);
    return c;
}

LANES_WORD lanes lanes_add(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vaddq_f64(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_subtract(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vsubq_f64(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_multiply(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vmulq_f64(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_divide(lanes a, lanes b)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vdivq_f64(a.part[p], b.part[p]);
    return a;
}

LANES_WORD lanes lanes_sqrt(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vsqrtq_f64(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_magnitude(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vabsq_f64(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_truncate(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vrndq_f64(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_load_int32(const int32_t *row)
{
    lanes result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = vcvtq_f64_s64(vmovl_s32(vld1_s32(row + 2 * p)));
    return result;
}

LANES_WORD void lanes_store_int32(int32_t *row, lanes x)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        vst1_s32(row + 2 * p, vmovn_s64(vcvtq_s64_f64(x.part[p])));
}

LANES_WORD lanes lanes_negate(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = vnegq_f64(a.part[p]);
    return a;
}

LANES_WORD lanes_mask lanes_greater(lanes a, lanes b)
{
    lanes_mask result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = vcgtq_f64(a.part[p], b.part[p]);
    return result;
}

LANES_WORD lanes_mask lanes_equal(lanes a, lanes b)
{
    lanes_mask result;
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        result.part[p] = vceqq_f64(a.part[p], b.part[p]);
    return result;
}

LANES_WORD int lanes_any(lanes_mask mask)
{
    uint64x2_t any = mask.part[0];
    for (size_t p = 1; p < LANES_REGISTERS; p++)
        any = vorrq_u64(any, mask.part[p]);
    return (vgetq_lane_u64(any, 0) | vgetq_lane_u64(any, 1)) != 0;
}

LANES_WORD lanes lanes_select(lanes_mask where, lanes yes, lanes no)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        no.part[p] = vbslq_f64(where.part[p], yes.part[p], no.part[p]);
    return no;
}

LANES_WORD lanes lanes_expm1(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_expm1d2_u10advsimd(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_log1p(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_log1pd2_u10advsimd(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_exp(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_expd2_u10advsimd(a.part[p]);
    return a;
}

LANES_WORD lanes lanes_log(lanes a)
{
    for (size_t p = 0; p < LANES_REGISTERS; p++)
        a.part[p] = Sleef_finz_logd2_u10advsimd(a.part[p]);
    return a;
}

#include "lanes/lanes_common.h"

#endif
