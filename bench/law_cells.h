/* 10^6 distinct cells into the United States, and the law that they are asked under. */
#ifndef BENCH_LAW_CELLS_H
#define BENCH_LAW_CELLS_H

#include <stddef.h>

#include "measure.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"
#include "tolmuur/run.h"

enum { LAW_CELLS = 1000000, LAW_DAYS = 16, LAW_KNOWN = 8 };

struct law_cell {
    tol_country from;
    tol_product product;
    unsigned known;
};

struct law_bench {
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct tol_run *run;
    unsigned rounds;
    struct bench_sheet sheet;
    tol_day day[LAW_DAYS]; /* on which US law stood differently */
    struct tol_facts facts[LAW_KNOWN];
    struct law_cell *cell; /* [LAW_CELLS] */
};

extern const char *const law_bench_days[LAW_DAYS];
extern const char *const law_bench_known[LAW_KNOWN];

/* lines: the table of US tariff lines, CSV. Ends the program when something is missing. */
void law_bench_open(struct law_bench *bench, const char *lines, unsigned threads, unsigned rounds);
void law_bench_close(struct law_bench *bench);

struct tol_rate_query law_bench_query(const struct law_bench *bench, size_t cell);

/* law_pricing.c: law and trade's answer for 5x10^4 cells in 1,024 draws. folder: for what NumPy reads; scripts: folder of the scripts, NULL: no peer. */
void law_bench_measure_pricing(struct law_bench *bench, const char *scripts, const char *folder);

#endif
