/* An allocator that fails when it is told to and counts what is held. */
#ifndef TESTS_EXPOSURE_COUNTER_H
#define TESTS_EXPOSURE_COUNTER_H

#include <stdbool.h>

#include "tolmuur/allocator.h"

struct counter {
    long left; /* the allocation that takes it to 0 fails */
    long held;
    long failures;
    bool for_good; /* all after that one fail too */
};

/* counter outlives the allocator. */
struct tol_allocator counter_allocator(struct counter *counter);

#endif
