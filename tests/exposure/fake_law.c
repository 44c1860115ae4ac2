#include "exposure/fake_law.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/book.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
    hash ^= hash >> 30;
    hash *= 0xbf58476d1ce4e5b9u;
    hash ^= hash >> 27;
    hash *= 0x94d049bb133111ebu;
    return hash ^ hash >> 31;
}

void fake_answer(struct tol_rate_answer *answer, double spread)
{
    double sum = 0;
    for (int a = 0; a < TOL_AUTHORITY_COUNT; a++) {
        sum += answer->by_authority[a];
    }
    answer->central = sum;
    answer->low = sum * (1 - spread);
    answer->high = sum * (1 + spread);
}

void fake_flat(struct tol_rate_answer *answer, enum tol_authority authority, double rate)
{
    answer->by_authority[authority] = rate;
    fake_answer(answer, 0);
}

static void unknown(struct tol_rate_answer *answer, uint32_t flag)
{
    answer->low = answer->central = answer->high = NAN;
    answer->flags |= flag;
}

static void arithmetic_answer(const struct tol_law *law, const struct tol_rate_query *query,
                              struct tol_rate_answer *answer)
{
    char importer[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(query->into, importer);
    if (query->into == query->from) {
        return; /* home: no duty */
    }
    if (strcmp(importer, "BR") == 0) {
        unknown(answer, TOL_RATE_NO_LAW);
        return;
    }
    uint64_t base = mix(mix(mix(law->seed, query->into), query->from), query->product);
    uint64_t dated = mix(base, (uint64_t)query->on);
    for (uint32_t i = 0; query->facts != NULL && i < query->facts->count; i++) {
        dated = mix(dated, (uint64_t)(query->facts->item[i].number * 1000));
    }
    answer->by_authority[TOL_MFN] = (double)(base % 13) / 100;
    for (int a = 1; a < TOL_AUTHORITY_COUNT; a++) {
        dated = mix(dated, (uint64_t)a);
        answer->by_authority[a] = dated % 4 == 0 ? (double)(dated / 4 % 500) / 1000 : 0;
    }
    fake_answer(answer, dated % 3 == 0 ? 0.25 : 0);
    answer->flags |= tol_product_digits(query->product) < 8 ? TOL_RATE_AGGREGATE : 0;
    answer->flags |= dated % 17 == 0 ? TOL_RATE_UNCONFIRMED : 0;
}

static void ask(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    (law->answer != NULL ? law->answer : arithmetic_answer)(law, query, answer);
}

enum tol_status tol_law_rate(const struct tol_law *law, const struct tol_rate_query *query,
                             struct tol_rate_answer *answer, struct tol_error *error)
{
    (void)error;
    ask(law, query, answer);
    return TOL_OK;
}

void tol_law_total(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_total *total)
{
    struct tol_rate_answer answer;
    ask(law, query, &answer);
    if (law->questions != NULL) {
        ++*law->questions;
    }
    *total = (struct tol_rate_total){
        .low = answer.low, .central = answer.central, .high = answer.high, .flags = answer.flags};
}

void tol_law_totals(const struct tol_law *law, const struct tol_rate_query *query, size_t day_count, const tol_day *on,
                    struct tol_rate_total *total)
{
    struct tol_rate_query one = *query;
    for (size_t i = 0; i < day_count; i++) {
        one.on = on[i];
        tol_law_total(law, &one, &total[i]);
    }
}

void tol_law_totals_by_origin(const struct tol_law *law, const struct tol_rate_query *query, size_t origin_count,
                              const tol_country *from, size_t day_count, const tol_day *on, size_t stride,
                              struct tol_rate_total *total)
{
    struct tol_rate_query one = *query;
    for (size_t k = 0; k < origin_count; k++) {
        one.from = from[k];
        tol_law_totals(law, &one, day_count, on, total + k * stride);
    }
}

/* One fact at the most: "content=NUMBER". */
enum tol_status tol_facts_parse(const struct tol_law *law, const char *text, struct tol_facts *facts,
                                struct tol_error *error)
{
    (void)law;
    memset(facts, 0, sizeof *facts);
    if (text[0] == '\0') {
        return TOL_OK;
    }
    if (strncmp(text, "content=", 8) != 0) {
        return tol_fail(error, TOL_BAD_DATA, "no such fact");
    }
    facts->count = 1;
    facts->item[0].number = strtod(text + 8, NULL);
    return TOL_OK;
}

const char *tol_fact_name(const struct tol_law *law, size_t fact)
{
    static const char *const names[] = {"content", "melted", "claimed"};
    (void)law;
    return fact < sizeof names / sizeof names[0] ? names[fact] : NULL;
}

double tol_elasticity(const struct tol_parameters *parameters, const struct tol_settings *settings, tol_product product,
                      bool *estimated)
{
    uint64_t hash = mix(7, product);
    *estimated = hash % 5 != 0;
    double sigma = parameters->sigma > 0 ? parameters->sigma : 1.2 + (double)(hash / 8 % 7800) / 1000;
    return sigma * settings->elasticity_scale;
}

struct tol_market_response tol_market_response(const struct tol_parameters *parameters,
                                               const struct tol_settings *settings, tol_product product)
{
    (void)parameters;
    (void)product;
    return (struct tol_market_response){.border_pass_through = settings->border_pass_through,
                                        .market_elasticity = settings->market_elasticity,
                                        .cost_pass_through = settings->cost_pass_through};
}

/* One version: the store of kept answers asks for it. */
const char *tol_law_version(const struct tol_law *law)
{
    (void)law;
    return "0123456789abcdef";
}

const struct tol_hub *tol_hubs(const struct tol_parameters *parameters, size_t *count)
{
    *count = parameters->hub_count;
    return parameters->hub;
}

const char *tol_horizon_name(enum tol_horizon horizon)
{
    return horizon == TOL_HORIZON_SHORT ? "short" : "long";
}

double tol_sector_margin(const struct tol_parameters *parameters, tol_country country, const char *sector)
{
    (void)country;
    return strcmp(sector, "C29.1") == 0 ? parameters->sector_margin : NAN;
}

/* A firm's own liquidity, where given, is the factor itself: so tests see that it is the right firm's. */
struct tol_vulnerability tol_vulnerability_of(const struct tol_parameters *parameters,
                                              const struct tol_settings *settings, tol_country country,
                                              const char *sector, const double *indicator)
{
    (void)settings;
    (void)country;
    (void)sector;
    double own = indicator[TOL_LIQUIDITY - TOL_VACANCY_DIFFICULTY];
    bool known = !isnan(own) || parameters->vulnerability > 0;
    return (struct tol_vulnerability){
        .known = known,
        .factor = !isnan(own) ? own
                  : known     ? parameters->vulnerability
                              : 1,
    };
}
