/* Averages of facts in the trade: which row counts, mixtures of answers, and what stays as it is for one entry. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "law/image.h"
#include "law/world.h"

#define BOLT "7318150010"
#define DAY "2025-05-10"
#define AVERAGES "law/us/averages/all.csv"
#define HEADER "fact,hs,origin,from,until,value,source\n"
#define NORTH "a,more,MX CA,,*,,add,0.25,,,,,,usmca=no,,src,,\n"
#define FREE "p,preference,MX CA,,*,,replace,0,,,,,,usmca=yes,,src,,\n"
#define STEEL "s,steel,*,,73,,add,0.5,content:steel_share,,,,,,,src,,\n"

static void near(double got, double wanted)
{
    cr_assert(fabs(got - wanted) < 1e-12, "%.17g, wanted %.17g", got, wanted);
}

static struct tol_law *law_of(const char *measures, const char *averages)
{
    char measure_text[4096], average_text[4096];
    snprintf(measure_text, sizeof measure_text, "%s%s", MEASURE_HEADER, measures);
    snprintf(average_text, sizeof average_text, "%s%s", HEADER, averages);
    return world_law_with(
        (struct world_file[]){{"law/us/measures/all.csv", measure_text}, {AVERAGES, average_text}, {NULL, NULL}});
}

static void expect_range(const struct tol_rate_answer *answer, double low, double central, double high)
{
    near(answer->low, low);
    near(answer->central, central);
    near(answer->high, high);
}

static void trade_is(struct tol_law *law, const char *origin, const char *on, const char *facts, double central)
{
    near(world_trade(law, "US", origin, BOLT, on, facts).central, central);
}

Test(averages, one_entry_claims_nothing)
{
    struct tol_law *law = law_of(NORTH, "usmca,7318,MX,,,0.6,t\n");
    struct tol_rate_answer entry = world_rate(law, "US", "MX", BOLT, DAY, "");
    struct tol_rate_answer trade = world_trade(law, "US", "MX", BOLT, DAY, "");
    expect_range(&entry, 0.05, 0.3, 0.3);
    expect_range(&trade, 0.05, 0.15, 0.3);
    near(world_layer(&entry, "a")->trade_share, 1);
    const struct tol_rate_layer *layer = world_layer(&trade, "a");
    cr_assert_eq(layer->verdict, TOL_UNKNOWN);
    near(layer->trade_share, 0.4);
    near(layer->share, 0.4);
    near(layer->rate_fraction, 0.1);
    cr_assert_str_eq(layer->detail, "usmca");
    tol_law_close(law);
}

Test(averages, a_stated_fact_wins)
{
    struct tol_law *law = law_of(NORTH, "usmca,7318,MX,,,0.6,t\n");
    trade_is(law, "MX", DAY, "usmca=yes", 0.05);
    trade_is(law, "MX", DAY, "usmca=no", 0.3);
    tol_law_close(law);
}

Test(averages, without_a_row_convention_stays)
{
    struct tol_law *law = law_of(NORTH STEEL, "usmca,7318,CA,,,0.6,t\nusmca,84,MX,,,0.6,t\n");
    struct tol_rate_answer entry = world_rate(law, "US", "MX", BOLT, DAY, "");
    struct tol_rate_answer trade = world_trade(law, "US", "MX", BOLT, DAY, "");
    expect_range(&trade, entry.low, entry.central, entry.high);
    cr_assert_eq(entry.layer_count, trade.layer_count);
    for (size_t i = 0; i < entry.layer_count; i++) {
        cr_assert_eq(entry.layer[i].reason, trade.layer[i].reason);
        near(trade.layer[i].share, entry.layer[i].share);
        near(trade.layer[i].trade_share, 1);
    }
    tol_law_close(law);
}

Test(averages, longest_code_first_then_the_origins_own)
{
    struct tol_law *law = law_of(NORTH, "usmca,73,*,,,0.1,t\nusmca,73,MX,,,0.2,t\nusmca,731815,*,,,0.4,t\n"
                                        "usmca,731815,CA,,,0.8,t\n");
    trade_is(law, "MX", DAY, "", 0.05 + 0.25 * 0.6);
    trade_is(law, "CA", DAY, "", 0.05 + 0.25 * 0.2);
    tol_law_close(law);
    law = law_of(NORTH, "usmca,73,*,,,0.1,t\nusmca,73,MX,,,0.2,t\n");
    trade_is(law, "MX", DAY, "", 0.05 + 0.25 * 0.8);
    trade_is(law, "CA", DAY, "", 0.05 + 0.25 * 0.9);
    tol_law_close(law);
}

Test(averages, first_and_last_day)
{
    struct tol_law *law = law_of(NORTH, "usmca,73,MX,2025-03-01,2025-04-01,1,t\nusmca,73,MX,2025-04-01,,0.5,t\n");
    trade_is(law, "MX", "2025-02-28", "", 0.3);
    trade_is(law, "MX", "2025-03-01", "", 0.05);
    trade_is(law, "MX", "2025-03-31", "", 0.05);
    trade_is(law, "MX", "2025-04-01", "", 0.175);
    tol_law_close(law);
}

/* The parts of the trade with and without a claim are answered apart and added by weight. */
Test(averages, mixture_of_two_answers)
{
    struct tol_law *law = law_of(NORTH FREE, "usmca,7318,MX,,,0.6,t\n");
    double yes = world_rate(law, "US", "MX", BOLT, DAY, "usmca=yes").central;
    double no = world_rate(law, "US", "MX", BOLT, DAY, "usmca=no").central;
    near(yes, 0);
    near(no, 0.3);
    struct tol_rate_answer trade = world_trade(law, "US", "MX", BOLT, DAY, "");
    expect_range(&trade, 0, 0.6 * yes + 0.4 * no, 0.3);
    near(trade.by_authority[TOL_MFN], 0.05 * 0.4);
    near(trade.base.rate_fraction + world_layer(&trade, "a")->rate_fraction + world_layer(&trade, "p")->rate_fraction,
         trade.central);
    tol_law_close(law);
}

Test(averages, share_is_taken_as_content)
{
    struct tol_law *law = law_of(STEEL, "steel_share,73,*,,,0.3,t\n");
    struct tol_rate_answer entry = world_rate(law, "US", "DE", BOLT, DAY, "");
    struct tol_rate_answer trade = world_trade(law, "US", "DE", BOLT, DAY, "");
    expect_range(&entry, 0.05, 0.55, 0.55);
    expect_range(&trade, 0.05, 0.2, 0.55);
    near(world_layer(&trade, "s")->share, 0.3);
    cr_assert_str_eq(world_layer(&trade, "s")->detail, "steel_share");
    tol_law_close(law);
}

Test(averages, share_is_cut_to_the_room_that_a_stated_one_leaves)
{
    struct tol_law *law =
        law_of(STEEL "u,alu,*,,73,,add,0.1,content:alu_share,,,,,,,src,,\n", "steel_share,73,*,,,0.8,t\n");
    trade_is(law, "DE", DAY, "alu_share=0.5", 0.05 + 0.1 * 0.5 + 0.5 * 0.5);
    tol_law_close(law);
}

Test(averages, mixture_and_content_together)
{
    struct tol_law *law = law_of(NORTH STEEL, "steel_share,73,*,,,0.3,t\nusmca,73,CA,,,0.25,t\n");
    trade_is(law, "CA", DAY, "", 0.05 + 0.5 * 0.3 + 0.25 * 0.75);
    tol_law_close(law);
}

/* Lines beneath a shorter code that differ in nothing but their averages are told apart. */
Test(averages, lines_of_a_shorter_code)
{
    struct tol_law *law = law_of("a,more,MX,,*,,add,0.25,,,,,,usmca=no,,src,,\n",
                                 "usmca,8542310010,MX,,,1,t\nusmca,8542310090,MX,,,0,t\n");
    struct tol_rate_answer trade = world_trade(law, "US", "MX", "85423100", DAY, "");
    expect_range(&trade, 0, 0, 0.25); /* all trade is on the first line */
    tol_law_close(law);
}

static void fault(const char *row, const char *column, const char *value)
{
    char content[512];
    snprintf(content, sizeof content, "%susmca,73,MX,,,0.5,t\n%s", HEADER, row);
    world_fault(AVERAGES, content, AVERAGES, 2, column, value);
}

Test(averages, faults_are_named)
{
    fault("usmac,73,MX,,,0.5,t\n", "fact", "usmac");
    fault("claim,73,MX,,,0.5,t\n", "fact", "claim");
    fault("amount,73,MX,,,0.5,t\n", "fact", "amount");
    fault("usmca,7x,MX,,,0.5,t\n", "hs", "7x");
    fault("usmca,73,XX,,,0.5,t\n", "origin", "XX");
    fault("usmca,73,CA,,,1.5,t\n", "value", "1.5");
    fault("usmca,73,CA,,,,t\n", "value", "");
    fault("usmca,73,CA,2025-02-30,,0.5,t\n", "from", "2025-02-30");
}

Test(averages, overlap_is_refused)
{
    world_fault(AVERAGES, HEADER "usmca,73,MX,,,0.5,t\nusmca,73,MX,2025-01-01,,0.6,t\n", AVERAGES, 2, "from",
                "2025-01-01");
}

/* ---- the shipped tables ---- */

static unsigned widened;

/* Both modes have the same range, unless the mean lies on its very edge; layers add up to the total. */
static void check_real(const struct tol_law *law, struct tol_rate_query *query)
{
    struct tol_rate_answer entry, trade;
    struct tol_error error;
    query->assume = TOL_ASSUME_ENTRY;
    cr_assert_eq(tol_law_rate(law, query, &entry, &error), TOL_OK);
    query->assume = TOL_ASSUME_TRADE;
    cr_assert_eq(tol_law_rate(law, query, &trade, &error), TOL_OK);
    if (isnan(entry.central)) {
        cr_assert(isnan(trade.central));
        return;
    }
    cr_assert(trade.low <= trade.central && trade.central <= trade.high);
    widened += trade.low < entry.low - 1e-12 || trade.high > entry.high + 1e-12;
    double sum = trade.base.rate_fraction;
    for (size_t i = 0; i < trade.layer_count; i++) {
        sum += trade.layer[i].rate_fraction;
    }
    near(sum, trade.central);
}

Test(averages, shipped_tables_keep_their_range)
{
    static const char *const origins[] = {"MX", "CA", "DE", "CN"};
    static const char *const days[] = {"2025-01-01", "2025-08-20", "2026-05-01"};
    struct tol_law *law;
    struct tol_error error;
    cr_assert_eq(tol_law_open(TEST_BINARY_DIR "/tolmuur.tables", &law, &error), TOL_OK, "%s", error.message);
    const struct law_importer *importer = &law->importer[law->importer_of[law_country_slot('U' << 8 | 'S')]];
    unsigned asked = 0;
    for (uint32_t i = 0; i < importer->node_count; i += 23) {
        tol_product product = law->product[importer->node_first + i];
        for (unsigned c = 0; c < 12 && tol_product_digits(product) >= 8; c++) {
            struct tol_rate_query query = {.into = 'U' << 8 | 'S', .product = product};
            cr_assert(tol_country_parse(origins[c % 4], &query.from) && tol_day_parse(days[c / 4], &query.on));
            check_real(law, &query);
            asked++;
        }
    }
    cr_assert_gt(asked, 5000u);
    cr_assert_eq(widened, 0u, "%u of %u ranges are wider for trade", widened, asked);
    tol_law_close(law);
}
