/* The speed of this machine, from two small loads: arithmetic, and reading. */
#include "tolmuur/forecast.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "exposure/forecast.h"
#include "exposure/forecast_costs.h"

/* Cells of the load of arithmetic: all of it stays in the first cache. */
#define CELLS 64
#define ROUNDS_PER_TRY 40
#define TRIES 12
/* Bytes of the load of reading: more than the caches of the reference machine that are one core's own. */
#define READ_BYTES ((size_t)16 << 20)
#define READ_TRIES 8

struct load {
    double *base_rate, *new_rate; /* [CELLS][TOL_LANES] */
    double *log_market;           /* [TOL_LANES] */
    const double **market;        /* [CELLS] */
    struct tol_response *response;
    double *out; /* [CELLS][TOL_SALES_FACTOR_COUNT][TOL_LANES] */
    uint64_t *words;
};

double tol_forecast_clock(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool make_load(struct tol_keep *keep, struct load *load)
{
    load->base_rate = tol_keep_array(keep, CELLS * TOL_LANES, sizeof(double));
    load->new_rate = tol_keep_array(keep, CELLS * TOL_LANES, sizeof(double));
    load->log_market = tol_keep_array(keep, TOL_LANES, sizeof(double));
    load->market = tol_keep_array(keep, CELLS, sizeof *load->market);
    load->response = tol_keep_array(keep, CELLS, sizeof *load->response);
    load->out = tol_keep_array(keep, CELLS * TOL_SALES_FACTOR_COUNT * TOL_LANES, sizeof(double));
    load->words = tol_keep_array(keep, READ_BYTES, 1);
    return load->base_rate != NULL && load->new_rate != NULL && load->log_market != NULL && load->market != NULL &&
           load->response != NULL && load->out != NULL && load->words != NULL;
}

static void fill_load(const struct load *load)
{
    for (size_t i = 0; i < CELLS * TOL_LANES; i++) {
        load->base_rate[i] = 0.02;
        load->new_rate[i] = 0.02 + 0.01 * (double)(i % 31);
    }
    for (size_t l = 0; l < TOL_LANES; l++) {
        load->log_market[l] = 0.01 * (double)l;
    }
    for (size_t c = 0; c < CELLS; c++) {
        load->market[c] = load->log_market;
        load->response[c] = (struct tol_response){.rho = 0.9, .eta = 1, .sigma = 3 + 0.01 * (double)c};
    }
    memset(load->words, 1, READ_BYTES);
}

/* Nanoseconds of a cell's row, the least of some tries. */
static double market_row_ns(const struct tol_kernels *kernels, const struct load *load)
{
    double least = INFINITY;
    for (int try = 0; try < TRIES; try++) {
        double started = tol_forecast_clock();
        for (int round = 0; round < ROUNDS_PER_TRY; round++) {
            kernels->ces_sales(CELLS, 1, load->base_rate, load->new_rate, load->market, load->response, load->out);
        }
        least = fmin(least, tol_forecast_clock() - started);
    }
    return 1e9 * least / (CELLS * ROUNDS_PER_TRY);
}

static uint64_t sum_words(const uint64_t *word, size_t count)
{
    uint64_t sum[8] = {0};
    for (size_t i = 0; i + 8 <= count; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            sum[k] += word[i + k];
        }
    }
    return sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
}

static double read_ns_per_byte(const struct load *load)
{
    double least = INFINITY;
    volatile uint64_t kept = 0; /* the sums are not to be left out */
    for (int try = 0; try < READ_TRIES; try++) {
        double started = tol_forecast_clock();
        kept += sum_words(load->words, READ_BYTES / sizeof(uint64_t));
        least = fmin(least, tol_forecast_clock() - started);
    }
    (void)kept;
    return 1e9 * least / (double)READ_BYTES;
}

enum tol_status tol_forecast_machine_measure(const char *isa, struct tol_forecast_machine *machine,
                                             struct tol_error *error)
{
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    struct load load;
    const struct tol_kernels *kernels = NULL;
    enum tol_status status = tol_plan_kernels(isa, &kernels, error);
    if (status == TOL_OK && !make_load(&keep, &load)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the forecast");
    }
    if (status == TOL_OK) {
        fill_load(&load);
        machine->arithmetic = COST_REFERENCE_MARKET_ROW_NS / market_row_ns(kernels, &load);
        machine->memory = COST_REFERENCE_READ_NS_PER_BYTE / read_ns_per_byte(&load);
    }
    tol_keep_release(&keep);
    return status;
}
