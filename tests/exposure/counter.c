#include "exposure/counter.h"

static void *counting_allocate(void *context, size_t size, size_t alignment)
{
    struct counter *counter = context;
    counter->left--;
    if (counter->left == 0 || (counter->for_good && counter->left < 0)) {
        counter->failures++;
        return NULL;
    }
    counter->held++;
    return tol_allocator_default()->allocate(NULL, size, alignment);
}

static void counting_release(void *context, void *memory, size_t size)
{
    struct counter *counter = context;
    counter->held--;
    tol_allocator_default()->release(NULL, memory, size);
}

struct tol_allocator counter_allocator(struct counter *counter)
{
    return (struct tol_allocator){counting_allocate, counting_release, counter};
}
