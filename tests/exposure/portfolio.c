#include "exposure/portfolio.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double random_unit(uint64_t *state)
{
    return (double)(random_next(state) >> 11) * 0x1p-53;
}

tol_country country(const char *code)
{
    tol_country result = 0;
    cr_assert(tol_country_parse(code, &result));
    return result;
}

tol_product product(const char *digits)
{
    tol_product result = 0;
    cr_assert(tol_product_parse(digits, 2, &result));
    return result;
}

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    cr_assert_not_null(memory);
    return memory;
}

struct portfolio *portfolio_new(size_t firm_count, size_t lines_per_side)
{
    struct portfolio *portfolio = zeroed(1, sizeof *portfolio);
    portfolio->firm_count = firm_count;
    portfolio->firm = zeroed(firm_count, sizeof *portfolio->firm);
    portfolio->firm_id = zeroed(firm_count, sizeof *portfolio->firm_id);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        portfolio->line[side] = zeroed(lines_per_side, sizeof *portfolio->line[side]);
    }
    for (size_t f = 0; f < firm_count; f++) {
        (void)snprintf(portfolio->firm_id[f], sizeof portfolio->firm_id[f], "F%05u", (unsigned)f);
        portfolio->firm[f] = (struct tol_firm_row){
            .firm_id = portfolio->firm_id[f], .name = "", .sector = "C28.1", .country = country("NL")};
        for (int n = 0; n < TOL_FIRM_NUMBER_COUNT; n++) {
            portfolio->firm[f].number[n] = NAN;
        }
        portfolio->firm[f].number[TOL_REVENUE] = 0;
    }
    return portfolio;
}

void portfolio_free(struct portfolio *portfolio)
{
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        free(portfolio->line[side]);
    }
    free(portfolio->firm_id);
    free(portfolio->firm);
    free(portfolio);
}

static struct portfolio_line *add(struct portfolio *portfolio, enum tol_side side, size_t firm, const char *hs,
                                  double value_eur)
{
    struct portfolio_line *line = &portfolio->line[side][portfolio->line_count[side]++];
    *line = (struct portfolio_line){.firm = firm, .product = product(hs), .value_eur = value_eur};
    line->importer = country("NL");
    line->origin = country("NL");
    return line;
}

void portfolio_sell(struct portfolio *portfolio, size_t firm, const char *into, const char *hs, double value_eur)
{
    add(portfolio, TOL_SALES, firm, hs, value_eur)->importer = country(into);
}

void portfolio_buy(struct portfolio *portfolio, size_t firm, const char *from, const char *hs, double value_eur)
{
    add(portfolio, TOL_PURCHASES, firm, hs, value_eur)->origin = country(from);
}

void portfolio_link(struct portfolio *portfolio, enum tol_side side, size_t firm, size_t counterpart, double value_eur)
{
    add(portfolio, side, firm, "8501101000", value_eur)->counterpart = 1 + counterpart;
}

static void random_firm(uint64_t *state, struct tol_firm_row *firm)
{
    double revenue = 1e5 * pow(10, 4 * random_unit(state));
    firm->number[TOL_REVENUE] = revenue;
    firm->sector = random_next(state) % 2 == 0 ? "C29.1" : "C10";
    const struct {
        enum tol_firm_number number;
        unsigned given_of_8;
        double low, high;
    } fields[] = {
        {TOL_PURCHASES_TOTAL, 6, 0.2 * revenue, 0.9 * revenue},
        {TOL_EBITDA, 7, -0.05 * revenue, 0.3 * revenue},
        {TOL_INTEREST, 5, 0.001 * revenue, 0.05 * revenue},
        {TOL_CONTRIBUTION_MARGIN, 4, 0.05, 0.95},
        {TOL_COST_PASS_THROUGH, 4, 0, 1},
        {TOL_LIQUIDITY, 4, 0.5, 2},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (random_next(state) % 8 < fields[i].given_of_8) {
            firm->number[fields[i].number] = fields[i].low + (fields[i].high - fields[i].low) * random_unit(state);
        }
    }
}

static void random_line(uint64_t *state, enum tol_side side, double revenue, struct portfolio_line *line)
{
    static const char *const abroad[] = {"US", "CN", "DE", "GB", "BR", "MX", "JP", "NL"};
    char hs[16];
    unsigned long long digits = 1000000000ull + random_next(state) % 300 * 7654321;
    (void)snprintf(hs, random_next(state) % 8 == 0 ? 7 : 11, "%llu", digits);
    line->product = product(hs);
    tol_country other = country(abroad[random_next(state) % 8]);
    line->importer = side == TOL_SALES ? other : country("NL");
    line->origin = side == TOL_SALES ? country("NL") : other;
    if (random_next(state) % 4 == 0) {
        (void)snprintf(line->facts, sizeof line->facts, "content=0.%u", (unsigned)(random_next(state) % 9 + 1));
    }
    line->value_eur = revenue * random_unit(state) / 20;
    if (random_next(state) % 50 == 0) {
        line->value_eur = 0;
    }
}

struct portfolio *portfolio_random(uint64_t seed, size_t firm_count, size_t lines_max)
{
    uint64_t state = seed * 1000003;
    struct portfolio *portfolio = portfolio_new(firm_count, firm_count * lines_max);
    for (size_t f = 0; f < firm_count; f++) {
        random_firm(&state, &portfolio->firm[f]);
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            for (size_t left = random_next(&state) % (lines_max + 1); left > 0; left--) {
                struct portfolio_line *line = &portfolio->line[side][portfolio->line_count[side]++];
                line->firm = f;
                random_line(&state, side, portfolio->firm[f].number[TOL_REVENUE], line);
            }
        }
    }
    return portfolio;
}

struct portfolio *portfolio_linked(uint64_t seed, size_t firm_count, size_t lines_max)
{
    uint64_t state = seed * 900001;
    struct portfolio *portfolio = portfolio_random(seed, firm_count, lines_max);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        for (size_t i = 0; i < portfolio->line_count[side]; i++) {
            struct portfolio_line *line = &portfolio->line[side][i];
            /* A firm that names itself makes no link: rare, but among them. */
            line->counterpart = random_next(&state) % 8 < 5 ? 1 + random_next(&state) % firm_count : 0;
            line->value_eur *= line->firm % 4 == 0 ? 20 : 1;
        }
    }
    return portfolio;
}

/* ---- to a book ---- */

static size_t *order_of(size_t count, uint64_t *state)
{
    size_t *order = zeroed(count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        size_t j = *state == 0 ? i : random_next(state) % (i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    return order;
}

static void add_lines(struct tol_book_builder *builder, const struct portfolio *portfolio, enum tol_side side,
                      uint64_t *state)
{
    struct tol_error error = {0};
    cr_assert_eq(tol_book_builder_begin_lines(builder, side, &error), TOL_OK);
    size_t *order = order_of(portfolio->line_count[side], state);
    for (size_t i = 0; i < portfolio->line_count[side]; i++) {
        const struct portfolio_line *line = &portfolio->line[side][order[i]];
        struct tol_line_row row = {
            .firm_id = portfolio->firm_id[line->firm],
            .counterpart_id = line->counterpart > 0 ? portfolio->firm_id[line->counterpart - 1] : "",
            .facts = line->facts,
            .product = line->product,
            .importer = line->importer,
            .origin = line->origin,
            .value_eur = line->value_eur,
        };
        cr_assert_eq(tol_book_builder_add_line(builder, &row, &error), TOL_OK, "%s", error.message);
    }
    free(order);
}

struct tol_book *portfolio_book(const struct portfolio *portfolio, uint64_t shuffle_seed)
{
    struct tol_book_builder *builder = NULL;
    struct tol_error error = {0};
    uint64_t state = shuffle_seed;
    cr_assert_eq(tol_book_builder_create(tol_allocator_default(), &builder, &error), TOL_OK);
    size_t *order = order_of(portfolio->firm_count, &state);
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        cr_assert_eq(tol_book_builder_add_firm(builder, &portfolio->firm[order[f]], &error), TOL_OK, "%s",
                     error.message);
    }
    free(order);
    add_lines(builder, portfolio, TOL_SALES, &state);
    add_lines(builder, portfolio, TOL_PURCHASES, &state);
    char folder[] = "/tmp/tolmuur-test-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    char path[64];
    (void)snprintf(path, sizeof path, "%s/portfolio.book", folder);
    cr_assert_eq(tol_book_builder_finish(builder, path, &error), TOL_OK, "%s", error.message);
    tol_book_builder_destroy(builder);
    struct tol_book *book = NULL;
    cr_assert_eq(tol_book_open(path, &book, &error), TOL_OK, "%s", error.message);
    (void)unlink(path); /* the mapping stays */
    (void)rmdir(folder);
    return book;
}
