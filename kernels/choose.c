/* Which table this CPU runs.
 *
 * Every x86-64 variant, the scalar one too, is compiled with FMA: a fused multiply-add in software would be slow, and SLEEF's purecfma functions
 * execute the instruction. An x86-64 CPU without FMA (Intel before 2013, AMD before 2012) therefore runs no table: tol_kernels_named answers NULL for every
 * name, and tol_kernels_best answers the scalar table, for which tol_kernels_runnable is 0: the caller reports that and stops. */
#include "kernels.h"

#include <string.h>

#include "variants.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#ifndef HWCAP_ASIMD
#define HWCAP_ASIMD (1 << 1)
#endif
#endif

struct built_variant {
    const struct tol_kernels *kernels;
    int (*runnable)(void);
};

/* Each test asks for exactly what CMakeLists.txt lets the compiler use; the builtins also ask the operating system. */
#if defined(__x86_64__)
static int cpu_has_fma(void)
{
    return __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma");
}
#else
static int cpu_has_fma(void)
{
    return 1;
}
#endif

#ifdef TOL_HAVE_AVX2
static int cpu_has_avx2(void)
{
    return cpu_has_fma() && __builtin_cpu_supports("avx2");
}
#endif

#ifdef TOL_HAVE_AVX512
static int cpu_has_avx512(void)
{
    return cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

#ifdef TOL_HAVE_NEON
static int cpu_has_neon(void)
{
    return (getauxval(AT_HWCAP) & HWCAP_ASIMD) != 0;
}
#endif

/* Best last. */
static const struct built_variant built[] = {
    {&tol_kernels_scalar, cpu_has_fma},
#ifdef TOL_HAVE_AVX2
    {&tol_kernels_avx2, cpu_has_avx2},
#endif
#ifdef TOL_HAVE_AVX512
    {&tol_kernels_avx512, cpu_has_avx512},
#endif
#ifdef TOL_HAVE_NEON
    {&tol_kernels_neon, cpu_has_neon},
#endif
};

static const size_t built_count = sizeof built / sizeof built[0];

const struct tol_kernels *tol_kernels_built(size_t i)
{
    return i < built_count ? built[i].kernels : NULL;
}

int tol_kernels_runnable(const struct tol_kernels *kernels)
{
    for (size_t i = 0; i < built_count; i++)
        if (built[i].kernels == kernels)
            return built[i].runnable() != 0;
    return 0;
}

const struct tol_kernels *tol_kernels_best(void)
{
    for (size_t i = built_count; i-- > 1;)
        if (built[i].runnable())
            return built[i].kernels;
    return built[0].kernels;
}

const struct tol_kernels *tol_kernels_named(const char *isa)
{
    for (size_t i = 0; i < built_count; i++)
        if (strcmp(built[i].kernels->isa, isa) == 0)
            return built[i].runnable() ? built[i].kernels : NULL;
    return NULL;
}
