/* The law that all functions of one database answer from, and what they keep between calls. */
#ifndef SQL_LAW_GROUND_H
#define SQL_LAW_GROUND_H

#include "rate_memo.h"
#include "session.h"

struct law_ground;

/* Finds and opens the law's tables; the caller is its first user. TOL_NO_INPUT, TOL_BAD_DATA, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status law_ground_open(struct law_ground **ground, struct tol_error *error);
/* One user more. Thread safe, as all below. */
struct law_ground *law_ground_share(struct law_ground *ground);
/* One user less; the last one closes it. For DuckDB's delete callbacks. */
void law_ground_leave(void *ground);

const struct tol_law *law_ground_law(const struct law_ground *ground);
/* The file of the tables, absolute: found once, so that it stays the same when the process changes its folder or environment. */
const char *law_ground_tables(const struct law_ground *ground);

/* A memo that no other thread has until it is given back; NULL: out of memory. */
struct rate_memo *law_ground_take_memo(struct law_ground *ground);
void law_ground_give_memo(struct law_ground *ground, struct rate_memo *memo);

#endif
