#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "demo_fixture.h"
#include "tolmuur/code.h"

Test(demo_portfolio, revenue_and_purchases_are_in_bounds)
{
    struct portfolio portfolio = demo_portfolio(7, 20000, 100000);
    uint32_t dutch = 0, large = 0;
    for (uint32_t index = 0; index < portfolio.firm_count; index++) {
        struct firm firm;
        tol_portfolio_firm(&portfolio, index, &firm);
        cr_assert_geq(firm.revenue_cents, 25000000);
        cr_assert_lt(firm.purchases_cents, firm.revenue_cents);
        dutch += strcmp(portfolio.market->country[firm.country], "NL") == 0;
        large += firm.revenue_cents > 10000000000;
    }
    cr_assert(dutch > 17000 && dutch < 19000, "%u Dutch firms", dutch);
    cr_assert(large > 100 && large < 800, "%u firms above 100 million EUR", large);
    tol_portfolio_close(&portfolio);
}

/* Lines of one side: their number is the one asked for, in order of firms, and no firm's lines exceed what it sells or buys. */
static void check_sums(const struct portfolio *portfolio, enum portfolio_side side)
{
    struct line_walk walk;
    struct line line;
    uint64_t count = 0, sum = 0;
    uint32_t last = 0;
    tol_line_walk_start(portfolio, side, &walk);
    while (tol_line_walk_next(&walk, &line)) {
        cr_assert_geq(walk.firm.index, last);
        sum = walk.firm.index == last ? sum + line.cents : line.cents;
        last = walk.firm.index;
        uint64_t total = side == PORTFOLIO_SALES ? walk.firm.revenue_cents : walk.firm.purchases_cents;
        cr_assert_leq(sum, total, "firm %u", last);
        cr_assert_gt(line.cents, 0);
        count++;
    }
    cr_assert_eq(count, portfolio->line_count[side]);
}

Test(demo_portfolio, lines_add_up_to_no_more_than_the_firm_trades)
{
    struct portfolio portfolio = demo_portfolio(11, 2000, 60001);
    cr_assert_eq(portfolio.line_count[PORTFOLIO_SALES] + portfolio.line_count[PORTFOLIO_PURCHASES], 60001);
    check_sums(&portfolio, PORTFOLIO_SALES);
    check_sums(&portfolio, PORTFOLIO_PURCHASES);
    tol_portfolio_close(&portfolio);
}

static bool lists(const struct pick_list *list, uint32_t item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->item[i] == item) {
            return true;
        }
    }
    return false;
}

/* True when some division that holds the product is bought (or sold) by the sector. */
static bool sector_trades(const struct market *market, uint32_t sector, enum portfolio_side side,
                          const struct market_product *product)
{
    uint32_t position = (uint32_t)(product - market->product);
    const struct pick_list *mix =
        side == PORTFOLIO_SALES ? &market->sector[sector].buys : &market->sector[sector].sells;
    for (size_t i = 0; i < mix->count; i++) {
        if (lists(&market->products[mix->item[i]], position)) {
            return true;
        }
    }
    return false;
}

static void check_partners(const struct portfolio *portfolio, enum portfolio_side side)
{
    const struct market *market = portfolio->market;
    uint32_t *degree = calloc(portfolio->firm_count + 1, sizeof *degree), largest = 0;
    uint64_t named = 0;
    struct line_walk walk;
    struct line line;
    tol_line_walk_start(portfolio, side, &walk);
    while (tol_line_walk_next(&walk, &line)) {
        cr_assert_leq(line.partner, portfolio->firm_count);
        cr_assert_neq(line.partner, walk.firm.index + 1, "a firm is its own partner");
        if (line.partner == 0) {
            continue;
        }
        struct firm partner;
        tol_portfolio_firm(portfolio, line.partner - 1, &partner);
        cr_assert_eq(partner.country, line.country);
        cr_assert(sector_trades(market, partner.sector, side, line.product), "firm %u", line.partner);
        named++;
        largest = ++degree[line.partner] > largest ? degree[line.partner] : largest;
    }
    cr_assert(named * 100 > portfolio->line_count[side] * 25 && named * 100 < portfolio->line_count[side] * 65,
              "%d named", (int)named);
    cr_assert_gt(largest * (uint64_t)portfolio->firm_count, 10 * named, "no firm stands out: %u", largest);
    free(degree);
}

Test(demo_portfolio, partners_exist_live_there_and_trade_in_the_product)
{
    struct portfolio portfolio = demo_portfolio(3, 3000, 50000);
    check_partners(&portfolio, PORTFOLIO_SALES);
    check_partners(&portfolio, PORTFOLIO_PURCHASES);
    tol_portfolio_close(&portfolio);
}

static uint64_t named_lines(uint32_t named_share)
{
    const struct portfolio_size size = {.firms = 500, .lines = 20000, .named_share = named_share};
    struct portfolio portfolio;
    struct tol_error error = {0};
    cr_assert_eq(tol_portfolio_open(demo_market(), 3, &size, &portfolio, &error), TOL_OK);
    uint64_t named = 0;
    struct line_walk walk;
    struct line line;
    tol_line_walk_start(&portfolio, PORTFOLIO_SALES, &walk);
    while (tol_line_walk_next(&walk, &line)) {
        named += line.partner != 0;
    }
    tol_portfolio_close(&portfolio);
    return named;
}

Test(demo_portfolio, as_many_lines_name_a_partner_as_asked)
{
    uint64_t all = named_lines(SHARE_ONE), half = named_lines(SHARE_ONE / 2);
    cr_assert_eq(named_lines(0), 0);
    cr_assert(half * 100 > all * 47 && half * 100 < all * 53, "%d of %d", (int)half, (int)all);
}

static enum tol_status open_with(uint64_t firms, uint64_t lines, struct portfolio *portfolio, struct tol_error *error)
{
    const struct portfolio_size size = {.firms = firms, .lines = lines, .named_share = PORTFOLIO_NAMED_SHARE};
    return tol_portfolio_open(demo_market(), 1, &size, portfolio, error);
}

Test(demo_portfolio, numbers_of_firms_and_lines_have_bounds)
{
    struct portfolio portfolio;
    struct tol_error error = {0};
    cr_assert_eq(open_with(0, 10, &portfolio, &error), TOL_USAGE);
    cr_assert_eq(open_with(10000000, 10, &portfolio, &error), TOL_USAGE);
    cr_assert_eq(open_with(1, 100001, &portfolio, &error), TOL_USAGE);
    cr_assert_eq(open_with(1, 100000, &portfolio, &error), TOL_OK);
    check_sums(&portfolio, PORTFOLIO_SALES);
    tol_portfolio_close(&portfolio);
    cr_assert_eq(open_with(3, 0, &portfolio, &error), TOL_OK);
    check_sums(&portfolio, PORTFOLIO_PURCHASES);
    tol_portfolio_close(&portfolio);
}
