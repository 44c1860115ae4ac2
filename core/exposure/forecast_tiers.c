/* How many tiers a network takes: a shock that is the same everywhere is handed on a few times, one number a firm, and what is left of its greatest
 * term is taken to shrink on at the rate of the last sweeps. */
#include "exposure/chain.h"
#include "exposure/forecast.h"

/* Sweeps that are made; the rate is that of the last two, once it has settled. */
#define SWEEPS 5
/* The share of its orders that a firm loses first. */
static const double first_share = 0.1;

#define FIRMS_PER_BLOCK 4096

struct sweeping {
    const struct tol_plan *plan;
    enum tol_side side;
    double *unit, *passed; /* [firm_count] */
    double *term, *next;   /* [firm_count] handed on in the last sweep, and in this one */
    double *greatest;      /* [workers] */
};

static uint64_t block_end(const struct sweeping *sweeping, uint64_t block)
{
    uint64_t end = (block + 1) * FIRMS_PER_BLOCK;
    return end < sweeping->plan->book->firm_count ? end : sweeping->plan->book->firm_count;
}

/* Units as tol_network_unit, without the rest of what a firm resolves to. */
static enum tol_status resolve_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct sweeping *sweeping = context;
    const struct tol_book *book = sweeping->plan->book;
    bool sales = sweeping->side == TOL_SALES;
    const double *stated = book->firm_number[sales ? TOL_REVENUE : TOL_PURCHASES_TOTAL];
    const double *given = book->firm_number[TOL_COST_PASS_THROUGH];
    double usual = tol_market_response(sweeping->plan->parameters, &sweeping->plan->settings, 0).cost_pass_through;
    for (uint64_t f = block * FIRMS_PER_BLOCK; f < block_end(sweeping, block); f++) {
        double lines_eur = book->side[sweeping->side].concentration[f].total_eur;
        double whole_eur = fmax(stated[f], lines_eur); /* of a number and a NaN, the number */
        sweeping->unit[f] = whole_eur > 0 ? 1 / whole_eur : 0;
        sweeping->passed[f] = sales ? 1 : isnan(given[f]) ? usual : given[f];
        sweeping->term[f] = sweeping->passed[f] * first_share;
    }
    return TOL_OK;
}

static enum tol_status sweep_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct sweeping *sweeping = context;
    const struct tol_book *book = sweeping->plan->book;
    const struct tol_book_side *side = &book->side[sweeping->side];
    double greatest = sweeping->greatest[worker];
    for (uint64_t f = block * FIRMS_PER_BLOCK; f < block_end(sweeping, block); f++) {
        double sum = 0;
        bool sound = side->link_start[f] <= side->link_start[f + 1] && side->link_start[f + 1] <= side->link_count;
        for (uint64_t i = side->link_start[f]; sound && i < side->link_start[f + 1]; i++) {
            sound = side->link_firm[i] < book->firm_count;
            sum += sound ? side->link_value_eur[i] * sweeping->term[side->link_firm[i]] : 0;
        }
        if (!sound) {
            return tol_fail(error, TOL_BAD_DATA, "links of firm %llu lead out of the book; build the book again",
                            (unsigned long long)f + 1);
        }
        sweeping->next[f] = sweeping->passed[f] * sweeping->unit[f] * sum;
        greatest = fmax(greatest, sweeping->next[f]);
    }
    sweeping->greatest[worker] = greatest;
    return TOL_OK;
}

static enum tol_status sweep(struct sweeping *sweeping, struct tol_run *run, double *greatest, struct tol_error *error)
{
    unsigned workers = run == NULL ? 1 : tol_run_threads(run);
    uint64_t blocks = (sweeping->plan->book->firm_count + FIRMS_PER_BLOCK - 1) / FIRMS_PER_BLOCK;
    for (unsigned w = 0; w < workers; w++) {
        sweeping->greatest[w] = 0;
    }
    enum tol_status status = tol_run_blocks(run, blocks, sweep_block, sweeping, error);
    *greatest = 0;
    for (unsigned w = 0; w < workers; w++) {
        *greatest = fmax(*greatest, sweeping->greatest[w]);
    }
    double *term = sweeping->term;
    sweeping->term = sweeping->next;
    sweeping->next = term;
    return status;
}

/* Sweeps until the greatest term is below a quantum. */
static enum tol_status tiers_of(struct sweeping *sweeping, struct tol_run *run, uint32_t most, double *tiers,
                                struct tol_error *error)
{
    uint64_t blocks = (sweeping->plan->book->firm_count + FIRMS_PER_BLOCK - 1) / FIRMS_PER_BLOCK;
    enum tol_status status = tol_run_blocks(run, blocks, resolve_block, sweeping, error);
    double last = first_share;
    double now = first_share;
    double rate = 0;
    uint32_t done = 0;
    for (; done < SWEEPS && done < most && now >= TOL_CHAIN_QUANTUM && status == TOL_OK; done++) {
        double before = last;
        last = now;
        status = sweep(sweeping, run, &now, error);
        rate = done > 0 ? sqrt(now / before) : now / last;
    }
    double more = 0;
    if (now >= TOL_CHAIN_QUANTUM) {
        more = rate < 1 ? log(TOL_CHAIN_QUANTUM / now) / log(rate) : TOL_CHAIN_SWEEPS_MAX;
    }
    *tiers = fmin(fmin(ceil(done + more), most), TOL_CHAIN_SWEEPS_MAX);
    return status;
}

enum tol_status tol_forecast_tiers(const struct tol_plan *plan, struct tol_run *run, double tiers[TOL_SIDE_COUNT],
                                   struct tol_error *error)
{
    const struct tol_book *book = plan->book;
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    struct sweeping sweeping = {.plan = plan};
    sweeping.unit = tol_keep_array(&keep, book->firm_count, sizeof(double));
    sweeping.passed = tol_keep_array(&keep, book->firm_count, sizeof(double));
    sweeping.term = tol_keep_array(&keep, book->firm_count, sizeof(double));
    sweeping.next = tol_keep_array(&keep, book->firm_count, sizeof(double));
    sweeping.greatest = tol_keep_array(&keep, run == NULL ? 1 : tol_run_threads(run), sizeof(double));
    bool fits = sweeping.unit != NULL && sweeping.passed != NULL && sweeping.term != NULL && sweeping.next != NULL &&
                sweeping.greatest != NULL;
    enum tol_status status = fits ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the forecast");
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        sweeping.side = side;
        tiers[side] = 0;
        if (book->side[side].link_count > 0) {
            status = tiers_of(&sweeping, run, plan->settings.tiers, &tiers[side], error);
        }
    }
    tol_keep_release(&keep);
    return status;
}
