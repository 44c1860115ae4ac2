/* What the firm network of a whole book comes to, kept between runs: a question about one firm of a large book then needs only the firm, and
 * the names of the counterparts that it names. One file for each book and scenario, 88 bytes a firm. */
#ifndef TOLMUUR_EXPOSURE_CHAIN_STORE_H
#define TOLMUUR_EXPOSURE_CHAIN_STORE_H

#include "exposure/plan.h"

struct tol_chain_store; /* answers of every scenario of a plan, mapped */

/* NULL when any is not there, of another length, or of another book, and when out of memory. The caller closes it; NULL allowed. */
struct tol_chain_store *tol_chain_store_open(const struct tol_plan *plan);
void tol_chain_store_close(struct tol_chain_store *store);

/* Whether what is kept of the plan's members is whole, and their names in the book are those of then. Only that is read, so that a question about one firm does not read all firms. */
bool tol_chain_store_sound(const struct tol_chain_store *store, const struct tol_plan *plan);

/* Fills the tiles' indirect of the plan's members and the plan's partner. False when out of memory. */
bool tol_chain_store_load(const struct tol_chain_store *store, struct tol_plan *plan);

/* Writes every scenario of a solved plan of the whole book. Failure to write is no failure. */
void tol_chain_store_save(const struct tol_plan *plan);

#endif
