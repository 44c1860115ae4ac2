/* Words that are made of other words, the same in every variant. Included at the end of each lanes_*.h. */
#ifndef TOLMUUR_LANES_COMMON_H
#define TOLMUUR_LANES_COMMON_H

LANES_WORD lanes lanes_zero(void)
{
    return lanes_broadcast(0.0);
}

/* The one NaN that leaves a kernel: quiet, positive, empty payload. x86 makes negative ones, AArch64 positive ones. */
LANES_WORD lanes lanes_missing(void)
{
    return lanes_broadcast(__builtin_nan(""));
}

/* a > b ? a : b. With a NaN on either side: b. */
LANES_WORD lanes lanes_max(lanes a, lanes b)
{
    return lanes_select(lanes_greater(a, b), a, b);
}

/* a > b ? b : a. With a NaN on either side: a. */
LANES_WORD lanes lanes_min(lanes a, lanes b)
{
    return lanes_select(lanes_greater(a, b), b, a);
}

/* What kernels write: -0 becomes +0 and every NaN the one of lanes_missing, so that equal numbers are equal bits. */
LANES_WORD void lanes_store_canonical(double *row, lanes x)
{
    lanes_store(row, lanes_select(lanes_equal(x, x), lanes_add(x, lanes_zero()), lanes_missing()));
}

/* Begin to fetch the cache line at address; never faults. */
LANES_WORD void lanes_prefetch(const double *address)
{
    __builtin_prefetch(address, 0, 3);
}

#endif
