#include "exposure/neighbourhood.h"

#include <stdlib.h>
#include <string.h>

/* Where a firm stands among the members. */
struct slot {
    uint32_t firm;
    uint32_t member; /* 1 + member; 0: the slot is empty */
};

/* Members while they are found. A firm may be needed for its customers, for its suppliers, or for both. Memory goes with those that are
 * found, not with the firms of the book: pages that nobody reads cost nothing. */
struct search {
    struct tol_plan *plan;
    struct tol_keep keep;
    struct slot *slot; /* [2 room] a power of two, searched from the hash on */
    uint64_t *member;  /* [room] places in the book, in the order of finding */
    uint8_t *needs;    /* [room] bit of each side whose links are followed */
    uint8_t *queued;   /* [room] bit of each side on which the member has been in the queue */
    uint32_t *queue;   /* [room] members in the order in which they are met along one side's links */
    uint64_t count, room, most;
    uint32_t tiers;
    bool alone; /* nothing of the others is read */
};

/* The slot of the firm, or the empty one where it belongs. */
static struct slot *slot_of(const struct search *search, uint32_t firm)
{
    uint64_t mask = 2 * search->room - 1;
    uint64_t at = (firm * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while (search->slot[at].member != 0 && search->slot[at].firm != firm) {
        at = (at + 1) & mask;
    }
    return &search->slot[at];
}

static void *copy_grown(struct search *search, const void *old, size_t size)
{
    void *grown = tol_keep_zeroed(&search->keep, search->room, size);
    if (grown != NULL && old != NULL) {
        memcpy(grown, old, search->count * size);
    }
    return grown;
}

static bool grow(struct search *search)
{
    search->room = search->room == 0 ? 64 : 2 * search->room;
    search->member = copy_grown(search, search->member, sizeof *search->member);
    search->needs = copy_grown(search, search->needs, sizeof *search->needs);
    search->queued = copy_grown(search, search->queued, sizeof *search->queued);
    search->queue = copy_grown(search, search->queue, sizeof *search->queue);
    search->slot = tol_keep_zeroed(&search->keep, 2 * search->room, sizeof *search->slot);
    if (search->member == NULL || search->needs == NULL || search->queued == NULL || search->queue == NULL ||
        search->slot == NULL) {
        return false;
    }
    for (uint32_t m = 0; m < search->count; m++) {
        uint32_t firm = (uint32_t)search->member[m];
        *slot_of(search, firm) = (struct slot){.firm = firm, .member = m + 1};
    }
    return true;
}

static enum tol_status add_member(struct search *search, uint32_t firm, struct tol_error *error)
{
    if (search->count == search->room && !grow(search)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the firm's customers and suppliers");
    }
    struct slot *slot = slot_of(search, firm);
    if (slot->member != 0) {
        return TOL_OK;
    }
    search->member[search->count++] = firm;
    *slot = (struct slot){.firm = firm, .member = (uint32_t)search->count};
    bool read = search->count > 1 && !search->alone;
    return read ? tol_book_verify_firm(search->plan->book, firm, error) : TOL_OK;
}

/* A walk along one side's links. */
struct walk {
    enum tol_side side;
    uint64_t found; /* in the queue */
};

static void put_into_queue(struct search *search, struct walk *walk, uint32_t member)
{
    uint8_t bit = (uint8_t)(1 << walk->side);
    if ((search->queued[member] & bit) == 0) {
        search->queued[member] |= bit;
        search->queue[walk->found++] = member;
    }
}

/* Puts the counterparts of one member into the queue. */
static enum tol_status meet(struct search *search, struct walk *walk, uint32_t member, struct tol_error *error)
{
    const struct tol_book_side *side = &search->plan->book->side[walk->side];
    uint64_t firm = search->member[member];
    enum tol_status status = TOL_OK;
    search->needs[member] |= (uint8_t)(1 << walk->side);
    for (uint64_t i = side->link_start[firm]; i < side->link_start[firm + 1] && status == TOL_OK; i++) {
        uint32_t other = side->link_firm[i];
        status = add_member(search, other, error);
        if (status == TOL_OK) {
            put_into_queue(search, walk, slot_of(search, other)->member - 1);
        }
    }
    return status;
}

/* Breadth first from member 0, tier by tier. Stops when there are too many. */
static enum tol_status go(struct search *search, struct walk *walk, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    uint64_t taken = 0;
    put_into_queue(search, walk, 0);
    for (uint32_t tier = 0;
         status == TOL_OK && taken < walk->found && tier < search->tiers && search->count <= search->most; tier++) {
        for (uint64_t end = walk->found; taken < end && status == TOL_OK && search->count <= search->most; taken++) {
            status = meet(search, walk, search->queue[taken], error);
        }
    }
    return status;
}

/* ---- lines and cells ------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Sorts and drops what comes twice. */
static uint64_t sort_distinct(uint32_t *number, uint64_t count)
{
    uint64_t kept = 0;
    qsort(number, count, sizeof *number, compare_numbers);
    for (uint64_t i = 0; i < count; i++) {
        if (kept == 0 || number[kept - 1] != number[i]) {
            number[kept++] = number[i];
        }
    }
    return kept;
}

static uint32_t place_of(const uint32_t *sorted, uint64_t count, uint32_t number)
{
    const uint32_t *found = bsearch(&number, sorted, count, sizeof number, compare_numbers);
    return (uint32_t)(found - sorted);
}

/* Members whose lines are in the plan come first. */
static uint64_t members_with_lines(const struct search *search)
{
    return search->alone ? 1 : search->count;
}

static uint64_t line_count(const struct search *search, enum tol_side which)
{
    const struct tol_book_side *side = &search->plan->book->side[which];
    uint64_t count = 0;
    for (uint64_t m = 0; m < members_with_lines(search); m++) {
        count += side->line_start[search->member[m] + 1] - side->line_start[search->member[m]];
    }
    return count;
}

static bool take_lines(struct search *search, enum tol_side which)
{
    struct tol_plan *plan = search->plan;
    const struct tol_book_side *side = &plan->book->side[which];
    uint64_t count = line_count(search, which);
    uint64_t *line_start = tol_keep_array(&plan->keep, search->count + 1, sizeof *line_start);
    uint32_t *line_cell = tol_keep_array(&plan->keep, count, sizeof *line_cell);
    double *value_eur = tol_keep_array(&plan->keep, count, sizeof *value_eur);
    uint32_t *used = tol_keep_array(&search->keep, count, sizeof *used);
    struct tol_cell *cell = tol_keep_array(&plan->keep, count, sizeof *cell);
    if (line_start == NULL || line_cell == NULL || value_eur == NULL || used == NULL || cell == NULL) {
        return false;
    }
    uint64_t line = 0;
    for (uint64_t m = 0; m < members_with_lines(search); m++) {
        line_start[m] = line;
        for (uint64_t i = side->line_start[search->member[m]]; i < side->line_start[search->member[m] + 1]; i++) {
            used[line] = side->line_cell[i];
            line_cell[line] = side->line_cell[i];
            value_eur[line++] = side->line_value_eur[i];
        }
    }
    for (uint64_t m = members_with_lines(search); m <= search->count; m++) {
        line_start[m] = line;
    }
    uint64_t cells = sort_distinct(used, count);
    for (uint64_t i = 0; i < count; i++) {
        line_cell[i] = place_of(used, cells, line_cell[i]);
    }
    for (uint64_t c = 0; c < cells; c++) {
        cell[c] = side->cell[used[c]];
    }
    plan->side[which] = (struct tol_plan_side){.cell_count = cells,
                                               .cell = cell,
                                               .line_start = line_start,
                                               .line_cell = line_cell,
                                               .line_value_eur = value_eur};
    return true;
}

/* Fact texts that the cells name, ascending; the cells then name them by their place here. */
static bool take_facts(struct tol_plan *plan)
{
    uint64_t count = plan->side[TOL_SALES].cell_count + plan->side[TOL_PURCHASES].cell_count;
    uint32_t *text = tol_keep_array(&plan->keep, count, sizeof *text);
    if (text == NULL) {
        return false;
    }
    uint64_t named = 0;
    for (int which = 0; which < TOL_SIDE_COUNT; which++) {
        for (uint64_t c = 0; c < plan->side[which].cell_count; c++) {
            text[named++] = plan->side[which].cell[c].facts;
        }
    }
    plan->facts_text = text;
    plan->facts_count = (uint32_t)sort_distinct(text, named);
    for (int which = 0; which < TOL_SIDE_COUNT; which++) {
        struct tol_cell *cell = (struct tol_cell *)plan->side[which].cell;
        for (uint64_t c = 0; c < plan->side[which].cell_count; c++) {
            cell[c].facts = place_of(text, plan->facts_count, cell[c].facts) & (TOL_BOOK_FACTS_MAX - 1);
        }
    }
    return true;
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

static bool take_links(struct search *search, enum tol_side which)
{
    struct tol_plan *plan = search->plan;
    const struct tol_book_side *side = &plan->book->side[which];
    uint64_t *start = tol_keep_array(&plan->keep, search->count + 1, sizeof *start);
    uint64_t count = 0;
    for (uint64_t m = 0; start != NULL && m < search->count; m++) {
        uint64_t firm = search->member[m];
        start[m] = count;
        count += (search->needs[m] & 1 << which) != 0 ? side->link_start[firm + 1] - side->link_start[firm] : 0;
    }
    uint32_t *member = tol_keep_array(&plan->keep, count, sizeof *member);
    double *value_eur = tol_keep_array(&plan->keep, count, sizeof *value_eur);
    if (start == NULL || member == NULL || value_eur == NULL) {
        return false;
    }
    start[search->count] = count;
    for (uint64_t m = 0; m < search->count; m++) {
        uint64_t first = side->link_start[search->member[m]];
        for (uint64_t i = start[m]; i < start[m + 1]; i++) {
            member[i] = slot_of(search, side->link_firm[first + i - start[m]])->member - 1;
            value_eur[i] = side->link_value_eur[first + i - start[m]];
        }
    }
    plan->side[which].link_start = start;
    plan->side[which].link_member = member;
    plan->side[which].link_value_eur = value_eur;
    return true;
}

static enum tol_status take(struct search *search, uint64_t firm, bool *fits, struct tol_error *error)
{
    struct tol_plan *plan = search->plan;
    enum tol_status status = add_member(search, (uint32_t)firm, error);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        struct walk walk = {.side = side};
        status = go(search, &walk, error);
    }
    *fits = search->count <= search->most;
    if (status != TOL_OK || !*fits) {
        return status;
    }
    uint64_t *member = tol_keep_array(&plan->keep, search->count, sizeof *member);
    bool taken = member != NULL && take_lines(search, TOL_SALES) && take_lines(search, TOL_PURCHASES) &&
                 take_facts(plan) && take_links(search, TOL_SALES) && take_links(search, TOL_PURCHASES);
    if (!taken) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the lines of %llu firms",
                        (unsigned long long)search->count);
    }
    for (uint64_t m = 0; m < search->count; m++) {
        member[m] = search->member[m];
    }
    plan->first_firm = plan->scored_first = firm;
    plan->firm_count = plan->scored_count = 1;
    plan->member_count = search->count;
    plan->member = member;
    return TOL_OK;
}

enum tol_status tol_neighbourhood_take(struct tol_plan *plan, uint64_t firm, uint32_t tiers, uint64_t most, bool *fits,
                                       struct tol_error *error)
{
    struct search search = {.plan = plan, .keep = {.allocator = plan->keep.allocator}, .most = most, .tiers = tiers};
    enum tol_status status = take(&search, firm, fits, error);
    tol_keep_release(&search.keep);
    return status;
}

enum tol_status tol_neighbourhood_take_alone(struct tol_plan *plan, uint64_t firm, struct tol_error *error)
{
    struct search search = {
        .plan = plan, .keep = {.allocator = plan->keep.allocator}, .most = UINT64_MAX, .tiers = 1, .alone = true};
    bool fits;
    enum tol_status status = take(&search, firm, &fits, error);
    tol_keep_release(&search.keep);
    return status;
}
