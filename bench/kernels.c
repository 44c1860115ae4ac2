/* bench_kernels: how long one line-row of gather_sum takes in each instruction set, one row of the other kernels, and
 * how many random numbers a second are drawn.
 *
 * A line-row is one line times one factor row of 16 scenarios, that is 2 rows of TOL_LANES. The book is drawn: firms with a fixed number of lines,
 * cells as popular as 1 / rank, sorted inside a firm. Every sum is compared with a long double sum, and every normal number
 * with its uniform one, before it is timed. */
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels.h"

enum { CELL_COUNT = 50000, FIRM_COUNT = 40000, LINES_PER_FIRM = 50, REPEATS = 7, THREADS_MAX = 256 };
static const size_t row_counts[] = {1, 2, 4, 6, 8, 12, 16};

struct book {
    uint64_t *line_start; /* [FIRM_COUNT + 1] */
    uint32_t *line_cell;
    double *line_value;
    double *factor; /* [CELL_COUNT][TOL_ROWS_MAX][TOL_LANES]: read with any smaller row count */
    double *out;    /* [FIRM_COUNT][TOL_ROWS_MAX][TOL_LANES] */
};

static uint64_t random_state = 20260101;

static uint64_t random_bits(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double random_unit(void)
{
    return (double)(random_bits() >> 11) * 0x1p-53;
}

static void *allocate(size_t count, size_t size)
{
    size_t bytes = (count * size + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);
    if (memory == NULL) {
        fprintf(stderr, "bench_kernels: out of memory (%zu bytes)\n", bytes);
        exit(EXIT_FAILURE);
    }
    return memset(memory, 0, bytes);
}

/* rank = CELL_COUNT^u is as likely as 1 / rank; popular cells lie anywhere in the table. */
static uint32_t random_cell(const uint32_t *cell_of_rank)
{
    size_t rank = (size_t)pow(CELL_COUNT, random_unit());
    return cell_of_rank[rank - 1 < CELL_COUNT ? rank - 1 : CELL_COUNT - 1];
}

static int compare_cells(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void draw_book(struct book *book)
{
    size_t line_count = (size_t)FIRM_COUNT * LINES_PER_FIRM;
    size_t factor_count = (size_t)CELL_COUNT * TOL_ROWS_MAX * TOL_LANES;
    book->line_start = allocate(FIRM_COUNT + 1, sizeof *book->line_start);
    book->line_cell = allocate(line_count, sizeof *book->line_cell);
    book->line_value = allocate(line_count, sizeof *book->line_value);
    book->factor = allocate(factor_count, sizeof *book->factor);
    book->out = allocate((size_t)FIRM_COUNT * TOL_ROWS_MAX * TOL_LANES, sizeof *book->out);
    uint32_t *cell_of_rank = allocate(CELL_COUNT, sizeof *cell_of_rank);
    for (uint32_t rank = 0; rank < CELL_COUNT; rank++) {
        uint32_t other = (uint32_t)(random_bits() % (rank + 1));
        cell_of_rank[rank] = cell_of_rank[other];
        cell_of_rank[other] = rank;
    }
    for (size_t i = 0; i < factor_count; i++)
        book->factor[i] = random_unit() - 0.5;
    for (size_t i = 0; i < line_count; i++) {
        book->line_cell[i] = random_cell(cell_of_rank);
        book->line_value[i] = 1e6 * random_unit();
    }
    for (size_t f = 0; f <= FIRM_COUNT; f++)
        book->line_start[f] = f * LINES_PER_FIRM;
    for (size_t f = 0; f < FIRM_COUNT; f++)
        qsort(book->line_cell + book->line_start[f], LINES_PER_FIRM, sizeof *book->line_cell, compare_cells);
    free(cell_of_rank);
}

static void free_book(struct book *book)
{
    free(book->line_start);
    free(book->line_cell);
    free(book->line_value);
    free(book->factor);
    free(book->out);
}

/* 1 when every sum lies within n roundings of the long double sum. */
static int verify_gather(const struct book *book, size_t row_count, const char *isa)
{
    size_t stride = row_count * TOL_LANES;
    for (size_t f = 0; f < FIRM_COUNT; f++)
        for (size_t at = 0; at < stride; at++) {
            long double sum = 0, size = 0;
            for (uint64_t i = book->line_start[f]; i < book->line_start[f + 1]; i++) {
                long double term = (long double)book->line_value[i] * book->factor[book->line_cell[i] * stride + at];
                sum += term;
                size += fabsl(term);
            }
            double got = book->out[f * stride + at];
            if (!(fabsl(got - sum) <= size * LINES_PER_FIRM * DBL_EPSILON / 2)) {
                fprintf(stderr, "bench_kernels: %s, %zu rows: firm %zu, lane %zu is %.17g, not %.17Lg\n", isa,
                        row_count, f, at, got, sum);
                return 0;
            }
        }
    return 1;
}

struct share {
    pthread_t thread;
    const struct tol_kernels *kernels;
    const struct book *book;
    size_t row_count, first, count;
};

static void *run_share(void *argument)
{
    const struct share *share = argument;
    const struct book *book = share->book;
    share->kernels->gather_sum(share->count, share->row_count, book->line_start + share->first, book->line_cell,
                               book->line_value, NULL, book->factor,
                               book->out + share->first * share->row_count * TOL_LANES);
    return NULL;
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Wall time of one pass over the whole book, firms shared evenly. */
static double time_gather(const struct tol_kernels *kernels, const struct book *book, size_t row_count,
                          size_t thread_count)
{
    static struct share shares[THREADS_MAX];
    double start = now_ns();
    for (size_t t = 0; t < thread_count; t++) {
        size_t first = FIRM_COUNT * t / thread_count;
        shares[t] = (struct share){.kernels = kernels,
                                   .book = book,
                                   .row_count = row_count,
                                   .first = first,
                                   .count = FIRM_COUNT * (t + 1) / thread_count - first};
        if (t > 0 && pthread_create(&shares[t].thread, NULL, run_share, &shares[t]) != 0) {
            fprintf(stderr, "bench_kernels: cannot start thread %zu\n", t);
            exit(EXIT_FAILURE);
        }
    }
    run_share(&shares[0]);
    for (size_t t = 1; t < thread_count; t++)
        pthread_join(shares[t].thread, NULL);
    return now_ns() - start;
}

static int bench_gather(const struct tol_kernels *kernels, const struct book *book, size_t thread_count)
{
    for (size_t k = 0; k < sizeof row_counts / sizeof row_counts[0]; k++) {
        size_t row_count = row_counts[k];
        double best = INFINITY;
        time_gather(kernels, book, row_count, thread_count);
        if (!verify_gather(book, row_count, kernels->isa))
            return 0;
        for (int repeat = 0; repeat < REPEATS; repeat++)
            best = fmin(best, time_gather(kernels, book, row_count, thread_count));
        double line_rows = (double)FIRM_COUNT * LINES_PER_FIRM * (double)row_count / 2;
        printf("%-8s gather_sum   rows %2zu  %7.3f ns per line-row  %8.1f million line-rows/s\n", kernels->isa,
               row_count, best / line_rows, line_rows / best * 1e3);
    }
    return 1;
}

/* One thread, rows of TOL_LANES; the book's arrays serve as memory of the right size. */
static void bench_elementwise(const struct tol_kernels *kernels, const struct book *book)
{
    const size_t row_count = 2, count = 4000, size = row_count * TOL_LANES;
    double *rates = allocate(2 * count * size, sizeof *rates);
    double *numbers = allocate(7 * count, sizeof *numbers);
    double *shares = allocate(2 * count * size, sizeof *shares);
    struct tol_response *response = allocate(count, sizeof *response);
    const double **log_market = allocate(count, sizeof *log_market);
    for (size_t i = 0; i < 2 * count * size; i++) {
        rates[i] = 0.5 * random_unit();
        shares[i] = 0.1 * random_unit();
    }
    for (size_t i = 0; i < 7 * count; i++)
        numbers[i] = 0.5 + random_unit();
    for (size_t i = 0; i < count; i++) {
        response[i] = (struct tol_response){.rho = 0.5 + 0.5 * random_unit(), .sigma = 2 + 6 * random_unit(), .eta = 1};
        log_market[i] = shares + i * size;
    }
    struct tol_firm_inputs firm = {numbers,
                                   numbers + count,
                                   numbers + 2 * count,
                                   numbers + 3 * count,
                                   numbers + 4 * count,
                                   numbers + 5 * count,
                                   numbers + 6 * count};
    double sales = INFINITY, purchases = INFINITY, outcome = INFINITY;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = now_ns();
        kernels->ces_sales(count, row_count, rates, rates + count * size, log_market, response, book->out);
        double after_sales = now_ns();
        kernels->ces_purchases(count, row_count, rates, rates + count * size, response, book->out);
        double after_purchases = now_ns();
        kernels->firm_outcome(count, row_count, &firm, 0.25, book->factor,
                              book->factor + TOL_SALES_FACTOR_COUNT * count * size, shares, shares + count * size,
                              book->out);
        sales = fmin(sales, after_sales - start);
        purchases = fmin(purchases, after_purchases - after_sales);
        outcome = fmin(outcome, now_ns() - after_purchases);
    }
    double rows = (double)(count * row_count);
    printf("%-8s ces_sales %6.1f  ces_purchases %6.1f  firm_outcome %6.1f ns per row of %d lanes\n", kernels->isa,
           sales / rows, purchases / rows, outcome / rows, TOL_LANES);
    free(rates);
    free(numbers);
    free(shares);
    free(response);
    free(log_market);
}

/* Markets of ORIGINS suppliers and as much as nothing else: one thread. The first market is compared with a long double sum. */
static int bench_market(const struct tol_kernels *kernels, const struct book *book)
{
    enum { MARKETS = 400, ORIGINS = 24, MARKET_ROWS = 2 };
    const size_t size = (size_t)MARKET_ROWS * TOL_LANES, market_size = ORIGINS * size;
    double *rates = allocate(2 * MARKETS * market_size, sizeof *rates);
    double *power = allocate(market_size, sizeof *power);
    double share[ORIGINS], best = INFINITY;
    const double home_share = 0.4;
    const struct tol_response response = {.rho = 0.9, .sigma = 5, .eta = 1};
    for (size_t i = 0; i < 2 * MARKETS * market_size; i++)
        rates[i] = 0.5 * random_unit();
    for (size_t k = 0; k < ORIGINS; k++)
        share[k] = (1 - home_share) / ORIGINS;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = now_ns();
        for (size_t m = 0; m < MARKETS; m++)
            kernels->market_price(ORIGINS, MARKET_ROWS, rates + 2 * m * market_size, rates + (2 * m + 1) * market_size,
                                  share, home_share, &response, power, book->out + m * size);
        best = fmin(best, now_ns() - start);
    }
    for (size_t at = 0; at < size; at++) {
        long double sum = home_share, shares = home_share;
        for (size_t k = 0; k < ORIGINS; k++) {
            long double g =
                (1 + (long double)rates[market_size + k * size + at]) / (1 + (long double)rates[k * size + at]);
            sum += share[k] * powl(g, (1 - (long double)response.sigma) * response.rho);
            shares += share[k];
        }
        long double log_price = logl(sum / shares) / (1 - (long double)response.sigma);
        if (!(fabsl(book->out[at] - log_price) <= 1e-14L)) {
            fprintf(stderr, "bench_kernels: %s, market_price: lane %zu is %.17g, not %.17Lg\n", kernels->isa, at,
                    book->out[at], log_price);
            return 0;
        }
    }
    printf("%-8s market_price %6.1f ns per supplier's row of %d lanes\n", kernels->isa,
           best / ((double)MARKETS * ORIGINS * MARKET_ROWS), TOL_LANES);
    free(rates);
    free(power);
    return 1;
}

enum { CHAIN_SIZE = TOL_CHAIN_ROWS_MAX * TOL_LANES };

/* A network with a node per firm and a link per line. */
struct network {
    struct tol_chain_links links;
    struct tol_chain_terms from, to;
    double *total; /* [FIRM_COUNT][TOL_CHAIN_ROWS_MAX][TOL_LANES] */
    uint32_t *other;
    double *unit, *passed;
};

static double quanta_from(const double *factor, int wide)
{
    return trunc(*factor * (wide ? 0x1p50 : 0x1p24));
}

/* Terms that are all wide, or all narrow. */
static void draw_terms(struct network *network, const struct book *book, int wide)
{
    memset(network->from.wide, wide ? 0xff : 0, (FIRM_COUNT + 63) / 64 * sizeof *network->from.wide);
    for (size_t n = 0; n < FIRM_COUNT; n++) {
        double *row = network->from.row + n * CHAIN_SIZE;
        memset(row, 0, CHAIN_SIZE * sizeof *row);
        for (size_t at = 0; at < CHAIN_SIZE; at++) {
            double term = quanta_from(book->factor + n * CHAIN_SIZE + at, wide);
            int32_t narrow = (int32_t)(wide ? 0 : term);
            if (wide)
                row[at] = term;
            else
                memcpy((char *)row + at * sizeof narrow, &narrow, sizeof narrow);
        }
    }
}

static struct network draw_network(const struct book *book)
{
    const size_t lines = (size_t)FIRM_COUNT * LINES_PER_FIRM, words = (FIRM_COUNT + 63) / 64;
    struct network network = {
        .from = {allocate(FIRM_COUNT, CHAIN_SIZE * sizeof(double)), allocate(words, sizeof(uint64_t))},
        .to = {allocate(FIRM_COUNT, CHAIN_SIZE * sizeof(double)), allocate(words, sizeof(uint64_t))},
        .total = allocate(FIRM_COUNT, CHAIN_SIZE * sizeof(double)),
        .other = allocate(lines, sizeof(uint32_t)),
        .unit = allocate(FIRM_COUNT, sizeof(double)),
        .passed = allocate(FIRM_COUNT, sizeof(double))};
    for (size_t i = 0; i < lines; i++)
        network.other[i] = book->line_cell[i] % FIRM_COUNT;
    for (size_t f = 0; f < FIRM_COUNT; f++) {
        network.unit[f] = 1e-6 / LINES_PER_FIRM;
        network.passed[f] = 0.5;
    }
    network.links =
        (struct tol_chain_links){book->line_start, network.other, book->line_value, network.unit, network.passed};
    return network;
}

static void free_network(struct network *network)
{
    void *const memory[] = {network->from.row, network->from.wide, network->to.row, network->to.wide,
                            network->total,    network->other,     network->unit,   network->passed};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++)
        free(memory[i]);
}

static double handed_on(const struct network *network, size_t n, size_t at)
{
    const double *row = network->to.row + n * CHAIN_SIZE;
    int32_t narrow;
    memcpy(&narrow, (const char *)row + at * sizeof narrow, sizeof narrow);
    return network->to.wide[n / 64] >> (n % 64) & 1 ? row[at] : narrow;
}

/* 1 when each settled total lies within n roundings and a quantum of a long double sum, and each term is what is passed on of it. */
static int verify_chain(const struct network *network, const struct book *book, int wide)
{
    for (size_t n = 0; n < FIRM_COUNT; n++)
        for (size_t at = 0; at < CHAIN_SIZE; at++) {
            long double sum = 0, size = 0;
            for (uint64_t i = book->line_start[n]; i < book->line_start[n + 1]; i++) {
                long double product = (long double)book->line_value[i] *
                                      quanta_from(book->factor + network->other[i] * CHAIN_SIZE + at, wide);
                sum += product;
                size += fabsl(product);
            }
            double own = network->total[n * CHAIN_SIZE + at] / TOL_CHAIN_QUANTUM, unit = network->unit[n];
            if (!(fabsl(own - unit * sum) <= 1 + unit * size * (LINES_PER_FIRM + 1) * DBL_EPSILON / 2) ||
                own != trunc(own) || handed_on(network, n, at) != trunc(network->passed[n] * own))
                return 0;
        }
    return 1;
}

/* One tier, links followed and totals added to, of all lanes that one pass takes. One thread. */
static int bench_chain(const struct tol_kernels *kernels, const struct book *book)
{
    struct network network = draw_network(book);
    const double link_rows = (double)FIRM_COUNT * LINES_PER_FIRM * TOL_CHAIN_ROWS_MAX;
    double ns[2];
    int right = 1;
    for (int wide = 0; wide < 2; wide++) {
        draw_terms(&network, book, wide);
        ns[wide] = INFINITY;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            memset(network.total, 0, FIRM_COUNT * CHAIN_SIZE * sizeof *network.total);
            double start = now_ns();
            right &= kernels->chain_sweep(0, FIRM_COUNT, TOL_CHAIN_ROWS_MAX, &network.links, &network.from, &network.to,
                                          network.total);
            ns[wide] = fmin(ns[wide], now_ns() - start);
        }
        kernels->chain_settle(0, FIRM_COUNT, TOL_CHAIN_ROWS_MAX, &network.to, network.total);
        right = right && verify_chain(&network, book, wide);
        if (!right)
            fprintf(stderr,
                    "bench_kernels: %s, chain_sweep of %s terms: terms and totals are not what one tier makes\n",
                    kernels->isa, wide ? "wide" : "narrow");
    }
    printf("%-8s chain_sweep  %6.3f ns per link and row of %d lanes, %6.3f of narrow terms\n", kernels->isa,
           ns[1] / link_rows, TOL_LANES, ns[0] / link_rows);
    free_network(&network);
    return right;
}

/* Cells in draws, a block of cells and a tile of lanes at a time, as the score prices them, against the limit: how fast exponentials are taken of a
 * buffer in the first-level cache. One thread. A sale has two exponentials, a purchase one; logarithms, lookups of worlds, and tables that are
 * written to memory come on top. The last cell is compared with long double formulas. */
enum { RESPONSE_CELLS = 50000, RESPONSE_BLOCK = 64, RESPONSE_ROWS = 3, RESPONSE_LANES = 1024, RESPONSE_WORLDS = 16 };

struct responses {
    struct tol_draw_cell *cell; /* [RESPONSE_CELLS] */
    double *wedge;              /* [RESPONSE_CELLS][RESPONSE_WORLDS] */
    double *scale, *rho;        /* [RESPONSE_LANES] */
    uint32_t *world;            /* [RESPONSE_LANES] */
    double *table;              /* [RESPONSE_CELLS][TOL_DRAW_SALES_FACTOR_COUNT][RESPONSE_ROWS][TOL_LANES] */
};

static struct responses draw_responses(void)
{
    struct responses of;
    of = (struct responses){
        .cell = allocate(RESPONSE_CELLS, sizeof *of.cell),
        .wedge = allocate((size_t)RESPONSE_CELLS * RESPONSE_WORLDS, sizeof *of.wedge),
        .scale = allocate(RESPONSE_LANES, sizeof *of.scale),
        .rho = allocate(RESPONSE_LANES, sizeof *of.rho),
        .world = allocate(RESPONSE_LANES, sizeof *of.world),
        .table = allocate((size_t)RESPONSE_CELLS * TOL_DRAW_SALES_FACTOR_COUNT * RESPONSE_ROWS * TOL_LANES,
                          sizeof *of.table),
    };
    for (size_t l = 0; l < RESPONSE_LANES; l++) {
        of.scale[l] = 0.5 + random_unit();
        of.rho[l] = 0.5 + 0.5 * random_unit();
        of.world[l] = (uint32_t)(random_bits() % RESPONSE_WORLDS);
    }
    for (size_t i = 0; i < (size_t)RESPONSE_CELLS * RESPONSE_WORLDS; i++)
        of.wedge[i] = 0.4 * random_unit();
    for (size_t c = 0; c < RESPONSE_CELLS; c++)
        of.cell[c] = (struct tol_draw_cell){
            .log_g = of.wedge + c * RESPONSE_WORLDS,
            .response = {.scale = of.scale, .rho = of.rho, .sigma = 2 + 6 * random_unit(), .eta = 1}};
    return of;
}

/* Numbers per ns that are made of a full pass over all lanes; sales or purchases. */
static double time_responses(const struct tol_kernels *kernels, const struct responses *of, int sales)
{
    const size_t tile = (size_t)RESPONSE_ROWS * TOL_LANES;
    const size_t factors = sales ? TOL_DRAW_SALES_FACTOR_COUNT : 1;
    size_t numbers = 0;
    double start = now_ns();
    for (size_t lane = 0; lane + tile <= RESPONSE_LANES; lane += tile)
        for (size_t c = 0; c < RESPONSE_CELLS; c += RESPONSE_BLOCK) {
            struct tol_draw_cell cell[RESPONSE_BLOCK];
            size_t count = RESPONSE_CELLS - c < RESPONSE_BLOCK ? RESPONSE_CELLS - c : RESPONSE_BLOCK;
            for (size_t i = 0; i < count; i++) {
                cell[i] = of->cell[c + i];
                cell[i].response.scale += lane;
                cell[i].response.rho += lane;
            }
            double *to = of->table + c * factors * tile;
            if (sales)
                kernels->draw_sales(count, RESPONSE_ROWS, of->world + lane, cell, to);
            else
                kernels->draw_purchases(count, RESPONSE_ROWS, of->world + lane, cell, to);
            numbers += count * factors * tile;
        }
    return (double)numbers / (now_ns() - start);
}

/* Exponentials per ns of 512 numbers, again and again. */
static double time_exponentials(const struct tol_kernels *kernels, const struct responses *of)
{
    enum { AGAIN = 20000, EXP_ROWS = 64 };
    _Alignas(64) static double out[EXP_ROWS * TOL_LANES];
    double start = now_ns();
    for (int i = 0; i < AGAIN; i++)
        kernels->scale_lognormal(EXP_ROWS, 0.3 + 1e-9 * i, of->scale, out);
    return (double)AGAIN * EXP_ROWS * TOL_LANES / (now_ns() - start);
}

static int verify_responses(const struct responses *of, const char *isa)
{
    const size_t tile = (size_t)RESPONSE_ROWS * TOL_LANES, cell = RESPONSE_CELLS - 1;
    const size_t first_lane = (RESPONSE_LANES / tile - 1) * tile;
    for (size_t l = 0; l < tile; l++) {
        size_t lane = first_lane + l;
        long double log_g = of->cell[cell].log_g[of->world[lane]];
        long double sigma = 1 + (of->cell[cell].response.sigma - 1.0L) * of->scale[lane];
        long double volume = expm1l(-sigma * of->rho[lane] * log_g);
        long double cut = (1 + volume) * expm1l((of->rho[lane] - 1.0L) * log_g);
        const double *got = of->table + cell * TOL_DRAW_SALES_FACTOR_COUNT * tile + l;
        if (!(fabsl(got[TOL_DRAW_VOLUME * tile] - volume) <= 1e-14L &&
              fabsl(got[TOL_DRAW_PRICE_CUT * tile] - cut) <= 1e-14L)) {
            fprintf(stderr, "bench_kernels: %s, draw_sales: lane %zu is %.17g and %.17g, not %.17Lg and %.17Lg\n", isa,
                    lane, got[TOL_DRAW_PRICE_CUT * tile], got[TOL_DRAW_VOLUME * tile], cut, volume);
            return 0;
        }
    }
    return 1;
}

static int bench_responses(const struct tol_kernels *kernels)
{
    struct responses of = draw_responses();
    double sales = 0, purchases = 0, limit = 0;
    int right = 1;
    for (int repeat = 0; repeat < 3 && right; repeat++) {
        purchases = fmax(purchases, time_responses(kernels, &of, 0));
        sales = fmax(sales, time_responses(kernels, &of, 1));
        limit = fmax(limit, time_exponentials(kernels, &of));
        right = verify_responses(&of, kernels->isa);
    }
    printf(
        "%-8s draw_sales %6.1f  draw_purchases %6.1f million exponentials/s: %.0f and %.0f %% of the %.1f that stay in "
        "the cache\n",
        kernels->isa, sales * 1e3, purchases * 1e3, 100 * sales / limit, 100 * purchases / limit, limit * 1e3);
    free(of.cell);
    free(of.wedge);
    free(of.scale);
    free(of.rho);
    free(of.world);
    free(of.table);
    return right;
}

enum { DRAW_COUNT = 1 << 16 };

/* 1 when each normal number lies below itself with the probability that its uniform number says. */
static int verify_draws(const double *uniform, const double *normal, const char *isa)
{
    for (size_t i = 0; i < DRAW_COUNT; i++) {
        long double probability = erfcl(-normal[i] * sqrtl(0.5L)) / 2;
        if (!(fabsl(probability - uniform[i]) <= 4 * DBL_EPSILON)) {
            fprintf(stderr, "bench_kernels: %s: draw %zu is %.17g, the quantile of %.17Lg, not of %.17g\n", isa, i,
                    normal[i], probability, uniform[i]);
            return 0;
        }
    }
    return 1;
}

/* One thread, into the same memory, which stays in the cache. */
static int bench_draws(const struct tol_kernels *kernels)
{
    const size_t row_count = DRAW_COUNT / TOL_LANES;
    double *uniform = allocate(DRAW_COUNT, sizeof *uniform), *normal = allocate(DRAW_COUNT, sizeof *normal);
    kernels->uniform_draws(1, 2, 3, DRAW_COUNT, uniform);
    kernels->normal_draws(1, 2, 3, DRAW_COUNT, normal);
    int verified = verify_draws(uniform, normal, kernels->isa);
    double uniforms = INFINITY, normals = INFINITY, factors = INFINITY, shares = INFINITY;
    for (int repeat = 0; repeat < REPEATS && verified; repeat++) {
        double start = now_ns();
        kernels->uniform_draws(1, 2, 3, DRAW_COUNT, uniform);
        double after_uniforms = now_ns();
        kernels->normal_draws(1, 2, 3, DRAW_COUNT, normal);
        double after_normals = now_ns();
        kernels->scale_lognormal(row_count, 0.3, normal, uniform);
        double after_factors = now_ns();
        kernels->scale_logit_normal(row_count, 0.8, 0.3, normal, uniform);
        shares = fmin(shares, now_ns() - after_factors);
        factors = fmin(factors, after_factors - after_normals);
        normals = fmin(normals, after_normals - after_uniforms);
        uniforms = fmin(uniforms, after_uniforms - start);
    }
    if (verified)
        printf("%-8s uniform_draws %6.1f  normal_draws %6.1f  scale_lognormal %6.1f  scale_logit_normal %6.1f "
               "million numbers/s\n",
               kernels->isa, DRAW_COUNT / uniforms * 1e3, DRAW_COUNT / normals * 1e3, DRAW_COUNT / factors * 1e3,
               DRAW_COUNT / shares * 1e3);
    free(uniform);
    free(normal);
    return verified;
}

int main(int argc, char **argv)
{
    long thread_count = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
    if (argc > 2 || thread_count < 1 || thread_count > THREADS_MAX) {
        fprintf(stderr, "usage: bench_kernels [THREADS]   1 to %d, 1 when not given\n", THREADS_MAX);
        return 64;
    }
    struct book book;
    draw_book(&book);
    printf("%d cells, %d firms of %d lines, %ld threads, best of %d\n", CELL_COUNT, FIRM_COUNT, LINES_PER_FIRM,
           thread_count, REPEATS);
    int verified = 1;
    for (size_t i = 0; verified && tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        if (!tol_kernels_runnable(kernels)) {
            printf("%-8s does not run on this CPU\n", kernels->isa);
            continue;
        }
        verified = bench_gather(kernels, &book, (size_t)thread_count);
        bench_elementwise(kernels, &book);
        verified = verified && bench_draws(kernels);
        verified = verified && bench_responses(kernels);
        verified = verified && bench_market(kernels, &book) && bench_chain(kernels, &book);
    }
    free_book(&book);
    return verified ? EXIT_SUCCESS : EXIT_FAILURE;
}
