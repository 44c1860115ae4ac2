/* Criterion's words for tests built with ThreadSanitizer, under which Criterion itself cannot start (its arena wants addresses that
 * the sanitizer keeps). One process per test here too. Messages of assertions are left out. */
#ifndef TESTS_PLAIN_CRITERION_H
#define TESTS_PLAIN_CRITERION_H

#include <stdbool.h>
#include <string.h>

#pragma GCC system_header

void plain_register(const char *name, void (*function)(void));
void plain_check(bool holds, const char *file, int line);

#define Test(suite, name)                                                                                              \
    static void plain_##suite##_##name(void);                                                                          \
    __attribute__((constructor)) static void plain_add_##suite##_##name(void)                                          \
    {                                                                                                                  \
        plain_register(#suite "::" #name, plain_##suite##_##name);                                                     \
    }                                                                                                                  \
    static void plain_##suite##_##name(void)

#define PLAIN_IS(a, ...) (a)
#define PLAIN_COMPARE(comparison, a, b, ...) ((a)comparison(b))
#define PLAIN_TEXT(comparison, a, b, ...) (strcmp((a), (b)) comparison 0)
#define PLAIN_NEAR(a, b, distance, ...) ((a) - (b) <= (distance) && (b) - (a) <= (distance))

#define cr_assert(...) plain_check(PLAIN_IS(__VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_null(...) plain_check(PLAIN_COMPARE(==, NULL, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_not_null(...) plain_check(PLAIN_COMPARE(!=, NULL, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_eq(...) plain_check(PLAIN_COMPARE(==, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_neq(...) plain_check(PLAIN_COMPARE(!=, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_lt(...) plain_check(PLAIN_COMPARE(<, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_leq(...) plain_check(PLAIN_COMPARE(<=, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_gt(...) plain_check(PLAIN_COMPARE(>, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_geq(...) plain_check(PLAIN_COMPARE(>=, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_str_eq(...) plain_check(PLAIN_TEXT(==, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_str_neq(...) plain_check(PLAIN_TEXT(!=, __VA_ARGS__, 0), __FILE__, __LINE__)
#define cr_assert_float_eq(...) plain_check(PLAIN_NEAR(__VA_ARGS__, 0), __FILE__, __LINE__)

#endif
