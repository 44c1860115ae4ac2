/* Two measures of one programme on the same goods, origin and day, that add up. */
#include "law/check.h"

#include <string.h>

#include "law/lookup.h"

enum { RELIEFS_MOST = 64 };

/* Two measures of the importer that would add up if they named the same product. */
struct pair {
    uint32_t left, right;
    uint32_t relief[RELIEFS_MOST]; /* on their products the two do not add up */
    unsigned relief_count;
};

struct search {
    const struct law_check *check;
    const struct law_importer *importer;
    bool collected;             /* dates as collected on the day */
    struct tol_buffer days;     /* on which something changes */
    struct tol_buffer pairs;    /* of the day */
    struct tol_buffer told;     /* pairs already found */
    struct tol_buffer included; /* [node_count][words]: measures that the node's lists bring in */
    struct tol_buffer excluded;
    struct tol_buffer
        partner;              /* [measure_count][words] right measures of each left one's pairs that are not told yet */
    struct tol_buffer paired; /* [words] measures that stand in a pair */
    struct tol_buffer number; /* [measure_count][measure_count] place of a pair among the pairs, where there is one */
};

static const struct law_measure *measure_at(const struct search *search, uint32_t measure)
{
    return &search->check->law->measure[search->importer->measure_first + measure];
}

/* ---- days ------------------------------------------------------------------------------------------------------ */

static bool add_day(struct search *search, int32_t day)
{
    if (day == TOL_DAY_MIN || day == TOL_DAY_MAX) {
        return true;
    }
    int32_t *added = tol_buffer_add(&search->days, 1);
    if (added != NULL) {
        *added = day;
    }
    return added != NULL;
}

/* Sets of measures in force, origins and products are the same from each of these days to the next. */
static bool collect_days(struct search *search)
{
    const struct tol_law *law = search->check->law;
    const struct law_importer *importer = search->importer;
    bool whole = true;
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        const struct law_measure *measure = measure_at(search, m);
        whole = whole && add_day(search, search->collected ? measure->collected_from : measure->from);
    }
    for (uint32_t e = 0; e < importer->epoch_count; e++) {
        whole = whole && add_day(search, law->epoch[importer->epoch_first + e]);
    }
    for (uint32_t n = 0; n < importer->node_count; n++) {
        const struct law_node *node = law_node_at(law, importer, n);
        for (uint32_t i = 0; i < node->entry_count; i++) {
            const struct law_entry *entry = &law->entry[node->entry_first + i];
            whole = whole && add_day(search, entry->from) && add_day(search, entry->until);
        }
    }
    tol_browse_sort_days(&search->days);
    return whole;
}

/* ---- pairs ----------------------------------------------------------------------------------------------------- */

/* Shares named by content are parts of one value, and a rest is what one of them leaves: together they are not more than the whole. */
static bool parts_of_one_value(const struct law_measure *left, const struct law_measure *right)
{
    if (left->base == LAW_CONTENT && right->base == LAW_CONTENT) {
        return left->base_fact != right->base_fact;
    }
    bool content_and_rest = (left->base == LAW_CONTENT && right->base == LAW_REST) ||
                            (left->base == LAW_REST && right->base == LAW_CONTENT);
    return content_and_rest && left->base_fact == right->base_fact;
}

/* The view of a question is a fact too: in this search it is known. */
static bool view_allows(const struct search *search, const struct law_measure *measure)
{
    const struct tol_law *law = search->check->law;
    for (unsigned i = 0; i < measure->term_count && law->view_fact != LAW_NONE; i++) {
        const struct law_term *term = &law->term[measure->term_first + i];
        bool names_day = (term->number == law->view_on_the_day) == (term->operation == LAW_EQUAL);
        if (term->fact == law->view_fact && names_day != search->collected) {
            return false;
        }
    }
    return true;
}

static bool condition_among(const struct tol_law *law, const struct law_term *term, const struct law_measure *measure)
{
    for (unsigned i = 0; i < measure->term_count; i++) {
        const struct law_term *other = &law->term[measure->term_first + i];
        if (other->fact == term->fact && other->operation == term->operation && other->number == term->number) {
            return true;
        }
    }
    return false;
}

/* A relief from the whole value that holds whenever the other measure does: each of its conditions is one of the other's. */
static bool holds_with(const struct search *search, uint32_t relief, const struct law_measure *other)
{
    const struct tol_law *law = search->check->law;
    const struct law_measure *at = measure_at(search, relief);
    bool whole = at->effect == LAW_RELIEVE && at->base == LAW_CUSTOMS_VALUE;
    for (unsigned i = 0; whole && i < at->term_count; i++) {
        whole = condition_among(law, &law->term[at->term_first + i], other);
    }
    return whole;
}

/* For every origin that both measures name the relief is there as well. */
static bool covers_shared_partners(const struct search *search, uint32_t relief, uint32_t left, uint32_t right,
                                   tol_day day)
{
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS; slot++) {
        const uint64_t *bits = tol_browse_partner_bits(search->check->law, search->importer, slot, day);
        if (tol_browse_bit(bits, left) && tol_browse_bit(bits, right) && !tol_browse_bit(bits, relief)) {
            return false;
        }
    }
    return true;
}

static bool yields_to(const struct search *search, uint32_t measure, uint8_t programme)
{
    const struct law_measure *at = measure_at(search, measure);
    for (unsigned i = 0; i < at->yield_count; i++) {
        if (search->check->law->yield[at->yield_first + i] == programme) {
            return true;
        }
    }
    return false;
}

/* Where one measure steps back before a relief that holds whenever the other one does, the two never stand on the same part of the value. */
static void add_reliefs(const struct search *search, struct pair *pair, uint32_t measure, uint32_t other, tol_day day)
{
    for (uint32_t relief = 0; relief < search->importer->measure_count && pair->relief_count < RELIEFS_MOST; relief++) {
        const struct law_measure *candidate = measure_at(search, relief);
        if (candidate->effect == LAW_RELIEVE && yields_to(search, measure, candidate->programme) &&
            tol_browse_in_force(candidate, search->collected, day) &&
            holds_with(search, relief, measure_at(search, other)) &&
            covers_shared_partners(search, relief, pair->left, pair->right, day)) {
            pair->relief[pair->relief_count++] = relief;
        }
    }
}

static bool told_before(const struct search *search, uint32_t left, uint32_t right)
{
    const struct pair *told = search->told.data;
    for (size_t i = 0; i < search->told.count; i++) {
        if (told[i].left == left && told[i].right == right) {
            return true;
        }
    }
    return false;
}

/* A compound duty is two rows that are meant to add up: a part of the value and an amount per unit. */
static bool parts_of_a_compound(const struct law_measure *a, const struct law_measure *b)
{
    return (a->effect == LAW_SPECIFIC) != (b->effect == LAW_SPECIFIC);
}

static bool would_add_up(const struct search *search, uint32_t left, uint32_t right, tol_day day)
{
    const struct tol_law *law = search->check->law;
    const struct law_measure *a = measure_at(search, left);
    const struct law_measure *b = measure_at(search, right);
    return a->programme == b->programme && a->effect != LAW_RELIEVE && b->effect != LAW_RELIEVE &&
           tol_browse_in_force(a, search->collected, day) && tol_browse_in_force(b, search->collected, day) &&
           !parts_of_one_value(a, b) && !parts_of_a_compound(a, b) && view_allows(search, a) &&
           view_allows(search, b) && tol_browse_conditions_meet(law, a, b) && !told_before(search, left, right) &&
           tol_browse_partners_meet(law, search->importer, left, day, right, day);
}

static void set_bit(uint64_t *set, uint32_t bit)
{
    set[bit / 64] |= UINT64_C(1) << bit % 64;
}

static uint32_t *pair_number(const struct search *search, uint32_t left, uint32_t right)
{
    return (uint32_t *)search->number.data + (size_t)left * search->importer->measure_count + right;
}

/* The last of the pairs. */
static void mark_pair(const struct search *search, uint32_t left, uint32_t right)
{
    *pair_number(search, left, right) = (uint32_t)search->pairs.count - 1;
    set_bit((uint64_t *)search->partner.data + (size_t)left * search->importer->words, right);
    set_bit(search->paired.data, left);
    set_bit(search->paired.data, right);
}

/* Measures of a programme stand together. */
static bool collect_pairs(struct search *search, tol_day day)
{
    search->pairs.count = 0;
    memset(search->partner.data, 0, search->partner.count * search->partner.element_size);
    memset(search->paired.data, 0, search->paired.count * search->paired.element_size);
    for (uint32_t left = 0; left < search->importer->measure_count; left++) {
        for (uint32_t right = left + 1; right < search->importer->measure_count &&
                                        measure_at(search, right)->programme == measure_at(search, left)->programme;
             right++) {
            if (would_add_up(search, left, right, day)) {
                struct pair *pair = tol_buffer_add(&search->pairs, 1);
                if (pair == NULL) {
                    return false;
                }
                *pair = (struct pair){.left = left, .right = right};
                add_reliefs(search, pair, left, right, day);
                add_reliefs(search, pair, right, left, day);
                mark_pair(search, left, right);
            }
        }
    }
    return true;
}

/* ---- products -------------------------------------------------------------------------------------------------- */

static void add_bits(uint64_t *set, const uint64_t *more, unsigned words)
{
    for (unsigned w = 0; w < words; w++) {
        set[w] |= more[w];
    }
}

/* Fills the node's sets from those of the code above it and its own lists. Nodes are sorted: what is above comes before. */
static void fill_node(const struct search *search, uint32_t node, tol_day day)
{
    const struct tol_law *law = search->check->law;
    const struct law_importer *importer = search->importer;
    const struct law_node *at = law_node_at(law, importer, node);
    unsigned words = importer->words;
    uint64_t *included = (uint64_t *)search->included.data + (size_t)node * words;
    uint64_t *excluded = (uint64_t *)search->excluded.data + (size_t)node * words;
    memset(excluded, 0, words * sizeof *excluded);
    memcpy(included, law->bits + importer->star_bits, words * sizeof *included);
    if (at->parent != LAW_NONE) {
        add_bits(included, (const uint64_t *)search->included.data + (size_t)at->parent * words, words);
        add_bits(excluded, (const uint64_t *)search->excluded.data + (size_t)at->parent * words, words);
    }
    for (uint32_t i = 0; i < at->entry_count; i++) {
        const struct law_entry *entry = &law->entry[at->entry_first + i];
        if (law_in_force(entry->from, entry->until, day)) {
            add_bits(included, law->bits + importer->include_bits + (uint64_t)entry->list * words, words);
            add_bits(excluded, law->bits + importer->exclude_bits + (uint64_t)entry->list * words, words);
        }
    }
}

static bool names(const struct search *search, uint32_t node, uint32_t measure)
{
    size_t row = (size_t)node * search->importer->words;
    return tol_browse_bit((const uint64_t *)search->included.data + row, measure) &&
           !tol_browse_bit((const uint64_t *)search->excluded.data + row, measure);
}

/* A code above others stands for the lines beneath it: those are looked at one by one. */
static bool stands_for_lines(const struct search *search, uint32_t node)
{
    const struct law_node *at = law_node_at(search->check->law, search->importer, node);
    for (uint32_t under = node + 1; under < at->next; under++) {
        const struct law_node *line = law_node_at(search->check->law, search->importer, under);
        if (search->importer->has_lines ? line->line_count > 0 : line->base_count > 0) {
            return true;
        }
    }
    return false;
}

/* ---- telling --------------------------------------------------------------------------------------------------- */

static enum tol_status tell(struct search *search, const struct pair *pair, uint32_t node, tol_day day,
                            struct tol_error *error)
{
    const struct tol_law *law = search->check->law;
    uint32_t first = search->importer->measure_first;
    char product[TOL_PRODUCT_TEXT_SIZE], on[TOL_DAY_TEXT_SIZE];
    tol_product_format(law->product[search->importer->node_first + node], product);
    tol_day_format(day, on);
    struct pair *told = tol_buffer_add(&search->told, 1);
    if (told == NULL) {
        return tol_check_no_memory(error);
    }
    *told = *pair;
    return tol_check_tell_measure(
        search->check, TOL_LAW_OVERLAP, first + pair->right, MEASURE_ID, NULL, error,
        "adds up with %s of the same programme: both take %s from the same origin on %s%s; end one of them, except its "
        "products or partners, or tell them apart by conditions",
        tol_check_id(search->check, first + pair->left), product, on, search->collected ? " as collected then" : "");
}

static bool adds_up(const struct search *search, const struct pair *pair, uint32_t node)
{
    if (!names(search, node, pair->left) || !names(search, node, pair->right)) {
        return false;
    }
    for (unsigned i = 0; i < pair->relief_count; i++) {
        if (names(search, node, pair->relief[i])) {
            return false;
        }
    }
    return !stands_for_lines(search, node);
}

static const uint64_t *row_of(const struct tol_buffer *sets, size_t row, unsigned words)
{
    return (const uint64_t *)sets->data + row * words;
}

/* Pairs of one measure with others that name the node as well. */
static enum tol_status search_partners(struct search *search, uint32_t node, uint32_t left, const uint64_t *named,
                                       tol_day day, struct tol_error *error)
{
    unsigned words = search->importer->words;
    uint64_t *partner = (uint64_t *)search->partner.data + (size_t)left * words;
    for (unsigned w = 0; w < words; w++) {
        for (uint64_t bits = partner[w] & named[w]; bits != 0; bits &= bits - 1) {
            uint32_t right = w * 64 + (unsigned)__builtin_ctzll(bits);
            const struct pair *pair = (const struct pair *)search->pairs.data + *pair_number(search, left, right);
            if (!adds_up(search, pair, node)) {
                continue;
            }
            partner[w] &= ~(UINT64_C(1) << right % 64);
            enum tol_status status = tell(search, pair, node, day, error);
            if (status != TOL_OK) {
                return status;
            }
        }
    }
    return TOL_OK;
}

/* A node is named by few measures, so that the pairs among them are looked up rather than all pairs tried. */
static enum tol_status search_node(struct search *search, uint32_t node, tol_day day, struct tol_error *error)
{
    unsigned words = search->importer->words;
    const uint64_t *included = row_of(&search->included, node, words);
    const uint64_t *excluded = row_of(&search->excluded, node, words);
    const uint64_t *paired = search->paired.data;
    uint64_t named[LAW_WORDS_LIMIT];
    for (unsigned w = 0; w < words; w++) {
        named[w] = included[w] & ~excluded[w] & paired[w];
    }
    enum tol_status status = TOL_OK;
    for (unsigned w = 0; w < words; w++) {
        for (uint64_t bits = named[w]; bits != 0 && status == TOL_OK; bits &= bits - 1) {
            status = search_partners(search, node, w * 64 + (unsigned)__builtin_ctzll(bits), named, day, error);
        }
    }
    return status;
}

static enum tol_status search_day(struct search *search, tol_day day, struct tol_error *error)
{
    if (!collect_pairs(search, day)) {
        return tol_check_no_memory(error);
    }
    enum tol_status status = TOL_OK;
    for (uint32_t node = 0; node < search->importer->node_count && search->pairs.count > 0 && status == TOL_OK;
         node++) {
        fill_node(search, node, day);
        status = search_node(search, node, day, error);
    }
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static enum tol_status search_days(struct search *search, struct tol_error *error)
{
    size_t size = (size_t)search->importer->node_count * search->importer->words;
    size_t words = search->importer->words;
    if (!collect_days(search) || tol_buffer_add(&search->included, size) == NULL ||
        tol_buffer_add(&search->excluded, size) == NULL ||
        tol_buffer_add(&search->partner, search->importer->measure_count * words + 1) == NULL ||
        tol_buffer_add(&search->paired, words + 1) == NULL ||
        tol_buffer_add(&search->number,
                       (size_t)search->importer->measure_count * search->importer->measure_count + 1) == NULL) {
        return tol_check_no_memory(error);
    }
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < search->days.count && status == TOL_OK; i++) {
        status = search_day(search, *(const int32_t *)tol_buffer_at(&search->days, i), error);
    }
    return status;
}

/* The dates as the law finally stands, then as it was collected: a pair is told once. */
static enum tol_status search_importer(const struct law_check *check, const struct law_importer *importer,
                                       struct tol_error *error)
{
    struct search search = {.check = check, .importer = importer};
    const struct tol_allocator *allocator = check->law->allocator;
    tol_buffer_start(&search.told, allocator, sizeof(struct pair));
    enum tol_status status = TOL_OK;
    for (int view = 0; view < 2 && status == TOL_OK; view++) {
        search.collected = view == 1;
        tol_buffer_start(&search.days, allocator, sizeof(int32_t));
        tol_buffer_start(&search.pairs, allocator, sizeof(struct pair));
        tol_buffer_start(&search.included, allocator, sizeof(uint64_t));
        tol_buffer_start(&search.excluded, allocator, sizeof(uint64_t));
        tol_buffer_start(&search.partner, allocator, sizeof(uint64_t));
        tol_buffer_start(&search.paired, allocator, sizeof(uint64_t));
        tol_buffer_start(&search.number, allocator, sizeof(uint32_t));
        status = search_days(&search, error);
        tol_buffer_free(&search.days);
        tol_buffer_free(&search.pairs);
        tol_buffer_free(&search.included);
        tol_buffer_free(&search.excluded);
        tol_buffer_free(&search.partner);
        tol_buffer_free(&search.paired);
        tol_buffer_free(&search.number);
    }
    tol_buffer_free(&search.told);
    return status;
}

enum tol_status tol_check_overlaps(const struct law_check *check, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (uint64_t i = 0; i < check->law->count[LAW_IMPORTERS] && status == TOL_OK; i++) {
        status = search_importer(check, &check->law->importer[i], error);
    }
    return status;
}
