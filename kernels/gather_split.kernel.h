/* gather_sum where most of the factors are 0: sums of the common part stay in registers, those of the rest, which few lines have, in memory. Adding
 * value * 0 changes no sum but the sign of a zero, and no -0 is stored, so that what is left out cannot be seen in the bits. */

/* A line's rest, added to sums in memory. */
LANES_WORD void add_rest(const struct tol_split_table *table, lanes value, const double *rest, double *out)
{
    size_t count = table->row_count - table->common_count;
    const uint8_t *place = table->place + table->common_count;
    for (size_t r = 0; r < count; r++) {
        double *to = out + place[r] * TOL_LANES;
        lanes_store(to, lanes_fma(value, lanes_load(rest + r * TOL_LANES), lanes_load(to)));
    }
}

/* Rows [first, first + rows) of the common part; rows is a constant at every call. The pass with first = 0 adds the rest too. */
LANES_WORD void split_rows(const size_t rows, size_t first, size_t firm_count, const uint64_t *line_start,
                           const uint32_t *line_cell, const double *line_value, const struct tol_split_table *table,
                           double *out)
{
    const size_t stride = table->common_count * TOL_LANES;
    const size_t out_stride = table->row_count * TOL_LANES;
    const size_t rest_stride = out_stride - stride;
    const uint32_t *cell_row = table->cell_row;
    const double *common = table->common + first * TOL_LANES;
    const uint32_t plain = first == 0 ? table->plain_count : UINT32_MAX;
    uint64_t line = line_start[0];
    uint64_t line_last = line_start[firm_count] - 1;
    for (size_t f = 0; f < firm_count; f++) {
        lanes sum[LANES_ROWS_PER_PASS];
        double *to = out + f * out_stride;
        int touched = 0;
        for (size_t r = 0; r < rows; r++)
            sum[r] = lanes_zero();
        for (size_t r = table->common_count; first == 0 && r < table->row_count; r++)
            lanes_store(to + table->place[r] * TOL_LANES, lanes_zero());
        for (uint64_t line_end = line_start[f + 1]; line < line_end; line++) {
            uint64_t ahead = line + TUNING_PREFETCH_LINES;
            const double *next = common + cell_row[line_cell[ahead < line_last ? ahead : line_last]] * stride;
            uint32_t number = cell_row[line_cell[line]];
            const double *row = common + number * stride;
            lanes value = lanes_broadcast(line_value[line]);
            if (number >= plain) {
                add_rest(table, value, table->rest + (number - plain) * rest_stride, to);
                touched = 1;
            }
            for (size_t r = 0; r < rows; r++) {
                lanes_prefetch(next + r * TOL_LANES);
                sum[r] = lanes_fma(value, lanes_load(row + r * TOL_LANES), sum[r]);
            }
        }
        for (size_t r = 0; r < rows; r++)
            lanes_store_canonical(to + table->place[first + r] * TOL_LANES, sum[r]);
        for (size_t r = table->common_count; touched && r < table->row_count; r++)
            lanes_store_canonical(to + table->place[r] * TOL_LANES, lanes_load(to + table->place[r] * TOL_LANES));
    }
}

static void split_pass(size_t rows, size_t first, size_t firm_count, const uint64_t *line_start,
                       const uint32_t *line_cell, const double *line_value, const struct tol_split_table *table,
                       double *out)
{
#define SPLIT_CASE(constant)                                                                                           \
    case (constant):                                                                                                   \
        if ((constant) <= LANES_ROWS_PER_PASS)                                                                         \
            split_rows(constant, first, firm_count, line_start, line_cell, line_value, table, out);                    \
        break
    switch (rows) {
        SPLIT_CASE(0);
        SPLIT_CASE(1);
        SPLIT_CASE(2);
        SPLIT_CASE(3);
        SPLIT_CASE(4);
        SPLIT_CASE(5);
        SPLIT_CASE(6);
        SPLIT_CASE(7);
        SPLIT_CASE(8);
        SPLIT_CASE(9);
        SPLIT_CASE(10);
        SPLIT_CASE(11);
        SPLIT_CASE(12);
        SPLIT_CASE(13);
        SPLIT_CASE(14);
        SPLIT_CASE(15);
        SPLIT_CASE(16);
    }
#undef SPLIT_CASE
}

static void gather_split(size_t firm_count, const uint64_t *line_start, const uint32_t *line_cell,
                         const double *line_value, const struct tol_split_table *table, double *out)
{
    assert(table->row_count >= 1 && table->row_count <= TOL_SPLIT_ROWS_MAX);
    assert(table->common_count <= table->row_count);
    assert_row_aligned(table->common);
    assert_row_aligned(table->rest);
    assert_row_aligned(out);
    size_t pass_count = (table->common_count + LANES_ROWS_PER_PASS - 1) / LANES_ROWS_PER_PASS;
    pass_count = pass_count > 0 ? pass_count : 1;
    size_t first = 0;
    for (size_t pass = 0; pass < pass_count; pass++) {
        size_t rows = (table->common_count - first + pass_count - pass - 1) / (pass_count - pass);
        split_pass(rows, first, firm_count, line_start, line_cell, line_value, table, out);
        first += rows;
    }
}
