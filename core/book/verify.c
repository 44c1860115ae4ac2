#include <math.h>
#include <string.h>

#include "book/format.h"
#include "book/reader.h"

#define FIRMS_PER_BLOCK 16384

static enum tol_status damaged(const struct tol_book *book, struct tol_error *error, const char *what)
{
    tol_fail(error, TOL_BAD_DATA, "%s is damaged; build the book again", what);
    return tol_fail_at(error, TOL_BAD_DATA, tol_sections_path(book->private_part->sections), 0, NULL, NULL);
}

static bool slice_inside(const uint64_t *start, uint64_t index, uint64_t total)
{
    return start[index] <= start[index + 1] && start[index + 1] <= total;
}

static bool cell_inside(const struct tol_book *book, const struct tol_cell *cell)
{
    unsigned digits = tol_product_digits(cell->product);
    return cell->facts < book->facts_count && digits >= 2 && digits <= 10;
}

static bool value_sound(double value_eur)
{
    return value_eur >= 0 && isfinite(value_eur);
}

/* Rows of one firm: ascending, so none twice, inside `limit`, values finite and not negative. */
static bool rows_sound(const uint64_t *start, const uint32_t *other, const double *value_eur, uint64_t firm,
                       uint64_t limit)
{
    for (uint64_t i = start[firm]; i < start[firm + 1]; i++) {
        if (other[i] >= limit || !value_sound(value_eur[i]) || (i > start[firm] && other[i - 1] >= other[i])) {
            return false;
        }
    }
    return true;
}

static enum tol_status verify_side_of_firm(const struct tol_book *book, int which, uint64_t firm,
                                           struct tol_error *error)
{
    const struct tol_book_side *side = &book->side[which];
    const struct tol_side_section_names *names = &tol_side_section_names[which];
    if (!slice_inside(side->line_start, firm, side->line_count)) {
        return damaged(book, error, names->line_start);
    }
    if (!slice_inside(side->link_start, firm, side->link_count)) {
        return damaged(book, error, names->link_start);
    }
    if (!rows_sound(side->line_start, side->line_cell, side->line_value_eur, firm, side->cell_count)) {
        return damaged(book, error, names->line_cell);
    }
    if (!rows_sound(side->link_start, side->link_firm, side->link_value_eur, firm, book->firm_count)) {
        return damaged(book, error, names->link_firm);
    }
    return TOL_OK;
}

static enum tol_status verify_firm_rows(const struct tol_book *book, uint64_t firm, struct tol_error *error)
{
    const struct tol_book_private *inner = book->private_part;
    if (!slice_inside(book->firm_id_start, firm, inner->firm_id_bytes)) {
        return damaged(book, error, "firm_id_start");
    }
    if (!slice_inside(book->firm_name_start, firm, inner->firm_name_bytes)) {
        return damaged(book, error, "firm_name_start");
    }
    if (book->firm_sector[firm] >= book->sector_count) {
        return damaged(book, error, "firm_sector");
    }
    if (isnan(book->firm_number[TOL_REVENUE][firm])) {
        return damaged(book, error, "revenue_eur");
    }
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        if (isinf(book->firm_number[i][firm])) {
            return damaged(book, error, tol_firm_number_name((enum tol_firm_number)i));
        }
    }
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        enum tol_status status = verify_side_of_firm(book, i, firm, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

enum tol_status tol_book_verify_firm(const struct tol_book *book, uint64_t firm, struct tol_error *error)
{
    enum tol_status status = verify_firm_rows(book, firm, error);
    for (int i = 0; status == TOL_OK && i < TOL_SIDE_COUNT; i++) {
        const struct tol_book_side *side = &book->side[i];
        for (uint64_t line = side->line_start[firm]; line < side->line_start[firm + 1]; line++) {
            if (!cell_inside(book, &side->cell[side->line_cell[line]])) {
                return damaged(book, error, tol_side_section_names[i].cell);
            }
        }
    }
    if (status == TOL_OK && tol_book_firm_checksum(book, firm) != book->private_part->firm_checksum[firm]) {
        return damaged(book, error, "firm_checksum");
    }
    return status;
}

static bool texts_sound(const uint64_t *start, const char *text, uint64_t count, uint64_t bytes)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!slice_inside(start, i, bytes) || start[i] == start[i + 1] || text[start[i + 1] - 1] != '\0') {
            return false;
        }
    }
    return true;
}

/* Ids ascend by their bytes, or a firm could not be found. The start of the firm's own has been checked. */
static bool follows_the_last(const struct tol_book *book, uint64_t firm)
{
    const uint64_t *start = book->firm_id_start;
    if (firm == 0) {
        return true;
    }
    if (!slice_inside(start, firm - 1, book->private_part->firm_id_bytes)) {
        return false;
    }
    size_t before = (size_t)(start[firm] - start[firm - 1]);
    size_t length = (size_t)(start[firm + 1] - start[firm]);
    int order = memcmp(book->firm_id_text + start[firm - 1], book->firm_id_text + start[firm],
                       before < length ? before : length);
    return order < 0 || (order == 0 && before < length);
}

static enum tol_status verify_cells(const struct tol_book *book, struct tol_error *error)
{
    for (int which = 0; which < TOL_SIDE_COUNT; which++) {
        const struct tol_book_side *side = &book->side[which];
        for (uint64_t i = 0; i < side->cell_count; i++) {
            if (!cell_inside(book, &side->cell[i])) {
                return damaged(book, error, tol_side_section_names[which].cell);
            }
        }
    }
    return TOL_OK;
}

static enum tol_status verify_section(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct tol_book *book = context;
    return tol_sections_verify_at(book->private_part->sections, (uint32_t)block, error);
}

static enum tol_status verify_firms(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct tol_book *book = context;
    enum tol_status status = TOL_OK;
    uint64_t end = (block + 1) * FIRMS_PER_BLOCK;
    for (uint64_t f = block * FIRMS_PER_BLOCK; status == TOL_OK && f < end && f < book->firm_count; f++) {
        status = verify_firm_rows(book, f, error);
        if (status == TOL_OK && !follows_the_last(book, f)) {
            status = damaged(book, error, "firm_id_text");
        }
    }
    return status;
}

enum tol_status tol_book_verify(const struct tol_book *book, struct tol_run *run, struct tol_error *error)
{
    const struct tol_book_private *inner = book->private_part;
    void *context = (void *)(uintptr_t)book; /* is only read */
    tol_sections_expect_all(inner->sections);
    enum tol_status status = tol_run_blocks(run, tol_sections_count(inner->sections), verify_section, context, error);
    if (status != TOL_OK) {
        return status;
    }
    if (!texts_sound(inner->sector_start, inner->sector_text, book->sector_count, inner->sector_bytes)) {
        return damaged(book, error, "sector_start");
    }
    if (!texts_sound(inner->facts_start, inner->facts_text, book->facts_count, inner->facts_bytes)) {
        return damaged(book, error, "facts_start");
    }
    status = verify_cells(book, error);
    if (status == TOL_OK) {
        uint64_t blocks = (book->firm_count + FIRMS_PER_BLOCK - 1) / FIRMS_PER_BLOCK;
        status = tol_run_blocks(run, blocks, verify_firms, context, error);
    }
    return status;
}
