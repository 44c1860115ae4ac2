/* The tables read back: measures, lists, facts, and what changed from day to day. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "law/world.h"
#include "tolmuur/law_browse.h"

#define ROWS                                                                                                           \
    "bolts_25,steel,*,EU27,@bolts,,add,0.25,content:steel_share,2025-02-01,2025-06-01,,,usmca=no,exempt,90 FR 1,,a "   \
    "note\n"                                                                                                           \
    "bolts_50,steel,*,EU27,@bolts,,add,0.5,,2025-06-01,2025-09-01,2025-06-01,2025-10-01,usmca=no,exempt,90 FR "        \
    "2,unconfirmed,\n"                                                                                                 \
    "club_10,more,CLUB,,*,,add,0.1,,2025-01-01,,,,,,90 FR 3,,\n"                                                       \
    "free,exempt,*,,*,,relieve,,,2025-01-01,,,,claim=yes,,90 FR 4,,\n"

static struct tol_law *law;
static struct tol_law_browser *browser;

static void open_world(void)
{
    struct tol_error error = {0};
    law = world_law(ROWS);
    cr_assert_eq(tol_law_browser_open(law, &browser, &error), TOL_OK, "%s", error.message);
}

static void close_world(void)
{
    tol_law_browser_close(browser);
    tol_law_close(law);
}

static size_t index_of(const char *id)
{
    for (size_t i = 0; i < tol_law_measure_count(browser); i++) {
        struct tol_law_measure measure;
        tol_law_measure_get(browser, i, &measure);
        if (strcmp(measure.id, id) == 0) {
            return i;
        }
    }
    cr_assert_fail("no measure %s", id);
    return SIZE_MAX;
}

static tol_day day(const char *text)
{
    tol_day found = 0;
    cr_assert(tol_day_parse(text, &found));
    return found;
}

TestSuite(browse, .init = open_world, .fini = close_world);

Test(browse, every_column)
{
    struct tol_law_measure measure;
    tol_law_measure_get(browser, index_of("bolts_25"), &measure);
    cr_expect_str_eq(measure.importer, "US");
    cr_expect_str_eq(measure.programme, "steel");
    cr_expect_str_eq(measure.authority, "section_232");
    cr_expect_str_eq(measure.partners, "*");
    cr_expect_str_eq(measure.partners_except, "EU27");
    cr_expect_str_eq(measure.products, "@bolts");
    cr_expect_str_eq(measure.effect, "add");
    cr_expect_str_eq(measure.rate, "0.25");
    cr_expect_str_eq(measure.base, "content:steel_share");
    cr_expect_eq(measure.from, day("2025-02-01"));
    cr_expect_eq(measure.until, day("2025-06-01"));
    cr_expect_eq(measure.collected_until, day("2025-06-01"));
    cr_expect_str_eq(measure.conditions, "usmca=no");
    cr_expect_str_eq(measure.yields_to, "exempt");
    cr_expect_str_eq(measure.source, "90 FR 1");
    cr_expect_str_eq(measure.note, "a note");
    cr_expect_str_eq(measure.place.file, "us/measures/all.csv");
    cr_expect_eq(measure.place.row, 1);
    tol_law_measure_get(browser, index_of("bolts_50"), &measure);
    cr_expect_str_eq(measure.base, "customs_value");
    cr_expect_str_eq(measure.status, "unconfirmed");
    cr_expect_eq(measure.collected_until, day("2025-10-01"));
    cr_expect_eq(measure.place.row, 2);
    tol_law_measure_get(browser, index_of("club_10"), &measure);
    cr_expect_eq(measure.until, TOL_DAY_MAX);
    tol_law_measure_get(browser, index_of("free"), &measure);
    cr_expect_str_eq(measure.authority, "relief");
}

Test(browse, facts_of_conditions_and_base)
{
    size_t fact[TOL_FACTS_MAX];
    struct tol_law_fact text;
    cr_assert_eq(tol_law_measure_facts(browser, index_of("bolts_25"), fact), 2);
    tol_law_fact_get(browser, fact[0], &text);
    cr_expect_str_eq(text.name, "usmca");
    cr_expect_str_eq(text.meaning, "claimed");
    tol_law_fact_get(browser, fact[1], &text);
    cr_expect_str_eq(text.name, "steel_share");
}

Test(browse, list_rows)
{
    size_t first = 0;
    struct tol_law_code code;
    cr_assert_eq(tol_law_list_find(browser, "US", "bolts", &first), 2);
    tol_law_code_get(browser, first + 1, &code);
    cr_expect_str_eq(code.hs, "8703230190");
    cr_expect_str_eq(code.from, "2025-03-01");
    cr_expect_str_eq(code.place.file, "us/products/bolts.csv");
    cr_expect_eq(code.place.row, 2);
    cr_expect_eq(tol_law_list_find(browser, "US", "nuts", &first), 0);
    cr_expect_eq(tol_law_list_find(browser, "EU", "bolts", &first), 0);
}

Test(browse, partners_of_a_day)
{
    tol_country partner[TOL_PARTNERS_MAX];
    cr_expect_eq(tol_law_measure_partners(browser, index_of("club_10"), day("2025-02-28"), partner), 0);
    cr_assert_eq(tol_law_measure_partners(browser, index_of("club_10"), day("2025-03-01"), partner), 1);
    cr_expect_eq(partner[0], 'J' << 8 | 'P');
    cr_expect(tol_law_measure_ever_names(browser, index_of("club_10"), 'J' << 8 | 'P'));
    cr_expect_not(tol_law_measure_ever_names(browser, index_of("club_10"), 'K' << 8 | 'R'));
}

Test(browse, names_a_product_and_what_stands_above_it)
{
    size_t bolts = index_of("bolts_25");
    tol_product product;
    cr_assert(tol_product_parse("7318150010", 4, &product));
    cr_expect(tol_law_measure_names(browser, bolts, 0, product, day("2025-03-01")));
    cr_expect_not(tol_law_measure_names(browser, bolts, 'D' << 8 | 'E', product, day("2025-03-01")));
    cr_assert(tol_product_parse("8703", 4, &product));
    cr_expect_not(tol_law_measure_names(browser, bolts, 0, product, day("2025-02-28")));
    cr_expect(tol_law_measure_names(browser, bolts, 0, product, day("2025-03-01")));
    cr_assert(tol_product_parse("0409", 4, &product));
    cr_expect_not(tol_law_measure_names(browser, bolts, 0, product, day("2025-03-01")));
}

/* ---- changes --------------------------------------------------------------------------------------------------- */

struct events {
    char text[2048];
};

static enum tol_status keep(void *context, const struct tol_law_event *event, struct tol_error *error)
{
    (void)error;
    struct events *events = context;
    struct tol_law_measure measure, before = {.id = ""};
    char when[TOL_DAY_TEXT_SIZE];
    size_t used = strlen(events->text);
    tol_day_format(event->day, when);
    tol_law_measure_get(browser, event->measure, &measure);
    if (event->before != TOL_LAW_NO_MEASURE) {
        tol_law_measure_get(browser, event->before, &before);
    }
    snprintf(events->text + used, sizeof events->text - used, "%s %s %s", when, tol_law_event_kind_name(event->kind),
             measure.id);
    used = strlen(events->text);
    snprintf(events->text + used, sizeof events->text - used, "%s%s%s%s %zu\n", before.id[0] != '\0' ? " < " : "",
             before.id, event->list[0] != '\0' ? " @" : "", event->list, event->count);
    return TOL_OK;
}

static struct events changes(const char *partner, const char *product, const char *first, const char *last)
{
    struct tol_law_changes_query query = {.into = 'U' << 8 | 'S', .first = day(first), .last = day(last)};
    struct tol_error error = {0};
    struct events events = {""};
    if (partner[0] != '\0') {
        cr_assert(tol_country_parse(partner, &query.partner));
    }
    if (product[0] != '\0') {
        cr_assert(tol_product_parse(product, 2, &query.product));
    }
    cr_assert_eq(tol_law_changes(browser, &query, keep, &events, &error), TOL_OK, "%s", error.message);
    return events;
}

Test(browse, changes_of_everything)
{
    cr_expect_str_eq(changes("", "", "2025-01-02", "2025-12-31").text, "2025-02-01 begins bolts_25 0\n"
                                                                       "2025-03-01 partners_join club_10 1\n"
                                                                       "2025-03-01 codes_join bolts_25 @bolts 1\n"
                                                                       "2025-05-01 codes_leave bolts_25 @bolts 1\n"
                                                                       "2025-06-01 changes bolts_50 < bolts_25 0\n"
                                                                       "2025-06-01 partners_leave club_10 1\n"
                                                                       "2025-09-01 ends bolts_50 0\n");
}

Test(browse, both_days_count)
{
    cr_expect_str_eq(changes("", "", "2025-06-01", "2025-06-01").text, "2025-06-01 changes bolts_50 < bolts_25 0\n"
                                                                       "2025-06-01 partners_leave club_10 1\n");
    cr_expect_str_eq(changes("", "", "2025-06-02", "2025-08-31").text, "");
}

/* For one origin or product the day counts on which a measure comes to name it. */
Test(browse, changes_of_one_question)
{
    cr_expect_str_eq(changes("JP", "8703230190", "2025-01-02", "2025-12-31").text, "2025-03-01 begins club_10 0\n"
                                                                                   "2025-03-01 begins bolts_25 0\n"
                                                                                   "2025-05-01 ends bolts_25 0\n"
                                                                                   "2025-06-01 ends club_10 0\n");
    cr_expect_str_eq(changes("DE", "7318150010", "2025-01-02", "2025-12-31").text, "");
}

Test(browse, no_law_of_that_importer)
{
    struct tol_law_changes_query query = {.into = 'J' << 8 | 'P'};
    struct tol_error error = {0};
    struct events events = {""};
    cr_expect_eq(tol_law_changes(browser, &query, keep, &events, &error), TOL_BAD_DATA);
}
