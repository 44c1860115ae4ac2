/* A fictional portfolio: every firm and line is a pure function of (seed, number of firms, number of lines, market). */
#ifndef TOLMUUR_GENERATE_PORTFOLIO_H
#define TOLMUUR_GENERATE_PORTFOLIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "market.h"
#include "tolmuur/status.h"

#define PORTFOLIO_NAMED_SHARE 42000u /* unless asked otherwise */
#define PORTFOLIO_FIRMS_MAX 9999999u /* what seven digits of a firm id can say */

enum portfolio_side { PORTFOLIO_SALES = 0, PORTFOLIO_PURCHASES };

struct portfolio {
    const struct market *market;
    uint64_t seed;
    uint32_t firm_count;
    uint64_t line_count[2]; /* by side */
    uint32_t named_share;   /* see struct portfolio_size */
    uint64_t total_weight;  /* of all firms, see firm.weight */
    /* Firms grouped by (home, sector), to find a partner: order[group_start[g]..group_start[g + 1]) are firm indexes, and upto the running
     * sums of their weight as a partner inside the group. */
    size_t *group_start;
    uint32_t *order;
    uint64_t *upto;
};

struct firm {
    uint32_t index; /* from 0; the id says index + 1 */
    uint32_t country, sector;
    uint32_t weight;          /* how many lines it has, relative to others */
    uint64_t revenue_cents;   /* from 250,000 EUR to 16 billion */
    uint64_t purchases_cents; /* a share of revenue that its sector bounds */
    uint32_t purchase_share;  /* in parts of SHARE_ONE */
};

struct line {
    const struct market_product *product;
    uint32_t country; /* destination or origin */
    uint64_t cents;
    uint32_t partner; /* firm index + 1; 0: unknown */
};

/* Walks over the lines of one side, firm after firm. */
struct line_walk {
    const struct portfolio *portfolio;
    enum portfolio_side side;
    struct firm firm;
    uint64_t weight_before; /* of the firms before this one */
    uint64_t lines, next;   /* of this firm */
    uint64_t range_total;   /* sum of the relative sizes of its lines */
    uint64_t cents;         /* what its lines share out */
};

struct portfolio_size {
    uint64_t firms;
    uint64_t lines;       /* shared out 60 : 40 over sales and purchases */
    uint32_t named_share; /* of SHARE_ONE lines that could name a firm of the portfolio as partner, how many do */
};

/* The market is borrowed. TOL_USAGE: no firm, or too many; TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_portfolio_open(const struct market *market, uint64_t seed,
                                                  const struct portfolio_size *size, struct portfolio *portfolio,
                                                  struct tol_error *error);
void tol_portfolio_close(struct portfolio *portfolio);

void tol_portfolio_firm(const struct portfolio *portfolio, uint32_t index, struct firm *firm);

void tol_line_walk_start(const struct portfolio *portfolio, enum portfolio_side side, struct line_walk *walk);
/* False at the end. walk->firm is the line's firm. */
bool tol_line_walk_next(struct line_walk *walk, struct line *line);

#endif
