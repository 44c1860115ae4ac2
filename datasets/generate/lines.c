/* Sales and purchase lines of a firm. */
#include <string.h>

#include "portfolio.h"
#include "random.h"

/* Marks the draws of a firm's assortment, apart from those of its lines. */
static const uint32_t assortment_flag = 0x80000000u;

static enum draw_stream stream_of(enum portfolio_side side, enum draw_stream sale)
{
    return side == PORTFOLIO_SALES ? sale : (enum draw_stream)(sale + (DRAW_PURCHASE - DRAW_SALE));
}

/* Relative size of a line: 1 / u with u evenly spread, so that a few lines carry most of the value. */
static uint64_t line_range(const struct line_walk *walk, uint64_t line)
{
    struct draw draw =
        draw_at(walk->portfolio->seed, stream_of(walk->side, DRAW_SALE_RANGE), walk->firm.index, (uint32_t)(line >> 2));
    return 1048576u / (64u + (draw.word[line & 3] >> 16));
}

/* The part of revenue or purchases that the lines explain: 60 % to 97 %, the rest is goods and services without a line. */
static uint64_t shared_cents(const struct line_walk *walk)
{
    struct draw draw = draw_at(walk->portfolio->seed, DRAW_FIRM_MONEY, walk->firm.index, 1);
    uint64_t total = walk->side == PORTFOLIO_SALES ? walk->firm.revenue_cents : walk->firm.purchases_cents;
    uint64_t share = 39322 + scale_to(draw.word[walk->side], 24248);
    return wide_share(total, share, SHARE_ONE);
}

/* Lines before a firm whose predecessors weigh weight_before. */
static uint64_t lines_before(const struct line_walk *walk, uint64_t weight_before)
{
    const struct portfolio *portfolio = walk->portfolio;
    return wide_share(weight_before, portfolio->line_count[walk->side], portfolio->total_weight);
}

static void open_firm(struct line_walk *walk, uint32_t index)
{
    tol_portfolio_firm(walk->portfolio, index, &walk->firm);
    walk->lines = lines_before(walk, walk->weight_before + walk->firm.weight) - lines_before(walk, walk->weight_before);
    walk->next = 0;
    walk->range_total = 0;
    for (uint64_t line = 0; line < walk->lines; line++) {
        walk->range_total += line_range(walk, line);
    }
    walk->cents = walk->lines > 0 ? shared_cents(walk) : 0;
}

void tol_line_walk_start(const struct portfolio *portfolio, enum portfolio_side side, struct line_walk *walk)
{
    *walk = (struct line_walk){.portfolio = portfolio, .side = side};
    open_firm(walk, 0);
}

/* A firm trades in an assortment that grows with its number of lines; the products come by their weight in its divisions. */
static const struct market_product *pick_product(const struct line_walk *walk, uint32_t word, uint32_t *division)
{
    const struct market *market = walk->portfolio->market;
    const struct market_sector *sector = &market->sector[walk->firm.sector];
    uint64_t assortment = 4 + walk->lines / 2;
    uint32_t item = (uint32_t)scale_to(word, assortment > 60 ? 60 : assortment);
    struct draw draw =
        draw_at(walk->portfolio->seed, stream_of(walk->side, DRAW_SALE), walk->firm.index, item | assortment_flag);
    *division = pick_item(walk->side == PORTFOLIO_SALES ? &sector->sells : &sector->buys, draw.word[0]);
    return &market->product[pick_item(&market->products[*division], draw.word[1])];
}

/* Whether anybody trades the product with the country: most products go to few countries. The same for every seed and side. */
static bool reaches(const struct market *market, const struct market_product *product, uint32_t country)
{
    uint32_t reach = market->reach[country];
    return reach == SHARE_ONE || draw_at(0, DRAW_REACH, product->subheading, country).word[0] >> 16 < reach;
}

/* The weights are those of a firm at the first home (the Netherlands); elsewhere the two homes change places. What a country does not trade
 * stays at home. */
static uint32_t pick_country(const struct line_walk *walk, const struct market_product *product, uint32_t word)
{
    const struct market *market = walk->portfolio->market;
    uint32_t country = pick_item(walk->side == PORTFOLIO_SALES ? &market->destinations : &market->origins, word);
    uint32_t first_home = market->homes.item[0], home = walk->firm.country;
    if (country == first_home || !reaches(market, product, country)) {
        return home;
    }
    return country == home ? first_home : country;
}

/* A firm of the portfolio in that country whose sector buys (or sells) the division; 0: unknown. */
static uint32_t pick_partner(const struct line_walk *walk, uint64_t line, uint32_t country, uint32_t division)
{
    const struct portfolio *portfolio = walk->portfolio;
    const struct market *market = portfolio->market;
    const struct pick_list *sectors =
        walk->side == PORTFOLIO_SALES ? &market->buyers[division] : &market->sellers[division];
    struct draw draw =
        draw_at(portfolio->seed, stream_of(walk->side, DRAW_SALE_PARTNER), walk->firm.index, (uint32_t)line);
    if (sectors->count == 0 || draw.word[0] >> 16 >= portfolio->named_share) {
        return 0;
    }
    size_t group = country * market->sector_count + pick_item(sectors, draw.word[1]);
    size_t start = portfolio->group_start[group], count = portfolio->group_start[group + 1] - start;
    if (count == 0) {
        return 0;
    }
    const uint64_t *upto = portfolio->upto + start;
    uint64_t word = (uint64_t)draw.word[2] << 32 | draw.word[3];
    uint64_t point = scale_long_to(word, upto[count - 1]);
    uint32_t partner = portfolio->order[start + tol_pick_position(upto, count, point)];
    return partner == walk->firm.index ? 0 : partner + 1;
}

bool tol_line_walk_next(struct line_walk *walk, struct line *line)
{
    while (walk->next == walk->lines) {
        uint32_t index = walk->firm.index + 1;
        if (index >= walk->portfolio->firm_count) {
            return false;
        }
        walk->weight_before += walk->firm.weight;
        open_firm(walk, index);
    }
    uint64_t number = walk->next++;
    struct draw draw =
        draw_at(walk->portfolio->seed, stream_of(walk->side, DRAW_SALE), walk->firm.index, (uint32_t)number);
    uint32_t division;
    line->product = pick_product(walk, draw.word[0], &division);
    line->country = pick_country(walk, line->product, draw.word[1]);
    line->cents = wide_share(walk->cents, line_range(walk, number), walk->range_total);
    line->cents = line->cents > 0 ? line->cents : 1;
    line->partner = pick_partner(walk, number, line->country, division);
    return true;
}
