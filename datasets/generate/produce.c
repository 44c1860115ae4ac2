#include "produce.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

const char *const tol_produce_table_name[PRODUCE_TABLES] = {"firms", "sales", "purchases"};

static const struct tol_table_column firm_columns[] = {
    {"firm_id", TOL_COLUMN_TEXT},         {"country", TOL_COLUMN_TEXT},
    {"sector", TOL_COLUMN_TEXT},          {"revenue_eur", TOL_COLUMN_DOUBLE},
    {"purchases_eur", TOL_COLUMN_DOUBLE}, {"ebitda_eur", TOL_COLUMN_DOUBLE},
    {"interest_eur", TOL_COLUMN_DOUBLE},  {"contribution_margin", TOL_COLUMN_DOUBLE},
    {"loan_eur", TOL_COLUMN_DOUBLE},      {"name", TOL_COLUMN_TEXT},
};
static const struct tol_table_column sale_columns[] = {
    {"firm_id", TOL_COLUMN_TEXT},     {"hs", TOL_COLUMN_TEXT},          {"destination", TOL_COLUMN_TEXT},
    {"value_eur", TOL_COLUMN_DOUBLE}, {"customer_id", TOL_COLUMN_TEXT},
};
static const struct tol_table_column purchase_columns[] = {
    {"firm_id", TOL_COLUMN_TEXT},     {"hs", TOL_COLUMN_TEXT},          {"origin", TOL_COLUMN_TEXT},
    {"value_eur", TOL_COLUMN_DOUBLE}, {"supplier_id", TOL_COLUMN_TEXT},
};
enum { FIRM_COLUMNS = 10, LINE_COLUMNS = 5, REQUIRED_COLUMNS = 4 };

static enum tol_status map_real(struct production *production, struct tol_error *error)
{
    const struct text_table *real = production->real;
    size_t found = 0;
    for (size_t i = 0; i < production->column_count; i++) {
        production->source[i] = tol_text_table_column(real, production->columns[i].name);
        found += production->source[i] < real->column_count;
        if (i < REQUIRED_COLUMNS && production->source[i] == real->column_count) {
            tol_fail(error, TOL_BAD_DATA, "the column is missing");
            return tol_fail_at(error, TOL_BAD_DATA, real->path, 0, production->columns[i].name, NULL);
        }
    }
    if (found != real->column_count) {
        tol_fail(error, TOL_BAD_DATA, "has a column that generated tables do not have; leave it out");
        return tol_fail_at(error, TOL_BAD_DATA, real->path, 0, NULL, NULL);
    }
    return TOL_OK;
}

enum tol_status tol_produce_start(struct production *production, enum produce_table table,
                                  const struct portfolio *portfolio, const struct text_table *real,
                                  struct tol_error *error)
{
    static const struct tol_table_column *const columns[] = {firm_columns, sale_columns, purchase_columns};
    production->portfolio = portfolio;
    production->real = real;
    production->columns = columns[table];
    production->column_count = table == PRODUCE_FIRMS ? FIRM_COLUMNS : LINE_COLUMNS;
    production->next_real = 0;
    production->next_firm = 0;
    tol_line_walk_start(portfolio, table == PRODUCE_PURCHASES ? PORTFOLIO_PURCHASES : PORTFOLIO_SALES,
                        &production->walk);
    return real != NULL ? map_real(production, error) : TOL_OK;
}

/* Copies one real row. */
static enum tol_status copy_real(struct production *production, const struct tol_table_cells *cells, size_t row,
                                 struct tol_error *error)
{
    const struct text_table *real = production->real;
    size_t from = production->next_real++;
    for (size_t i = 0; i < production->column_count; i++) {
        const char *value =
            production->source[i] < real->column_count ? text_table_cell(real, from, production->source[i]) : "";
        if (production->columns[i].type == TOL_COLUMN_TEXT) {
            cells[i].text[row] = value[0] != '\0' ? value : NULL;
            continue;
        }
        char *end;
        cells[i].number[row] = value[0] != '\0' ? strtod(value, &end) : NAN;
        if (value[0] != '\0' && *end != '\0') {
            tol_fail(error, TOL_BAD_DATA, "is not a number");
            return tol_fail_at(error, TOL_BAD_DATA, real->path, from + 1, production->columns[i].name, value);
        }
    }
    return TOL_OK;
}

static const char *write_id(char *text, uint32_t number)
{
    snprintf(text, PRODUCE_TEXT_SIZE, "FX%07u", number);
    return text;
}

static double euros(uint64_t cents)
{
    return (double)cents / 100;
}

static uint64_t part_of(uint64_t value, uint64_t share)
{
    return wide_share(value, share, SHARE_ONE);
}

/* EBITDA: one firm in ten unknown, one in twelve a loss of up to 8 % of revenue, the rest 2 % to 15 % (triangular), and never more than four
 * fifths of what purchases leave. */
static double ebitda_of(const struct firm *firm, const struct draw *draw)
{
    uint32_t kind = draw->word[0] >> 16;
    if (kind < 6554) {
        return NAN;
    }
    if (kind < 12015) {
        return -euros(part_of(firm->revenue_cents, scale_to(draw->word[1], 5243)));
    }
    uint64_t share = 1311 + (scale_to(draw->word[1], 8520) + scale_to(draw->word[2], 8520)) / 2;
    uint64_t ceiling = (uint64_t)(SHARE_ONE - firm->purchase_share) * 4 / 5;
    return euros(part_of(firm->revenue_cents, share < ceiling ? share : ceiling));
}

static void firm_row(struct production *production, const struct tol_table_cells *cells, size_t row)
{
    const struct market *market = production->portfolio->market;
    struct firm firm;
    tol_portfolio_firm(production->portfolio, production->next_firm++, &firm);
    struct draw first = draw_at(production->portfolio->seed, DRAW_FIRM_FINANCE, firm.index, 0);
    struct draw second = draw_at(production->portfolio->seed, DRAW_FIRM_FINANCE, firm.index, 1);
    const struct market_sector *sector = &market->sector[firm.sector];
    char *name = production->text[1][row];
    snprintf(name, PRODUCE_TEXT_SIZE, "Fictional %s %05u", sector->label, firm.index + 1);
    cells[0].text[row] = write_id(production->text[0][row], firm.index + 1);
    cells[1].text[row] = market->country[firm.country];
    cells[2].text[row] = sector->code;
    cells[3].number[row] = euros(firm.revenue_cents);
    cells[4].number[row] = euros(firm.purchases_cents);
    cells[5].number[row] = ebitda_of(&firm, &first);
    /* Six firms in seven have a loan of 4 % to 54 % of revenue at 3 % to 7 %. */
    bool has_loan = second.word[0] >> 16 < 56173;
    uint64_t loan_cents = part_of(firm.revenue_cents, 2621 + scale_to(second.word[1], 32768));
    cells[6].number[row] = has_loan ? euros(part_of(loan_cents, 1966 + scale_to(second.word[2], 2621))) : NAN;
    cells[8].number[row] = has_loan ? euros(loan_cents) : NAN;
    /* Half the firms tell their contribution margin: three quarters to all of what purchases leave. */
    uint64_t margin = (SHARE_ONE - firm.purchase_share) * (49152 + scale_to(second.word[3], 16384));
    cells[7].number[row] = first.word[3] >> 31 != 0 ? (double)margin / ((double)SHARE_ONE * SHARE_ONE) : NAN;
    cells[9].text[row] = name;
}

enum tol_status tol_produce_firms(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error)
{
    struct production *production = context;
    size_t row = 0;
    for (;
         row < TOL_TABLE_BLOCK_ROWS && production->real != NULL && production->next_real < production->real->row_count;
         row++) {
        enum tol_status status = copy_real(production, cells, row, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    for (; row < TOL_TABLE_BLOCK_ROWS && production->next_firm < production->portfolio->firm_count; row++) {
        firm_row(production, cells, row);
    }
    *row_count = row;
    return TOL_OK;
}

/* Sales to the United States name the ten-digit code of its schedule; elsewhere the six digits that all countries share. */
static void line_row(struct production *production, const struct line *line, const struct tol_table_cells *cells,
                     size_t row)
{
    const struct market *market = production->portfolio->market;
    bool to_us = production->walk.side == PORTFOLIO_SALES && line->country == market->united_states;
    cells[0].text[row] = write_id(production->text[0][row], production->walk.firm.index + 1);
    cells[1].text[row] = to_us ? line->product->hs10 : line->product->hs6;
    cells[2].text[row] = market->country[line->country];
    cells[3].number[row] = euros(line->cents);
    cells[4].text[row] = line->partner != 0 ? write_id(production->text[1][row], line->partner) : NULL;
}

enum tol_status tol_produce_lines(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error)
{
    struct production *production = context;
    struct line line;
    size_t row = 0;
    for (;
         row < TOL_TABLE_BLOCK_ROWS && production->real != NULL && production->next_real < production->real->row_count;
         row++) {
        enum tol_status status = copy_real(production, cells, row, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    for (; row < TOL_TABLE_BLOCK_ROWS && tol_line_walk_next(&production->walk, &line); row++) {
        line_row(production, &line, cells, row);
    }
    *row_count = row;
    return TOL_OK;
}
