#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law/world.h"

#define BOLT "7318150010"
#define MEASURES                                                                                                       \
    "a,china,CN,,73,,add,0.1,,2025-02-01,,,,,,src,,\n"                                                                 \
    "b,china,CN,,73,,add,0.2,,2025-02-01,,,,,,src,,\n"                                                                 \
    "c,reciprocal,*,,*,,add,0.4,,2025-02-01,,,,,,src,,\n"

static double central(const struct tol_law *law)
{
    return world_rate(law, "US", "CN", BOLT, "2025-03-01", "").central;
}

/* The bolt's total under one change, or the fault. */
static enum tol_status change(const struct tol_law_change *changes, size_t count, double *total,
                              struct tol_error *error)
{
    struct tol_law *base = world_law(MEASURES);
    struct tol_law *law;
    enum tol_status status = tol_law_overlay(base, changes, count, tol_allocator_default(), &law, error);
    if (status == TOL_OK) {
        *total = central(law);
        cr_assert_str_neq(tol_law_version(law), tol_law_version(base));
        cr_assert(fabs(central(base) - 0.75) < 1e-12, "the base stays as it was");
        tol_law_close(law);
    }
    tol_law_close(base);
    return status;
}

static void total_is(const struct tol_law_change *changes, size_t count, double wanted)
{
    double total = NAN;
    struct tol_error error;
    memset(&error, 0, sizeof error);
    cr_assert_eq(change(changes, count, &total, &error), TOL_OK, "%s %s", error.column, error.message);
    cr_assert(fabs(total - wanted) < 1e-12, "%.17g", total);
}

static void fault_is(const struct tol_law_change *changes, const char *column, const char *value)
{
    double total;
    struct tol_error error;
    memset(&error, 0, sizeof error);
    cr_assert_eq(change(changes, 1, &total, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.column, column);
    cr_assert_str_eq(error.value, value);
    cr_assert_eq(error.row, 1);
}

#define FIELDS(rate_text, effect_text)                                                                                 \
    .field_count = 6, .field = {{"programme", "s122"},   {"partners", "*"},   {"products", "*"},                       \
                                {"effect", effect_text}, {"rate", rate_text}, {"source", "scenario"}}

Test(overlay, add)
{
    total_is(&(struct tol_law_change){TOL_CHANGE_ADD, "new", FIELDS("0.05", "add")}, 1, 0.8);
}

Test(overlay, replace_is_in_full)
{
    total_is(&(struct tol_law_change){TOL_CHANGE_REPLACE, "b", FIELDS("0.05", "add")}, 1, 0.6);
}

Test(overlay, remove)
{
    total_is(&(struct tol_law_change){TOL_CHANGE_REMOVE, "b", 0, {{0}}}, 1, 0.55);
    total_is(&(struct tol_law_change){TOL_CHANGE_REMOVE, "programme:china", 0, {{0}}}, 1, 0.45);
    total_is(&(struct tol_law_change){TOL_CHANGE_REMOVE, "authority:ieepa_reciprocal", 0, {{0}}}, 1, 0.35);
    total_is(&(struct tol_law_change){TOL_CHANGE_REMOVE, "authority:section_338", 0, {{0}}}, 1, 0.75);
}

Test(overlay, several_at_once)
{
    const struct tol_law_change changes[3] = {{TOL_CHANGE_REMOVE, "programme:china", 0, {{0}}},
                                              {TOL_CHANGE_REPLACE, "a", FIELDS("0.3", "add")},
                                              {TOL_CHANGE_ADD, "new", FIELDS("0.05", "add")}};
    total_is(changes, 3, 0.05 + 0.4 + 0.3 + 0.05);
}

Test(overlay, faults_are_named)
{
    fault_is(&(struct tol_law_change){TOL_CHANGE_ADD, "a", FIELDS("0.05", "add")}, "id", "a");
    fault_is(&(struct tol_law_change){TOL_CHANGE_REPLACE, "zz", FIELDS("0.05", "add")}, "id", "zz");
    fault_is(&(struct tol_law_change){TOL_CHANGE_REMOVE, "programme:zz", 0, {{0}}}, "id", "programme:zz");
    fault_is(&(struct tol_law_change){TOL_CHANGE_REMOVE, "authority:zz", 0, {{0}}}, "id", "authority:zz");
    fault_is(&(struct tol_law_change){TOL_CHANGE_ADD, "new", FIELDS("50", "add")}, "rate", "50");
    fault_is(&(struct tol_law_change){TOL_CHANGE_ADD, "new", FIELDS("0.5", "ad")}, "effect", "ad");
    fault_is(&(struct tol_law_change){TOL_CHANGE_ADD, "new", 1, {{"colour", "red"}}}, "colour", "red");
}

Test(overlay, of_an_overlay)
{
    struct tol_law *base = world_law(MEASURES);
    struct tol_law *one;
    struct tol_law *two;
    const struct tol_law_change add = {TOL_CHANGE_ADD, "new", FIELDS("0.05", "add")};
    const struct tol_law_change remove = {TOL_CHANGE_REMOVE, "programme:s122", 0, {{0}}};
    cr_assert_eq(tol_law_overlay(base, &add, 1, tol_allocator_default(), &one, NULL), TOL_OK);
    cr_assert_eq(tol_law_overlay(one, &remove, 1, tol_allocator_default(), &two, NULL), TOL_OK);
    cr_assert(fabs(central(one) - 0.8) < 1e-12);
    cr_assert(fabs(central(two) - 0.75) < 1e-12);
    cr_assert_str_neq(tol_law_version(two), tol_law_version(base));
    tol_law_close(two);
    tol_law_close(one);
    tol_law_close(base);
}

Test(overlay, same_changes_same_version)
{
    struct tol_law *base = world_law(MEASURES);
    struct tol_law *one;
    struct tol_law *two;
    struct tol_law *other;
    const struct tol_law_change add = {TOL_CHANGE_ADD, "new", FIELDS("0.05", "add")};
    const struct tol_law_change more = {TOL_CHANGE_ADD, "new", FIELDS("0.06", "add")};
    cr_assert_eq(tol_law_overlay(base, &add, 1, tol_allocator_default(), &one, NULL), TOL_OK);
    cr_assert_eq(tol_law_overlay(base, &add, 1, tol_allocator_default(), &two, NULL), TOL_OK);
    cr_assert_eq(tol_law_overlay(base, &more, 1, tol_allocator_default(), &other, NULL), TOL_OK);
    cr_assert_str_eq(tol_law_version(one), tol_law_version(two));
    cr_assert_str_neq(tol_law_version(one), tol_law_version(other));
    tol_law_close(one);
    tol_law_close(two);
    tol_law_close(other);
    tol_law_close(base);
}

/* The n-th allocation fails: every n gives TOL_NO_MEMORY and gives everything back. */
struct counting {
    size_t left, live;
};

static void *counting_allocate(void *context, size_t size, size_t alignment)
{
    struct counting *counting = context;
    if (counting->left == 0) {
        return NULL;
    }
    counting->left--;
    counting->live++;
    return tol_allocator_default()->allocate(NULL, size, alignment);
}

static void counting_release(void *context, void *memory, size_t size)
{
    struct counting *counting = context;
    counting->live--;
    tol_allocator_default()->release(NULL, memory, size);
}

Test(overlay, every_allocation_may_fail)
{
    struct tol_law *base = world_law(MEASURES);
    const struct tol_law_change add = {TOL_CHANGE_ADD, "new", FIELDS("0.05", "add")};
    size_t failures = 0;
    for (size_t n = 0; n < 10000; n++) {
        struct counting counting = {n, 0};
        const struct tol_allocator allocator = {counting_allocate, counting_release, &counting};
        struct tol_law *law = NULL;
        enum tol_status status = tol_law_overlay(base, &add, 1, &allocator, &law, NULL);
        if (status == TOL_OK) {
            tol_law_close(law);
            cr_assert_eq(counting.live, 0);
            break;
        }
        cr_assert_eq(status, TOL_NO_MEMORY);
        cr_assert_eq(counting.live, 0, "%zu blocks kept after failure %zu", counting.live, n);
        failures++;
    }
    cr_assert_gt(failures, 20);
    cr_assert_lt(failures, 9999);
    tol_law_close(base);
}
