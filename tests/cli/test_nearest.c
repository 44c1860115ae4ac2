#include "nearest.h"

#include <criterion/criterion.h>

static const char *const names[] = {"check", "build", "score", "firm", "rate", "doctor"};

static const char *near(const char *word)
{
    return nearest_name(word, names, sizeof names / sizeof names[0]);
}

Test(nearest, finds_what_was_meant)
{
    cr_assert_str_eq(near("scroe"), "score");
    cr_assert_str_eq(near("rat"), "rate");
    cr_assert_str_eq(near("buidl"), "build");
    cr_assert_str_eq(near("docter"), "doctor");
}

Test(nearest, does_not_guess_wildly)
{
    cr_assert_null(near("xyz"));
    cr_assert_null(near(""));
    cr_assert_null(near("a very long word that is nothing like the name of any command of this program at all"));
}
