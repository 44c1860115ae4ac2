/* Sums that do not lose small terms: Neumaier's compensation. */
#ifndef CLI_SUM_H
#define CLI_SUM_H

struct sum {
    double value;
    double lost; /* what rounding took away so far */
};

/* The result depends on the order of terms, and on nothing else. */
void sum_add(struct sum *sum, double value);
double sum_get(const struct sum *sum);

#endif
