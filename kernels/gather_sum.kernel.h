/* A firm is a weighted sum over its cells: out[f][r] = sum over its lines of value * factor[cell][r], per lane.
 * By fma in stored order from 0, so that the sum does not depend on blocks, threads or width. */

LANES_WORD uint32_t row_of(const uint32_t *cell_row, uint32_t cell)
{
    return cell_row != NULL ? cell_row[cell] : cell;
}

/* rows is a constant at every call, so that sum[] becomes registers. stride: doubles from one cell to the next. */
LANES_WORD void gather_rows(const size_t rows, size_t stride, size_t firm_count, const uint64_t *line_start,
                            const uint32_t *line_cell, const double *line_value, const uint32_t *cell_row,
                            const double *factor, double *out)
{
    uint64_t line = line_start[0];
    uint64_t line_last = line_start[firm_count] - 1;
    for (size_t f = 0; f < firm_count; f++) {
        lanes sum[TOL_ROWS_MAX];
        for (size_t r = 0; r < rows; r++)
            sum[r] = lanes_zero();
        for (uint64_t line_end = line_start[f + 1]; line < line_end; line++) {
            uint64_t ahead = line + TUNING_PREFETCH_LINES;
            const double *next = factor + row_of(cell_row, line_cell[ahead < line_last ? ahead : line_last]) * stride;
            const double *row = factor + row_of(cell_row, line_cell[line]) * stride;
            lanes value = lanes_broadcast(line_value[line]);
            for (size_t r = 0; r < rows; r++) {
                lanes_prefetch(next + r * TOL_LANES);
                sum[r] = lanes_fma(value, lanes_load(row + r * TOL_LANES), sum[r]);
            }
        }
        for (size_t r = 0; r < rows; r++)
            lanes_store_canonical(out + f * stride + r * TOL_LANES, sum[r]);
    }
}

/* One pass over the lines for `rows` of the rows, with the loop over rows unrolled. */
static void gather_pass(size_t rows, size_t stride, size_t firm_count, const uint64_t *line_start,
                        const uint32_t *line_cell, const double *line_value, const uint32_t *cell_row,
                        const double *factor, double *out)
{
#define GATHER_CASE(constant)                                                                                          \
    case (constant):                                                                                                   \
        if ((constant) <= LANES_ROWS_PER_PASS)                                                                         \
            gather_rows(constant, stride, firm_count, line_start, line_cell, line_value, cell_row, factor, out);       \
        break
    switch (rows) {
        GATHER_CASE(1);
        GATHER_CASE(2);
        GATHER_CASE(3);
        GATHER_CASE(4);
        GATHER_CASE(5);
        GATHER_CASE(6);
        GATHER_CASE(7);
        GATHER_CASE(8);
        GATHER_CASE(9);
        GATHER_CASE(10);
        GATHER_CASE(11);
        GATHER_CASE(12);
        GATHER_CASE(13);
        GATHER_CASE(14);
        GATHER_CASE(15);
        GATHER_CASE(16);
    }
#undef GATHER_CASE
}

/* More rows than fit into registers are spread evenly over several passes. */
static void gather_sum(size_t firm_count, size_t row_count, const uint64_t *line_start, const uint32_t *line_cell,
                       const double *line_value, const uint32_t *cell_row, const double *factor, double *out)
{
    assert(row_count >= 1 && row_count <= TOL_ROWS_MAX);
    assert_row_aligned(factor);
    assert_row_aligned(out);
    size_t pass_count = (row_count + LANES_ROWS_PER_PASS - 1) / LANES_ROWS_PER_PASS;
    size_t first_row = 0;
    for (size_t pass = 0; pass < pass_count; pass++) {
        size_t rows = (row_count - first_row + pass_count - pass - 1) / (pass_count - pass);
        gather_pass(rows, row_count * TOL_LANES, firm_count, line_start, line_cell, line_value, cell_row,
                    factor + first_row * TOL_LANES, out + first_row * TOL_LANES);
        first_row += rows;
    }
}
