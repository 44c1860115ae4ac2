/* Numbers that only change speed, each with the measurement behind it (bench_kernels, AVX-512, one thread of an AMD EPYC "Genoa" virtual machine,
 * best of 3 x 7 interleaved runs). */
#ifndef TOLMUUR_TUNING_H
#define TOLMUUR_TUNING_H

/* How many lines ahead the factor rows are fetched.
 * ns per line-row    none     8    16    24    32    48
 *    2 rows          3.14  2.69  1.88  1.94  2.11  2.06
 *    6 rows          3.80  3.04  2.48  2.71  2.53  2.82
 *   16 rows          4.59  3.90  3.89  3.96  3.94  4.01 */
#define TUNING_PREFETCH_LINES 16

#endif
