/* Notes of cells, carried to firms. Few combinations of notes exist, so a cell needs just the number of its combination, and a firm's
 * lines are added up per combination. Weights are whole numbers: their sums do not depend on the order of classes or lines. */
#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "exposure/plan.h"

/* A firm's lines are weighed in steps of 2^-40 of their whole value, rounded up: a line that is worth anything counts. */
static const double weight_steps = 0x1p40;
static const double weak_limit = 0.1;

static const uint32_t weak_flags =
    TOL_FLAG_IMPORTER_LAW_UNKNOWN | TOL_FLAG_PRODUCT_AGGREGATED | TOL_FLAG_PRODUCT_UNKNOWN;

/* Rows of flags, each once, found by hash. */
struct class_set {
    struct tol_keep keep;
    uint32_t width; /* flags per row */
    uint32_t count;
    uint32_t room;  /* rows; slots are twice as many */
    uint16_t *row;  /* [room][width] */
    uint32_t *slot; /* [2 room] class + 1, 0: free */
};

static uint32_t *find_slot(const struct class_set *set, const uint16_t *row)
{
    size_t bytes = set->width * sizeof *row;
    uint64_t slots = 2 * (uint64_t)set->room;
    uint64_t at = XXH3_64bits(row, bytes) % slots;
    while (set->slot[at] != 0 && memcmp(set->row + (set->slot[at] - 1) * (size_t)set->width, row, bytes) != 0) {
        at = (at + 1) % slots;
    }
    return &set->slot[at];
}

/* Doubles the room. Old arrays stay until the set goes: their sizes add up to less than the last. */
static bool grow(struct class_set *set)
{
    uint32_t room = set->room == 0 ? 64 : 2 * set->room;
    uint16_t *row = tol_keep_array(&set->keep, room, set->width * sizeof *row);
    uint32_t *slot = tol_keep_zeroed(&set->keep, room, 2 * sizeof *slot);
    if (row == NULL || slot == NULL) {
        return false;
    }
    if (set->count > 0) {
        memcpy(row, set->row, set->count * (size_t)set->width * sizeof *row);
    }
    set->row = row;
    set->slot = slot;
    set->room = room;
    for (uint32_t i = 0; i < set->count; i++) {
        *find_slot(set, row + i * (size_t)set->width) = i + 1;
    }
    return true;
}

static bool intern(struct class_set *set, const uint16_t *row, uint32_t *class)
{
    if (set->count == set->room && !grow(set)) {
        return false;
    }
    uint32_t *slot = find_slot(set, row);
    if (*slot == 0) {
        memcpy(set->row + set->count * (size_t)set->width, row, set->width * sizeof *row);
        *slot = ++set->count;
    }
    *class = *slot - 1;
    return true;
}

/* A comparison with the baseline stands on both laws, so it carries the notes of both. */
static bool classify_side(struct class_set *set, struct tol_plan_side *side, uint16_t *notes)
{
    for (uint64_t c = 0; c < side->cell_count; c++) {
        uint16_t *row = notes + c * set->width;
        for (uint32_t w = 1; w < set->width; w++) {
            row[w] |= row[0];
        }
        if (!intern(set, row, &side->note_class[c])) {
            return false;
        }
    }
    return true;
}

static bool classify(struct tol_plan *plan, struct class_set *set, uint16_t *const cell_notes[TOL_SIDE_COUNT])
{
    uint32_t none;
    uint16_t *empty = tol_keep_zeroed(&set->keep, set->width, sizeof *empty);
    if (empty == NULL || !intern(set, empty, &none)) {
        return false;
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        if (!classify_side(set, &plan->side[side], cell_notes[side])) {
            return false;
        }
    }
    size_t size = (size_t)set->count * set->width;
    uint16_t *flags = tol_keep_array(&plan->keep, size, sizeof *flags);
    if (flags == NULL) {
        return false;
    }
    memcpy(flags, set->row, size * sizeof *flags);
    plan->notes = (struct tol_note_classes){.count = set->count, .flags = flags};
    return true;
}

enum tol_status tol_notes_classify(struct tol_plan *plan, uint16_t *const cell_notes[TOL_SIDE_COUNT],
                                   struct tol_error *error)
{
    struct class_set set = {.keep = {.allocator = plan->keep.allocator}, .width = plan->world_count};
    bool done = classify(plan, &set, cell_notes);
    tol_keep_release(&set.keep);
    return done ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the notes of the cells");
}

/* Adds a run of lines of one class. */
static uint32_t add_weight(struct tol_scratch *scratch, uint32_t class, uint64_t weight, uint32_t touched)
{
    if (class == 0 || weight == 0) {
        return touched;
    }
    if (scratch->class_weight[class] == 0) {
        scratch->class_touched[touched++] = class;
    }
    scratch->class_weight[class] += weight;
    return touched;
}

static uint32_t collect_side(const struct tol_plan_side *side, uint64_t at, double steps_per_eur,
                             struct tol_scratch *scratch, uint32_t touched)
{
    uint32_t class = 0;
    uint64_t weight = 0;
    for (uint64_t i = side->line_start[at]; i < side->line_start[at + 1]; i++) {
        uint32_t own = side->note_class[side->line_cell[i]];
        if (own != class) {
            /* Neighbouring cells mostly share their class: one store per run of lines. */
            touched = add_weight(scratch, class, weight, touched);
            class = own;
            weight = 0;
        }
        double value_eur = side->line_value_eur[i];
        if (class != 0 && value_eur > 0) {
            weight += 1 + (uint64_t)fmin(value_eur * steps_per_eur, weight_steps);
        }
    }
    return add_weight(scratch, class, weight, touched);
}

uint32_t tol_notes_collect(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t firm)
{
    if (plan->notes.count <= 1) {
        return 0;
    }
    double total_eur = 0;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        double side_eur = plan->book->side[side].concentration[firm].total_eur;
        total_eur += side_eur > 0 ? side_eur : 0;
    }
    double steps_per_eur = total_eur > 0 ? weight_steps / total_eur : 0;
    uint64_t at = firm - plan->first_firm;
    uint32_t touched = 0;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        touched = collect_side(&plan->side[side], at, steps_per_eur, scratch, touched);
    }
    return touched;
}

struct tol_firm_notes tol_notes_of(const struct tol_plan *plan, const struct tol_scratch *scratch, uint32_t touched,
                                   size_t scenario)
{
    uint32_t world = plan->scenario_world[scenario];
    uint64_t weak_weight = 0;
    struct tol_firm_notes notes = {0};
    for (uint32_t i = 0; i < touched; i++) {
        uint32_t class = scratch->class_touched[i];
        uint32_t flags = plan->notes.flags[class * (size_t)plan->world_count + world];
        notes.flags |= flags;
        weak_weight += (flags & weak_flags) != 0 ? scratch->class_weight[class] : 0;
    }
    notes.weak = (double)weak_weight > weak_limit * weight_steps;
    return notes;
}

void tol_notes_clear(struct tol_scratch *scratch, uint32_t touched)
{
    for (uint32_t i = 0; i < touched; i++) {
        scratch->class_weight[scratch->class_touched[i]] = 0;
    }
}
