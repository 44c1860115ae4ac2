/* Numbers that only change speed, each with the measurement behind it (bench_kernels, one thread). */
#ifndef TOLMUUR_TUNING_H
#define TOLMUUR_TUNING_H

/* How many lines ahead the factor rows are fetched. */
#define TUNING_PREFETCH_LINES 16

#endif
