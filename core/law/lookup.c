#include "law/lookup.h"

#include <string.h>

uint32_t tol_law_node_lower_bound(const struct tol_law *law, const struct law_importer *importer, tol_product product)
{
    const uint64_t *sorted = law->product + importer->node_first;
    uint32_t low = 0;
    uint32_t high = importer->node_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sorted[middle] < product) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* All codes above a product are above the greatest code that is not past it, because what lies beneath a code is contiguous. */
uint32_t tol_law_node_find(const struct tol_law *law, const struct law_importer *importer, tol_product product)
{
    uint32_t node = tol_law_node_lower_bound(law, importer, product + 1);
    if (node == 0) {
        return LAW_NONE;
    }
    node--;
    while (node != LAW_NONE && product >= law_node_at(law, importer, node)->end) {
        node = law_node_at(law, importer, node)->parent;
    }
    return node;
}

const struct law_base_row *tol_law_base_find(const struct tol_law *law, const struct law_importer *importer,
                                             uint32_t node, tol_day day)
{
    while (node != LAW_NONE) {
        const struct law_node *at = law_node_at(law, importer, node);
        for (uint32_t i = 0; i < at->base_count; i++) {
            const struct law_base_row *row = &law->base_row[at->base_first + i];
            if (law_in_force(row->from, row->until, day)) {
                return row;
            }
        }
        node = at->parent;
    }
    return NULL;
}

const struct law_average *tol_law_average_find(const struct tol_law *law, const struct law_importer *importer,
                                               uint32_t node, uint32_t fact, tol_country origin, tol_day day)
{
    while (node != LAW_NONE) {
        const struct law_node *at = law_node_at(law, importer, node);
        for (uint32_t i = 0; i < at->average_count; i++) {
            /* A node's rows have countries before any origin. */
            const struct law_average *average = &law->average[at->average_first + i];
            if (average->fact == fact && (average->origin == origin || average->origin == 0) &&
                law_in_force(average->from, average->until, day)) {
                return average;
            }
        }
        node = at->parent;
    }
    return NULL;
}

bool tol_law_line_in_force(const struct tol_law *law, const struct law_node *node, tol_day day)
{
    for (uint32_t i = 0; i < node->line_count; i++) {
        const struct law_line_row *row = &law->line_row[node->line_first + i];
        if (law_in_force(row->from, row->until, day)) {
            return true;
        }
    }
    return false;
}

bool tol_law_base_in_force(const struct tol_law *law, const struct law_node *node, tol_day day)
{
    for (uint32_t i = 0; i < node->base_count; i++) {
        const struct law_base_row *row = &law->base_row[node->base_first + i];
        if (law_in_force(row->from, row->until, day)) {
            return true;
        }
    }
    return false;
}

bool tol_law_is_line(const struct tol_law *law, const struct law_importer *importer, uint32_t node, tol_day day,
                     bool statistical)
{
    const struct law_node *at = law_node_at(law, importer, node);
    if (statistical) {
        return at->line_count > 0 && tol_law_line_in_force(law, at, day);
    }
    bool line = tol_law_base_in_force(law, at, day);
    for (uint32_t beneath = node + 1; line && beneath < at->next; beneath++) {
        line = !tol_law_base_in_force(law, law_node_at(law, importer, beneath), day);
    }
    return line;
}

/* The last epoch that began on or before the day. */
static uint32_t epoch_of(const struct tol_law *law, const struct law_importer *importer, tol_day day)
{
    const int32_t *epoch = law->epoch + importer->epoch_first;
    uint32_t at = importer->epoch_count - 1;
    while (at > 0 && epoch[at] > day) {
        at--;
    }
    return at;
}

const uint64_t *tol_law_partner(const struct tol_law *law, const struct law_importer *importer, tol_country origin,
                                tol_day day)
{
    uint64_t row = (uint64_t)epoch_of(law, importer, day) * LAW_COUNTRY_SLOTS + law_country_slot(origin);
    return law->bits + importer->partner_bits + row * importer->words;
}

static void add_bits(uint64_t *set, const uint64_t *row, unsigned words)
{
    for (unsigned w = 0; w < words; w++) {
        set[w] |= row[w];
    }
}

/* Cuts the days of the lists to those around `day` on which [from, until) starts or stops nothing. */
static void keep_days(struct law_listed *listed, tol_day from, tol_day until, tol_day day)
{
    const tol_day change[2] = {from, until};
    for (unsigned i = 0; i < 2; i++) {
        if (change[i] > day) {
            listed->until = change[i] < listed->until ? change[i] : listed->until;
        } else {
            listed->from = change[i] > listed->from ? change[i] : listed->from;
        }
    }
}

void tol_law_listed(const struct tol_law *law, const struct law_importer *importer, uint32_t node, tol_day day,
                    struct law_listed *listed)
{
    unsigned words = importer->words;
    uint64_t exclude[LAW_WORDS_LIMIT] = {0};
    uint64_t sure[LAW_WORDS_LIMIT];
    listed->node = node;
    listed->from = TOL_DAY_MIN;
    listed->until = TOL_DAY_MAX;
    memcpy(sure, law->bits + importer->star_bits, words * sizeof sure[0]);
    memset(listed->unsure, 0, words * sizeof sure[0]);
    for (; node != LAW_NONE; node = law_node_at(law, importer, node)->parent) {
        const struct law_node *at = law_node_at(law, importer, node);
        for (uint32_t i = 0; i < at->entry_count; i++) {
            const struct law_entry *entry = &law->entry[at->entry_first + i];
            keep_days(listed, entry->from, entry->until, day);
            if (law_in_force(entry->from, entry->until, day)) {
                add_bits(entry->unconfirmed ? listed->unsure : sure,
                         law->bits + importer->include_bits + (uint64_t)entry->list * words, words);
                add_bits(exclude, law->bits + importer->exclude_bits + (uint64_t)entry->list * words, words);
            }
        }
    }
    for (unsigned w = 0; w < words; w++) {
        listed->unsure[w] &= ~sure[w];
        listed->measure[w] = (sure[w] | listed->unsure[w]) & ~exclude[w];
    }
}

void tol_law_candidates(const struct tol_law *law, const struct law_importer *importer, const struct law_listed *listed,
                        tol_country origin, tol_day day, struct law_candidates *candidates)
{
    const uint64_t *partner = tol_law_partner(law, importer, origin, day);
    candidates->count = 0;
    for (unsigned w = 0; w < importer->words; w++) {
        uint64_t left = listed->measure[w] & partner[w];
        while (left != 0) {
            candidates->measure[candidates->count++] = (uint16_t)(w * 64 + (unsigned)__builtin_ctzll(left));
            left &= left - 1;
        }
    }
}
