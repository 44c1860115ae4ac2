/* The list of tables: which are built, which run, which is taken. */
#include <criterion/criterion.h>
#include <string.h>

#include "kernels.h"

static const struct tol_kernels *built_table(const char *isa)
{
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++)
        if (strcmp(tol_kernels_built(i)->isa, isa) == 0)
            return tol_kernels_built(i);
    return NULL;
}

Test(kernel_tables, scalar_is_built_first_and_runs)
{
    cr_assert_not_null(tol_kernels_built(0));
    cr_assert_str_eq(tol_kernels_built(0)->isa, "scalar");
    cr_assert(tol_kernels_runnable(tol_kernels_built(0)));
}

/* A variant that this CPU could run but that was not built would make every comparison pass unseen: it fails here. */
Test(kernel_tables, every_variant_of_this_cpu_is_built_and_runs)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        cr_assert_not_null(tol_kernels_named("avx2"), "this CPU has AVX2, the avx2 table is missing");
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        cr_assert_not_null(tol_kernels_named("avx512"), "this CPU has AVX-512, the avx512 table is missing");
#elif defined(__aarch64__)
    cr_assert_not_null(tol_kernels_named("neon"), "every AArch64 CPU has NEON, the neon table is missing");
#endif
    cr_assert_not_null(tol_kernels_named("scalar"));
}

Test(kernel_tables, all_variants_of_this_architecture_are_built)
{
#if defined(__x86_64__)
    static const char *const expected[] = {"scalar", "avx2", "avx512"};
#elif defined(__aarch64__)
    static const char *const expected[] = {"scalar", "neon"};
#else
    static const char *const expected[] = {"scalar"};
#endif
    size_t count = sizeof expected / sizeof expected[0];
    for (size_t i = 0; i < count; i++) {
        cr_assert_not_null(tol_kernels_built(i), "table %s is missing", expected[i]);
        cr_assert_str_eq(tol_kernels_built(i)->isa, expected[i]);
    }
    cr_assert_null(tol_kernels_built(count));
}

Test(kernel_tables, built_ends_with_null)
{
    size_t count = 0;
    while (tol_kernels_built(count) != NULL)
        count++;
    cr_assert_null(tol_kernels_built(count + 1));
    cr_assert_null(tol_kernels_built((size_t)-1));
}

Test(kernel_tables, every_table_is_complete)
{
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        cr_assert(kernels->gather_sum && kernels->gather_split && kernels->ces_sales && kernels->ces_purchases &&
                      kernels->market_price && kernels->chain_begin && kernels->chain_sweep && kernels->chain_settle &&
                      kernels->scatter_add && kernels->firm_outcome,
                  "%s lacks a function", kernels->isa);
        cr_assert(kernels->uniform_draws && kernels->normal_draws && kernels->scale_lognormal &&
                      kernels->scale_logit_normal,
                  "%s lacks a function", kernels->isa);
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(kernels->isa, tol_kernels_built(j)->isa);
    }
}

Test(kernel_tables, best_is_the_last_that_runs)
{
    const struct tol_kernels *last = NULL;
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++)
        if (tol_kernels_runnable(tol_kernels_built(i)))
            last = tol_kernels_built(i);
    cr_assert_eq(tol_kernels_best(), last);
    cr_assert_eq(tol_kernels_named(tol_kernels_best()->isa), last);
}

Test(kernel_tables, named_finds_what_runs_and_nothing_else)
{
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        cr_assert_eq(tol_kernels_named(kernels->isa), tol_kernels_runnable(kernels) ? kernels : NULL);
    }
}

Test(kernel_tables, unknown_names_are_null)
{
    static const char *const wrong[] = {"",    "sse2", "Scalar",  "AVX2", "avx2 ", " avx2",
                                        "avx", "avx5", "avx5122", "best", "auto"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_null(tol_kernels_named(wrong[i]), "\"%s\" names a table", wrong[i]);
}

Test(kernel_tables, names_of_other_architectures_are_null)
{
    static const char *const names[] = {"scalar", "avx2", "avx512", "neon"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (built_table(names[i]) == NULL)
            cr_assert_null(tol_kernels_named(names[i]));
}

Test(kernel_tables, a_foreign_table_does_not_run)
{
    struct tol_kernels copy = *tol_kernels_best();
    cr_assert_not(tol_kernels_runnable(&copy));
    cr_assert_not(tol_kernels_runnable(NULL));
}
