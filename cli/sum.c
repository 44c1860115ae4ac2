#include "sum.h"

#include <math.h>

void sum_add(struct sum *sum, double value)
{
    double next = sum->value + value;
    /* Neumaier (1974): the smaller of the two loses digits. */
    if (fabs(sum->value) >= fabs(value)) {
        sum->lost += (sum->value - next) + value;
    } else {
        sum->lost += (value - next) + sum->value;
    }
    sum->value = next;
}

double sum_get(const struct sum *sum)
{
    return sum->value + sum->lost;
}
