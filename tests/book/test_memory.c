#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

/* Counts bytes, and fails from a given allocation on. */
struct counted {
    uint64_t now;
    uint64_t peak;
    uint64_t calls;
    uint64_t fail_at; /* 0: never */
    bool once;
};

static void *counted_allocate(void *context, size_t size, size_t alignment)
{
    struct counted *counted = context;
    counted->calls++;
    if (counted->fail_at != 0 &&
        (counted->once ? counted->calls == counted->fail_at : counted->calls >= counted->fail_at)) {
        return NULL;
    }
    counted->now += size;
    counted->peak = counted->now > counted->peak ? counted->now : counted->peak;
    const struct tol_allocator *standard = tol_allocator_default();
    return standard->allocate(standard->context, size, alignment);
}

static void counted_release(void *context, void *memory, size_t size)
{
    struct counted *counted = context;
    counted->now -= size;
    free(memory);
}

Test(memory, peak_stays_under_three_times_the_book)
{
    char path[512];
    struct stat about;
    static const size_t lines[][2] = {{1000000, 1000000}, {1500000, 0}, {0, 1500000}};
    for (int i = 0; i < 3; i++) {
        struct counted counted = {0};
        struct tol_allocator allocator = {counted_allocate, counted_release, &counted};
        struct portfolio portfolio = portfolio_create(20000, 1500000, 9);
        uint64_t seed = 3;
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            portfolio.line_count[side] = lines[i][side];
            for (size_t line = 0; line < lines[i][side]; line++) { /* few lines merge */
                portfolio.line[side][line].product = (1000000000 + random_next(&seed) % 5000) << 4 | 10;
            }
        }
        cr_assert_eq(portfolio_try(&portfolio, &allocator, scratch_path(path, "a.book"), NULL), TOL_OK);
        cr_assert_eq(stat(path, &about), 0);
        cr_assert_lt(counted.peak, 3 * (uint64_t)about.st_size);
        cr_assert_eq(counted.now, 0);
        free(portfolio.line[0]);
        free(portfolio.line[1]);
    }
}

static void fail_every_allocation(bool once)
{
    char path[512];
    char old[4];
    struct tol_error error = {0};
    struct portfolio portfolio = portfolio_create(150, 900, 4);
    scratch_path(path, "a.book");
    struct counted all = {0};
    struct tol_allocator counting = {counted_allocate, counted_release, &all};
    cr_assert_eq(portfolio_try(&portfolio, &counting, path, &error), TOL_OK);
    cr_assert_gt(all.calls, 20);
    for (uint64_t n = 1; n <= all.calls; n++) {
        struct counted counted = {.fail_at = n, .once = once};
        struct tol_allocator allocator = {counted_allocate, counted_release, &counted};
        file_write(path, "old", 3);
        cr_assert_eq(portfolio_try(&portfolio, &allocator, path, &error), TOL_NO_MEMORY, "allocation %llu",
                     (unsigned long long)n);
        cr_assert_eq(counted.now, 0, "allocation %llu leaks", (unsigned long long)n);
        FILE *file = fopen(path, "rb");
        cr_assert_eq(fread(old, 1, 4, file), 3);
        fclose(file);
    }
}

Test(memory, any_allocation_may_fail_once)
{
    fail_every_allocation(true);
}

Test(memory, any_allocation_may_fail_for_good)
{
    fail_every_allocation(false);
}
