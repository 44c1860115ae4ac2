/* Notes of cells, carried to firms. Few combinations of notes exist, so a cell needs just the number of its combination, and a firm's
 * lines are added up per combination. Weights are whole numbers: their sums do not depend on the order of classes or lines. */
#include <math.h>
#include <string.h>

#include "exposure/plan.h"
#include "exposure/row_set.h"

/* A firm's lines are weighed in steps of 2^-40 of their whole value, rounded up: a line that is worth anything counts. */
static const double weight_steps = 0x1p40;
static const double part_limit = 0.1;

static const uint32_t weak_flags =
    TOL_FLAG_IMPORTER_LAW_UNKNOWN | TOL_FLAG_PRODUCT_AGGREGATED | TOL_FLAG_PRODUCT_UNKNOWN;

static const uint32_t doubtful_flags = TOL_FLAG_NO_MARKET | TOL_FLAG_SPECIFIC_EXCLUDED | TOL_FLAG_UNCONFIRMED |
                                       TOL_FLAG_PAST_COVERAGE | TOL_FLAG_ELASTICITY_IMPUTED;

/* A comparison with the baseline stands on both laws, so it carries the notes of both. */
static bool classify_side(struct tol_row_set *set, uint32_t world_count, struct tol_plan_side *side, uint32_t *notes)
{
    for (uint64_t c = 0; c < side->cell_count; c++) {
        uint32_t *row = notes + (size_t)c * world_count;
        for (uint32_t w = 1; w < world_count; w++) {
            row[w] |= row[0];
        }
        if (!tol_row_set_number(set, row, &side->note_class[c])) {
            return false;
        }
    }
    return true;
}

static bool classify(struct tol_plan *plan, struct tol_row_set *set, uint32_t *const cell_notes[TOL_SIDE_COUNT])
{
    uint32_t none;
    void *empty = tol_keep_zeroed(&set->keep, 1, set->row_bytes);
    if (empty == NULL || !tol_row_set_number(set, empty, &none)) {
        return false;
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        if (!classify_side(set, plan->world_count, &plan->side[side], cell_notes[side])) {
            return false;
        }
    }
    uint32_t *flags = tol_keep_array(&plan->keep, set->count, set->row_bytes);
    if (flags == NULL) {
        return false;
    }
    memcpy(flags, set->row, set->count * set->row_bytes);
    plan->notes = (struct tol_note_classes){.count = set->count, .flags = flags};
    return true;
}

enum tol_status tol_notes_classify(struct tol_plan *plan, uint32_t *const cell_notes[TOL_SIDE_COUNT],
                                   struct tol_error *error)
{
    struct tol_row_set set = {.keep = {.allocator = plan->keep.allocator},
                              .row_bytes = plan->world_count * sizeof(uint32_t)};
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

uint32_t tol_notes_collect(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t member)
{
    if (plan->notes.count <= 1) {
        return 0;
    }
    double total_eur = 0;
    uint64_t firm = tol_member_firm(plan, member);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        double side_eur = plan->book->side[side].concentration[firm].total_eur;
        total_eur += side_eur > 0 ? side_eur : 0;
    }
    double steps_per_eur = total_eur > 0 ? weight_steps / total_eur : 0;
    uint32_t touched = 0;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        touched = collect_side(&plan->side[side], member, steps_per_eur, scratch, touched);
    }
    return touched;
}

struct tol_firm_notes tol_notes_of(const struct tol_plan *plan, const struct tol_scratch *scratch, uint32_t touched,
                                   size_t scenario)
{
    uint32_t world = plan->scenario_world[scenario];
    uint64_t weak_weight = 0;
    uint64_t doubtful_weight = 0;
    struct tol_firm_notes notes = {.confidence = TOL_CONFIDENCE_HIGH};
    for (uint32_t i = 0; i < touched; i++) {
        uint32_t class = scratch->class_touched[i];
        uint32_t flags = plan->notes.flags[class * (size_t)plan->world_count + world];
        notes.flags |= flags;
        weak_weight += (flags & weak_flags) != 0 ? scratch->class_weight[class] : 0;
        doubtful_weight += (flags & (weak_flags | doubtful_flags)) != 0 ? scratch->class_weight[class] : 0;
    }
    if ((double)weak_weight > part_limit * weight_steps) {
        notes.confidence = TOL_CONFIDENCE_LOW;
    } else if ((double)doubtful_weight > part_limit * weight_steps) {
        notes.confidence = TOL_CONFIDENCE_MEDIUM;
    }
    return notes;
}

void tol_notes_clear(struct tol_scratch *scratch, uint32_t touched)
{
    for (uint32_t i = 0; i < touched; i++) {
        scratch->class_weight[scratch->class_touched[i]] = 0;
    }
}
