/* Firms that name each other: losses of customers reach their suppliers, dearer suppliers reach their customers. */
#ifndef TOLMUUR_EXPOSURE_NETWORK_H
#define TOLMUUR_EXPOSURE_NETWORK_H

#include "exposure/plan.h"

/* Fills the tiles' indirect, where the plan has links; the plan is priced and has its scratch memory. */
TOL_MUST_CHECK enum tol_status tol_network_solve(struct tol_plan *plan, struct tol_run *run, struct tol_error *error);

/* Whether some firm of the plan names another. */
bool tol_network_is_there(const struct tol_plan *plan);

/* Gives the tiles zeroed rows of indirect for what is filled in from elsewhere, on the sides that have links. False when out of memory. */
bool tol_network_rows_make(struct tol_plan *plan, uint64_t rows);

/* What reaches a member through the network in one scenario: lost orders, then dearer inputs, by reading. Zeros on a side without links. */
struct tol_network_answer {
    double indirect[TOL_SIDE_COUNT][TOL_READING_COUNT];
};
struct tol_network_answer tol_network_answer(const struct tol_plan *plan, size_t scenario, uint64_t member);
/* Into rows that were made. */
void tol_network_answer_put(const struct tol_plan *plan, size_t scenario, uint64_t member,
                            const struct tol_network_answer *answer);

/* What duties on a member's own lines do to it directly, as a share of all that it sells or buys: SALES from its sums of price cuts and of volume, of
 * which the other side has no second. 0 when there is no total. */
static inline double tol_network_direct(enum tol_side side, double first_eur, double second_eur,
                                        const struct tol_resolved_firm *firm)
{
    double whole_eur = side == TOL_SALES ? firm->revenue_eur : firm->purchases_eur;
    double lost_eur = side == TOL_SALES ? -(first_eur + second_eur) : first_eur;
    return whole_eur > 0 ? lost_eur / whole_eur : 0;
}

/* What a share of a member's sales or purchases is worth: 1 over the stated total, or over the lines' own total where that is more, so
 * that all shares together are at most 1. 0 when there is no total. */
double tol_network_unit(const struct tol_plan *plan, enum tol_side side, uint64_t member,
                        const struct tol_resolved_firm *firm);

#endif
