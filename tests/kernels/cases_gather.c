/* Cases of gather_sum, gather_split and scatter_add. */
#include "cases_parts.h"

static void fill_lines(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    c->cell_count = 1 + (size_t)random_below(random, 97);
    c->line_start = case_allocate((c->count + 1) * sizeof *c->line_start);
    uint64_t skipped = random_below(random, 5); /* line_start holds absolute positions: the first need not be 0 */
    c->line_start[0] = skipped;
    for (size_t f = 0; f < c->count; f++)
        c->line_start[f + 1] = c->line_start[f] + (random_below(random, 4) ? random_below(random, 40) : 0);
    size_t line_count = (size_t)c->line_start[c->count];
    c->line_cell = case_allocate((line_count + 1) * sizeof *c->line_cell);
    c->line_value = new_numbers(line_count);
    for (size_t i = 0; i < line_count; i++) {
        c->line_cell[i] = i < skipped ? UINT32_MAX : (uint32_t)random_below(random, c->cell_count);
        c->line_value[i] = any_money(random, kind);
    }
    /* Half of the cases have a row a cell, the others draw rows that cells share. */
    c->cell_row = random_below(random, 2) ? NULL : case_allocate(c->cell_count * sizeof *c->cell_row);
    for (size_t i = 0; i < c->cell_count && c->cell_row != NULL; i++)
        c->cell_row[i] = (uint32_t)random_below(random, c->cell_count);
    c->first = guarded_new(c->cell_count * c->row_count * TOL_LANES);
    for (size_t i = 0; i < c->first.count; i++)
        c->first.values[i] = kind == CASE_USUAL ? random_between(random, -1.0, 1.0) : any_money(random, kind);
}

/* The rows of a table that is cut: places in any order, and some rows that are 0, of either sign, outside the common part. */
static void fill_split(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    fill_lines(c, kind, random);
    if (c->cell_row == NULL) {
        c->cell_row = case_allocate(c->cell_count * sizeof *c->cell_row);
        for (size_t i = 0; i < c->cell_count; i++)
            c->cell_row[i] = (uint32_t)(c->cell_count - 1 - i);
    }
    c->common_count = (size_t)random_below(random, c->row_count + 1);
    c->plain_count = (uint32_t)random_below(random, c->cell_count + 1);
    for (size_t r = 0; r < c->row_count; r++) {
        size_t other = (size_t)random_below(random, r + 1);
        c->place[r] = c->place[other];
        c->place[other] = (uint8_t)r;
    }
    size_t rest_count = c->row_count - c->common_count;
    c->second = guarded_new(c->cell_count * c->common_count * TOL_LANES);
    c->third = guarded_new((c->cell_count - c->plain_count) * rest_count * TOL_LANES);
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t r = 0; r < c->row_count; r++) {
            double *row = c->first.values + (i * c->row_count + c->place[r]) * TOL_LANES;
            for (size_t l = 0; l < TOL_LANES; l++)
                if (r < c->common_count)
                    c->second.values[(i * c->common_count + r) * TOL_LANES + l] = row[l];
                else if (i >= c->plain_count)
                    c->third.values[((i - c->plain_count) * rest_count + r - c->common_count) * TOL_LANES + l] = row[l];
                else
                    row[l] = random_below(random, 2) ? 0.0 : -0.0;
        }
}

static void fill_additions(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    const size_t size = c->row_count * TOL_LANES;
    c->cell_count = 1 + (size_t)random_below(random, 97);
    c->line_cell = case_allocate((c->count + 1) * sizeof *c->line_cell);
    c->numbers = new_numbers(c->count);
    c->number_columns = 1;
    for (size_t i = 0; i < c->count; i++) {
        c->line_cell[i] = (uint32_t)random_below(random, c->cell_count);
        c->numbers[i] = any_money(random, kind);
    }
    c->stride = (1 + (size_t)random_below(random, 3)) * size;
    fill_shares(&c->first, c->count * c->stride, kind, random);
    c->second = guarded_new(c->cell_count * size);
    /* A sum that nothing is added to stays as it is, so it starts as kernels write numbers. */
    for (size_t i = 0; i < c->second.count; i++)
        c->second.values[i] = any_money(random, kind == CASE_WILD ? CASE_EXTREME : kind) + 0.0;
}

static size_t out_of_firms(const struct kernel_case *c)
{
    return c->count * c->row_count * TOL_LANES;
}

static size_t out_of_targets(const struct kernel_case *c)
{
    return c->cell_count * c->row_count * TOL_LANES;
}

static int run_gather_sum(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->gather_sum(c->count, c->row_count, c->line_start, c->line_cell, c->line_value, c->cell_row,
                        c->first.values, out);
    return 1;
}

static int run_gather_split(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->gather_split(c->count, c->line_start, c->line_cell, c->line_value,
                          &(struct tol_split_table){.row_count = c->row_count,
                                                    .common_count = c->common_count,
                                                    .place = c->place,
                                                    .cell_row = c->cell_row,
                                                    .plain_count = c->plain_count,
                                                    .common = c->second.values,
                                                    .rest = c->third.values},
                          out);
    return 1;
}

static int run_scatter_add(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    copy(out, c->second.values, c->second.count);
    kernels->scatter_add(c->row_count, c->count, c->line_cell, c->numbers, c->first.values, c->stride, out);
    return 1;
}

const struct case_part case_gather_sum = {"gather_sum", fill_lines, out_of_firms, run_gather_sum};
const struct case_part case_gather_split = {"gather_split", fill_split, out_of_firms, run_gather_split};
const struct case_part case_scatter_add = {"scatter_add", fill_additions, out_of_targets, run_scatter_add};
