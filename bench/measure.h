/* What a measurement is, the table that it is printed in and the JSON file that it goes to. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_ROUNDS_MAX 101

/* Prints a message on stderr and ends the program. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Zeroed and 64-byte aligned, every page touched; ends the program when there is none. Freed by free. */
void *bench_allocate(size_t size);

/* Seconds since some fixed moment. */
double bench_now_seconds(void);

/* Sorts seconds[count] and gives its median; count >= 1. */
double bench_median(double *seconds, size_t count);

/* ---- contenders: each round runs every one once, in turn, and medians are compared --------------------------------- */

struct bench_contender {
    const char *name;
    double (*run)(void *context); /* the seconds that it took; negative: it failed, and the program ends */
    void *context;
    double median; /* set by bench_rounds */
    double seconds[BENCH_ROUNDS_MAX];
};

/* Runs at most `rounds` rounds and sets the medians. In a round a contender that is quick runs again and again for some hundredths of a second, and its mean
 * counts. Three rounds are enough once they have taken ten minutes together. Returns the rounds done. */
unsigned bench_rounds(struct bench_contender *contender, size_t count, unsigned rounds);

/* ---- results ------------------------------------------------------------------------------------------------------- */

/* One thing that the machine cannot do faster: the seconds that the work of a measurement takes at that rate. */
struct bench_bound {
    const char *name;
    double seconds;
};
enum { BENCH_BOUNDS_MAX = 2 };

/* What is measured; names of the fields are those of the JSON keys. */
struct bench_result {
    const char *name;
    double ours_seconds;
    double units; /* work done, in `unit` */
    const char *unit;
    struct bench_bound bound[BENCH_BOUNDS_MAX]; /* the one with the most seconds binds; name NULL: none */
    const char *isa;
    unsigned threads;
    unsigned scenarios; /* 0: of no account here */
    unsigned rounds;
};

/* Where results go. */
struct bench_sheet {
    json_t *json;
    char cpu[128];
    uint64_t firms; /* 0: the measurement is of no portfolio */
    uint64_t lines; /* input rows of sales and purchases */
};
void bench_sheet_open(struct bench_sheet *sheet, const char *cpu);

/* Prints the head of the table. */
void bench_report_header(void);

/* Prints a row of the table and adds an object to the sheet: one for every peer [peer_count], or one without any. */
void bench_report(struct bench_sheet *sheet, const struct bench_result *result, const struct bench_contender *peer,
                  size_t peer_count);

/* Writes the JSON file, if there is a path, and ends the sheet. */
void bench_sheet_close(struct bench_sheet *sheet, const char *path);

#endif
