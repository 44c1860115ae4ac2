/* Law pricing and trade's answer (constant elasticity of substitution) for many cells in many draws of elasticity and pass-through.
 *
 * Two exponentials of the kernel (expm1) make a sales cell's factors in one draw; the limit is the rate of exp. NumPy does the second part only: the same
 * formula from the same wedges and draws. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "law_cells.h"
#include "limit.h"
#include "pipe_process.h"

enum {
    PRICED_CELLS = 50000,
    DRAWS = 1024,
    DRAW_ROWS = DRAWS / TOL_LANES,
    CELLS_PER_BLOCK = 250,
    VERIFIED_CELLS = 1000,
    FACTORS = TOL_DRAW_SALES_FACTOR_COUNT,
    SETTINGS_MAX = 8,
    EXPONENTIALS_PER_DRAW = 2,
};

/* Factors are per unit of value. One that is left of 1 - 0.9999... has fewer digits, and smaller ones are compared on this scale. */
static const double least_size = 1e-3;

struct pricing {
    const struct law_bench *bench;
    double *scale;   /* [DRAWS] */
    double *rho;     /* [DRAWS] */
    uint32_t *world; /* [DRAWS] zeros: one world */
    double *log_g;   /* [PRICED_CELLS] */
    struct tol_response *response;
};

/* One instruction set on some threads. */
struct pricing_job {
    struct pricing *pricing;
    const struct tol_kernels *kernels;
    struct tol_run *run;
    double *factor; /* [workers][FACTORS][DRAWS], or kept [VERIFIED_CELLS] */
    int keep;
};

/* The wedge between the first and the tenth day: what the law is asked for. Rates fill a row, since the kernel takes rows. */
static double wedge_of(const struct pricing_job *job, size_t cell)
{
    const struct law_bench *bench = job->pricing->bench;
    const tol_day day[2] = {bench->day[0], bench->day[9]};
    struct tol_rate_total total[2];
    _Alignas(64) double base[TOL_LANES], changed[TOL_LANES], log_g[TOL_LANES];
    struct tol_rate_query query = law_bench_query(bench, cell * (LAW_CELLS / PRICED_CELLS));
    tol_law_totals(bench->law, &query, 2, day, total);
    for (size_t l = 0; l < TOL_LANES; l++) {
        base[l] = isnan(total[0].central) ? 0 : total[0].central;
        changed[l] = isnan(total[1].central) ? 0 : total[1].central;
    }
    job->kernels->log_wedges(1, base, changed, log_g);
    return log_g[0];
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    struct pricing_job *job = context;
    struct pricing *pricing = job->pricing;
    const size_t size = (size_t)FACTORS * DRAWS;
    for (size_t c = block * CELLS_PER_BLOCK; c < (block + 1) * CELLS_PER_BLOCK; c++) {
        pricing->log_g[c] = wedge_of(job, c);
        struct tol_draw_cell cell = {
            {pricing->scale, pricing->rho, pricing->response[c].sigma, pricing->response[c].eta},
            &pricing->log_g[c],
            NULL};
        double *factor = job->factor + (job->keep ? c : worker) * size;
        job->kernels->draw_sales(1, DRAW_ROWS, pricing->world, &cell, factor);
    }
    return TOL_OK;
}

static double price(void *context)
{
    struct pricing_job *job = context;
    struct tol_error error;
    uint64_t blocks = (job->keep ? VERIFIED_CELLS : PRICED_CELLS) / CELLS_PER_BLOCK;
    double start = bench_now_seconds();
    if (tol_run_blocks(job->run, blocks, price_block, job, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    return bench_now_seconds() - start;
}

static void open_pricing(struct pricing *pricing, const struct law_bench *bench)
{
    const struct tol_kernels *kernels = tol_kernels_best();
    struct tol_settings settings = tol_settings_default();
    double *normal = bench_allocate(DRAWS * sizeof *normal);
    *pricing = (struct pricing){.bench = bench,
                                .scale = bench_allocate(DRAWS * sizeof(double)),
                                .rho = bench_allocate(DRAWS * sizeof(double)),
                                .world = bench_allocate(DRAWS * sizeof(uint32_t)),
                                .log_g = bench_allocate(PRICED_CELLS * sizeof(double)),
                                .response = bench_allocate(PRICED_CELLS * sizeof(struct tol_response))};
    kernels->normal_draws(1, TOL_LANES, 0, DRAWS, normal);
    kernels->scale_lognormal(DRAW_ROWS, settings.elasticity_spread, normal, pricing->scale);
    kernels->normal_draws(2, TOL_LANES, 0, DRAWS, normal);
    kernels->scale_logit_normal(DRAW_ROWS, 0.8, settings.pass_through_spread, normal, pricing->rho);
    for (size_t c = 0; c < PRICED_CELLS; c++) {
        bool estimated;
        tol_product product = bench->cell[c * (LAW_CELLS / PRICED_CELLS)].product;
        pricing->response[c].sigma = tol_elasticity(bench->parameters, &settings, product, &estimated);
        pricing->response[c].eta = 1;
    }
    free(normal);
}

static void close_pricing(struct pricing *pricing)
{
    free(pricing->scale);
    free(pricing->rho);
    free(pricing->world);
    free(pricing->log_g);
    free(pricing->response);
}

/* Ours [cells][FACTORS][DRAWS] by the formula in long double. */
static void verify_by_formula(const struct pricing *pricing, const double *ours)
{
    long double worst = 0;
    size_t moved = 0;
    for (size_t c = 0; c < VERIFIED_CELLS; c++) {
        moved += pricing->log_g[c] != 0;
        for (size_t d = 0; d < DRAWS; d++) {
            long double log_g = pricing->log_g[c], rho = pricing->rho[d];
            long double sigma = 1 + ((long double)pricing->response[c].sigma - 1) * pricing->scale[d];
            long double volume = expm1l(-fmaxl(sigma, 0) * rho * log_g);
            long double expected[FACTORS] = {(volume + 1) * expm1l((rho - 1) * log_g), volume};
            for (size_t f = 0; f < FACTORS; f++) {
                long double difference = fabsl(ours[(c * FACTORS + f) * DRAWS + d] - expected[f]);
                worst = fmaxl(worst, difference / fmaxl(fabsl(expected[f]), least_size));
            }
        }
    }
    if (!(worst <= 1e-12L) || moved < VERIFIED_CELLS / 10) {
        bench_fail("pricing: %Lg relative beside the formula, %zu of %d cells move: not timed", worst, moved,
                   VERIFIED_CELLS);
    }
    printf("pricing: %d cells, of which the duty moves %zu, agree with the formula within %.1Le relative\n",
           VERIFIED_CELLS, moved, worst);
}

/* The same for the peer; negative when it gives no answer. */
static void verify_peer(struct pipe_process *peer, const double *ours)
{
    char question[64];
    size_t count = (size_t)VERIFIED_CELLS * FACTORS * DRAWS;
    double *theirs = bench_allocate(count * sizeof *theirs);
    snprintf(question, sizeof question, "result %d\n", VERIFIED_CELLS);
    if (pipe_process_ask(peer, question) < 0 || pipe_process_read(peer, "result", theirs, count * sizeof *theirs) < 0) {
        bench_fail("NumPy gave no result");
    }
    pipe_process_remove(peer, "result");
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = fabs(ours[i] - theirs[i]);
        worst = fmax(worst, difference / fmax(fabs(theirs[i]), least_size));
    }
    if (!(worst <= 1e-12)) {
        bench_fail("pricing: NumPy differs by %g relative: not timed", worst);
    }
    printf("pricing: NumPy agrees within %.1e relative\n", worst);
    free(theirs);
}

/* All instruction sets must give the same bits; those of the last, the best, are returned. */
static double *verify_variants(struct pricing_job *job, size_t count)
{
    size_t size = (size_t)VERIFIED_CELLS * FACTORS * DRAWS * sizeof(double);
    double *first = NULL;
    for (size_t i = 0; i < count; i++) {
        double *kept = bench_allocate(size);
        double *scratch = job[i].factor;
        job[i].factor = kept;
        job[i].keep = 1;
        price(&job[i]);
        job[i].keep = 0;
        job[i].factor = scratch;
        if (first != NULL && memcmp(first, kept, size) != 0) {
            bench_fail("pricing: %s does not give the bits of %s: not timed", job[i].kernels->isa, job[0].kernels->isa);
        }
        free(first);
        first = kept;
    }
    return first;
}

/* All wedges must be there before the peer reads them: one untimed pass. */
static struct pipe_process *open_peer(struct pricing_job *job, const char *scripts, const char *folder)
{
    char script[4096], cells[16];
    static char python[] = "/usr/bin/python3";
    const struct pricing *pricing = job->pricing;
    price(job);
    double *sigma = bench_allocate(PRICED_CELLS * sizeof *sigma);
    for (size_t c = 0; c < PRICED_CELLS; c++) {
        sigma[c] = pricing->response[c].sigma;
    }
    snprintf(script, sizeof script, "%s/numpy_pricing_peer.py", scripts);
    snprintf(cells, sizeof cells, "%d", PRICED_CELLS);
    struct pipe_process *peer =
        pipe_process_open("NumPy", (char *[]){python, script, (char *)folder, cells, NULL}, folder);
    int failed =
        peer != NULL && (pipe_process_write(peer, "sigma", sigma, PRICED_CELLS * sizeof *sigma) < 0 ||
                         pipe_process_write(peer, "log_g", pricing->log_g, PRICED_CELLS * sizeof(double)) < 0 ||
                         pipe_process_write(peer, "scale", pricing->scale, DRAWS * sizeof(double)) < 0 ||
                         pipe_process_write(peer, "rho", pricing->rho, DRAWS * sizeof(double)) < 0 ||
                         pipe_process_ask(peer, "load\n") < 0);
    static const char *const names[] = {"sigma", "log_g", "scale", "rho"};
    for (size_t i = 0; peer != NULL && i < sizeof names / sizeof names[0]; i++) {
        pipe_process_remove(peer, names[i]);
    }
    free(sigma);
    if (failed) {
        bench_fail("NumPy did not take the wedges");
    }
    return peer;
}

static double ask_price(void *context)
{
    return pipe_process_ask(context, "price\n");
}

/* The rates of exp and expm1 under a job's instruction set and threads. */
enum { LIMITS = 2 };

static void report_job(struct law_bench *bench, const struct pricing_job *job, const struct bench_contender *own,
                       const struct bench_contender *of_limit, struct limit *const limit[LIMITS],
                       const struct bench_contender *peer, unsigned rounds)
{
    static const char *const limit_names[LIMITS] = {"limit_exp", "limit_expm1"};
    const double draws = (double)PRICED_CELLS * DRAWS;
    struct bench_result result = {.name = "pricing_and_ces_1024_draws",
                                  .ours_seconds = own->median,
                                  .units = draws,
                                  .unit = "cell-draws",
                                  .isa = job->kernels->isa,
                                  .threads = tol_run_threads(job->run),
                                  .rounds = rounds};
    double per_second = limit_work(limit[0]) / of_limit[0].median;
    result.bound[0] = (struct bench_bound){"exp throughput", draws * EXPONENTIALS_PER_DRAW / per_second};
    bench_report(&bench->sheet, &result, peer, peer != NULL);
    result.bound[0] = (struct bench_bound){0};
    result.unit = "numbers";
    for (int kind = 0; kind < LIMITS; kind++) {
        result.name = limit_names[kind];
        result.ours_seconds = of_limit[kind].median;
        result.units = limit_work(limit[kind]);
        bench_report(&bench->sheet, &result, NULL, 0);
    }
}

/* Jobs, their limits and the peer take turns. */
static void measure(struct law_bench *bench, struct pricing_job *job, size_t count, struct pipe_process *peer)
{
    struct bench_contender contender[SETTINGS_MAX * (1 + LIMITS) + 1];
    struct bench_contender *of_limit = contender + count, *of_peer = of_limit + LIMITS * count;
    struct limit *limit[SETTINGS_MAX * LIMITS];
    for (size_t i = 0; i < count; i++) {
        contender[i] = (struct bench_contender){.name = job[i].kernels->isa, .run = price, .context = &job[i]};
        for (size_t k = i * LIMITS; k < (i + 1) * LIMITS; k++) {
            limit[k] = limit_exponentials(job[i].run, limit_loops_named(job[i].kernels->isa), (int)(k % LIMITS));
            of_limit[k] = (struct bench_contender){.name = "limit", .run = limit_run, .context = limit[k]};
        }
    }
    *of_peer = (struct bench_contender){.name = "NumPy", .run = ask_price, .context = peer};
    unsigned rounds = bench_rounds(contender, (1 + LIMITS) * count + (peer != NULL), bench->rounds);
    for (size_t i = 0; i < count; i++) {
        int is_best = i + 1 == count;
        report_job(bench, &job[i], &contender[i], of_limit + i * LIMITS, limit + i * LIMITS,
                   is_best && peer != NULL ? of_peer : NULL, rounds);
    }
    for (size_t k = 0; k < LIMITS * count; k++) {
        limit_free(limit[k]);
    }
}

static size_t make_jobs(struct pricing *pricing, struct tol_run *one, struct pricing_job job[SETTINGS_MAX])
{
    size_t count = 0;
    struct tol_run *run[2] = {one, pricing->bench->run};
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        for (int r = 0; r < 2 && tol_kernels_runnable(tol_kernels_built(i)) && count < SETTINGS_MAX; r++) {
            double *factor = bench_allocate(tol_run_threads(run[r]) * (size_t)FACTORS * DRAWS * sizeof *factor);
            job[count++] = (struct pricing_job){pricing, tol_kernels_built(i), run[r], factor, 0};
        }
    }
    return count;
}

void law_bench_measure_pricing(struct law_bench *bench, const char *scripts, const char *folder)
{
    struct pricing pricing;
    struct pricing_job job[SETTINGS_MAX];
    struct tol_run_options one_thread = {.threads = 1, .pin = true};
    struct tol_run *one;
    struct tol_error error;
    if (tol_run_create(&one_thread, &one, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    open_pricing(&pricing, bench);
    size_t count = make_jobs(&pricing, one, job);
    double *ours = verify_variants(job, count);
    verify_by_formula(&pricing, ours);
    struct pipe_process *peer = scripts != NULL ? open_peer(&job[count - 1], scripts, folder) : NULL;
    if (peer != NULL) {
        verify_peer(peer, ours);
    }
    measure(bench, job, count, peer);
    if (peer != NULL) {
        pipe_process_close(peer);
    }
    for (size_t i = 0; i < count; i++) {
        free(job[i].factor);
    }
    free(ours);
    close_pricing(&pricing);
    tol_run_destroy(one);
}
