/* How a shock travels along the links of a network, one tier at a time (docs/model.md). What travels is a whole number of quanta, cut toward
 * zero: so each node's sum ends by a rule of its own, whatever the other nodes, lanes and blocks do; sums of quanta are exact, whatever their
 * order; and most of them fit into four bytes, which is half of what a sweep has to read. */

static const double quanta_per_share = 1 / TOL_CHAIN_QUANTUM;
/* Narrow rows hold less than this, in quanta, so that whatever is added to one still fits. */
static const double narrow_limit = 0x1p30;
/* And their totals are below this share, so that a total is a whole number of quanta, exactly. */
static const double exact_limit = 4;

LANES_WORD lanes quanta_of(lanes share)
{
    return lanes_truncate(lanes_multiply(share, lanes_broadcast(quanta_per_share)));
}

/* 1 when any lane is not 0; NaN is not. */
LANES_WORD int is_left(lanes x)
{
    lanes other = lanes_select(lanes_equal(x, lanes_zero()), lanes_zero(), lanes_broadcast(1));
    return lanes_any(lanes_greater(other, lanes_zero()));
}

/* 1 when every lane is below the limit; not with a NaN. */
LANES_WORD int all_below(lanes x, double limit)
{
    lanes beyond = lanes_select(lanes_greater(lanes_broadcast(limit), x), lanes_zero(), lanes_broadcast(1));
    return !lanes_any(lanes_greater(beyond, lanes_zero()));
}

LANES_WORD unsigned is_wide(const struct tol_chain_terms *terms, uint64_t node)
{
    return (unsigned)(terms->wide[node / 64] >> (node % 64)) & 1;
}

/* What a narrow row owes to its total stands behind its terms. */
LANES_WORD int32_t *owed_of(double *row, size_t rows)
{
    return (int32_t *)row + rows * TOL_LANES;
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
            lanes beside = quanta_of(lanes_multiply(per_unit, sector));
            lanes first = quanta_of(lanes_fma(beside, lanes_broadcast(TOL_CHAIN_QUANTUM), direct));
            lanes handed = lanes_truncate(lanes_multiply(part, first));
            lanes_store_canonical(total + n * source->total_stride + at,
                                  lanes_multiply(beside, lanes_broadcast(TOL_CHAIN_QUANTUM)));
            lanes_store_canonical(term + n * source->total_stride + at, handed);
            left |= is_left(handed);
        }
    }
    return left;
}

/* ---- one tier more ---- */

LANES_WORD void prefetch_term(const size_t rows, const struct tol_chain_terms *from, uint32_t node)
{
    const double *row = from->row + node * rows * TOL_LANES;
    for (size_t at = 0; at < (rows + 1) / 2; at++)
        lanes_prefetch(row + at * TOL_LANES);
    if (is_wide(from, node)) {
        for (size_t at = (rows + 1) / 2; at < rows; at++)
            lanes_prefetch(row + at * TOL_LANES);
    }
}

/* sum = what the node hears of its counterparts, by fma in stored order from 0. */
LANES_WORD void hear(const size_t rows, const struct tol_chain_links *links, const struct tol_chain_terms *from,
                     uint64_t node, uint64_t link_last, lanes *sum)
{
    for (size_t r = 0; r < rows; r++)
        sum[r] = lanes_zero();
    for (uint64_t i = links->start[node]; i < links->start[node + 1]; i++) {
        uint64_t ahead = i + TUNING_PREFETCH_LINES;
        prefetch_term(rows, from, links->other[ahead < link_last ? ahead : link_last]);
        const double *row = from->row + links->other[i] * rows * TOL_LANES;
        lanes value = lanes_broadcast(links->value[i]);
        if (is_wide(from, links->other[i])) {
            for (size_t r = 0; r < rows; r++)
                sum[r] = lanes_fma(value, lanes_load(row + r * TOL_LANES), sum[r]);
        } else {
            for (size_t r = 0; r < rows; r++)
                sum[r] = lanes_fma(value, lanes_load_int32((const int32_t *)row + r * TOL_LANES), sum[r]);
        }
    }
}

/* Where a node stands in one sweep. */
struct chain_row {
    double *old; /* its terms in the last tier */
    double *row; /* and in this one */
    double *total;
};

/* Narrow and stays so: what it suffers is added to what it owes, and its total is left alone. 0 when that does not fit; then nothing is written. */
LANES_WORD int stay_narrow(const size_t rows, const struct chain_row *at, const lanes *own, const lanes *handed)
{
    const int32_t *old = owed_of(at->old, rows);
    lanes size = lanes_zero();
    for (size_t r = 0; r < rows; r++) {
        lanes owed = lanes_add(lanes_load_int32(old + r * TOL_LANES), own[r]);
        size = lanes_add(size, lanes_add(lanes_magnitude(owed), lanes_magnitude(handed[r])));
    }
    if (!all_below(size, narrow_limit))
        return 0;
    int32_t *owes = owed_of(at->row, rows);
    for (size_t r = 0; r < rows; r++) {
        lanes_store_int32((int32_t *)at->row + r * TOL_LANES, handed[r]);
        lanes_store_int32(owes + r * TOL_LANES, lanes_add(lanes_load_int32(old + r * TOL_LANES), own[r]));
    }
    return 1;
}

/* Pays what it owes, which is exact, and then what it suffers into the total, as a wide row would have. 1 when the row is wide after that. */
LANES_WORD unsigned settle_row(const size_t rows, int was_wide, const struct chain_row *at, const lanes *own,
                               const lanes *handed)
{
    const lanes quantum = lanes_broadcast(TOL_CHAIN_QUANTUM);
    lanes size = lanes_zero(), total_size = lanes_zero();
    for (size_t r = 0; r < rows; r++) {
        lanes sum = lanes_load(at->total + r * TOL_LANES);
        if (!was_wide)
            sum = lanes_fma(lanes_load_int32(owed_of(at->old, rows) + r * TOL_LANES), quantum, sum);
        sum = lanes_fma(own[r], quantum, sum);
        lanes_store_canonical(at->total + r * TOL_LANES, sum);
        total_size = lanes_add(total_size, lanes_magnitude(sum));
        size = lanes_add(size, lanes_magnitude(handed[r]));
    }
    unsigned wide = !(all_below(size, narrow_limit) & all_below(total_size, exact_limit));
    for (size_t r = 0; r < rows; r++) {
        if (wide) {
            lanes_store_canonical(at->row + r * TOL_LANES, handed[r]);
        } else {
            lanes_store_int32((int32_t *)at->row + r * TOL_LANES, handed[r]);
            lanes_store_int32(owed_of(at->row, rows) + r * TOL_LANES, lanes_zero());
        }
    }
    return wide;
}

/* rows is a constant at every call, so that arrays become registers. */
LANES_WORD int sweep_rows(const size_t rows, uint64_t first, uint64_t end, const struct tol_chain_links *links,
                          const struct tol_chain_terms *from, const struct tol_chain_terms *to, double *total)
{
    uint64_t link_last = links->start[end] - 1;
    lanes left = lanes_zero();
    for (uint64_t n = first; n < end; n++) {
        lanes own[TOL_CHAIN_ROWS_MAX], handed[TOL_CHAIN_ROWS_MAX];
        lanes per_unit = lanes_broadcast(links->unit != NULL ? links->unit[n] : 1.0);
        lanes part = lanes_broadcast(links->passed != NULL ? links->passed[n] : 1.0);
        hear(rows, links, from, n, link_last, own);
        for (size_t r = 0; r < rows; r++) {
            own[r] = lanes_truncate(lanes_multiply(per_unit, own[r]));
            handed[r] = lanes_truncate(lanes_multiply(part, own[r]));
            left = lanes_add(left, lanes_magnitude(handed[r]));
        }
        size_t place = n * rows * TOL_LANES;
        const struct chain_row at = {.old = from->row + place, .row = to->row + place, .total = total + place};
        int was_wide = (int)is_wide(from, n);
        uint64_t wide = 0;
        if (was_wide || !stay_narrow(rows, &at, own, handed))
            wide = settle_row(rows, was_wide, &at, own, handed);
        uint64_t *word = &to->wide[n / 64];
        *word = (n % 64 == 0 ? 0 : *word) | wide << (n % 64);
    }
    return is_left(left);
}

static int chain_sweep(uint64_t first, uint64_t end, size_t row_count, const struct tol_chain_links *links,
                       const struct tol_chain_terms *from, const struct tol_chain_terms *to, double *total)
{
    assert(row_count >= 1 && row_count <= TOL_CHAIN_ROWS_MAX && first % 64 == 0);
    assert_row_aligned(from->row);
    assert_row_aligned(to->row);
    assert_row_aligned(total);
    switch (row_count) {
    case 1:
        return sweep_rows(1, first, end, links, from, to, total);
    case 2:
        return sweep_rows(2, first, end, links, from, to, total);
    case 3:
        return sweep_rows(3, first, end, links, from, to, total);
    case 4:
        return sweep_rows(4, first, end, links, from, to, total);
    case 5:
        return sweep_rows(5, first, end, links, from, to, total);
    default:
        return sweep_rows(6, first, end, links, from, to, total);
    }
}

static void chain_settle(uint64_t first, uint64_t end, size_t row_count, const struct tol_chain_terms *terms,
                         double *total)
{
    const lanes none = lanes_zero();
    for (uint64_t n = first; n < end; n++) {
        double *row = terms->row + n * row_count * TOL_LANES;
        for (size_t r = 0; !is_wide(terms, n) && r < row_count; r++) {
            double *to = total + (n * row_count + r) * TOL_LANES;
            int32_t *owed = owed_of(row, row_count) + r * TOL_LANES;
            lanes_store_canonical(
                to, lanes_fma(lanes_load_int32(owed), lanes_broadcast(TOL_CHAIN_QUANTUM), lanes_load(to)));
            lanes_store_int32(owed, none);
        }
    }
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
