/* Numbers that only change speed, each with the measurement behind it (bench_kernels, AVX-512, one thread of an AMD EPYC "Genoa" virtual machine,
 * best of 3 x 7 interleaved runs). */
#ifndef TOLMUUR_TUNING_H
#define TOLMUUR_TUNING_H

/* How many lines ahead the factor rows are fetched.
 * ns per line-row    none     8    16    24    32    48
 *    2 rows          3.14  2.69  1.88  1.94  2.11  2.06
 *    6 rows          3.80  3.04  2.48  2.71  2.53  2.82
 *   16 rows          4.59  3.90  3.89  3.96  3.94  4.01
 * gather_split, AVX2, AMD EPYC "Milan" with 512 KiB L2, one thread, best of 5, lines of 10^6 firms priced for 16 days
 * ns per line        none     4     8    16    32
 *    sales           8.01  6.20  5.67  5.42  6.60
 *    purchases       3.74  4.32  3.57  3.54  4.40 */
#define TUNING_PREFETCH_LINES 16

#endif
