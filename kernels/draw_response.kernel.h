/* Trade's answer where elasticity and pass-through differ from lane to lane (docs/model.md, Draws). The tariff wedge is given as its logarithm, taken once
 * for each world; the formulas are those of ces_response.kernel.h, so that a lane without spread has the bits of that kernel. */

/* A sale grows at most e^100-fold: far beyond any trade, so that no draw of an elasticity makes a sum infinite. */
static const double log_quantity_most = 100.0;

/* One number for each lane out of those of the worlds. */
LANES_WORD lanes of_world(const double *number, const uint32_t *world)
{
    _Alignas(TOL_LANES * sizeof(double)) double chosen[TOL_LANES];
    for (size_t l = 0; l < TOL_LANES; l++)
        chosen[l] = number[world[l]];
    return lanes_load(chosen);
}

/* 1 + (sigma - 1) scale, exactly sigma where scale is 1, and never below 0. */
LANES_WORD lanes drawn_sigma(const struct tol_draw_response *of, size_t at)
{
    lanes stretch = lanes_subtract(lanes_load(of->scale + at), lanes_broadcast(1.0));
    lanes sigma = lanes_fma(lanes_broadcast(of->sigma - 1.0), stretch, lanes_broadcast(of->sigma));
    return lanes_max(sigma, lanes_zero());
}

static void draw_sales(size_t cell_count, size_t row_count, const uint32_t *world, const struct tol_draw_cell *cell,
                       double *factor)
{
    assert_row_aligned(factor);
    size_t size = row_count * TOL_LANES;
    for (size_t c = 0; c < cell_count; c++) {
        const struct tol_draw_cell *of = &cell[c];
        double *to = factor + c * TOL_DRAW_SALES_FACTOR_COUNT * size;
        for (size_t at = 0; at < size; at += TOL_LANES) {
            lanes sigma = drawn_sigma(&of->response, at);
            lanes rho = lanes_load(of->response.rho + at);
            lanes log_g = of_world(of->log_g, world + at);
            lanes log_market = of->log_market != NULL ? lanes_load(of->log_market + at) : lanes_zero();
            lanes log_diversion = lanes_multiply(lanes_subtract(sigma, lanes_broadcast(of->response.eta)), log_market);
            lanes log_quantity = lanes_fma(lanes_negate(lanes_multiply(sigma, rho)), log_g, log_diversion);
            lanes volume = lanes_expm1(lanes_min(log_quantity, lanes_broadcast(log_quantity_most)));
            lanes log_price = lanes_multiply(lanes_subtract(rho, lanes_broadcast(1.0)), log_g);
            lanes quantity = lanes_add(volume, lanes_broadcast(1.0));
            lanes_store_canonical(to + TOL_DRAW_PRICE_CUT * size + at,
                                  lanes_multiply(quantity, lanes_expm1(log_price)));
            lanes_store_canonical(to + TOL_DRAW_VOLUME * size + at, volume);
        }
    }
}

static void draw_purchases(size_t cell_count, size_t row_count, const uint32_t *world, const struct tol_draw_cell *cell,
                           double *factor)
{
    assert_row_aligned(factor);
    size_t size = row_count * TOL_LANES;
    for (size_t c = 0; c < cell_count; c++) {
        for (size_t at = 0; at < size; at += TOL_LANES) {
            lanes log_price =
                lanes_multiply(lanes_load(cell[c].response.rho + at), of_world(cell[c].log_g, world + at));
            lanes_store_canonical(factor + c * size + at, lanes_expm1(log_price));
        }
    }
}

/* As market_price; where a lane's sigma is 1 it takes the limit. */
static void draw_market(size_t origin_count, size_t row_count, size_t world_count, const uint32_t *world,
                        const double *log_g, const double *share, double home_share,
                        const struct tol_draw_response *response, double *power, double *log_market_price)
{
    assert_row_aligned(power);
    assert_row_aligned(log_market_price);
    size_t size = row_count * TOL_LANES;
    for (size_t at = 0; at < size; at += TOL_LANES) {
        lanes sigma = drawn_sigma(response, at);
        lanes rho = lanes_load(response->rho + at);
        lanes beside_one = lanes_subtract(lanes_broadcast(1.0), sigma);
        lanes_mask limit = lanes_equal(beside_one, lanes_zero());
        lanes to_power = lanes_select(limit, rho, lanes_multiply(beside_one, rho));
        lanes greatest = lanes_broadcast(home_share > 0 ? 0.0 : -__builtin_inf());
        lanes mean = lanes_zero();
        for (size_t k = 0; k < origin_count; k++) {
            lanes x = lanes_multiply(to_power, of_world(log_g + k * world_count, world + at));
            greatest = lanes_max(greatest, x);
            mean = lanes_fma(lanes_broadcast(share[k]), x, mean);
            lanes_store(power + k * TOL_LANES, x);
        }
        lanes sum = lanes_zero();
        if (home_share > 0)
            sum = lanes_multiply(lanes_broadcast(home_share), lanes_expm1(lanes_negate(greatest)));
        for (size_t k = 0; k < origin_count; k++) {
            lanes x = lanes_subtract(lanes_load(power + k * TOL_LANES), greatest);
            sum = lanes_fma(lanes_broadcast(share[k]), lanes_expm1(x), sum);
        }
        lanes log_price = lanes_divide(lanes_add(greatest, lanes_log1p(sum)), beside_one);
        lanes_store_canonical(log_market_price + at, lanes_select(limit, mean, log_price));
    }
}

static void log_wedges(size_t row_count, const double *base_rate, const double *new_rate, double *log_g)
{
    assert_row_aligned(base_rate);
    assert_row_aligned(new_rate);
    assert_row_aligned(log_g);
    for (size_t at = 0; at < row_count * TOL_LANES; at += TOL_LANES)
        lanes_store_canonical(log_g + at, log_wedge(lanes_load(base_rate + at), lanes_load(new_rate + at)));
}

static void draw_profit(size_t firm_count, size_t row_count, const double *margin, const double *own_cost,
                        const double *sales, const double *purchases, size_t stride, double *out)
{
    assert_row_aligned(sales);
    assert_row_aligned(purchases);
    assert_row_aligned(out);
    size_t size = row_count * TOL_LANES;
    for (size_t f = 0; f < firm_count; f++) {
        const double *sold = sales + f * TOL_DRAW_SALES_FACTOR_COUNT * size;
        for (size_t at = 0; at < size; at += TOL_LANES) {
            lanes of_sales = lanes_fma(lanes_broadcast(margin[f]), lanes_load(sold + TOL_DRAW_VOLUME * size + at),
                                       lanes_load(sold + TOL_DRAW_PRICE_CUT * size + at));
            lanes cost_rise = lanes_load(purchases + f * size + at);
            lanes_store_canonical(out + f * stride + at, lanes_fma(lanes_broadcast(-own_cost[f]), cost_rise, of_sales));
        }
    }
}

/* What a sum loses by rounding, exactly, without asking which term is greater (Knuth 1969, section 4.2.2). */
static void add_compensated(size_t count, size_t row_count, size_t stride, const double *x, double *sum, double *lost)
{
    assert_row_aligned(x);
    assert_row_aligned(sum);
    assert_row_aligned(lost);
    for (size_t at = 0; at < row_count * TOL_LANES; at += TOL_LANES) {
        lanes value = lanes_load(sum + at), rest = lanes_load(lost + at);
        for (size_t i = 0; i < count; i++) {
            lanes term = lanes_load(x + i * stride + at);
            lanes next = lanes_add(value, term);
            lanes taken = lanes_subtract(next, value);
            lanes loss = lanes_add(lanes_subtract(value, lanes_subtract(next, taken)), lanes_subtract(term, taken));
            rest = lanes_add(rest, loss);
            value = next;
        }
        lanes_store_canonical(sum + at, value);
        lanes_store_canonical(lost + at, rest);
    }
}
