/* How a shock travels along the links of a network, one tier at a time (docs/model.md). Terms are shares, and one below
 * TOL_CHAIN_FLOOR becomes exactly 0: so each node's sum ends by a rule of its own, whatever the other nodes, lanes and blocks do. */

LANES_WORD lanes above_floor(lanes x)
{
    lanes size = lanes_max(x, lanes_negate(x));
    return lanes_select(lanes_greater(lanes_broadcast(TOL_CHAIN_FLOOR), size), lanes_zero(), x);
}

/* 1 when any lane is not 0. */
LANES_WORD int is_left(lanes x)
{
    return lanes_any(lanes_greater(lanes_max(x, lanes_negate(x)), lanes_zero()));
}

static int chain_step(size_t node_count, size_t row_count, const double *unit, const double *passed, double *term,
                      double *total)
{
    assert_row_aligned(term);
    assert_row_aligned(total);
    size_t size = row_count * TOL_LANES;
    int left = 0;
    for (size_t n = 0; n < node_count; n++) {
        lanes per_unit = lanes_broadcast(unit != NULL ? unit[n] : 1.0);
        lanes part = lanes_broadcast(passed != NULL ? passed[n] : 1.0);
        for (size_t at = n * size; at < (n + 1) * size; at += TOL_LANES) {
            lanes own = above_floor(lanes_multiply(per_unit, lanes_load(term + at)));
            lanes handed = lanes_multiply(part, own);
            lanes_store_canonical(total + at, lanes_add(lanes_load(total + at), own));
            lanes_store_canonical(term + at, handed);
            left |= is_left(handed);
        }
    }
    return left;
}

static int chain_begin(size_t node_count, size_t row_count, const struct tol_chain_source *source, double *term,
                       double *total)
{
    assert_row_aligned(source->own);
    assert_row_aligned(source->sector);
    assert_row_aligned(term);
    assert_row_aligned(total);
    size_t size = row_count * TOL_LANES;
    int left = 0;
    for (size_t n = 0; n < node_count; n++) {
        struct divisor whole = divisor_broadcast(source->whole[n]);
        lanes per_unit = lanes_broadcast(source->unit[n]);
        lanes part = lanes_broadcast(source->passed != NULL ? source->passed[n] : 1.0);
        for (size_t at = 0; at < size; at += TOL_LANES) {
            lanes own = lanes_load(source->own + n * source->stride + at);
            if (source->own_gain != NULL)
                own = lanes_negate(lanes_add(own, lanes_load(source->own_gain + n * source->stride + at)));
            lanes direct = share_of(own, &whole, lanes_zero());
            lanes sector = lanes_load(source->sector + n * source->stride + at);
            lanes beside = above_floor(lanes_multiply(per_unit, sector));
            lanes handed = lanes_multiply(part, above_floor(lanes_add(direct, beside)));
            lanes_store_canonical(total + n * size + at, beside);
            lanes_store_canonical(term + n * size + at, handed);
            left |= is_left(handed);
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
