/* Programmes that may fall: their names against the law, and the law without them. */
#include "datasets/scenario.h"

#include "tolmuur/law_browse.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* "programme:" before the name and a zero behind it; names of programmes have at most 63 bytes. */
enum { FALL_ID_SIZE = sizeof "programme:" + 63 };

static bool has_programme(const struct tol_law_browser *browser, const char *name)
{
    for (size_t i = 0; i < tol_law_programme_count(browser); i++) {
        struct tol_law_programme row;
        tol_law_programme_get(browser, i, &row);
        if (strcmp(row.programme, name) == 0) {
            return true;
        }
    }
    return false;
}

enum tol_status tol_scenario_survival_check(const struct tol_scenario_text *scenario, const struct tol_law *law,
                                            struct tol_error *error)
{
    if (scenario->survival_count == 0) {
        return TOL_OK;
    }
    struct tol_law_browser *browser;
    enum tol_status status = tol_law_browser_open(law, &browser, error);
    if (status != TOL_OK) {
        return status;
    }
    for (size_t i = 0; status == TOL_OK && i < scenario->survival_count; i++) {
        if (!has_programme(browser, scenario->survival[i].programme)) {
            char place[64];
            snprintf(place, sizeof place, "survival[%zu].programme", i);
            tol_fail(error, TOL_BAD_DATA, "the law has no such programme; programmes.csv lists them");
            status = tol_fail_at(error, TOL_BAD_DATA, NULL, i + 1, place, scenario->survival[i].programme);
        }
    }
    tol_law_browser_close(browser);
    return status;
}

enum tol_status tol_scenario_law_after_fall(const struct tol_scenario_text *scenario, const struct tol_law *law,
                                            uint32_t fallen, const struct tol_allocator *allocator,
                                            struct tol_law **result, struct tol_error *error)
{
    assert(fallen >> scenario->survival_count == 0);
    struct tol_law_change change[TOL_SURVIVAL_MAX];
    char id[TOL_SURVIVAL_MAX][FALL_ID_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < scenario->survival_count; i++) {
        if (fallen >> i & 1) {
            snprintf(id[count], sizeof id[count], "programme:%s", scenario->survival[i].programme);
            change[count] = (struct tol_law_change){.action = TOL_CHANGE_REMOVE, .id = id[count]};
            count += 1;
        }
    }
    return tol_law_overlay(law, change, count, allocator, result, error);
}
