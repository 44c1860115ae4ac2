#include "forecast.h"

#include "score_stream.h"
#include "workbook.h"

#include "datasets/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum tol_forecast_output output_of(const struct forecast_subject *subject)
{
    const char *output = subject->output;
    enum format format = subject->format;
    if (subject->network_job) {
        return TOL_FORECAST_NETWORK;
    }
    if (output == NULL || workbook_is_named(output)) { /* a workbook has few of the rows */
        return TOL_FORECAST_NONE;
    }
    const char *dot = strrchr(output, '.');
    if (tol_postgres_is_uri(output)) {
        return TOL_FORECAST_PARQUET; /* of bytes and of work likewise between CSV and Parquet */
    }
    if (strcmp(output, "-") == 0) {
        return format == FORMAT_CSV ? TOL_FORECAST_CSV : TOL_FORECAST_JSON;
    }
    if (dot != NULL && strcasecmp(dot, ".parquet") == 0) {
        return TOL_FORECAST_PARQUET;
    }
    return dot != NULL && strcasecmp(dot, ".csv") == 0 ? TOL_FORECAST_CSV : TOL_FORECAST_JSON;
}

/* Resident memory now; 0 when the system does not say. */
static uint64_t resident_bytes(void)
{
    char line[128] = ""; /* pages in all, pages resident, ... */
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        if (fgets(line, sizeof line, file) == NULL) {
            line[0] = '\0';
        }
        fclose(file);
    }
    const char *resident = strchr(line, ' ');
    return resident == NULL ? 0 : strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* As if --network jobs were done: they keep the answers of the sectors too. */
static void promise_network(struct tol_forecast_counts *counts)
{
    counts->network_kept = counts->link_count[TOL_SALES] + counts->link_count[TOL_PURCHASES] > 0;
    memset(counts->tiers, 0, sizeof counts->tiers);
    counts->sectors_stored = true;
    counts->question_count = counts->sold_question_count;
}

enum tol_status forecast_score(const struct tol_book *book, const struct tol_parameters *parameters,
                               const struct tol_plan_options *options, struct tol_run *run,
                               const struct forecast_subject *subject, struct stages *stages,
                               double tiers[TOL_SIDE_COUNT], struct tol_error *error)
{
    struct tol_forecast_counts counts;
    struct tol_forecast_machine machine;
    struct tol_stage_use use[TOL_STAGE_COUNT];
    uint64_t base_bytes = resident_bytes();
    enum tol_status status = tol_forecast_count(book, parameters, options, run, &counts, error);
    if (status == TOL_OK) {
        status = tol_forecast_machine_measure(options->isa, &machine, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    counts.base_bytes = base_bytes;
    counts.output = output_of(subject);
    if (subject->network_promised) {
        promise_network(&counts);
    }
    counts.window_rows =
        counts.block_firms * counts.scenario_count *
        score_stream_window(counts.block_count, counts.block_firms * counts.scenario_count, counts.thread_count);
    tol_plan_forecast(&counts, &machine, use);
    for (enum tol_stage stage = TOL_STAGE_OPEN + 1; stage < TOL_STAGE_COUNT; stage++) {
        stages->of[stage] = use[stage];
    }
    memcpy(tiers, counts.tiers, sizeof counts.tiers);
    return TOL_OK;
}
