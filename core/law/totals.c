/* One product on many days and from many origins: what these have in common is looked up once. */
#include <math.h>
#include <string.h>

#include "law/question.h"

/* Origins that are asked about themselves, at most, for each day: the others are compared with them. */
#define CLASSES_MAX 64

/* What tells origins apart on one day. */
struct division {
    uint64_t tells[LAW_WORDS_LIMIT];                  /* measures that the lists bring in, and column 2 */
    uint64_t averaged[(LAW_COUNTRY_SLOTS + 63) / 64]; /* origins with averages of their own */
    unsigned count;
    uint64_t digest[CLASSES_MAX];
    size_t first[CLASSES_MAX]; /* the origin that answers for its class */
};

struct inquiry {
    const struct law_question *question;
    const struct law_lines *lines;
    const tol_country *from;
};

static const struct law_listed *listed_of(const struct law_question *question, uint32_t node)
{
    struct law_listed *listed = &question->kept[node % LAW_LISTED_KEPT];
    if (listed->node != node || !law_in_force(listed->from, listed->until, question->day)) {
        tol_law_listed(question->law, question->importer, node, question->day, listed);
    }
    return listed;
}

/* A node's lists, and the origins of its own averages and of those of the codes above it. */
static void add_line(const struct law_question *question, uint32_t node, struct division *division)
{
    const struct tol_law *law = question->law;
    const struct law_listed *listed = listed_of(question, node);
    for (unsigned w = 0; w < question->importer->words; w++) {
        division->tells[w] |= listed->measure[w];
    }
    for (; question->trade && node != LAW_NONE; node = law_node_at(law, question->importer, node)->parent) {
        const struct law_node *at = law_node_at(law, question->importer, node);
        for (uint32_t i = 0; i < at->average_count; i++) {
            tol_country origin = law->average[at->average_first + i].origin;
            unsigned slot = law_country_slot(origin);
            division->averaged[slot / 64] |= origin != 0 ? (uint64_t)1 << slot % 64 : 0;
        }
    }
}

static void divide(const struct inquiry *inquiry, struct division *division)
{
    const struct law_question *question = inquiry->question;
    uint32_t column2 = question->importer->measure_count;
    memset(division->tells, 0, sizeof division->tells);
    memset(division->averaged, 0, sizeof division->averaged);
    division->count = 0;
    division->tells[column2 / 64] |= (uint64_t)1 << column2 % 64;
    if (!inquiry->lines->aggregate) {
        add_line(question, inquiry->lines->node, division);
        return;
    }
    uint32_t at = 0;
    for (uint32_t node; (node = tol_law_lines_next(question, inquiry->lines, &at)) != LAW_NONE;) {
        add_line(question, node, division);
    }
}

static uint64_t digest_of(const struct law_question *question, const struct division *division, const uint64_t *partner)
{
    uint64_t digest = 0;
    for (unsigned w = 0; w < question->importer->words; w++) {
        digest = (digest ^ (division->tells[w] & partner[w])) * 0x9e3779b97f4a7c15u;
        digest ^= digest >> 29;
    }
    return digest;
}

static bool same_partner(const struct law_question *question, const struct division *division, const uint64_t *a,
                         const uint64_t *b)
{
    uint64_t differs = 0;
    for (unsigned w = 0; w < question->importer->words; w++) {
        differs |= (a[w] ^ b[w]) & division->tells[w];
    }
    return differs == 0;
}

/* The origin that answers for origin k: k itself when it is the first of its class, or has a class of its own. */
static size_t answers_for(const struct inquiry *inquiry, struct division *division, size_t k)
{
    const struct law_question *question = inquiry->question;
    unsigned slot = law_country_slot(inquiry->from[k]);
    if ((division->averaged[slot / 64] >> slot % 64 & 1) != 0) {
        return k;
    }
    const uint64_t *partner = tol_law_partner(question->law, question->importer, inquiry->from[k], question->day);
    uint64_t digest = digest_of(question, division, partner);
    for (unsigned c = 0; c < division->count; c++) {
        if (division->digest[c] == digest) {
            tol_country first = inquiry->from[division->first[c]];
            const uint64_t *other = tol_law_partner(question->law, question->importer, first, question->day);
            if (same_partner(question, division, partner, other)) {
                return division->first[c];
            }
        }
    }
    if (division->count < CLASSES_MAX) {
        division->digest[division->count] = digest;
        division->first[division->count++] = k;
    }
    return k;
}

static void set_no_law(bool internal, struct tol_rate_total *total)
{
    total->low = total->central = total->high = internal ? 0 : NAN;
}

/* One day. question: of some origin that is not `internal`. */
static void ask_day(struct law_question *question, tol_country into, size_t origin_count, const tol_country *from,
                    tol_day day, size_t stride, struct tol_rate_total *total)
{
    struct law_lines lines;
    struct division division;
    const struct inquiry inquiry = {.question = question, .lines = &lines, .from = from};
    bool found = false;
    for (size_t k = 0; k < origin_count; k++) {
        struct tol_rate_total *to = &total[k * stride];
        if (tol_law_internal(question->law, into, from[k])) {
            to->flags = 0;
            set_no_law(true, to);
            continue;
        }
        tol_law_question_turn(question, from[k]);
        if (tol_law_question_move(question, day, &to->flags) != LAW_SCOPE_TABLES) {
            set_no_law(false, to);
            continue;
        }
        if (!found) {
            tol_law_lines_find(question, &lines);
            found = true;
            if (origin_count > 1) {
                divide(&inquiry, &division);
            }
        }
        size_t first = origin_count > 1 ? answers_for(&inquiry, &division, k) : k;
        if (first == k) {
            tol_law_lines_total(question, &lines, to);
        } else {
            *to = total[first * stride];
        }
    }
}

void tol_law_totals_by_origin(const struct tol_law *law, const struct tol_rate_query *query, size_t origin_count,
                              const tol_country *from, size_t day_count, const tol_day *on, size_t stride,
                              struct tol_rate_total *total)
{
    struct law_listed kept[LAW_LISTED_KEPT];
    struct law_question question;
    struct tol_rate_query first = *query;
    uint32_t flags;
    size_t k = 0; /* the first origin that is not internal */
    while (k < origin_count && tol_law_internal(law, query->into, from[k])) {
        k++;
    }
    if (day_count == 0 || origin_count == 0) {
        return;
    }
    first.from = from[k < origin_count ? k : 0];
    first.on = on[0];
    for (size_t i = 0; i < LAW_LISTED_KEPT; i++) {
        kept[i].node = LAW_NONE;
        kept[i].from = kept[i].until = 0; /* of no day */
    }
    (void)tol_law_question_start(law, &first, &question, &flags);
    question.kept = kept;
    for (size_t i = 0; i < day_count; i++) {
        ask_day(&question, query->into, origin_count, from, on[i], stride, total + i);
    }
}

void tol_law_totals(const struct tol_law *law, const struct tol_rate_query *query, size_t day_count, const tol_day *on,
                    struct tol_rate_total *total)
{
    tol_law_totals_by_origin(law, query, 1, &query->from, day_count, on, day_count, total);
}
