/* From standard normal numbers to factors about 1 and to shares about a centre. */

static void scale_lognormal(size_t row_count, double spread, const double *normal, double *out)
{
    assert(spread >= 0);
    assert_row_aligned(normal);
    assert_row_aligned(out);
    for (size_t at = 0; at < row_count * TOL_LANES; at += TOL_LANES) {
        lanes power = lanes_multiply(lanes_broadcast(spread), lanes_load(normal + at));
        lanes_store_canonical(out + at, lanes_exp(power));
    }
}

/* mu / (mu + (1 - mu) exp(-s z)) is 1 / (1 + exp(-(logit(mu) + s z))) without a logit. With s = 0 the divisor is exactly 1: for mu >= 1/2 because 1 - mu is
 * exact, below because what 1 - mu loses, at most 2^-54, is rounded away again. */
static void scale_logit_normal(size_t row_count, double centre, double spread, const double *normal, double *out)
{
    assert(centre >= 0 && centre <= 1);
    assert(spread >= 0);
    assert_row_aligned(normal);
    assert_row_aligned(out);
    /* A share of 0 or 1 has no odds to multiply: it is certain. */
    lanes power_of_normal = lanes_broadcast(centre == 0 || centre == 1 ? -0.0 : -spread);
    lanes share = lanes_broadcast(centre), rest = lanes_broadcast(1.0 - centre);
    for (size_t at = 0; at < row_count * TOL_LANES; at += TOL_LANES) {
        lanes odds_against = lanes_exp(lanes_multiply(power_of_normal, lanes_load(normal + at)));
        lanes_store_canonical(out + at, lanes_divide(share, lanes_fma(rest, odds_against, share)));
    }
}
