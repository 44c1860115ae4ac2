/* From a firm's sums to profit and score (docs/model.md). What cannot be said is NaN, never a division by nothing. */

/* A number that every lane is divided by. */
struct divisor {
    lanes value, reciprocal;
    int ordinary; /* neither value nor reciprocal near the ends of the range of doubles */
};

LANES_WORD struct divisor divisor_broadcast(double value)
{
    struct divisor result = {
        .value = lanes_broadcast(value),
        .reciprocal = lanes_broadcast(1.0 / value),
        .ordinary = value >= 0x1p-500 && value <= 0x1p500,
    };
    return result;
}

/* part / whole without a division a lane: the product with the reciprocal, mended by what it leaves over. Where that is not
 * finite (an infinite part or quotient), the product stands. */
LANES_WORD lanes divide_by(lanes part, const struct divisor *whole)
{
    if (!whole->ordinary)
        return lanes_divide(part, whole->value);
    lanes quotient = lanes_multiply(part, whole->reciprocal);
    lanes rest = lanes_fma(lanes_negate(quotient), whole->value, part);
    lanes_mask finite = lanes_equal(lanes_subtract(rest, rest), lanes_zero());
    return lanes_select(finite, lanes_fma(rest, whole->reciprocal, quotient), quotient);
}

/* Numbers of one firm, the same in every lane. */
struct firm_lanes {
    struct divisor revenue, purchases, ebitda, interest;
    lanes contribution_margin, own_cost_share; /* own_cost_share: -(1 - kappa) */
    lanes lost_margin;                         /* -m R */
    lanes exposure_power, score_power;         /* -ln 2 / h and -ln 2 V / h */
    int plain;                                 /* V = 1: both scores are the same, and expm1 is dear */
};

LANES_WORD struct firm_lanes firm_broadcast(const struct tol_firm_inputs *firm, size_t f, double half_margin)
{
    static const double log_2 = 0x1.62e42fefa39efp-1;
    struct firm_lanes result = {
        .revenue = divisor_broadcast(firm->revenue_eur[f]),
        .purchases = divisor_broadcast(firm->purchases_eur[f]),
        .ebitda = divisor_broadcast(firm->ebitda_eur[f]),
        .interest = divisor_broadcast(firm->interest_eur[f]),
        .contribution_margin = lanes_broadcast(firm->contribution_margin[f]),
        .own_cost_share = lanes_broadcast(firm->cost_pass_through[f] - 1.0),
        .lost_margin = lanes_broadcast(-(firm->contribution_margin[f] * firm->revenue_eur[f])),
        .exposure_power = lanes_broadcast(-log_2 / half_margin),
        .score_power = lanes_broadcast(-log_2 / half_margin * firm->vulnerability[f]),
        .plain = firm->vulnerability[f] == 1.0,
    };
    return result;
}

/* part / whole, or `otherwise` where whole is not above 0 or missing. */
LANES_WORD lanes share_of(lanes part, const struct divisor *whole, lanes otherwise)
{
    return lanes_select(lanes_greater(whole->value, lanes_zero()), divide_by(part, whole), otherwise);
}

/* 100 (1 - 2^(-x)) with power = -x ln 2: 0 at no risk, at most 100. */
LANES_WORD lanes score_of(lanes margin_at_risk, lanes power)
{
    return lanes_multiply(lanes_broadcast(-100.0), lanes_expm1(lanes_multiply(margin_at_risk, power)));
}

/* (E + dE) / I. A missing E makes the sum NaN by itself; a missing I is not equal to itself. */
LANES_WORD lanes interest_cover(lanes ebitda_after, const struct divisor *interest)
{
    lanes cover = divide_by(ebitda_after, interest);
    return lanes_select(lanes_equal(interest->value, lanes_zero()), lanes_missing(), cover);
}

static void firm_outcome(size_t firm_count, size_t row_count, const struct tol_firm_inputs *firm, double half_margin,
                         const double *sales, const double *purchases, const double *lost_orders,
                         const double *dearer_inputs, double *out)
{
    assert(half_margin > 0);
    assert_row_aligned(sales);
    assert_row_aligned(purchases);
    assert_row_aligned(lost_orders);
    assert_row_aligned(dearer_inputs);
    assert_row_aligned(out);
    size_t size = row_count * TOL_LANES;
    for (size_t f = 0; f < firm_count; f++) {
        struct firm_lanes of = firm_broadcast(firm, f, half_margin);
        for (size_t at = 0; at < size; at += TOL_LANES) {
            const double *sums = sales + f * TOL_SALES_FACTOR_COUNT * size + at;
            double *to = out + f * TOL_OUTCOME_COUNT * size + at;
            lanes price_cut = lanes_load(sums + TOL_SALES_PRICE_CUT * size);
            lanes volume = lanes_load(sums + TOL_SALES_VOLUME * size);
            lanes cost_rise =
                lanes_load(purchases + (f * TOL_PURCHASE_FACTOR_COUNT + TOL_PURCHASE_COST_RISE) * size + at);

            lanes indirect_demand_loss = lanes_load(lost_orders + f * size + at);
            lanes indirect_cost_rise = lanes_load(dearer_inputs + f * size + at);

            lanes direct_sales_effect = lanes_fma(of.contribution_margin, volume, price_cut);
            lanes sales_effect = lanes_fma(of.lost_margin, indirect_demand_loss, direct_sales_effect);
            lanes every_cost_rise = lanes_fma(of.purchases.value, indirect_cost_rise, cost_rise);
            lanes ebitda_change = lanes_fma(of.own_cost_share, every_cost_rise, sales_effect);
            lanes loss = lanes_max(lanes_zero(), lanes_negate(ebitda_change));
            lanes margin_at_risk = share_of(loss, &of.ebitda, lanes_missing());
            lanes revenue_loss = lanes_negate(lanes_add(price_cut, volume));

            lanes_store_canonical(to + TOL_OUTCOME_DEMAND_LOSS * size,
                                  share_of(revenue_loss, &of.revenue, lanes_zero()));
            lanes_store_canonical(to + TOL_OUTCOME_COST_RISE * size, share_of(cost_rise, &of.purchases, lanes_zero()));
            lanes_store_canonical(to + TOL_OUTCOME_EBITDA_CHANGE * size, ebitda_change);
            lanes_store_canonical(to + TOL_OUTCOME_MARGIN_AT_RISK * size, margin_at_risk);
            lanes_store_canonical(to + TOL_OUTCOME_MARGIN_CHANGE * size,
                                  share_of(ebitda_change, &of.revenue, lanes_missing()));
            lanes_store_canonical(to + TOL_OUTCOME_INTEREST_COVER * size,
                                  interest_cover(lanes_add(of.ebitda.value, ebitda_change), &of.interest));
            lanes exposure = score_of(margin_at_risk, of.exposure_power);
            lanes_store_canonical(to + TOL_OUTCOME_SCORE_EXPOSURE * size, exposure);
            lanes_store_canonical(to + TOL_OUTCOME_SCORE * size,
                                  of.plain ? exposure : score_of(margin_at_risk, of.score_power));
        }
    }
}
