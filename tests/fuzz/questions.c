#include "questions.h"

#include <string.h>

#include "fuzz.h"
#include "law/image.h"

#define CODES_MOST 12
#define IMPORTERS_MOST 3

static const tol_country origins[] = {'C' << 8 | 'N', 'N' << 8 | 'L', 'R' << 8 | 'U', 'C' << 8 | 'A'};
static const tol_day days[] = {20089, 20307, 20400};

enum { ORIGINS = sizeof origins / sizeof origins[0], DAYS = sizeof days / sizeof days[0] };

static size_t read_texts(const struct tol_law *law, const struct tol_rate_answer *answer)
{
    size_t length = strlen(answer->base.text) + strlen(answer->base.unit) + strlen(answer->base.source) +
                    strlen(answer->specific_duty);
    for (size_t i = 0; i < answer->layer_count; i++) {
        const struct tol_rate_layer *layer = &answer->layer[i];
        length += strlen(layer->measure) + strlen(layer->programme) + strlen(layer->base) + strlen(layer->source) +
                  strlen(layer->reason) + strlen(layer->detail);
    }
    for (size_t i = 0; i < answer->unknown_fact_count; i++) {
        length += strlen(tol_fact_name(law, answer->unknown_fact[i].fact));
    }
    return length;
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

static void ask(const struct tol_law *law, struct tol_rate_query query)
{
    static struct tol_rate_answer answer;
    struct tol_rate_total total[ORIGINS * DAYS];
    struct tol_error error;
    tol_law_totals_by_origin(law, &query, ORIGINS, origins, DAYS, days, DAYS, total);
    for (size_t k = 0; k < ORIGINS * DAYS; k++) {
        query.from = origins[k / DAYS];
        query.on = days[k % DAYS];
        if (tol_law_rate(law, &query, &answer, &error) == TOL_OK) {
            (void)read_texts(law, &answer);
            fuzz_require(same(answer.low, total[k].low) && same(answer.central, total[k].central) &&
                         same(answer.high, total[k].high));
        }
    }
}

static void ask_about(const struct tol_law *law, tol_country into, tol_product product)
{
    struct tol_facts facts;
    struct tol_error error;
    struct tol_rate_query query = {.into = into, .product = product};
    ask(law, query);
    query.assume = TOL_ASSUME_TRADE;
    ask(law, query);
    if (tol_facts_parse(law, "usmca=yes;ave=0.1;unit_value=3", &facts, &error) == TOL_OK) {
        char text[512];
        tol_facts_format(law, &facts, text, sizeof text);
        query.facts = &facts;
        ask(law, query);
    }
}

void fuzz_ask(const struct tol_law *law)
{
    static const tol_product foreign[] = {(tol_product)8703230190 << 4 | 10, (tol_product)9999990000 << 4 | 6};
    for (uint64_t i = 0; i < law->count[LAW_IMPORTERS] && i < IMPORTERS_MOST; i++) {
        const struct law_importer *importer = &law->importer[i];
        uint32_t step = importer->node_count / CODES_MOST + 1;
        for (uint32_t node = 0; node < importer->node_count; node += step) {
            ask_about(law, importer->country, law->product[importer->node_first + node]);
        }
        for (size_t k = 0; k < sizeof foreign / sizeof foreign[0]; k++) {
            ask_about(law, importer->country, foreign[k]);
        }
    }
}
