#include "measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_ENOUGH = 3, SECONDS_ENOUGH = 600, TURNS_MAX = 50 };
static const double turn_seconds_least = 0.03;

void bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

void *bench_allocate(size_t size)
{
    size_t whole = (size + 63) / 64 * 64;
    void *memory = aligned_alloc(64, whole > 0 ? whole : 64);
    if (memory == NULL) {
        bench_fail("out of memory for %zu bytes", size);
    }
    return memset(memory, 0, whole);
}

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

/* Mean seconds of a contender's turn in a round. */
static double take_turn(const struct bench_contender *contender)
{
    double sum = 0;
    unsigned turns = 0;
    while (turns < TURNS_MAX && (turns == 0 || sum < turn_seconds_least)) {
        double seconds = contender->run(contender->context);
        if (seconds < 0) {
            bench_fail("%s failed while it was timed", contender->name);
        }
        sum += seconds;
        turns++;
    }
    return sum / turns;
}

unsigned bench_rounds(struct bench_contender *contender, size_t count, unsigned rounds)
{
    double start = bench_now_seconds();
    unsigned done = 0;
    while (done < rounds && (done < ROUNDS_ENOUGH || bench_now_seconds() - start < SECONDS_ENOUGH)) {
        for (size_t i = 0; i < count; i++) {
            contender[i].seconds[done] = take_turn(&contender[i]);
        }
        done++;
    }
    for (size_t i = 0; i < count; i++) {
        contender[i].median = bench_median(contender[i].seconds, done);
    }
    return done;
}

void bench_sheet_open(struct bench_sheet *sheet, const char *cpu)
{
    *sheet = (struct bench_sheet){.json = json_array()};
    snprintf(sheet->cpu, sizeof sheet->cpu, "%s", cpu);
}

void bench_report_header(void)
{
    printf("%-28s %-7s %2s %4s %10s %10s  %-14s %-10s %9s %7s  %s\n", "measurement", "isa", "th", "scen", "ours s",
           "per second", "unit", "peer", "peer s", "ratio", "share of limit");
}

static const struct bench_bound *binding_bound(const struct bench_result *result)
{
    const struct bench_bound *binding = NULL;
    for (size_t i = 0; i < BENCH_BOUNDS_MAX; i++) {
        const struct bench_bound *bound = &result->bound[i];
        if (bound->name != NULL && (binding == NULL || bound->seconds > binding->seconds)) {
            binding = bound;
        }
    }
    return binding;
}

static void print_row(const struct bench_result *result, const struct bench_contender *peer)
{
    char scenarios[16] = "";
    if (result->scenarios > 0) {
        snprintf(scenarios, sizeof scenarios, "%u", result->scenarios);
    }
    printf("%-28s %-7s %2u %4s %10.5f %10.4g  %-14s", result->name, result->isa, result->threads, scenarios,
           result->ours_seconds, result->units / result->ours_seconds, result->unit);
    if (peer != NULL) {
        printf(" %-10s %9.5f %7.2f", peer->name, peer->median, peer->median / result->ours_seconds);
    } else {
        printf(" %-10s %9s %7s", "", "", "");
    }
    const struct bench_bound *bound = binding_bound(result);
    if (bound != NULL) {
        printf("  %.0f %% of %s", 100 * bound->seconds / result->ours_seconds, bound->name);
    }
    printf("\n");
    fflush(stdout);
}

/* Keys without a value are null, so that every object has the same ones. */
static json_t *object_of(const struct bench_sheet *sheet, const struct bench_result *result,
                         const struct bench_contender *peer)
{
    const struct bench_bound *bound = binding_bound(result);
    json_t *object = json_pack("{s:s, s:f, s:f, s:s, s:f, s:s, s:i, s:i, s:i, s:I, s:I, s:s}", "name", result->name,
                               "ours_seconds", result->ours_seconds, "units", result->units, "unit", result->unit,
                               "rate_per_second", result->units / result->ours_seconds, "isa", result->isa, "threads",
                               (int)result->threads, "scenarios", (int)result->scenarios, "rounds", (int)result->rounds,
                               "firms", (json_int_t)sheet->firms, "lines", (json_int_t)sheet->lines, "cpu", sheet->cpu);
    json_object_set_new(object, "peer", peer != NULL ? json_string(peer->name) : json_null());
    json_object_set_new(object, "peer_seconds", peer != NULL ? json_real(peer->median) : json_null());
    json_object_set_new(object, "ratio", peer != NULL ? json_real(peer->median / result->ours_seconds) : json_null());
    json_object_set_new(object, "limit", bound != NULL ? json_string(bound->name) : json_null());
    json_object_set_new(object, "share_of_limit",
                        bound != NULL ? json_real(bound->seconds / result->ours_seconds) : json_null());
    return object;
}

void bench_report(struct bench_sheet *sheet, const struct bench_result *result, const struct bench_contender *peer,
                  size_t peer_count)
{
    size_t count = peer_count > 0 ? peer_count : 1;
    for (size_t i = 0; i < count; i++) {
        const struct bench_contender *against = peer_count > 0 ? &peer[i] : NULL;
        print_row(result, against);
        json_array_append_new(sheet->json, object_of(sheet, result, against));
    }
}

void bench_sheet_close(struct bench_sheet *sheet, const char *path)
{
    if (path != NULL && json_dump_file(sheet->json, path, JSON_INDENT(1)) != 0) {
        bench_fail("cannot write %s", path);
    }
    json_decref(sheet->json);
}
