/* Codes of another edition of the schedule: which codes stand for them, forward and backward in time. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "law/world.h"

#define CONCORDANCE "law/concordance/all.csv"
#define HEADER "importer,old,new,from,source\n"

/* Bolts: ...01 was divided into ...02 and ...03 on 2025-07-01; ...03 became ...05 on 2026-02-01. ...09 has no link. */
#define LINES                                                                                                          \
    "hs,from,until\n7318150001,2025-01-01,2025-07-01\n7318150002,2025-07-01,\n7318150003,2025-07-01,2026-02-01\n"      \
    "7318150005,2026-02-01,\n7318150009,2025-01-01,2025-07-01\n7318150020,2025-01-01,\n7318160000,2025-01-01,\n"       \
    "0409000010,,\n8542390000,,\n"
#define BASES                                                                                                          \
    "hs,from,until,kind,rate,text,special,column2_kind,column2_rate,column2_text,source\n"                             \
    "73181500,2025-01-01,,ad_valorem,0.05,5%,,ad_valorem,0.4,40%,schedule\n"                                           \
    "73181600,2025-01-01,,ad_valorem,0.08,8%,,ad_valorem,0.4,40%,schedule\n"                                           \
    "04090000,2025-01-01,,specific,,$0.019/kg,,specific,,$0.066/kg,schedule\n"                                         \
    "85423900,2025-01-01,,ad_valorem,0.02,2%,,ad_valorem,0.35,35%,schedule\n"
#define BOLTS                                                                                                          \
    "US,7318150001,7318150002,2025-07-01,record\nUS,7318150001,7318150003,2025-07-01,record\n"                         \
    "US,7318150003,7318150005,2026-02-01,record\n"
/* A duty that differs by line, so that an answer tells which lines it is made of. */
#define DUTIES                                                                                                         \
    "one,china,CN,,7318150001,,add,0.1,,,,,,,,src,,\ntwo,china,CN,,7318150002,,add,0.2,,,,,,,,src,,\n"                 \
    "three,china,CN,,7318150003,,add,0.3,,,,,,,,src,,\nfive,china,CN,,7318150005,,add,0.5,,,,,,,,src,,\n"

static struct tol_law *law_of(const char *links)
{
    return world_law_with((struct world_file[]){{"law/us/tariff_lines.csv", LINES},
                                                {"law/us/base_rates.csv", BASES},
                                                {"law/us/products/bolts.csv", NULL},
                                                {"law/us/measures/all.csv", MEASURE_HEADER DUTIES},
                                                {"market/us_imports_2024.csv", "hs,imports_usd\n7318150002,300\n"
                                                                               "7318150003,100\n7318150005,100\n"},
                                                {CONCORDANCE, links},
                                                {NULL, NULL}});
}

static void range(const struct tol_rate_answer *answer, double low, double central, double high)
{
    cr_assert_float_eq(answer->low, low, 1e-12, "low is %g", answer->low);
    cr_assert_float_eq(answer->central, central, 1e-12, "central is %g", answer->central);
    cr_assert_float_eq(answer->high, high, 1e-12, "high is %g", answer->high);
}

static tol_product code(const char *text)
{
    tol_product product;
    cr_assert(tol_product_parse(text, 2, &product));
    return product;
}

static void mapped_to(const struct tol_rate_answer *answer, const char *const *wanted, size_t count)
{
    cr_assert_eq(answer->mapped_count, count, "%zu codes", answer->mapped_count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(answer->mapped[i], code(wanted[i]), "%zu", i);
    }
}

Test(links, a_code_that_stands_is_not_mapped)
{
    struct tol_law *law = law_of(HEADER BOLTS);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150001", "2025-06-30", "");
    range(&answer, 0.15, 0.15, 0.15);
    cr_assert_eq(answer.flags, 0);
    cr_assert_eq(answer.mapped_count, 0);
    tol_law_close(law);
}

Test(links, an_old_code_on_a_later_day_is_the_mean_of_its_successors)
{
    struct tol_law *law = law_of(HEADER BOLTS);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150001", "2025-07-01", "");
    range(&answer, 0.25, 0.05 + (300 * 0.2 + 100 * 0.3) / 400, 0.35);
    mapped_to(&answer, (const char *[]){"7318150002", "7318150003"}, 2);
    cr_assert_eq(answer.flags, TOL_RATE_CODE_MAPPED, "ten digits for ten digits are no aggregate");
    cr_assert_eq(world_layer(&answer, "two")->verdict, TOL_UNKNOWN);
    tol_law_close(law);
}

Test(links, a_chain_is_followed_to_the_code_of_the_day)
{
    struct tol_law *law = law_of(HEADER BOLTS);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150001", "2026-02-01", "");
    range(&answer, 0.25, 0.05 + (300 * 0.2 + 100 * 0.5) / 400, 0.55);
    mapped_to(&answer, (const char *[]){"7318150002", "7318150005"}, 2);
    answer = world_rate(law, "US", "CN", "7318150003", "2026-02-01", "");
    range(&answer, 0.55, 0.55, 0.55);
    mapped_to(&answer, (const char *[]){"7318150005"}, 1);
    tol_law_close(law);
}

Test(links, a_new_code_on_an_earlier_day_is_its_forerunner)
{
    struct tol_law *law = law_of(HEADER BOLTS);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150005", "2026-01-31", "");
    range(&answer, 0.35, 0.35, 0.35);
    mapped_to(&answer, (const char *[]){"7318150003"}, 1);
    answer = world_rate(law, "US", "CN", "7318150005", "2025-06-30", "");
    range(&answer, 0.15, 0.15, 0.15);
    mapped_to(&answer, (const char *[]){"7318150001"}, 1);
    cr_assert_eq(answer.flags, TOL_RATE_CODE_MAPPED);
    tol_law_close(law);
}

Test(links, totals_alone_agree_with_the_whole_answer)
{
    struct tol_law *law = law_of(HEADER BOLTS);
    const char *const texts[] = {"2025-06-30", "2025-07-01", "2026-02-01", "2026-01-31"};
    tol_day days[4];
    struct tol_rate_total total[4];
    tol_country from, into;
    cr_assert(tol_country_parse("CN", &from) && tol_country_parse("US", &into));
    for (size_t i = 0; i < 4; i++) {
        cr_assert(tol_day_parse(texts[i], &days[i]));
    }
    const char *const codes[] = {"7318150001", "7318150003", "7318150005"};
    for (size_t c = 0; c < 3; c++) {
        struct tol_rate_query query = {.into = into, .from = from, .product = code(codes[c])};
        tol_law_totals(law, &query, 4, days, total);
        for (size_t i = 0; i < 4; i++) {
            struct tol_rate_answer answer = world_rate(law, "US", "CN", codes[c], texts[i], "");
            cr_assert(total[i].low == answer.low && total[i].central == answer.central &&
                      total[i].high == answer.high && total[i].flags == answer.flags);
        }
    }
    tol_law_close(law);
}

Test(links, without_a_link_the_first_eight_digits_answer)
{
    struct tol_law *law = law_of(HEADER BOLTS);
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150009", "2025-08-01", "");
    cr_assert_eq(answer.flags & (TOL_RATE_CODE_MAPPED | TOL_RATE_CODE_OTHER_DATE), TOL_RATE_CODE_OTHER_DATE);
    range(&answer, 0.05, 0.05 + (300 * 0.2 + 100 * 0.3) / 400, 0.35);
    cr_assert_eq(answer.mapped_count, 0);
    answer = world_rate(law, "US", "CN", "7318150099", "2025-08-01", "");
    cr_assert_eq(answer.flags & (TOL_RATE_CODE_MAPPED | TOL_RATE_CODE_UNKNOWN), TOL_RATE_CODE_UNKNOWN);
    tol_law_close(law);
}

Test(links, a_link_that_leads_nowhere_is_none)
{
    struct tol_law *law = law_of(HEADER "US,7318150009,7318150077,2025-07-01,record\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150009", "2025-08-01", "");
    cr_assert_eq(answer.flags & (TOL_RATE_CODE_MAPPED | TOL_RATE_CODE_OTHER_DATE), TOL_RATE_CODE_OTHER_DATE);
    tol_law_close(law);
}

/* ...09 stood, ended, and its number was given to other goods later: each link is of one of its lives. */
Test(links, the_link_nearest_to_the_day_counts)
{
    struct tol_law *law = law_of(HEADER "US,7318150009,7318150020,2024-01-01,first life\n"
                                        "US,7318150009,7318150002,2025-07-01,second life\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150009", "2025-08-01", "");
    mapped_to(&answer, (const char *[]){"7318150002"}, 1);
    tol_law_close(law);
}

Test(links, a_ring_ends)
{
    struct tol_law *law = law_of(HEADER "US,7318150077,7318150078,2025-02-01,there\n"
                                        "US,7318150078,7318150077,2025-03-01,and back\n");
    struct tol_rate_answer answer = world_rate(law, "US", "CN", "7318150077", "2025-08-01", "");
    cr_assert_eq(answer.flags & (TOL_RATE_CODE_MAPPED | TOL_RATE_CODE_UNKNOWN), TOL_RATE_CODE_UNKNOWN);
    tol_law_close(law);
}

/* Rows without an importer count for each; a longer code goes with its first six digits. */
Test(links, six_digits_map_for_every_importer)
{
    struct tol_law *law = law_of(HEADER ",731899,731815,2022-01-01,HS\n,731899,731816,2022-01-01,HS\n"
                                        ",854299,854239,2022-01-01,HS\n");
    struct tol_rate_answer answer = world_rate(law, "US", "DE", "854299", "2025-08-01", "");
    range(&answer, 0.02, 0.02, 0.02);
    mapped_to(&answer, (const char *[]){"854239"}, 1);
    answer = world_rate(law, "US", "DE", "8542990010", "2025-08-01", "");
    range(&answer, 0.02, 0.02, 0.02);
    mapped_to(&answer, (const char *[]){"854239"}, 1);
    cr_assert(answer.flags & TOL_RATE_CODE_MAPPED);
    answer = world_rate(law, "NL", "CN", "73189900", "2025-08-01", "");
    range(&answer, 0, 0.0185, 0.037);
    mapped_to(&answer, (const char *[]){"731815", "731816"}, 2);
    cr_assert_eq(answer.flags, TOL_RATE_CODE_MAPPED | TOL_RATE_AGGREGATE);
    answer = world_rate(law, "NL", "CN", "73189900", "2021-12-31", "");
    cr_assert(isnan(answer.central), "not gone yet, and the schedule does not hold it");
    tol_law_close(law);
}

Test(links, own_links_before_those_of_six_digits)
{
    struct tol_law *law = law_of(HEADER ",731899,854239,2022-01-01,HS\nUS,7318990001,7318160000,2025-01-01,record\n");
    struct tol_rate_answer answer = world_rate(law, "US", "DE", "7318990001", "2025-08-01", "");
    range(&answer, 0.08, 0.08, 0.08);
    answer = world_rate(law, "US", "DE", "7318990002", "2025-08-01", "");
    range(&answer, 0.02, 0.02, 0.02);
    tol_law_close(law);
}

/* An eight-digit line that ended as a whole goes with the links of the lines beneath it. */
Test(links, a_shorter_code_takes_the_links_beneath)
{
    struct tol_law *law = law_of(HEADER "US,7318170010,7318160000,2025-02-01,record\n"
                                        "US,7318170020,8542390000,2025-02-01,record\n");
    struct tol_rate_answer answer = world_rate(law, "US", "DE", "73181700", "2025-08-01", "");
    range(&answer, 0.02, 0.05, 0.08);
    mapped_to(&answer, (const char *[]){"7318160000", "8542390000"}, 2);
    tol_law_close(law);
}

static void refused(const char *row, const char *column, const char *value)
{
    char content[256];
    snprintf(content, sizeof content, HEADER "%s", row);
    world_fault(CONCORDANCE, content, CONCORDANCE, 1, column, value);
}

Test(links, faults_are_named)
{
    refused("CN,0409000010,0409000020,2025-01-01,t\n", "importer", "CN");
    refused("US,04o9,0409000020,2025-01-01,t\n", "old", "04o9");
    refused("US,0409000010,,2025-01-01,t\n", "new", "");
    refused("US,0409000010,0409000010,2025-01-01,t\n", "new", "0409000010");
    refused("US,0409000010,0409000020,,t\n", "from", "");
    refused("US,0409000010,0409000020,2025-13-01,t\n", "from", "2025-13-01");
    world_fault(CONCORDANCE, HEADER "US,0409000010,0409000020,2025-01-01,a\nUS,0409000010,0409000020,2025-01-01,b\n",
                CONCORDANCE, 2, "new", "0409000020");
}
