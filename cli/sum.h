/* Sums that do not lose small terms: Neumaier's compensation (1974), whose error term is found without a branch (Knuth's two-sum). */
#ifndef CLI_SUM_H
#define CLI_SUM_H

struct sum {
    double value;
    double lost; /* what rounding took away so far */
};

/* The result depends on the order of terms, and on nothing else. */
static inline void sum_add(struct sum *sum, double value)
{
    double next = sum->value + value;
    double taken = next - sum->value;
    sum->lost += (sum->value - (next - taken)) + (value - taken);
    sum->value = next;
}

static inline double sum_get(const struct sum *sum)
{
    return sum->value + sum->lost;
}

#endif
