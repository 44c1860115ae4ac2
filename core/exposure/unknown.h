/* What facts that are not known leave open. The law says by how much each would narrow a duty, the market how profit answers a duty between its
 * low and high reading, line by line. A cell is asked once a world, and only where its duty is open at all. */
#ifndef TOLMUUR_EXPOSURE_UNKNOWN_H
#define TOLMUUR_EXPOSURE_UNKNOWN_H

#include <math.h>

#include "exposure/plan.h"

/* One cell in one world. */
struct tol_unknown_entry {
    /* From the low to the high reading, per unit of value and of duty, at the market price of the central reading: the change of A and of B of
     * a sale, of G of a purchase. */
    double price, volume;
    uint32_t count;
    uint16_t fact[TOL_UNKNOWN_FACTS_MAX];
    double narrowing[TOL_UNKNOWN_FACTS_MAX]; /* of the change of duty, high - low, at best */
};

/* Fills the plan's unknown. The factor tables are filled. TOL_NO_MEMORY, and what the law refuses. */
TOL_MUST_CHECK enum tol_status tol_unknown_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error);

/* What is open of a cell in a world; NULL: nothing. */
static inline const struct tol_unknown_entry *tol_unknown_of(const struct tol_plan *plan, enum tol_side side,
                                                             uint64_t cell, uint32_t world)
{
    uint32_t row = plan->unknown.row[side][cell];
    return row == 0 ? NULL : plan->unknown.entry + (row - 1) * (size_t)plan->world_count + world;
}

/* EUR of EBITDA for each unit by which the duty of a line is narrowed. */
static inline double tol_unknown_weight(const struct tol_unknown_entry *entry, enum tol_side side,
                                        const struct tol_resolved_firm *firm, double value_eur)
{
    double per_unit = side == TOL_SALES ? fma(firm->contribution_margin, entry->volume, entry->price)
                                        : (1 - firm->cost_pass_through) * entry->price;
    return value_eur * fabs(per_unit);
}

/* Sums of a member by world and fact into the scratch; returns how many places were touched. tol_unknown_widest reads them, 1 + fact or 0;
 * tol_unknown_clear ends the member. */
uint32_t tol_unknown_collect(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t member,
                             const struct tol_resolved_firm *firm);
uint16_t tol_unknown_widest(const struct tol_plan *plan, const struct tol_scratch *scratch, uint32_t touched,
                            size_t scenario);
void tol_unknown_clear(struct tol_scratch *scratch, uint32_t touched);

#endif
