#include "measure.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *seconds, size_t count)
{
    qsort(seconds, count, sizeof *seconds, compare_doubles);
    return count % 2 ? seconds[count / 2] : (seconds[count / 2 - 1] + seconds[count / 2]) / 2;
}

void bench_report_header(void)
{
    printf("%-30s %-7s %2s %11s %14s  %-14s %8s %9s %6s\n", "measurement", "isa", "th", "ours s", "per second", "unit",
           "peer", "peer s", "ratio");
}

void bench_report(const struct bench_result *result, void *json, const char *cpu)
{
    double rate = result->units / result->ours_seconds;
    double ratio = result->peer == NULL ? 0 : result->peer_seconds / result->ours_seconds;
    double share = result->limit == NULL ? 0 : rate / result->limit_per_second;
    printf("%-30s %-7s %2u %11.5f %14.4g  %-14s", result->name, result->isa, result->threads, result->ours_seconds,
           rate, result->unit);
    if (result->peer != NULL) {
        printf(" %8s %9.3f %6.1f", result->peer, result->peer_seconds, ratio);
    }
    if (result->limit != NULL) {
        printf("   %.0f %% of %s", share * 100, result->limit);
    }
    printf("\n");
    fflush(stdout);
    if (json == NULL) {
        return;
    }
    json_t *object = json_pack("{s:s, s:f, s:s*, s:f, s:f, s:s, s:f, s:f, s:s, s:f, s:s*, s:s, s:i, s:s}", "name",
                               result->name, "ours_seconds", result->ours_seconds, "peer", result->peer, "peer_seconds",
                               result->peer_seconds, "ratio", ratio, "unit", result->unit, "units", result->units,
                               "rate_per_second", rate, "rate_unit", result->unit, "share_of_limit", share, "limit",
                               result->limit, "isa", result->isa, "threads", (int)result->threads, "cpu", cpu);
    json_array_append_new(json, object);
}
