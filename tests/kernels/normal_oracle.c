/* normal_draws against the normal distribution in 160-bit arithmetic, at uniforms anywhere in (0, 1), in each variant. */
#include <mpfr.h>

#include "bounds.h"
#include "draw_position.h"

enum { BITS = 160 };
static const uint64_t last = 0xfffffffffffffu; /* the largest k */

struct exact {
    mpfr_t tail, density, error;
};

/* The relative error of a quantile z of the lower tail p < 1/2: (Phi(z) - p) / (phi(z) z), which is exact but for the square of the error. */
static double relative_error(struct exact *e, double z, uint64_t k)
{
    mpfr_set_d(e->tail, -z, MPFR_RNDN);
    mpfr_sqr(e->density, e->tail, MPFR_RNDN);
    mpfr_div_ui(e->density, e->density, 2, MPFR_RNDN);
    mpfr_neg(e->density, e->density, MPFR_RNDN);
    mpfr_exp(e->density, e->density, MPFR_RNDN);
    mpfr_const_pi(e->error, MPFR_RNDN);
    mpfr_mul_ui(e->error, e->error, 2, MPFR_RNDN);
    mpfr_rec_sqrt(e->error, e->error, MPFR_RNDN);
    mpfr_mul(e->density, e->density, e->error, MPFR_RNDN);
    mpfr_sqrt_ui(e->error, 2, MPFR_RNDN);
    mpfr_div(e->tail, e->tail, e->error, MPFR_RNDN);
    mpfr_erfc(e->tail, e->tail, MPFR_RNDN);
    mpfr_div_ui(e->tail, e->tail, 2, MPFR_RNDN);
    mpfr_sub_d(e->error, e->tail, ((double)k + 0.5) * 0x1p-52, MPFR_RNDN);
    mpfr_div(e->error, e->error, e->density, MPFR_RNDN);
    mpfr_div_d(e->error, e->error, z, MPFR_RNDN);
    return mpfr_get_d(e->error, MPFR_RNDN);
}

struct oracle {
    struct exact exact;
    const struct tol_kernels *kernels;
    struct random random;
    double worst; /* in u */
};

static double normal_at(struct oracle *oracle, uint64_t k)
{
    struct draw_position at = draw_position_of(k, &oracle->random);
    double uniform, normal;
    oracle->kernels->uniform_draws(at.seed, at.stream, at.draw, 1, &uniform);
    oracle->kernels->normal_draws(at.seed, at.stream, at.draw, 1, &normal);
    cr_assert_eq(uniform, ((double)k + 0.5) * 0x1p-52);
    return normal;
}

/* Both tails: k and the last less k are exact opposites. */
static void check(struct oracle *oracle, uint64_t k)
{
    k = k < last - k ? k : last - k;
    double normal = normal_at(oracle, k);
    cr_assert(normal < 0 && normal > -8.3, "%s: %.17g at k = %llu", oracle->kernels->isa, normal,
              (unsigned long long)k);
    cr_assert_eq(normal_at(oracle, last - k), -normal, "%s: k = %llu is no mirror", oracle->kernels->isa,
                 (unsigned long long)k);
    double error = fabs(relative_error(&oracle->exact, normal, k)) / (double)u;
    cr_assert_leq(error, 8, "%s: %.17g is %.2f u off at k = %llu; TOLMUUR_TEST_SEED=%llu", oracle->kernels->isa, normal,
                  error, (unsigned long long)k, (unsigned long long)case_seed());
    oracle->worst = fmax(oracle->worst, error);
}

static void each_oracle(void (*checks)(struct oracle *oracle))
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct oracle oracle = {.kernels = runnable_variant(i), .random = {case_seed()}};
        mpfr_inits2(BITS, oracle.exact.tail, oracle.exact.density, oracle.exact.error, (mpfr_ptr)0);
        checks(&oracle);
        if (oracle.worst > 0)
            cr_log_info("%s: at most %.2f u off\n", oracle.kernels->isa, oracle.worst);
        mpfr_clears(oracle.exact.tail, oracle.exact.density, oracle.exact.error, (mpfr_ptr)0);
    }
}

static void check_everywhere(struct oracle *oracle)
{
    for (int repeat = 0; repeat < 20000; repeat++)
        check(oracle, random_bits(&oracle->random) >> 12);
}

Test(normal_oracle, uniforms_anywhere)
{
    each_oracle(check_everywhere);
}

/* As often near 2^-53 as near 1/4. */
static void check_tails(struct oracle *oracle)
{
    for (int repeat = 0; repeat < 20000; repeat++)
        check(oracle, random_bits(&oracle->random) >> (12 + random_below(&oracle->random, 52)));
}

Test(normal_oracle, tails)
{
    each_oracle(check_tails);
}

/* As often 2^-53 from 1/2 as 1/4 from it: a normal near 0 keeps its relative accuracy. */
static void check_middle(struct oracle *oracle)
{
    for (int repeat = 0; repeat < 20000; repeat++)
        check(oracle, last / 2 - (random_bits(&oracle->random) >> (14 + random_below(&oracle->random, 50))));
}

Test(normal_oracle, middle)
{
    each_oracle(check_middle);
}

/* Where one rational function takes over from another, and the ends. */
static void check_seams(struct oracle *oracle)
{
    const uint64_t seam[] = {(uint64_t)(0.075 * 0x1p52), (uint64_t)(exp(-25) * 0x1p52), last / 2 - 1000, 1000};
    for (size_t s = 0; s < sizeof seam / sizeof seam[0]; s++)
        for (uint64_t k = seam[s] - 1000; k < seam[s] + 1000; k++)
            check(oracle, k);
}

Test(normal_oracle, seams_and_ends)
{
    each_oracle(check_seams);
}

/* A quantile never falls where the uniform rises by one step, but for what rounding leaves: within twice the bound. */
static void check_order(struct oracle *oracle)
{
    for (int repeat = 0; repeat < 20000; repeat++) {
        uint64_t k = random_bits(&oracle->random) >> (12 + random_below(&oracle->random, 52));
        k = k < last ? k : last - 1;
        double lower = normal_at(oracle, k), upper = normal_at(oracle, k + 1);
        cr_assert(upper - lower >= -16 * (double)u * fabs(lower), "%s: k = %llu", oracle->kernels->isa,
                  (unsigned long long)k);
    }
}

Test(normal_oracle, order)
{
    each_oracle(check_order);
}
