#include <criterion/criterion.h>
#include <string.h>

#include "tolmuur/allocator.h"
#include "tolmuur/status.h"

TestSuite(status);

Test(status, fail_fills_status_and_message)
{
    struct tol_error error;
    memset(&error, 'x', sizeof error);
    cr_assert_eq(tol_fail(&error, TOL_BAD_DATA, "found %d", 7), TOL_BAD_DATA);
    cr_assert_eq(error.status, TOL_BAD_DATA);
    cr_assert_str_eq(error.message, "found 7");
    cr_assert_eq(error.row, 0);
    cr_assert_str_empty(error.file);
    cr_assert_str_empty(error.column);
    cr_assert_str_empty(error.value);
}

Test(status, fail_without_an_error_returns_the_status)
{
    cr_assert_eq(tol_fail(NULL, TOL_IO, "nobody listens"), TOL_IO);
    cr_assert_eq(tol_fail_at(NULL, TOL_IO, "file", 1, "column", "value"), TOL_IO);
}

Test(status, place_is_added_and_missing_parts_are_kept)
{
    struct tol_error error;
    tol_fail(&error, TOL_BAD_DATA, "bad");
    cr_assert_eq(tol_fail_at(&error, TOL_BAD_DATA, "sales.csv", 12, "hs", "87x"), TOL_BAD_DATA);
    cr_assert_eq(tol_fail_at(&error, TOL_BAD_DATA, NULL, 13, NULL, NULL), TOL_BAD_DATA);
    cr_assert_str_eq(error.file, "sales.csv");
    cr_assert_str_eq(error.column, "hs");
    cr_assert_str_eq(error.value, "87x");
    cr_assert_eq(error.row, 13);
}

Test(status, control_bytes_are_shown_not_sent)
{
    struct tol_error error;
    tol_fail(&error, TOL_BAD_DATA, "bad");
    tol_fail_at(&error, TOL_BAD_DATA, NULL, 0, NULL, "a\033[2Jb\x7f");
    cr_assert_str_eq(error.value, "a\\x1b[2Jb\\x7f");
}

Test(status, long_values_are_cut_whole_escapes_only)
{
    struct tol_error error;
    char value[400];
    memset(value, '\n', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    tol_fail(&error, TOL_BAD_DATA, "bad");
    tol_fail_at(&error, TOL_BAD_DATA, NULL, 0, NULL, value);
    cr_assert_lt(strlen(error.value), sizeof error.value);
    cr_assert_eq(strlen(error.value) % 4, 0);
}

Test(status, long_messages_are_cut)
{
    struct tol_error error;
    char text[2000];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    tol_fail(&error, TOL_INTERNAL, "%s", text);
    cr_assert_eq(strlen(error.message), sizeof error.message - 1);
}

Test(status, values_are_the_exit_codes_that_scripts_rely_on)
{
    cr_assert_eq(TOL_OK, 0);
    cr_assert_eq(TOL_THRESHOLD_EXCEEDED, 1);
    cr_assert_eq(TOL_USAGE, 64);
    cr_assert_eq(TOL_BAD_DATA, 65);
    cr_assert_eq(TOL_NO_INPUT, 66);
    cr_assert_eq(TOL_UNAVAILABLE, 69);
    cr_assert_eq(TOL_INTERNAL, 70);
    cr_assert_eq(TOL_CANNOT_CREATE, 73);
    cr_assert_eq(TOL_IO, 74);
    cr_assert_eq(TOL_TRY_AGAIN, 75);
}

Test(status, every_status_has_its_own_name)
{
    const enum tol_status all[] = {TOL_OK,        TOL_THRESHOLD_EXCEEDED, TOL_USAGE,    TOL_BAD_DATA,
                                   TOL_NO_INPUT,  TOL_UNAVAILABLE,        TOL_INTERNAL, TOL_NO_MEMORY,
                                   TOL_TRY_AGAIN, TOL_CANNOT_CREATE,      TOL_IO};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t j = 0; j < i; j++) {
            cr_assert_str_neq(tol_status_name(all[i]), tol_status_name(all[j]));
        }
    }
    cr_assert_str_eq(tol_status_name((enum tol_status)3), "unknown status");
}

Test(allocator, memory_is_aligned_as_asked)
{
    const struct tol_allocator *allocator = tol_allocator_default();
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        void *memory = allocator->allocate(allocator->context, 100, alignment);
        cr_assert_not_null(memory);
        cr_assert_eq((uintptr_t)memory % alignment, 0);
        memset(memory, 1, 100);
        allocator->release(allocator->context, memory, 100);
    }
}
