/* Times things side by side: each round runs every contender once, in turn, and medians are compared. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>

#define BENCH_ROUNDS_MAX 101

/* Seconds since some fixed moment. */
double bench_now_seconds(void);

/* Sorts seconds[count] and gives its median; count >= 1. */
double bench_median(double *seconds, size_t count);

/* One line of the report and one object of the JSON file. Names of the fields are those of the JSON keys. */
struct bench_result {
    const char *name;
    double ours_seconds;
    const char *peer;    /* NULL: none */
    double peer_seconds; /* 0 without a peer */
    double units;        /* work done, in `unit` */
    const char *unit;
    double limit_per_second; /* what the machine can do at most, measured in this run; 0: not measured */
    const char *limit;       /* what that limit is; NULL without one */
    const char *isa;
    unsigned threads;
};

/* Prints a row of the table on stdout and, when json is not NULL, appends an object to that array (json_t). */
void bench_report(const struct bench_result *result, void *json, const char *cpu);
void bench_report_header(void);

#endif
