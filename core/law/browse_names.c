/* What a measure names, read from the compiled sets: origins, products, and goods that its conditions allow. */
#include "law/browse.h"

#include <math.h>
#include <stdlib.h>

#include "law/lookup.h"
#include "law/stack.h"

/* ---- origins --------------------------------------------------------------------------------------------------- */

const uint64_t *tol_browse_partner_bits(const struct tol_law *law, const struct law_importer *importer, unsigned slot,
                                        tol_day day)
{
    const int32_t *epoch = law->epoch + importer->epoch_first;
    uint32_t at = importer->epoch_count - 1;
    while (at > 0 && epoch[at] > day) {
        at--;
    }
    return law->bits + importer->partner_bits + ((uint64_t)at * LAW_COUNTRY_SLOTS + slot) * importer->words;
}

bool tol_browse_partners_meet(const struct tol_law *law, const struct law_importer *importer, uint32_t left,
                              tol_day left_day, uint32_t right, tol_day right_day)
{
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS; slot++) {
        if (tol_browse_bit(tol_browse_partner_bits(law, importer, slot, left_day), left) &&
            tol_browse_bit(tol_browse_partner_bits(law, importer, slot, right_day), right)) {
            return true;
        }
    }
    return false;
}

static tol_country slot_country(unsigned slot)
{
    return (tol_country)(('A' + slot / 26) << 8 | ('A' + slot % 26));
}

size_t tol_law_measure_partners(const struct tol_law_browser *browser, size_t index, tol_day day,
                                tol_country partner[TOL_PARTNERS_MAX])
{
    const struct law_importer *importer = tol_browse_importer(browser, index);
    uint32_t bit = (uint32_t)index - importer->measure_first;
    size_t count = 0;
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS - 1; slot++) {
        if (tol_country_exists(slot_country(slot)) &&
            tol_browse_bit(tol_browse_partner_bits(browser->law, importer, slot, day), bit)) {
            partner[count++] = slot_country(slot);
        }
    }
    return count;
}

/* ---- products -------------------------------------------------------------------------------------------------- */

bool tol_browse_names_node(const struct tol_law *law, const struct law_importer *importer, uint32_t measure,
                           uint32_t node, tol_day day)
{
    bool named = tol_browse_bit(law->bits + importer->star_bits, measure);
    while (node != LAW_NONE) {
        const struct law_node *at = law_node_at(law, importer, node);
        for (uint32_t i = 0; i < at->entry_count; i++) {
            const struct law_entry *entry = &law->entry[at->entry_first + i];
            uint64_t row = (uint64_t)entry->list * importer->words;
            if (!law_in_force(entry->from, entry->until, day)) {
                continue;
            }
            if (tol_browse_bit(law->bits + importer->exclude_bits + row, measure)) {
                return false;
            }
            named = named || tol_browse_bit(law->bits + importer->include_bits + row, measure);
        }
        node = at->parent;
    }
    return named;
}

bool tol_browse_products_meet(const struct tol_law *law, const struct law_importer *importer, uint32_t left,
                              tol_day left_day, uint32_t right, tol_day right_day)
{
    for (uint32_t node = 0; node < importer->node_count; node++) {
        if (tol_browse_names_node(law, importer, left, node, left_day) &&
            tol_browse_names_node(law, importer, right, node, right_day)) {
            return true;
        }
    }
    /* A product that no table names meets what all products meet. */
    return tol_browse_bit(law->bits + importer->star_bits, left) &&
           tol_browse_bit(law->bits + importer->star_bits, right);
}

static bool names_product(const struct tol_law *law, const struct law_importer *importer, uint32_t measure,
                          tol_product product, tol_day day)
{
    if (tol_browse_names_node(law, importer, measure, tol_law_node_find(law, importer, product), day)) {
        return true;
    }
    uint64_t end = tol_law_product_end(product);
    const uint64_t *code = law->product + importer->node_first;
    uint32_t node = tol_law_node_lower_bound(law, importer, product);
    for (; node < importer->node_count && code[node] < end; node++) {
        if (tol_browse_names_node(law, importer, measure, node, day)) {
            return true;
        }
    }
    return false;
}

static bool names_partner(const struct tol_law *law, const struct law_importer *importer, uint32_t measure,
                          tol_country partner, tol_day day)
{
    return tol_browse_bit(tol_browse_partner_bits(law, importer, law_country_slot(partner), day), measure);
}

bool tol_law_measure_names(const struct tol_law_browser *browser, size_t index, tol_country partner,
                           tol_product product, tol_day day)
{
    const struct law_importer *importer = tol_browse_importer(browser, index);
    uint32_t measure = (uint32_t)index - importer->measure_first;
    return (partner == 0 || names_partner(browser->law, importer, measure, partner, day)) &&
           (product == 0 || names_product(browser->law, importer, measure, product, day));
}

bool tol_law_measure_ever_names(const struct tol_law_browser *browser, size_t index, tol_country partner)
{
    const struct tol_law *law = browser->law;
    const struct law_measure *measure = &law->measure[index];
    const struct law_importer *importer = tol_browse_importer(browser, index);
    if (tol_law_measure_names(browser, index, partner, 0, measure->from)) {
        return true;
    }
    for (uint32_t e = 0; e < importer->epoch_count; e++) {
        tol_day day = law->epoch[importer->epoch_first + e];
        if (law_in_force(measure->from, measure->until, day) &&
            tol_law_measure_names(browser, index, partner, 0, day)) {
            return true;
        }
    }
    return false;
}

/* ---- days ------------------------------------------------------------------------------------------------------ */

static int by_day(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

void tol_browse_sort_days(struct tol_buffer *days)
{
    int32_t *day = days->data;
    size_t kept = 0;
    if (days->count > 0) {
        qsort(day, days->count, sizeof *day, by_day);
    }
    for (size_t i = 0; i < days->count; i++) {
        if (kept == 0 || day[kept - 1] != day[i]) {
            day[kept++] = day[i];
        }
    }
    days->count = kept;
}

/* ---- conditions ------------------------------------------------------------------------------------------------ */

static bool terms_hold(const struct tol_law *law, const struct law_measure *measure, unsigned fact, double value)
{
    for (unsigned i = 0; i < measure->term_count; i++) {
        const struct law_term *term = &law->term[measure->term_first + i];
        if (term->fact == fact && !tol_law_term_holds(term, value)) {
            return false;
        }
    }
    return true;
}

static bool value_allowed(const struct law_fact *fact, double value)
{
    switch ((enum law_fact_type)fact->type) {
    case LAW_CHOICE:
        return value >= 0 && value < fact->value_count;
    case LAW_SHARE:
        return value >= 0 && value <= 1;
    case LAW_NUMBER:
        return value >= 0;
    case LAW_DAY:
        return true;
    }
    return false;
}

/* Terms are thresholds and equalities: if any value meets them all, one at, just below or just above a threshold does. */
static bool near_threshold_holds(const struct tol_law *law, const struct law_measure *left,
                                 const struct law_measure *right, const struct law_measure *thresholds, unsigned fact)
{
    const struct law_fact *about = &law->fact[fact];
    bool whole = about->type == LAW_CHOICE || about->type == LAW_DAY;
    for (unsigned i = 0; i < thresholds->term_count; i++) {
        const struct law_term *term = &law->term[thresholds->term_first + i];
        double at = term->number;
        double value[] = {at, whole ? at - 1 : nextafter(at, -INFINITY), whole ? at + 1 : nextafter(at, INFINITY)};
        for (unsigned v = 0; term->fact == fact && v < 3; v++) {
            if (value_allowed(about, value[v]) && terms_hold(law, left, fact, value[v]) &&
                terms_hold(law, right, fact, value[v])) {
                return true;
            }
        }
    }
    return false;
}

static bool fact_meets(const struct tol_law *law, const struct law_measure *left, const struct law_measure *right,
                       unsigned fact)
{
    const struct law_fact *about = &law->fact[fact];
    for (unsigned value = 0; about->type == LAW_CHOICE && value < about->value_count; value++) {
        if (terms_hold(law, left, fact, value) && terms_hold(law, right, fact, value)) {
            return true;
        }
    }
    return about->type != LAW_CHOICE &&
           (near_threshold_holds(law, left, right, left, fact) || near_threshold_holds(law, left, right, right, fact));
}

bool tol_browse_conditions_meet(const struct tol_law *law, const struct law_measure *left,
                                const struct law_measure *right)
{
    uint64_t asked = left->condition_facts | right->condition_facts;
    for (; asked != 0; asked &= asked - 1) {
        if (!fact_meets(law, left, right, (unsigned)__builtin_ctzll(asked))) {
            return false;
        }
    }
    return true;
}
