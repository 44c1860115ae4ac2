#include <criterion/criterion.h>
#include <string.h>

#include "law/world.h"

static enum tol_status parse(const char *text, char *canonical, size_t size, struct tol_error *error)
{
    struct tol_law *law = world_law("");
    struct tol_facts facts;
    enum tol_status status = tol_facts_parse(law, text, &facts, error);
    if (status == TOL_OK) {
        tol_facts_format(law, &facts, canonical, size);
    }
    tol_law_close(law);
    return status;
}

static void canonical_is(const char *text, const char *wanted)
{
    char canonical[256];
    struct tol_error error;
    cr_assert_eq(parse(text, canonical, sizeof canonical, &error), TOL_OK);
    cr_assert_str_eq(canonical, wanted);
}

static void fault_is(const char *text, const char *value, const char *in_message)
{
    char canonical[256];
    struct tol_error error;
    memset(&error, 0, sizeof error);
    cr_assert_eq(parse(text, canonical, sizeof canonical, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.value, value);
    cr_assert_not_null(strstr(error.message, in_message), "%s", error.message);
}

Test(facts, none)
{
    canonical_is("", "");
    canonical_is(" ; ", "");
}

Test(facts, any_order_and_separator)
{
    canonical_is("steel_share=0.30;usmca=yes", "usmca=yes;steel_share=0.3");
    canonical_is(" steel_share = 0.3 & usmca=yes", "usmca=yes;steel_share=0.3");
    canonical_is("loaded=2025-04-05,usmca=no", "usmca=no;loaded=2025-04-05");
}

Test(facts, numbers_round_trip)
{
    canonical_is("steel_share=0.1", "steel_share=0.1");
    canonical_is("ave=0.30000000000000004", "ave=0.30000000000000004");
    canonical_is("ave=1e-3", "ave=0.001");
    canonical_is("ave=0e-999", "ave=0");
}

Test(facts, unknown_fact_lists_the_known)
{
    fault_is("colour=red", "colour", "usmca");
}

Test(facts, unknown_value_lists_the_allowed)
{
    fault_is("usmca=maybe", "maybe", "no, yes");
}

Test(facts, twice)
{
    fault_is("usmca=yes;usmca=no", "usmca", "twice");
}

Test(facts, not_a_pair)
{
    fault_is("usmca", "usmca", "name=value");
}

Test(facts, bad_numbers)
{
    fault_is("steel_share=1.1", "1.1", "from 0 to 1");
    fault_is("steel_share=-0.1", "-0.1", "from 0 to 1");
    fault_is("steel_share=nan", "nan", "from 0 to 1");
    fault_is("steel_share=0x1p-1", "0x1p-1", "from 0 to 1");
    fault_is("ave=1e999", "1e999", "from 0 up");
    fault_is("ave=1e-999", "1e-999", "from 0 up");
    fault_is("ave=1_0", "1_0", "from 0 up");
    fault_is("loaded=2025-02-29", "2025-02-29", "YYYY-MM-DD");
}

Test(facts, format_is_cut_to_size)
{
    struct tol_law *law = world_law("");
    struct tol_facts facts;
    char text[8];
    cr_assert_eq(tol_facts_parse(law, "usmca=yes", &facts, NULL), TOL_OK);
    tol_facts_format(law, &facts, text, sizeof text);
    cr_assert_str_eq(text, "usmca=y");
    cr_assert_null(tol_fact_name(law, 1000));
    tol_law_close(law);
}
