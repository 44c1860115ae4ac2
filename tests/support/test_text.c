#include <criterion/criterion.h>
#include <string.h>

#include "tolmuur/text.h"

TestSuite(text);

static void check_visible(const char *text, const char *expected)
{
    char visible[200];
    tol_text_visible(text, visible, sizeof visible);
    cr_assert_str_eq(visible, expected);
}

Test(text, letters_of_every_length_stay)
{
    check_visible("", "");
    check_visible("a\\x1b Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x9a\xa2",
                  "a\\x1b Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x9a\xa2");
    check_visible("\xc2\xa0\xd8\x9b\xe2\x80\x8d\xe2\x80\xb0\xe2\x81\xa5",
                  "\xc2\xa0\xd8\x9b\xe2\x80\x8d\xe2\x80\xb0\xe2\x81\xa5");
}

Test(text, controls_are_shown)
{
    check_visible("\033[2J\n\x7f", "\\x1b[2J\\x0a\\x7f");
    check_visible("\xc2\x80|\xc2\x9b|\xc2\x9f", "\\xc2\\x80|\\xc2\\x9b|\\xc2\\x9f");
}

Test(text, what_turns_the_writing_or_ends_a_line_is_shown)
{
    check_visible("\xd8\x9c", "\\xd8\\x9c");
    check_visible("\xe2\x80\x8e\xe2\x80\x8f", "\\xe2\\x80\\x8e\\xe2\\x80\\x8f");
    check_visible("\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
    check_visible("\xe2\x80\xaa\xe2\x80\xae", "\\xe2\\x80\\xaa\\xe2\\x80\\xae");
    check_visible("\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
}

Test(text, what_is_not_utf8_is_shown_byte_by_byte)
{
    check_visible("a\xff\xc3", "a\\xff\\xc3");
    check_visible("\x9b\xc0\x80\xed\xa0\x80", "\\x9b\\xc0\\x80\\xed\\xa0\\x80");
    check_visible("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

Test(text, a_cut_leaves_whole_characters)
{
    char visible[8];
    tol_text_visible("abcde\xe2\x82\xac", visible, sizeof visible);
    cr_assert_str_eq(visible, "abcde");
    tol_text_visible("abcd\n", visible, sizeof visible);
    cr_assert_str_eq(visible, "abcd");
}
