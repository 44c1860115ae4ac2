/* Cases of draws: responses that differ from lane to lane. */
#include "cases_parts.h"

enum { RESPONSES = 3, WORLDS_MOST = 5 };

/* Usual: between low and high. Extreme: half of them at an edge. Wild: half of them any bits. */
struct range {
    double low, high;
    const double *edge;
    size_t edge_count;
};
#define RANGE(low, high, edges) ((struct range){low, high, edges, sizeof(edges) / sizeof(edges)[0]})

static double number(const struct range *range, enum case_kind kind, struct random *random)
{
    double usual = random_between(random, range->low, range->high);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    return kind != CASE_USUAL && random_below(random, 2) ? range->edge[random_below(random, range->edge_count)] : usual;
}

static struct guarded numbers(size_t count, struct range range, enum case_kind kind, struct random *random)
{
    struct guarded made = guarded_new(count);
    for (size_t i = 0; i < count; i++)
        made.values[i] = number(&range, kind, random);
    return made;
}

/* Rates above -1, as log_wedges asks for; wild ones may be anything. */
static void fill_wedges(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double edges[] = {0.0, -0.0, -0.9, 10.0, 0x1p-1074, 0x1p-60, 1e300, -0x1.fffffffffffffp-1};
    size_t size = c->count * c->row_count * TOL_LANES;
    c->first = numbers(size, RANGE(-0.9, 10.0, edges), kind, random);
    c->second = numbers(size, RANGE(-0.9, 10.0, edges), kind, random);
    for (size_t i = 0; i < size; i += 4)
        c->second.values[i] = c->first.values[i];
}

/* `first` has the wedges of each cell or origin, `second` the scales of each response, `third` their pass-throughs, `fourth` the prices of markets. */
static void fill_responses(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double wedges[] = {0.0, -0.0, 700.0, -745.0, 0x1p-1074, 1e300, -1e300};
    static const double scales[] = {1.0, 0.0, 0x1p-1074, 1e6, 1e300};
    static const double rhos[] = {0.0, 1.0, 0.5, 0x1p-1074};
    static const double prices[] = {0.0, -0.0, 100.0, -100.0, 1e300};
    const size_t size = c->row_count * TOL_LANES;
    c->world_count = 1 + (size_t)random_below(random, WORLDS_MOST);
    c->first = numbers(c->count * c->world_count, RANGE(-0.3, 1.0, wedges), kind, random);
    c->second = numbers(RESPONSES * size, RANGE(0.3, 3.0, scales), kind, random);
    c->third = numbers(RESPONSES * size, RANGE(0.0, 1.0, rhos), kind, random);
    c->fourth = numbers(RESPONSES * size, RANGE(-0.5, 0.5, prices), kind, random);
    c->world = case_allocate(size * sizeof *c->world);
    for (size_t at = 0; at < size; at++)
        c->world[at] = (uint32_t)random_below(random, c->world_count);
}

/* A quarter of the cells has no market; where sigma is 1 a lane is at the limit of the price. */
static void fill_draw_cells(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double sigmas[] = {0.1, 1.0, 50.0, 2.5};
    const size_t size = c->row_count * TOL_LANES;
    fill_responses(c, kind, random);
    c->draw_cell = case_allocate((c->count + 1) * sizeof *c->draw_cell);
    for (size_t i = 0; i < c->count; i++) {
        size_t response = (size_t)random_below(random, RESPONSES) * size;
        c->draw_cell[i] = (struct tol_draw_cell){
            .response = {.scale = c->second.values + response,
                         .rho = c->third.values + response,
                         .sigma = random_below(random, 4) ? random_between(random, 0.1, 20.0)
                                                          : sigmas[random_below(random, 4)],
                         .eta = random_below(random, 4) ? random_between(random, 0.0, 3.0) : 0.0},
            .log_g = c->first.values + i * c->world_count,
            .log_market = random_below(random, 4) ? c->fourth.values + response : NULL};
    }
}

static void fill_draw_market(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    fill_draw_cells(c, kind, random);
    fill_market_shares(c, random);
}

/* Columns margin and own_cost. */
static void fill_profit(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double money[] = {0.0, -0.0, 1e300, -1e300, 0x1p-1074, 0x1p-1022};
    static const double shares[] = {0.0, 1.0, 0x1p-1074};
    const size_t size = c->row_count * TOL_LANES;
    struct range share = RANGE(0.0, 1.0, shares);
    c->first = numbers(c->count * TOL_DRAW_SALES_FACTOR_COUNT * size, RANGE(-1e8, 1e7, money), kind, random);
    c->second = numbers(c->count * size, RANGE(-1e6, 1e8, money), kind, random);
    c->numbers = case_allocate((2 * c->count + 1) * sizeof *c->numbers);
    c->number_columns = 2;
    for (size_t i = 0; i < 2 * c->count; i++)
        c->numbers[i] = number(&share, kind, random);
    c->stride = (1 + (size_t)random_below(random, 2)) * size;
}

/* Terms of all sizes, so that some are lost whole. */
static void fill_compensated(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double edges[] = {0.0, -0.0, 1e300, -1e300, 1.7e308, 0x1p-1074, 1.0, 0x1p53, -0x1p53};
    const size_t size = c->row_count * TOL_LANES;
    c->stride = (1 + (size_t)random_below(random, 3)) * size;
    c->first = numbers(c->count * c->stride, RANGE(-1e9, 1e9, edges), kind, random);
    for (size_t i = 0; i < c->first.count; i += 2)
        c->first.values[i] *= 0x1p-40;
    c->second = numbers(size, RANGE(-1e9, 1e9, edges), kind, random);
    c->third = numbers(size, RANGE(-1e-8, 1e-8, edges), kind, random);
}

static int run_market(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    if (c->count == 0)
        return 1; /* a market has suppliers */
    struct guarded power = guarded_new(c->count * TOL_LANES);
    kernels->draw_market(c->count, c->row_count, c->world_count, c->world, c->first.values, c->numbers, c->home_share,
                         &c->draw_cell[0].response, power.values, out);
    int intact = guarded_intact(&power);
    guarded_free(&power);
    return intact;
}

/* Rows of firms lie stride apart; what is between them is not the kernel's. */
static int run_profit(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    const size_t size = c->row_count * TOL_LANES;
    struct guarded all = guarded_new(c->count * c->stride);
    kernels->draw_profit(c->count, c->row_count, c->numbers, c->numbers + c->count, c->first.values, c->second.values,
                         c->stride, all.values);
    int intact = guarded_intact(&all);
    for (size_t f = 0; f < c->count; f++) {
        copy(out + f * size, all.values + f * c->stride, size);
        for (size_t at = f * c->stride + size; at < (f + 1) * c->stride; at++)
            intact = intact && bits_of(all.values[at]) == unwritten_bits;
    }
    guarded_free(&all);
    return intact;
}

/* The sum in the first half of out, what it lost in the second. */
static int run_compensated(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    const size_t size = c->row_count * TOL_LANES;
    copy(out, c->second.values, size);
    copy(out + size, c->third.values, size);
    kernels->add_compensated(c->count, c->row_count, c->stride, c->first.values, out, out + size);
    return 1;
}

static int run_wedges(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->log_wedges(c->count * c->row_count, c->first.values, c->second.values, out);
    return 1;
}

static int run_sales(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->draw_sales(c->count, c->row_count, c->world, c->draw_cell, out);
    return 1;
}

static int run_purchases(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->draw_purchases(c->count, c->row_count, c->world, c->draw_cell, out);
    return 1;
}

static size_t out_of_rows(const struct kernel_case *c)
{
    return c->count * c->row_count * TOL_LANES;
}

static size_t out_of_sales(const struct kernel_case *c)
{
    return c->count * TOL_DRAW_SALES_FACTOR_COUNT * c->row_count * TOL_LANES;
}

static size_t out_of_market(const struct kernel_case *c)
{
    return c->count > 0 ? c->row_count * TOL_LANES : 0;
}

static size_t out_of_sum(const struct kernel_case *c)
{
    return 2 * c->row_count * TOL_LANES;
}

const struct case_part case_log_wedges = {"log_wedges", fill_wedges, out_of_rows, run_wedges};
const struct case_part case_draw_sales = {"draw_sales", fill_draw_cells, out_of_sales, run_sales};
const struct case_part case_draw_purchases = {"draw_purchases", fill_draw_cells, out_of_rows, run_purchases};
const struct case_part case_draw_market = {"draw_market", fill_draw_market, out_of_market, run_market};
const struct case_part case_draw_profit = {"draw_profit", fill_profit, out_of_rows, run_profit};
const struct case_part case_add_compensated = {"add_compensated", fill_compensated, out_of_sum, run_compensated};
