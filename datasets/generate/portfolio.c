/* Firms: size, sector, home; and the grouping that lets a line find its partner. */
#include "portfolio.h"

#include <stdlib.h>

#include "random.h"

/* Size classes of revenue: class k runs from 250,000 x 2^k EUR to twice that. firms: how many firms of 10,000 are in it (a lognormal body with a
 * Pareto tail). lines: relative number of lines, which grows with revenue to the power 0.45. */
enum { SIZE_CLASSES = 16 };
static const struct {
    uint32_t firms, lines;
} size_class[SIZE_CLASSES] = {
    {1395, 100}, {1800, 137}, {1900, 187}, {1600, 255}, {1200, 348}, {850, 476}, {550, 650}, {330, 888},
    {180, 1213}, {95, 1657},  {50, 2263},  {27, 3091},  {13, 4222},  {6, 5767},  {3, 7877},  {1, 10759},
};
enum { SIZE_FIRMS = 10000 };
static const uint64_t smallest_revenue_cents = 25000000;

static uint32_t size_class_of(uint32_t word)
{
    uint32_t point = (uint32_t)scale_to(word, SIZE_FIRMS), upto = 0;
    for (uint32_t k = 0; k < SIZE_CLASSES; k++) {
        upto += size_class[k].firms;
        if (point < upto) {
            return k;
        }
    }
    return SIZE_CLASSES - 1;
}

void tol_portfolio_firm(const struct portfolio *portfolio, uint32_t index, struct firm *firm)
{
    const struct market *market = portfolio->market;
    struct draw kind = draw_at(portfolio->seed, DRAW_FIRM_KIND, index, 0);
    struct draw money = draw_at(portfolio->seed, DRAW_FIRM_MONEY, index, 0);
    uint32_t class = size_class_of(kind.word[0]);
    uint64_t floor_cents = smallest_revenue_cents << class;
    firm->index = index;
    firm->sector = pick_item(&market->sectors, kind.word[1]);
    firm->country = pick_item(&market->homes, kind.word[2]);
    /* Half to one and a half times the class's number of lines. */
    firm->weight = size_class[class].lines / 2 + (uint32_t)scale_to(kind.word[3], size_class[class].lines) + 1;
    firm->revenue_cents = floor_cents + scale_to(money.word[0], floor_cents);
    const struct market_sector *sector = &market->sector[firm->sector];
    firm->purchase_share = sector->purchase_share_low +
                           (uint32_t)scale_to(money.word[1], sector->purchase_share_high - sector->purchase_share_low);
    firm->purchases_cents = wide_share(firm->revenue_cents, firm->purchase_share, SHARE_ONE);
}

static size_t group_of(const struct market *market, const struct firm *firm)
{
    return firm->country * market->sector_count + firm->sector;
}

/* Large firms have many partners: about in proportion to revenue. */
static uint64_t partner_weight(const struct firm *firm)
{
    return (uint64_t)firm->weight * firm->weight;
}

static void count_groups(struct portfolio *portfolio, size_t groups)
{
    struct firm firm;
    for (uint32_t index = 0; index < portfolio->firm_count; index++) {
        tol_portfolio_firm(portfolio, index, &firm);
        portfolio->total_weight += firm.weight;
        portfolio->group_start[group_of(portfolio->market, &firm) + 1]++;
    }
    for (size_t group = 0; group < groups; group++) {
        portfolio->group_start[group + 1] += portfolio->group_start[group];
    }
}

static void fill_groups(struct portfolio *portfolio, size_t *filled)
{
    struct firm firm;
    for (uint32_t index = 0; index < portfolio->firm_count; index++) {
        tol_portfolio_firm(portfolio, index, &firm);
        size_t group = group_of(portfolio->market, &firm);
        size_t position = portfolio->group_start[group] + filled[group];
        uint64_t before = filled[group] > 0 ? portfolio->upto[position - 1] : 0;
        portfolio->order[position] = index;
        portfolio->upto[position] = before + partner_weight(&firm);
        filled[group]++;
    }
}

enum tol_status tol_portfolio_open(const struct market *market, uint64_t seed, const struct portfolio_size *size,
                                   struct portfolio *portfolio, struct tol_error *error)
{
    uint64_t firm_count = size->firms, line_total = size->lines;
    *portfolio = (struct portfolio){.market = market, .seed = seed, .named_share = size->named_share};
    if (firm_count == 0 || firm_count > PORTFOLIO_FIRMS_MAX) {
        return tol_fail(error, TOL_USAGE, "the number of firms must be from 1 to %u", PORTFOLIO_FIRMS_MAX);
    }
    if (line_total > firm_count * 100000) {
        return tol_fail(error, TOL_USAGE, "at most 100000 lines for each firm: ask for more firms or fewer lines");
    }
    portfolio->firm_count = (uint32_t)firm_count;
    portfolio->line_count[PORTFOLIO_PURCHASES] = line_total * 2 / 5;
    portfolio->line_count[PORTFOLIO_SALES] = line_total - portfolio->line_count[PORTFOLIO_PURCHASES];
    size_t groups = market->country_count * market->sector_count;
    size_t *filled = calloc(groups, sizeof *filled);
    portfolio->group_start = calloc(groups + 1, sizeof *portfolio->group_start);
    portfolio->order = malloc(firm_count * sizeof *portfolio->order);
    portfolio->upto = malloc(firm_count * sizeof *portfolio->upto);
    if (filled == NULL || portfolio->group_start == NULL || portfolio->order == NULL || portfolio->upto == NULL) {
        free(filled);
        tol_portfolio_close(portfolio);
        return tol_fail(error, TOL_NO_MEMORY, "no memory for %u firms", (unsigned)firm_count);
    }
    count_groups(portfolio, groups);
    fill_groups(portfolio, filled);
    free(filled);
    return TOL_OK;
}

void tol_portfolio_close(struct portfolio *portfolio)
{
    free(portfolio->group_start);
    free(portfolio->order);
    free(portfolio->upto);
    *portfolio = (struct portfolio){0};
}
