/* Conditions of --fail-if, parted by zero bytes, then judged against every kind of number. */
#include "fail_if.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "talk.h"

#define CONDITIONS_MOST 16

/* What is said is made and kept to itself. */
void talk_note(const char *format, ...)
{
    char note[1024];
    va_list arguments;
    va_start(arguments, format);
    fuzz_require(vsnprintf(note, sizeof note, format, arguments) > 0);
    va_end(arguments);
}

static double figure(const void *context, size_t scenario, size_t at)
{
    static const double values[] = {0, -1, 0.1, 1e300, NAN, INFINITY};
    (void)context;
    return values[(scenario + at) % (sizeof values / sizeof values[0])];
}

static void judge(const struct options *options)
{
    struct tol_scenario scenario[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    struct worlds worlds = {.count = 3, .scenario = scenario};
    struct fail_if conditions;
    struct tol_error error;
    if (fail_if_read(&conditions, options, options_given(options, OPTION_DRAWS), &error) == TOL_OK) {
        enum tol_status status = fail_if_judge(&conditions, figure, NULL, &worlds, &error);
        fuzz_require(status == TOL_OK || status == TOL_THRESHOLD_EXCEEDED);
    }
    fail_if_release(&conditions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct options options;
    char *text = malloc(size + 1), *condition[CONDITIONS_MOST], given[] = "8";
    char *draws[] = {given};
    fuzz_require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    size_t count = 0;
    for (size_t at = 0; at < size && count < CONDITIONS_MOST; at += strlen(text + at) + 1) {
        condition[count++] = text + at;
    }
    options.value[OPTION_FAIL_IF] = (struct text_list){count, condition};
    judge(&options);
    options.value[OPTION_DRAWS] = (struct text_list){1, draws};
    judge(&options);
    options.value[OPTION_DRAWS] = (struct text_list){0, NULL};
    free(text);
    return 0;
}
