/* How trade answers a duty, per unit of value (docs/model.md): ln g = ln((1 + new) / (1 + base)), landed price g^rho,
 * exporter's own price phi = g^(rho - 1), quantity q = g^(-sigma rho) P^(sigma - eta) with the market's price ratio P.
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

/* x / log1p(x) upside down: (e^y - 1) / y, 1 at y = 0. The logarithmic mean of 1 and e^y (Ang 2005). */
LANES_WORD lanes logarithmic_mean(lanes y)
{
    lanes none = lanes_zero();
    return lanes_select(lanes_equal(y, none), lanes_broadcast(1.0), lanes_divide(lanes_expm1(y), y));
}

static void ces_sales(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                      const double *const *log_market_price, const struct tol_response *response, double *factor)
{
    assert_row_aligned(base_rate);
    assert_row_aligned(new_rate);
    assert_row_aligned(factor);
    size_t cell_size = row_count * TOL_LANES;
    for (size_t c = 0; c < cell_count; c++) {
        const struct tol_response *of = &response[c];
        lanes quantity_power = lanes_broadcast(-(of->sigma * of->rho));
        lanes price_power = lanes_broadcast(of->rho - 1.0);
        lanes diversion_power = lanes_broadcast(of->sigma - of->eta);
        double *cell = factor + c * TOL_SALES_FACTOR_COUNT * cell_size;
        for (size_t at = 0; at < cell_size; at += TOL_LANES) {
            lanes base = lanes_load(base_rate + c * cell_size + at);
            lanes new = lanes_load(new_rate + c * cell_size + at);
            lanes log_market = log_market_price[c] != NULL ? lanes_load(log_market_price[c] + at) : lanes_zero();
            lanes log_g = log_wedge(base, new);
            lanes log_price = lanes_multiply(price_power, log_g);
            lanes log_diversion = lanes_multiply(diversion_power, log_market);
            lanes log_quantity = lanes_fma(quantity_power, log_g, log_diversion);
            lanes volume = lanes_expm1(log_quantity);
            lanes quantity = lanes_add(volume, lanes_broadcast(1.0));
            lanes price_cut = lanes_multiply(quantity, lanes_expm1(log_price));
            lanes diversion = lanes_multiply(log_diversion, logarithmic_mean(lanes_add(log_price, log_quantity)));
            lanes_store_canonical(cell + TOL_SALES_DUTY * cell_size + at, lanes_subtract(new, base));
            lanes_store_canonical(cell + TOL_SALES_PRICE_CUT * cell_size + at, price_cut);
            lanes_store_canonical(cell + TOL_SALES_VOLUME * cell_size + at, volume);
            lanes_store_canonical(cell + TOL_SALES_DIVERSION * cell_size + at, diversion);
            lanes_store_canonical(cell + TOL_SALES_OPPORTUNITY * cell_size + at,
                                  lanes_max(lanes_zero(), lanes_add(price_cut, volume)));
        }
    }
}

/* The duties of all suppliers of a market to its price. With x = (1 - sigma) ln p and M the greatest x,
 * ln P = (M + ln(1 + sum a (e^(x - M) - 1))) / (1 - sigma): the supplier at M keeps the logarithm away from that of 0. */
static void market_price(size_t origin_count, size_t row_count, const double *base_rate, const double *new_rate,
                         const double *share, double home_share, const struct tol_response *response, double *power,
                         double *log_market_price)
{
    assert_row_aligned(base_rate);
    assert_row_aligned(new_rate);
    assert_row_aligned(power);
    assert_row_aligned(log_market_price);
    size_t size = row_count * TOL_LANES;
    int limit = response->sigma == 1.0;
    lanes to_power = lanes_broadcast(limit ? response->rho : (1.0 - response->sigma) * response->rho);
    for (size_t at = 0; at < size; at += TOL_LANES) {
        lanes greatest = lanes_broadcast(home_share > 0 ? 0.0 : -__builtin_inf());
        lanes mean = lanes_zero();
        for (size_t k = 0; k < origin_count; k++) {
            lanes log_g = log_wedge(lanes_load(base_rate + k * size + at), lanes_load(new_rate + k * size + at));
            lanes x = lanes_multiply(to_power, log_g);
            greatest = lanes_max(greatest, x);
            mean = lanes_fma(lanes_broadcast(share[k]), x, mean);
            lanes_store(power + k * size + at, x);
        }
        lanes sum = lanes_multiply(lanes_broadcast(home_share), lanes_expm1(lanes_negate(greatest)));
        sum = lanes_select(lanes_greater(lanes_broadcast(home_share), lanes_zero()), sum, lanes_zero());
        for (size_t k = 0; k < origin_count && !limit; k++) {
            lanes x = lanes_subtract(lanes_load(power + k * size + at), greatest);
            sum = lanes_fma(lanes_broadcast(share[k]), lanes_expm1(x), sum);
        }
        lanes log_price = lanes_divide(lanes_add(greatest, lanes_log1p(sum)), lanes_broadcast(1.0 - response->sigma));
        lanes_store_canonical(log_market_price + at, limit ? mean : log_price);
    }
}

static void ces_purchases(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                          const struct tol_response *response, double *factor)
{
    assert_row_aligned(base_rate);
    assert_row_aligned(new_rate);
    assert_row_aligned(factor);
    size_t cell_size = row_count * TOL_LANES;
    for (size_t c = 0; c < cell_count; c++) {
        lanes price_power = lanes_broadcast(response[c].rho);
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
