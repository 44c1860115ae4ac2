#include "prose.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {
    "  one two three four five six seven eight nine ten",
    "                                  far to the right",
    "                                                            wordsthatarebroken;at;marks,and;nowhere;else",
    "a word of just so many columns 1234567890123456789012345678901234567890 and another",
    "  -o, --output FILE            where the result goes; - is stdout",
    "x",
    "",
};
enum { TEXT_COUNT = sizeof texts / sizeof texts[0] };

static void without_spaces(const char *text, char *packed)
{
    for (; *text != '\0'; text++) {
        if (*text != ' ' && *text != '\n') {
            *packed++ = *text;
        }
    }
    *packed = '\0';
}

/* The wrapped text has the words of the text, and only lines of one word that cannot be broken are wider than allowed. */
static void check(const char *text, const char *wrapped, size_t width)
{
    char before[256], after[256], copy[1024];
    without_spaces(text, before);
    without_spaces(wrapped, after);
    cr_assert_str_eq(before, after, "%s", wrapped);
    snprintf(copy, sizeof copy, "%s", wrapped);
    for (char *line = strtok(copy, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        const char *word = line + strspn(line, " ");
        bool alone = strchr(word, ' ') == NULL && strlen(word) > width && strcspn(word, ";,") + 1 >= strlen(word);
        cr_assert(strlen(line) <= width || alone, "%zu columns in %zu: %s", strlen(line), width, line);
    }
}

Test(prose, no_line_is_wider_than_allowed)
{
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        for (size_t width = 40; width < 100; width++) {
            for (size_t column = 0; column < 40; column += 13) {
                struct sink prose = {.descriptor = -1}, wrapped = {.descriptor = -1};
                sink_text(&prose, texts[i]);
                prose_flush_below(&prose, &wrapped, width, column);
                sink_bytes(&wrapped, "", 1);
                check(texts[i], wrapped.bytes, width);
                sink_release(&wrapped);
            }
        }
    }
}

static void expect(const char *text, size_t width, size_t column, const char *wrapped)
{
    struct sink prose = {.descriptor = -1}, sink = {.descriptor = -1};
    sink_text(&prose, text);
    prose_flush_below(&prose, &sink, width, column);
    sink_bytes(&sink, "", 1);
    cr_assert_str_eq(sink.bytes, wrapped);
    sink_release(&sink);
}

Test(prose, what_goes_on_below_is_set_in)
{
    expect("  one two\n", 8, 0, "  one\n  two\n");
    expect("  one two three four five six\n", 24, 0, "  one two three four\n    five six\n");
    expect("  -h, --help    this page\n", 24, 16, "  -h, --help    this\n                page\n");
    expect("  -h, --help    this page\n", 23, 16, "  -h, --help    this\n    page\n");
    expect("                    far\n", 20, 0, "                 far\n");
    expect("anything is as it was\n\n  below\n", 0, 0, "anything is as it was\n\n  below\n");
}
