/* A command line: words are parted by zero bytes; every option is accepted. */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define WORDS_MAX 64

static void read_values(const struct options *options)
{
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        tol_day day;
        uint64_t count;
        double number;
        const char *text = options_text(options, (enum option_id)id);
        (void)!options_day(options, (enum option_id)id, &day, NULL);
        (void)!options_count(options, (enum option_id)id, 1000, &count, NULL);
        if (text != NULL) {
            (void)!text_to_number(text, &number);
            (void)!text_to_amount(text, &number);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum option_id accepted[OPTION_COUNT];
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        accepted[id - 1] = (enum option_id)id;
    }
    accepted[OPTION_COUNT - 1] = OPTION_END;
    char *text = malloc(size + 1);
    fuzz_require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const char *argv[WORDS_MAX + 2] = {"tolmuur"};
    int argc = 1;
    for (size_t at = 0; at < size && argc <= WORDS_MAX; at += strlen(text + at) + 1) {
        argv[argc++] = text + at;
    }
    struct options options;
    struct tol_error error;
    if (options_parse(argc, argv, accepted, &options, &error) == TOL_OK) {
        read_values(&options);
    }
    options_release(&options);
    free(text);
    return 0;
}
