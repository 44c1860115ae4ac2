#include "tolmuur/run.h"

/* Work of a firm beside its lines, in lines: inputs, outcome and rows are made for every firm. */
static const uint64_t firm_work_lines = 16;

/* Work of the firms before `firm`. */
static uint64_t work_before(uint64_t firm, const uint64_t *start_a, const uint64_t *start_b)
{
    uint64_t work = firm * firm_work_lines;
    work += start_a == NULL ? 0 : start_a[firm] - start_a[0];
    work += start_b == NULL ? 0 : start_b[firm] - start_b[0];
    return work;
}

/* First firm in (low, firm_count] with at least `goal` work before it. */
static uint64_t first_with_work(uint64_t low, uint64_t firm_count, const uint64_t *start_a, const uint64_t *start_b,
                                uint64_t goal)
{
    uint64_t high = firm_count;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (work_before(middle, start_a, start_b) >= goal) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

uint64_t tol_blocks_balance(uint64_t firm_count, const uint64_t *line_start_a, const uint64_t *line_start_b,
                            uint64_t lines_per_block, uint64_t *start, uint64_t capacity)
{
    if (capacity == 0) {
        return 0;
    }
    start[0] = 0;
    if (firm_count == 0) {
        return 0;
    }
    uint64_t total = work_before(firm_count, line_start_a, line_start_b);
    uint64_t least = (total + capacity - 1) / capacity;
    uint64_t target = lines_per_block > least ? lines_per_block : least;
    uint64_t count = 0;
    for (uint64_t firm = 0; firm < firm_count; count++) {
        /* Cuts lie on multiples of the target, so that they never come to more than the capacity. */
        uint64_t goal = (work_before(firm, line_start_a, line_start_b) / target + 1) * target;
        firm = first_with_work(firm, firm_count, line_start_a, line_start_b, goal);
        start[count + 1] = firm;
    }
    return count;
}
