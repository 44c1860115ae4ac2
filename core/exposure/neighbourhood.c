#include "exposure/neighbourhood.h"

#include <stdlib.h>

/* Members while they are found. A firm may be needed for its customers, for its suppliers, or for both. */
struct search {
    struct tol_plan *plan;
    struct tol_keep keep;
    uint32_t *number; /* [book firm] 1 + member; 0: none */
    uint64_t *member; /* [room] places in the book, in the order of finding */
    uint8_t *needs;   /* [room] bit of each side whose links are followed */
    uint64_t count, room, most;
    uint32_t tiers;
};

static bool grow(struct search *search)
{
    uint64_t room = search->room == 0 ? 64 : 2 * search->room;
    uint64_t *member = tol_keep_array(&search->keep, room, sizeof *member);
    uint8_t *needs = tol_keep_zeroed(&search->keep, room, sizeof *needs);
    if (member == NULL || needs == NULL) {
        return false;
    }
    for (uint64_t i = 0; i < search->count; i++) {
        member[i] = search->member[i];
        needs[i] = search->needs[i];
    }
    search->member = member;
    search->needs = needs;
    search->room = room;
    return true;
}

static enum tol_status add_member(struct search *search, uint64_t firm, struct tol_error *error)
{
    if (search->number[firm] != 0) {
        return TOL_OK;
    }
    bool fits = search->count < search->room || grow(search);
    if (!fits || search->member == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the firm's customers and suppliers");
    }
    search->member[search->count++] = firm;
    search->number[firm] = (uint32_t)search->count;
    return search->count == 1 ? TOL_OK : tol_book_verify_firm(search->plan->book, firm, error);
}

/* Members in the order in which they are met along one side's links. */
struct walk {
    enum tol_side side;
    uint32_t *queue; /* [firms of the book] */
    uint8_t *queued; /* [firms of the book] */
    uint64_t found;
};

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
        if (status == TOL_OK && !walk->queued[other]) {
            walk->queued[other] = 1;
            walk->queue[walk->found++] = search->number[other] - 1;
        }
    }
    return status;
}

/* Breadth first from member 0, tier by tier. Stops when there are too many. */
static enum tol_status go(struct search *search, struct walk *walk, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    uint64_t taken = 0;
    walk->queue[walk->found++] = 0;
    walk->queued[search->member[0]] = 1;
    for (uint32_t tier = 0;
         status == TOL_OK && taken < walk->found && tier < search->tiers && search->count <= search->most; tier++) {
        for (uint64_t end = walk->found; taken < end && status == TOL_OK && search->count <= search->most; taken++) {
            status = meet(search, walk, walk->queue[taken], error);
        }
    }
    return status;
}

static enum tol_status follow(struct search *search, enum tol_side side, struct tol_error *error)
{
    struct tol_keep keep = {.allocator = search->keep.allocator};
    uint64_t firm_count = search->plan->book->firm_count;
    struct walk walk = {.side = side,
                        .queue = tol_keep_array(&keep, firm_count, sizeof *walk.queue),
                        .queued = tol_keep_zeroed(&keep, firm_count, sizeof *walk.queued)};
    enum tol_status status =
        walk.queue == NULL || walk.queued == NULL
            ? tol_fail(error, TOL_NO_MEMORY, "out of memory for the firm's customers and suppliers")
            : go(search, &walk, error);
    tol_keep_release(&keep);
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

static uint64_t line_count(const struct search *search, enum tol_side which)
{
    const struct tol_book_side *side = &search->plan->book->side[which];
    uint64_t count = 0;
    for (uint64_t m = 0; m < search->count; m++) {
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
    for (uint64_t m = 0; m < search->count; m++) {
        line_start[m] = line;
        for (uint64_t i = side->line_start[search->member[m]]; i < side->line_start[search->member[m] + 1]; i++) {
            used[line] = side->line_cell[i];
            line_cell[line] = side->line_cell[i];
            value_eur[line++] = side->line_value_eur[i];
        }
    }
    line_start[search->count] = line;
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
            member[i] = search->number[side->link_firm[first + i - start[m]]] - 1;
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
    search->number = tol_keep_zeroed(&search->keep, plan->book->firm_count, sizeof *search->number);
    if (search->number == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the firm's customers and suppliers");
    }
    enum tol_status status = add_member(search, firm, error);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        status = follow(search, side, error);
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
    plan->first_firm = firm;
    plan->firm_count = 1;
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
