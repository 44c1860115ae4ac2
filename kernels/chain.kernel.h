/* How a shock travels along the links of a network, one tier at a time (docs/model.md). Terms are shares, and one below
 * TOL_CHAIN_FLOOR becomes exactly 0: so each node's sum ends by a rule of its own, whatever the other nodes, lanes and blocks do. */

LANES_WORD lanes above_floor(lanes x)
{
    lanes size = lanes_max(x, lanes_negate(x));
    return lanes_select(lanes_greater(lanes_broadcast(TOL_CHAIN_FLOOR), size), lanes_zero(), x);
}

static int chain_step(size_t node_count, size_t row_count, const double *unit, const double *passed, double *term,
                      double *total)
{
    assert_row_aligned(term);
    assert_row_aligned(total);
    size_t size = row_count * TOL_LANES;
    int left = 0;
    for (size_t n = 0; n < node_count; n++) {
        lanes per_unit = lanes_broadcast(unit[n]);
        lanes part = lanes_broadcast(passed != NULL ? passed[n] : 1.0);
        for (size_t at = n * size; at < (n + 1) * size; at += TOL_LANES) {
            lanes own = above_floor(lanes_multiply(per_unit, lanes_load(term + at)));
            lanes handed = lanes_multiply(part, own);
            lanes_store_canonical(total + at, lanes_add(lanes_load(total + at), own));
            lanes_store_canonical(term + at, handed);
            left |= lanes_any(lanes_greater(lanes_max(handed, lanes_negate(handed)), lanes_zero()));
        }
    }
    return left;
}

static int chain_begin(size_t node_count, size_t row_count, const double *unit, const double *passed, const double *own,
                       size_t own_stride, const double *sector, size_t sector_stride, const double *whole, double *term,
                       double *total)
{
    assert_row_aligned(own);
    assert_row_aligned(sector);
    assert_row_aligned(term);
    assert_row_aligned(total);
    size_t size = row_count * TOL_LANES;
    int left = 0;
    for (size_t n = 0; n < node_count; n++) {
        struct divisor of = divisor_broadcast(whole[n]);
        lanes per_unit = lanes_broadcast(unit[n]);
        lanes part = lanes_broadcast(passed != NULL ? passed[n] : 1.0);
        for (size_t at = 0; at < size; at += TOL_LANES) {
            lanes direct = share_of(lanes_load(own + n * own_stride + at), &of, lanes_zero());
            lanes beside = above_floor(lanes_multiply(per_unit, lanes_load(sector + n * sector_stride + at)));
            lanes handed = lanes_multiply(part, above_floor(lanes_add(direct, beside)));
            lanes_store_canonical(total + n * size + at, beside);
            lanes_store_canonical(term + n * size + at, handed);
            left |= lanes_any(lanes_greater(lanes_max(handed, lanes_negate(handed)), lanes_zero()));
        }
    }
    return left;
}

static void scatter_add(size_t row_count, size_t count, const uint32_t *target, const double *weight,
                        const double *factor, size_t factor_stride, double *sum)
{
    assert_row_aligned(factor);
    assert_row_aligned(sum);
    size_t size = row_count * TOL_LANES;
    for (size_t i = 0; i < count; i++) {
        lanes times = lanes_broadcast(weight[i]);
        double *to = sum + target[i] * size;
        for (size_t at = 0; at < size; at += TOL_LANES)
            lanes_store_canonical(to + at,
                                  lanes_fma(times, lanes_load(factor + i * factor_stride + at), lanes_load(to + at)));
    }
}
