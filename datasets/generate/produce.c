#include "produce.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

const char *const tol_produce_table_name[PRODUCE_TABLES] = {"firms", "sales", "purchases"};

enum { FIRM_COLUMNS = 10, LINE_COLUMNS = 5, REQUIRED_COLUMNS = 4 };

static const char *const column_name[PRODUCE_TABLES][PRODUCE_COLUMNS] = {
    {"firm_id", "country", "sector", "revenue_eur", "purchases_eur", "ebitda_eur", "interest_eur",
     "contribution_margin", "loan_eur", "name"},
    {"firm_id", "hs", "destination", "value_eur", "customer_id"},
    {"firm_id", "hs", "origin", "value_eur", "supplier_id"},
};

const struct csv_shape tol_produce_shape[PRODUCE_TABLES] = {
    {column_name[PRODUCE_FIRMS], FIRM_COLUMNS, REQUIRED_COLUMNS},
    {column_name[PRODUCE_SALES], LINE_COLUMNS, REQUIRED_COLUMNS},
    {column_name[PRODUCE_PURCHASES], LINE_COLUMNS, REQUIRED_COLUMNS},
};

static bool is_text(enum produce_table table, size_t column)
{
    return table == PRODUCE_FIRMS ? column < 3 || column == 9 : column != 3;
}

void tol_produce_start(struct production *production, enum produce_table table, const struct portfolio *portfolio,
                       const struct held_table *real)
{
    production->portfolio = portfolio;
    production->real = real;
    production->column_count = tol_produce_shape[table].column_count;
    for (size_t i = 0; i < production->column_count; i++) {
        production->columns[i] = (struct tol_table_column){
            column_name[table][i], is_text(table, i) ? TOL_COLUMN_TEXT : TOL_COLUMN_DOUBLE, true};
    }
    production->next_real = 0;
    production->next_firm = 0;
    tol_line_walk_start(portfolio, table == PRODUCE_PURCHASES ? PORTFOLIO_PURCHASES : PORTFOLIO_SALES,
                        &production->walk);
}

/* Copies one real row. */
static enum tol_status copy_real(struct production *production, const struct tol_table_cells *cells, size_t row,
                                 struct tol_error *error)
{
    const struct held_table *real = production->real;
    size_t from = production->next_real++;
    for (size_t i = 0; i < production->column_count; i++) {
        const char *value = held_cell(real, from, i);
        if (production->columns[i].type == TOL_COLUMN_TEXT) {
            cells[i].text[row] = value[0] != '\0' ? value : NULL;
            continue;
        }
        cells[i].number[row] = NAN;
        if (value[0] == '\0') {
            continue;
        }
        char *end;
        cells[i].number[row] = strtod(value, &end);
        if (*end != '\0') {
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
