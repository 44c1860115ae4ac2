/* What binds a pass over lines or links, measured in the same rounds. */
#include "pipeline.h"

struct job_limits bench_pass_limits(const struct pass_job *job)
{
    const struct limit_loops *loops = limit_loops_named(job->kernels->isa);
    const struct side_table *table[2] = {&job->pass->sales, &job->pass->purchases};
    const struct tol_book_side *sales = job->pass->sales.side;
    struct job_limits limits = {.gather_name = "cached gather bandwidth"};
    limits.limit[0] = limit_read(job->run, loops, sales->line_value_eur, sales->line_count * sizeof(double));
    for (int side = 0; side < 2; side++) {
        /* Every line is read once a tile, and one row of factors is gathered for it. */
        double lines = (double)table[side]->side->line_count * (double)table[side]->tile_count;
        size_t doubles = table[side]->factors * table[side]->rows * TOL_LANES;
        limits.read_bytes += lines * (sizeof(uint32_t) + sizeof(double));
        limits.gather_bytes[side] = lines * (double)(doubles * sizeof(double));
        struct limit_picks picks = {table[side]->side->line_cell, table[side]->side->line_count,
                                    table[side]->tile[0].cell_row};
        limits.limit[1 + side] = limit_gather(job->run, loops, table[side]->tile[0].row_count, doubles, &picks);
    }
    return limits;
}

void bench_limits_join(struct job_limits *limits, struct bench_contender *contender)
{
    limits->contender = contender;
    for (size_t i = 0; i < JOB_LIMITS; i++) {
        contender[i] = (struct bench_contender){.name = "limit", .run = limit_run, .context = limits->limit[i]};
    }
}

void bench_limits_bounds(const struct job_limits *limits, struct bench_bound bound[BENCH_BOUNDS_MAX])
{
    double gather_seconds = 0;
    for (size_t i = 0; i < JOB_LIMITS; i++) {
        double per_second = limit_work(limits->limit[i]) / limits->contender[i].median;
        if (i == 0) {
            bound[0] = (struct bench_bound){"read bandwidth", limits->read_bytes / per_second};
        } else {
            gather_seconds += limits->gather_bytes[i - 1] / per_second;
        }
    }
    bound[1] = (struct bench_bound){limits->gather_name, gather_seconds};
}

void bench_limits_close(struct job_limits *limits, struct bench_sheet *sheet, const struct bench_result *result)
{
    for (size_t i = 0; i < JOB_LIMITS; i++) {
        struct bench_result row = {.name = limits->row_name[i],
                                   .ours_seconds = limits->contender[i].median,
                                   .units = limit_work(limits->limit[i]),
                                   .unit = "bytes",
                                   .isa = result->isa,
                                   .threads = result->threads,
                                   .scenarios = result->scenarios,
                                   .rounds = result->rounds};
        if (row.name != NULL) {
            bench_report(sheet, &row, NULL, 0);
        }
        limit_free(limits->limit[i]);
    }
}
