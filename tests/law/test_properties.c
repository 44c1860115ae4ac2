/* What must hold for any product, origin, day and facts, on the real tables: many random questions, always the same ones. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/image.h"
#include "law/links.h"
#include "law/lookup.h"

#define TABLES TEST_BINARY_DIR "/tolmuur.tables"

enum { QUESTIONS = 100000, TRIES_PER_MEASURE = 3, DAYS_AT_ONCE = 8, ORIGINS_AT_ONCE = 30 };

static struct tol_law *law;
static const struct law_importer *importer; /* whose duties are asked for; see choose */
static tol_country into;
static uint64_t state = 0x746f6c6d757572; /* splitmix64: the same questions in every run */

static void start(void)
{
    struct tol_error error;
    cr_assert_eq(tol_law_open(TABLES, &law, &error), TOL_OK, "%s", error.message);
}

static void stop(void)
{
    tol_law_close(law);
}

TestSuite(properties, .init = start, .fini = stop);
TestSuite(edges, .init = start, .fini = stop);

static uint64_t random_bits(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static unsigned below(uint64_t limit)
{
    return (unsigned)(random_bits() % limit);
}

static bool one_in(unsigned n)
{
    return below(n) == 0;
}

/* The tables of the Union answer for its members. */
static void choose(uint64_t index)
{
    importer = &law->importer[index];
    into = importer->country == ('E' << 8 | 'U') ? 'N' << 8 | 'L' : importer->country;
}

/* Those with more measures are asked more often. */
static void choose_any(void)
{
    uint32_t measure = below(law->count[LAW_MEASURES]);
    uint64_t index = 0;
    while (measure - law->importer[index].measure_first >= law->importer[index].measure_count) {
        index++;
    }
    choose(index);
}

/* ---- random questions ---- */

static tol_country country_of(unsigned slot)
{
    return (tol_country)(('A' + slot / 26) << 8 | ('A' + slot % 26));
}

static tol_country random_origin(void)
{
    static const char known[] = "CNMXCADEJPVNKRTWIEINITGBCHFRNLBRRUCUAUSG";
    if (one_in(2)) {
        unsigned at = below(sizeof known / 2) * 2;
        return (tol_country)(known[at] << 8 | known[at + 1]);
    }
    tol_country country;
    do {
        country = country_of(below(LAW_COUNTRY_SLOTS - 1));
    } while (!tol_country_exists(country));
    return country;
}

/* A code that some table names, mostly a tariff line; shorter ones stand for the lines beneath them. */
static tol_product random_product(void)
{
    tol_product product;
    do {
        product = law->product[importer->node_first + below(importer->node_count)];
    } while (tol_product_digits(product) < (one_in(20) ? 4U : 8U));
    return product;
}

/* Any day covered, mostly one on which some measure begins or ends, or the day before. */
static tol_day random_day(void)
{
    const struct law_measure *measure = &law->measure[importer->measure_first + below(importer->measure_count)];
    tol_day day = one_in(2) ? measure->from : measure->until;
    if (one_in(4) || day == TOL_DAY_MAX || day <= importer->from) {
        return importer->from + (tol_day)below(3200);
    }
    return day - (tol_day)below(2);
}

static double random_share(void)
{
    static const double telling[] = {0, 0, 0.1, 0.15, 0.2, 0.4, 1};
    return one_in(2) ? telling[below(sizeof telling / sizeof telling[0])] : (double)below(1001) / 1000;
}

/* Contents are parts of one value: what is given adds up to 1 at most. */
static void random_facts(struct tol_facts *facts, bool with_view)
{
    double room = 1;
    memset(facts, 0, sizeof *facts);
    for (uint32_t f = 0; f < law->count[LAW_FACTS] && facts->count < TOL_FACTS_MAX; f++) {
        const struct law_fact *fact = &law->fact[f];
        if (!one_in(6) || (f == law->view_fact && !with_view)) {
            continue;
        }
        facts->item[facts->count].fact = (uint16_t)f;
        if (fact->type == LAW_CHOICE) {
            facts->item[facts->count].choice = (uint16_t)below(fact->value_count);
        } else if (fact->type == LAW_DAY) {
            facts->item[facts->count].number = random_day();
        } else {
            double share = room * random_share();
            room -= fact->type == LAW_SHARE ? share : 0;
            facts->item[facts->count].number = fact->type == LAW_POSITIVE ? 1 + share : share;
        }
        facts->count++;
    }
}

static void random_query(struct tol_rate_query *query, struct tol_facts *facts)
{
    choose_any();
    random_facts(facts, true);
    *query = (struct tol_rate_query){.into = into,
                                     .from = random_origin(),
                                     .product = random_product(),
                                     .on = random_day(),
                                     .facts = facts,
                                     .assume = one_in(2) ? TOL_ASSUME_TRADE : TOL_ASSUME_ENTRY};
}

/* For the message of a failure: the question as the command line would put it. */
static const char *question_text(const struct tol_rate_query *query)
{
    static char text[512];
    char product[TOL_PRODUCT_TEXT_SIZE];
    char from[TOL_COUNTRY_TEXT_SIZE];
    char on[TOL_DAY_TEXT_SIZE];
    char facts[400];
    tol_product_format(query->product, product);
    tol_country_format(query->from, from);
    tol_day_format(query->on, on);
    tol_facts_format(law, query->facts, facts, sizeof facts);
    snprintf(text, sizeof text, "--hts %s --from %s --on %s --assume %s, facts %s", product, from, on,
             query->assume == TOL_ASSUME_TRADE ? "trade" : "entry", facts);
    return text;
}

/* ---- every answer ---- */

static const struct law_measure *measure_named(const char *id)
{
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        const struct law_measure *measure = &law->measure[importer->measure_first + m];
        if (law->strings + measure->id == id) {
            return measure;
        }
    }
    cr_assert_fail("no measure %s", id);
    return NULL;
}

/* Added duties never take away, a share is a part, and a total that is topped up stays below its ceiling unless the base is above it. */
static void check_layer(const struct tol_rate_answer *answer, const struct tol_rate_layer *layer,
                        const struct tol_rate_query *query)
{
    const struct law_measure *measure = measure_named(layer->measure);
    cr_assert(layer->share >= 0 && layer->share <= 1 + 1e-12, "%s: share %g of %s", question_text(query), layer->share,
              layer->measure);
    if (measure->effect == LAW_ADD || measure->effect == LAW_TOP_UP || measure->effect == LAW_RELIEVE) {
        cr_assert(layer->rate_fraction >= 0, "%s: %s takes away", question_text(query), layer->measure);
    }
    if (measure->effect == LAW_TOP_UP && (answer->flags & TOL_RATE_AGGREGATE) == 0) {
        double base = measure->base == LAW_BASE_COLUMN ? answer->by_authority[TOL_MFN] : answer->base.rate_fraction;
        double ceiling = fmax(base, measure->rate);
        cr_assert(base + layer->rate_fraction <= ceiling + 1e-12, "%s: %s goes above %g", question_text(query),
                  layer->measure, ceiling);
    }
}

/* The layers, added up in their order under their authorities, are the total to the bit. */
static void check_sum(const struct tol_rate_answer *answer, const struct tol_rate_query *query)
{
    double by_authority[TOL_AUTHORITY_COUNT] = {[TOL_MFN] = answer->base.rate_fraction};
    for (size_t i = 0; i < answer->layer_count; i++) {
        by_authority[answer->layer[i].authority] += answer->layer[i].rate_fraction;
    }
    double total = by_authority[0];
    for (unsigned a = 1; a < TOL_AUTHORITY_COUNT; a++) {
        total += by_authority[a];
    }
    cr_assert(total == answer->central, "%s: layers give %.17g, the total is %.17g", question_text(query), total,
              answer->central);
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void check_answer(const struct tol_rate_answer *answer, const struct tol_rate_query *query)
{
    if (isnan(answer->central)) {
        cr_assert(isnan(answer->low) && isnan(answer->high), "%s", question_text(query));
        return;
    }
    cr_assert(answer->low >= 0, "%s: low is %g", question_text(query), answer->low);
    cr_assert(answer->low <= answer->central && answer->central <= answer->high, "%s: %g, %g, %g", question_text(query),
              answer->low, answer->central, answer->high);
    /* An amount per unit may be worth many times a cheap unit, so the base is outside this bound. */
    cr_assert(answer->high - answer->base.rate_fraction < 10, "%s: high is %g", question_text(query), answer->high);
    for (size_t i = 0; i < answer->layer_count; i++) {
        check_layer(answer, &answer->layer[i], query);
    }
    /* A mean over several lines is rounded layer by layer. */
    if ((answer->flags & (TOL_RATE_AGGREGATE | TOL_RATE_CODE_MAPPED)) == 0) {
        cr_assert_lt(answer->layer_count, TOL_LAYERS_MAX);
        check_sum(answer, query);
    }
}

Test(properties, every_answer)
{
    unsigned known = 0;
    unsigned ranges = 0;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct tol_facts facts;
        struct tol_rate_query query;
        static struct tol_rate_answer answer;
        struct tol_error error;
        random_query(&query, &facts);
        cr_assert_eq(tol_law_rate(law, &query, &answer, &error), TOL_OK, "%s", error.message);
        check_answer(&answer, &query);
        known += !isnan(answer.central);
        ranges += answer.low < answer.high;
    }
    cr_assert_gt(known, QUESTIONS / 2, "%u of the answers are known", known);
    cr_assert_gt(ranges, QUESTIONS / 50, "%u of the answers are ranges", ranges);
}

/* Totals for several days, in no order, are those of one day at a time. */
Test(properties, many_days_at_once)
{
    for (unsigned i = 0; i < QUESTIONS / 10; i++) {
        struct tol_facts facts;
        struct tol_rate_query query;
        tol_day on[DAYS_AT_ONCE];
        struct tol_rate_total total[DAYS_AT_ONCE];
        random_query(&query, &facts);
        for (unsigned d = 0; d < DAYS_AT_ONCE; d++) {
            on[d] = random_day();
        }
        tol_law_totals(law, &query, DAYS_AT_ONCE, on, total);
        for (unsigned d = 0; d < DAYS_AT_ONCE; d++) {
            struct tol_rate_total one;
            query.on = on[d];
            tol_law_total(law, &query, &one);
            cr_assert(same_bits(one.low, total[d].low) && same_bits(one.central, total[d].central) &&
                          same_bits(one.high, total[d].high) && one.flags == total[d].flags,
                      "%s", question_text(&query));
        }
    }
}

/* And so are those for several origins, of which some are one customs territory with the importer and some come twice. */
Test(properties, many_origins_at_once)
{
    for (unsigned i = 0; i < QUESTIONS / 250; i++) {
        struct tol_facts facts;
        struct tol_rate_query query;
        tol_day on[DAYS_AT_ONCE];
        tol_country from[ORIGINS_AT_ONCE];
        struct tol_rate_total total[ORIGINS_AT_ONCE][DAYS_AT_ONCE + 1];
        random_query(&query, &facts);
        query.product = one_in(2) ? tol_law_product_cut(query.product, 6) : query.product;
        for (unsigned k = 0; k < ORIGINS_AT_ONCE; k++) {
            from[k] = k % 10 == 9 ? query.into : random_origin();
        }
        for (unsigned d = 0; d < DAYS_AT_ONCE; d++) {
            on[d] = random_day();
        }
        tol_law_totals_by_origin(law, &query, ORIGINS_AT_ONCE, from, DAYS_AT_ONCE, on, DAYS_AT_ONCE + 1, total[0]);
        for (unsigned k = 0; k < ORIGINS_AT_ONCE; k++) {
            for (unsigned d = 0; d < DAYS_AT_ONCE; d++) {
                struct tol_rate_total one;
                query.from = from[k];
                query.on = on[d];
                tol_law_total(law, &query, &one);
                cr_assert(same_bits(one.low, total[k][d].low) && same_bits(one.central, total[k][d].central) &&
                              same_bits(one.high, total[k][d].high) && one.flags == total[k][d].flags,
                          "%s", question_text(&query));
            }
        }
    }
}

/* ---- the day before a measure begins, and the day it ends, are those of a law without it ---- */

static bool is_candidate(uint32_t node, tol_country origin, tol_day day, uint32_t wanted)
{
    struct law_candidates candidates;
    struct law_listed listed;
    tol_law_listed(law, importer, node, day, &listed);
    tol_law_candidates(law, importer, &listed, origin, day, &candidates);
    for (unsigned i = 0; i < candidates.count; i++) {
        if (candidates.measure[i] == wanted) {
            return true;
        }
    }
    return false;
}

/* An origin that the measure names, found from a random start; 0: none on that day. */
static tol_country covered_origin(uint32_t measure, tol_day day)
{
    uint32_t epoch = importer->epoch_count - 1;
    while (epoch > 0 && law->epoch[importer->epoch_first + epoch] > day) {
        epoch--;
    }
    unsigned first = below(LAW_COUNTRY_SLOTS - 1);
    for (unsigned i = 0; i < LAW_COUNTRY_SLOTS - 1; i++) {
        unsigned slot = (first + i) % (LAW_COUNTRY_SLOTS - 1);
        uint64_t row = importer->partner_bits + ((uint64_t)epoch * LAW_COUNTRY_SLOTS + slot) * importer->words;
        if ((law->bits[row + measure / 64] >> measure % 64 & 1) != 0 && tol_country_exists(country_of(slot))) {
            return country_of(slot);
        }
    }
    return 0;
}

/* A statistical line that the measure names for the origin, found from a random start; 0: none on that day. */
static tol_product covered_product(uint32_t measure, tol_country origin, tol_day day)
{
    uint32_t first = below(importer->node_count);
    for (uint32_t i = 0; i < importer->node_count; i++) {
        uint32_t node = (first + i) % importer->node_count;
        if (law_node_at(law, importer, node)->line_count > 0 && is_candidate(node, origin, day, measure)) {
            return law->product[importer->node_first + node];
        }
    }
    return 0;
}

/* Do both laws give the same duties? They may be known where the total is not. */
static bool same_duties(const struct tol_law *other, const struct tol_rate_query *query)
{
    static struct tol_rate_answer with;
    static struct tol_rate_answer without;
    struct tol_error error;
    cr_assert_eq(tol_law_rate(law, query, &with, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_law_rate(other, query, &without, &error), TOL_OK, "%s", error.message);
    return same_bits(with.low, without.low) && same_bits(with.central, without.central) &&
           same_bits(with.high, without.high) &&
           memcmp(with.by_authority, without.by_authority, sizeof with.by_authority) == 0;
}

struct edge {
    unsigned measures, told; /* looked at; those whose duty shows on the first or last day they are in force */
};

/* One measure whose edge is `day`: silent on `outside`; its duty is told from none at least once on `inside`. */
static void check_edge(const struct tol_law *without, uint32_t measure, tol_day inside, tol_day outside,
                       struct edge *edge)
{
    bool told = false;
    bool covered = false;
    for (unsigned i = 0; i < TRIES_PER_MEASURE; i++) {
        struct tol_facts facts;
        tol_country origin = covered_origin(measure, inside);
        tol_product product = origin == 0 ? 0 : covered_product(measure, origin, inside);
        if (product == 0) {
            break;
        }
        random_facts(&facts, false);
        facts.count = i == 0 ? 0 : facts.count;
        struct tol_rate_query query = {into, origin, product, outside, &facts, TOL_ASSUME_ENTRY};
        cr_assert(outside < importer->from || same_duties(without, &query), "%s: %s counts outside its days",
                  question_text(&query), law->strings + law->measure[importer->measure_first + measure].id);
        query.on = inside;
        told = told || !same_duties(without, &query);
        covered = true;
    }
    edge->measures += covered;
    edge->told += told;
}

static struct tol_law *law_without(const uint32_t *measure, size_t count)
{
    struct tol_law *without = NULL;
    struct tol_error error;
    struct tol_law_change *change = calloc(count, sizeof *change);
    for (size_t i = 0; i < count; i++) {
        change[i].action = TOL_CHANGE_REMOVE;
        change[i].id = law->strings + law->measure[importer->measure_first + measure[i]].id;
    }
    cr_assert_eq(tol_law_overlay(law, change, count, tol_allocator_default(), &without, &error), TOL_OK, "%s",
                 error.message);
    free(change);
    return without;
}

/* All measures with this edge at once: an overlay compiles the law anew. */
static void check_day(tol_day day, bool first, struct edge *edge)
{
    uint32_t measure[LAW_MEASURES_LIMIT];
    size_t count = 0;
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        const struct law_measure *at = &law->measure[importer->measure_first + m];
        if ((first ? at->from : at->until) == day) {
            measure[count++] = m;
        }
    }
    struct tol_law *without = law_without(measure, count);
    for (size_t i = 0; i < count; i++) {
        check_edge(without, measure[i], first ? day : day - 1, first ? day - 1 : day, edge);
    }
    tol_law_close(without);
}

/* Each day on which some measure of the importer begins (or ends), once. */
static void check_days(bool first, struct edge *edge)
{
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        const struct law_measure *at = &law->measure[importer->measure_first + m];
        tol_day day = first ? at->from : at->until;
        bool seen = day == TOL_DAY_MIN || day == TOL_DAY_MAX;
        for (uint32_t before = 0; before < m && !seen; before++) {
            const struct law_measure *other = &law->measure[importer->measure_first + before];
            seen = (first ? other->from : other->until) == day;
        }
        if (!seen) {
            check_day(day, first, edge);
        }
    }
}

/* Most measures show on the edge itself; a relief that begins with its duty, or one that asks for a rare fact, may not. */
static void check_edges(bool first)
{
    struct edge edge = {0, 0};
    for (uint64_t i = 0; i < law->count[LAW_IMPORTERS]; i++) {
        choose(i);
        check_days(first, &edge);
    }
    cr_assert_gt(edge.measures, law->count[LAW_MEASURES] / 2, "%u measures looked at", edge.measures);
    cr_assert_gt(edge.told, edge.measures / 2, "%u of %u measures show on their edge", edge.told, edge.measures);
}

Test(edges, nothing_before_the_first_day)
{
    check_edges(true);
}

Test(edges, nothing_after_the_last_day)
{
    check_edges(false);
}
