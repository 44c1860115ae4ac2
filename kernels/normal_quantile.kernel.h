/* The number that a standard normal number stays below with probability p, for p in [2^-53, 1 - 2^-53]. Rational functions of degree 7: of (p - 1/2)^2 in the
 * middle, of sqrt(-ln p) in the tails. Exchanging p and 1 - p negates the result exactly, where 1 - p is exact.
 * Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988), 477-484, PPND16. */

enum { QUANTILE_TERM_COUNT = 8 };

/* Coefficients, constant term first. */
struct quantile_fit {
    double numerator[QUANTILE_TERM_COUNT], denominator[QUANTILE_TERM_COUNT];
};

/* abs(p - 1/2) < 0.425, in 0.425^2 - (p - 1/2)^2; times p - 1/2. */
static const struct quantile_fit quantile_middle = {
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3},
    {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
     3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3},
};

/* The tails up to sqrt(-ln p) = 5, in sqrt(-ln p) - 1.6. */
static const struct quantile_fit quantile_tail = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9},
};

/* Beyond: p below e^-25, about 10^-11. In sqrt(-ln p) - 5. */
static const struct quantile_fit quantile_far_tail = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15},
};

LANES_WORD lanes quantile_polynomial(const double *coefficient, lanes x)
{
    lanes result = lanes_broadcast(coefficient[QUANTILE_TERM_COUNT - 1]);
    for (int k = QUANTILE_TERM_COUNT - 1; k-- > 0;)
        result = lanes_fma(result, x, lanes_broadcast(coefficient[k]));
    return result;
}

/* Numerator and denominator stay apart until the one division. */
struct quantile_ratio {
    lanes numerator, denominator;
};

LANES_WORD struct quantile_ratio quantile_ratio_of(const struct quantile_fit *fit, lanes x)
{
    struct quantile_ratio result = {quantile_polynomial(fit->numerator, x), quantile_polynomial(fit->denominator, x)};
    return result;
}

LANES_WORD struct quantile_ratio quantile_choose(lanes_mask where, struct quantile_ratio yes, struct quantile_ratio no)
{
    struct quantile_ratio result = {lanes_select(where, yes.numerator, no.numerator),
                                    lanes_select(where, yes.denominator, no.denominator)};
    return result;
}

/* How far out the smaller of the two tails, of probability tail < 1/2, begins: positive. */
LANES_WORD struct quantile_ratio quantile_outward(lanes tail)
{
    lanes depth = lanes_sqrt(lanes_negate(lanes_log(tail)));
    struct quantile_ratio result = quantile_ratio_of(&quantile_tail, lanes_subtract(depth, lanes_broadcast(1.6)));
    lanes_mask far = lanes_greater(depth, lanes_broadcast(5.0));
    /* So rare that a test is cheaper than the arithmetic; which of the lanes are far does not touch the others. */
    if (lanes_any(far))
        result = quantile_choose(
            far, quantile_ratio_of(&quantile_far_tail, lanes_subtract(depth, lanes_broadcast(5.0))), result);
    return result;
}

LANES_WORD lanes normal_quantile(lanes p)
{
    lanes off_centre = lanes_subtract(p, lanes_broadcast(0.5));
    lanes inside = lanes_fma(lanes_negate(off_centre), off_centre, lanes_broadcast(0.425 * 0.425));
    struct quantile_ratio middle = quantile_ratio_of(&quantile_middle, inside);
    middle.numerator = lanes_multiply(middle.numerator, off_centre);
    struct quantile_ratio outside = quantile_outward(lanes_min(p, lanes_subtract(lanes_broadcast(1.0), p)));
    outside.numerator =
        lanes_select(lanes_greater(lanes_zero(), off_centre), lanes_negate(outside.numerator), outside.numerator);
    struct quantile_ratio result = quantile_choose(lanes_greater(inside, lanes_zero()), middle, outside);
    return lanes_divide(result.numerator, result.denominator);
}
