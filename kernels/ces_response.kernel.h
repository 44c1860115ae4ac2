/* How trade answers a duty, per unit of value (docs/model.md): ln g = ln((1 + new) / (1 + base)), landed price g^rho,
 * exporter's own price phi = g^(rho - 1), quantity q = g^(-sigma rho).
 * Everything is written with log1p and expm1, so that a duty of a billionth keeps its digits and no change is exactly 0. */

/* log1p of (higher - lower) / (1 + lower), negative where the duty falls: never the log of a quotient near 0 or 1. */
LANES_WORD lanes log_wedge(lanes base_rate, lanes new_rate)
{
    lanes lower = lanes_min(base_rate, new_rate);
    lanes higher = lanes_max(base_rate, new_rate);
    lanes rise = lanes_divide(lanes_subtract(higher, lower), lanes_add(lanes_broadcast(1.0), lower));
    lanes size = lanes_log1p(rise);
    return lanes_select(lanes_greater(base_rate, new_rate), lanes_negate(size), size);
}

static void ces_sales(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                      const double *rho, const double *sigma, double *factor)
{
    assert_row_aligned(base_rate);
    assert_row_aligned(new_rate);
    assert_row_aligned(factor);
    size_t cell_size = row_count * TOL_LANES;
    for (size_t c = 0; c < cell_count; c++) {
        lanes quantity_power = lanes_broadcast(-(sigma[c] * rho[c]));
        lanes price_power = lanes_broadcast(rho[c] - 1.0);
        double *cell = factor + c * TOL_SALES_FACTOR_COUNT * cell_size;
        for (size_t at = 0; at < cell_size; at += TOL_LANES) {
            lanes base = lanes_load(base_rate + c * cell_size + at);
            lanes new = lanes_load(new_rate + c * cell_size + at);
            lanes log_g = log_wedge(base, new);
            lanes volume = lanes_expm1(lanes_multiply(quantity_power, log_g));
            lanes quantity = lanes_add(volume, lanes_broadcast(1.0));
            lanes price_cut = lanes_multiply(quantity, lanes_expm1(lanes_multiply(price_power, log_g)));
            lanes_store_canonical(cell + TOL_SALES_DUTY * cell_size + at, lanes_subtract(new, base));
            lanes_store_canonical(cell + TOL_SALES_PRICE_CUT * cell_size + at, price_cut);
            lanes_store_canonical(cell + TOL_SALES_VOLUME * cell_size + at, volume);
        }
    }
}

static void ces_purchases(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                          const double *rho, double *factor)
{
    assert_row_aligned(base_rate);
    assert_row_aligned(new_rate);
    assert_row_aligned(factor);
    size_t cell_size = row_count * TOL_LANES;
    for (size_t c = 0; c < cell_count; c++) {
        lanes price_power = lanes_broadcast(rho[c]);
        double *cell = factor + c * TOL_PURCHASE_FACTOR_COUNT * cell_size;
        for (size_t at = 0; at < cell_size; at += TOL_LANES) {
            lanes base = lanes_load(base_rate + c * cell_size + at);
            lanes new = lanes_load(new_rate + c * cell_size + at);
            lanes cost_rise = lanes_expm1(lanes_multiply(price_power, log_wedge(base, new)));
            lanes_store_canonical(cell + TOL_PURCHASE_DUTY * cell_size + at, lanes_subtract(new, base));
            lanes_store_canonical(cell + TOL_PURCHASE_COST_RISE * cell_size + at, cost_rise);
        }
    }
}
