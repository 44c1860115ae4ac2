/* Runs every registered test in a process of its own; arguments are ignored. Exit 1 when one fails. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TESTS_MAX 512

static struct {
    const char *name;
    void (*function)(void);
} tests[TESTS_MAX];
static int test_count;

void plain_register(const char *name, void (*function)(void))
{
    if (test_count == TESTS_MAX) {
        abort();
    }
    tests[test_count].name = name;
    tests[test_count++].function = function;
}

void plain_check(bool holds, const char *file, int line)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: assertion failed\n", file, line);
        _exit(1);
    }
}

static bool passes(void (*function)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        function();
        exit(0); /* the sanitizer's own code when it saw a race */
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void)
{
    int failures = 0;
    for (int i = 0; i < test_count; i++) {
        if (!passes(tests[i].function)) {
            fprintf(stderr, "FAIL %s\n", tests[i].name);
            failures++;
        }
    }
    printf("%d tests, %d failed\n", test_count, failures);
    return test_count == 0 || failures > 0 ? 1 : 0;
}
