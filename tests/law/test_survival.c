/* Programmes that may fall: the law that is left, for every way in which they may. */
#include "datasets/scenario.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "law/world.h"

#define MEASURES                                                                                                       \
    "m_steel,steel,CN,,73,,add,0.5,,2025-02-01,,,,,,src,,\n"                                                           \
    "m_china,china,CN,,73,,add,0.3,,2025-02-01,,,,,,src,,\n"                                                           \
    "m_reciprocal,reciprocal,*,,*,,add,0.4,,2025-02-01,,,,,steel,src,,\n"

/* The surcharge is the scenario's own; the last programme has no measure at all. */
static const struct tol_law_change surcharge = {TOL_CHANGE_ADD,
                                                "m_s122",
                                                6,
                                                {{"programme", "s122"},
                                                 {"partners", "*"},
                                                 {"products", "*"},
                                                 {"effect", "add"},
                                                 {"rate", "0.05"},
                                                 {"source", "scenario"}}};
static const struct tol_scenario_text scenario = {
    .name = "doubt",
    .survival_count = 4,
    .survival = {{"steel", 0.5}, {"s122", 0.25}, {"china", 1}, {"kickback", 0}},
};

static double bolt(const struct tol_law *law)
{
    return world_rate(law, "US", "CN", "7318150010", "2025-03-01", "").central;
}

static struct tol_law *scenario_law(const struct tol_law *base)
{
    struct tol_law *law = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_law_overlay(base, &surcharge, 1, tol_allocator_default(), &law, &error), TOL_OK, "%s",
                 error.message);
    return law;
}

Test(survival, every_combination)
{
    struct tol_law *base = world_law(MEASURES);
    struct tol_law *law = scenario_law(base);
    char version[16][64];
    for (uint32_t fallen = 0; fallen < 16; fallen++) {
        struct tol_law *left = NULL;
        struct tol_error error = {0};
        cr_assert_eq(tol_scenario_law_after_fall(&scenario, law, fallen, tol_allocator_default(), &left, &error),
                     TOL_OK, "%s", error.message);
        /* Column 1, then what stands; the reciprocal tariff had stepped back before steel. */
        double wanted = 0.05 + (fallen & 1 ? 0.4 : 0.5) + (fallen & 2 ? 0 : 0.05) + (fallen & 4 ? 0 : 0.3);
        cr_assert(fabs(bolt(left) - wanted) < 1e-12, "%u: %.17g, not %.17g", fallen, bolt(left), wanted);
        snprintf(version[fallen], sizeof version[fallen], "%s", tol_law_version(left));
        for (uint32_t other = 0; other < fallen; other++) {
            cr_assert_str_neq(version[other], version[fallen]);
        }
        tol_law_close(left);
    }
    cr_assert(fabs(bolt(law) - 0.9) < 1e-12, "the scenario's law stays as it was");
    tol_law_close(law);
    tol_law_close(base);
}

Test(survival, same_fall_same_version)
{
    struct tol_law *base = world_law(MEASURES);
    struct tol_law *one = NULL;
    struct tol_law *two = NULL;
    cr_assert_eq(tol_scenario_law_after_fall(&scenario, base, 5, tol_allocator_default(), &one, NULL), TOL_OK);
    cr_assert_eq(tol_scenario_law_after_fall(&scenario, base, 5, tol_allocator_default(), &two, NULL), TOL_OK);
    cr_assert_str_eq(tol_law_version(one), tol_law_version(two));
    tol_law_close(one);
    tol_law_close(two);
    tol_law_close(base);
}

Test(survival, names_are_those_of_the_law)
{
    struct tol_law *base = world_law(MEASURES);
    cr_assert_eq(tol_scenario_survival_check(&scenario, base, NULL), TOL_OK);
    const struct tol_scenario_text wrong = {.survival_count = 2, .survival = {{"steel", 1}, {"steal", 1}}};
    struct tol_error error = {0};
    cr_assert_eq(tol_scenario_survival_check(&wrong, base, &error), TOL_BAD_DATA);
    cr_assert_eq(error.row, 2);
    cr_assert_str_eq(error.column, "survival[1].programme");
    cr_assert_str_eq(error.value, "steal");
    /* What the check lets pass must not make the overlay fail, and the reverse. */
    struct tol_law *left = NULL;
    cr_assert_eq(tol_scenario_law_after_fall(&wrong, base, 2, tol_allocator_default(), &left, NULL), TOL_BAD_DATA);
    tol_law_close(base);
}
