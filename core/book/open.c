#include <stdlib.h>
#include <string.h>

#include "book/format.h"
#include "book/reader.h"

const char *tol_firm_number_name(enum tol_firm_number number)
{
    static const char *const name[TOL_FIRM_NUMBER_COUNT] = {
        "revenue_eur",       "purchases_eur",  "ebitda_eur",         "interest_eur",        "contribution_margin",
        "cost_pass_through", "loan_eur",       "vacancy_difficulty", "productivity_growth", "energy_cost_share",
        "automation",        "digitalisation", "investment_rate",    "chain_cooperation",   "liquidity"};
    return name[number];
}

/* Looks sections up one after the other; after a failure the rest does nothing. */
struct lookup {
    const struct tol_sections *sections;
    struct tol_error *error;
    enum tol_status status;
};

static enum tol_status wrong_size(const struct lookup *lookup, const char *name)
{
    tol_fail(lookup->error, TOL_BAD_DATA, "section %s does not fit the book's counts; build the book again", name);
    return tol_fail_at(lookup->error, TOL_BAD_DATA, tol_sections_path(lookup->sections), 0, NULL, NULL);
}

/* A section of exactly `expected` elements. */
static const void *array(struct lookup *lookup, const char *name, size_t element_size, uint64_t expected)
{
    const void *content = NULL;
    uint64_t count;
    if (lookup->status == TOL_OK) {
        lookup->status = tol_sections_array(lookup->sections, name, element_size, &content, &count, lookup->error);
    }
    if (lookup->status == TOL_OK && count != expected) {
        lookup->status = wrong_size(lookup, name);
    }
    return lookup->status == TOL_OK ? content : NULL;
}

/* Starts (count + 1 of them) whose last one is `total`. */
static const uint64_t *starts(struct lookup *lookup, const char *name, uint64_t count, uint64_t total)
{
    const uint64_t *start = array(lookup, name, sizeof *start, count + 1);
    if (start != NULL && (start[0] != 0 || start[count] != total)) {
        lookup->status = wrong_size(lookup, name);
        return NULL;
    }
    return start;
}

static const char *text(struct lookup *lookup, const char *name, uint64_t *bytes)
{
    const void *content = NULL;
    if (lookup->status == TOL_OK) {
        lookup->status = tol_sections_array(lookup->sections, name, 1, &content, bytes, lookup->error);
    }
    return content;
}

/* Texts that end in a zero each. */
static const char *terminated_text(struct lookup *lookup, const char *name, uint64_t count, uint64_t *bytes)
{
    const char *content = text(lookup, name, bytes);
    if (lookup->status == TOL_OK && count > 0 && (*bytes == 0 || content[*bytes - 1] != '\0')) {
        lookup->status = wrong_size(lookup, name);
    }
    return content;
}

static void open_firms(struct lookup *lookup, struct tol_book *book)
{
    struct tol_book_private *inner = book->private_part;
    uint64_t count = book->firm_count;
    book->firm_id_text = text(lookup, "firm_id_text", &inner->firm_id_bytes);
    book->firm_id_start = starts(lookup, "firm_id_start", count, inner->firm_id_bytes);
    book->firm_name_text = text(lookup, "firm_name_text", &inner->firm_name_bytes);
    book->firm_name_start = starts(lookup, "firm_name_start", count, inner->firm_name_bytes);
    book->firm_country = array(lookup, "firm_country", sizeof *book->firm_country, count);
    book->firm_sector = array(lookup, "firm_sector", sizeof *book->firm_sector, count);
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        book->firm_number[i] = array(lookup, tol_firm_number_name((enum tol_firm_number)i), sizeof(double), count);
    }
    inner->firm_checksum = array(lookup, "firm_checksum", sizeof *inner->firm_checksum, count);
    inner->sector_text = terminated_text(lookup, "sector_text", book->sector_count, &inner->sector_bytes);
    inner->sector_start = starts(lookup, "sector_start", book->sector_count, inner->sector_bytes);
    inner->facts_text = terminated_text(lookup, "facts_text", book->facts_count, &inner->facts_bytes);
    inner->facts_start = starts(lookup, "facts_start", book->facts_count, inner->facts_bytes);
}

static void open_side(struct lookup *lookup, struct tol_book *book, int which)
{
    const struct tol_side_section_names *names = &tol_side_section_names[which];
    struct tol_book_side *side = &book->side[which];
    side->cell = array(lookup, names->cell, sizeof *side->cell, side->cell_count);
    side->line_start = starts(lookup, names->line_start, book->firm_count, side->line_count);
    side->line_cell = array(lookup, names->line_cell, sizeof *side->line_cell, side->line_count);
    side->line_value_eur = array(lookup, names->line_value, sizeof *side->line_value_eur, side->line_count);
    side->link_start = starts(lookup, names->link_start, book->firm_count, side->link_count);
    side->link_firm = array(lookup, names->link_firm, sizeof *side->link_firm, side->link_count);
    side->link_value_eur = array(lookup, names->link_value, sizeof *side->link_value_eur, side->link_count);
    side->concentration = array(lookup, names->concentration, sizeof *side->concentration, book->firm_count);
}

/* What only books have that another book can be built from. */
static void open_digests(struct lookup *lookup, struct tol_book *book)
{
    struct tol_book_private *inner = book->private_part;
    uint64_t bytes;
    inner->digest_maker = "";
    if (lookup->status != TOL_OK || tol_sections_find(lookup->sections, TOL_BOOK_DIGEST_MAKER, &bytes) == NULL) {
        return;
    }
    inner->digest_maker = terminated_text(lookup, TOL_BOOK_DIGEST_MAKER, 1, &bytes);
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        const char *name = tol_side_section_names[i].digest;
        if (tol_sections_find(lookup->sections, name, &bytes) != NULL) {
            inner->digest[i] = array(lookup, name, sizeof *inner->digest[i], book->firm_count);
        }
    }
}

static enum tol_status open_book(struct tol_book *book, struct tol_error *error)
{
    struct lookup lookup = {book->private_part->sections, error, TOL_OK};
    const struct tol_book_counts *counts = array(&lookup, "counts", sizeof *counts, 1);
    if (counts == NULL) {
        return lookup.status;
    }
    if (counts->firm_count >= UINT32_MAX || counts->sector_count > UINT16_MAX + UINT64_C(1) ||
        counts->facts_count > TOL_BOOK_FACTS_MAX) {
        return wrong_size(&lookup, "counts");
    }
    book->firm_count = counts->firm_count;
    memcpy(book->row_count, counts->row_count, sizeof book->row_count);
    book->rejected_count = counts->rejected_count;
    book->sector_count = (uint32_t)counts->sector_count;
    book->facts_count = (uint32_t)counts->facts_count;
    open_firms(&lookup, book);
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        book->side[i].cell_count = counts->side[i].cell_count;
        book->side[i].line_count = counts->side[i].line_count;
        book->side[i].link_count = counts->side[i].link_count;
        open_side(&lookup, book, i);
    }
    open_digests(&lookup, book);
    return lookup.status;
}

enum tol_status tol_book_open(const char *path, struct tol_book **book, struct tol_error *error)
{
    struct tol_book *opened = calloc(1, sizeof *opened);
    struct tol_book_private *inner = calloc(1, sizeof *inner);
    if (opened == NULL || inner == NULL) {
        free(opened);
        free(inner);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a book");
    }
    opened->private_part = inner;
    enum tol_status status = tol_sections_open(path, TOL_BOOK_KIND, TOL_BOOK_VERSION, &inner->sections, error);
    if (status == TOL_OK) {
        status = open_book(opened, error);
    }
    if (status != TOL_OK) {
        tol_book_close(opened);
        return status;
    }
    *book = opened;
    return TOL_OK;
}

void tol_book_close(struct tol_book *book)
{
    if (book == NULL) {
        return;
    }
    tol_sections_close(book->private_part->sections);
    free(book->private_part);
    free(book);
}

/* The bytes [start[index], start[index + 1]) of text; no bytes when damaged starts leave the text. */
static const char *slice(const uint64_t *start, const char *bytes, uint64_t size, uint64_t index, size_t *length)
{
    uint64_t from = start[index];
    uint64_t end = start[index + 1];
    if (from > end || end > size) {
        *length = 0;
        return bytes;
    }
    *length = (size_t)(end - from);
    return bytes + from;
}

static void copy_out(const char *from, size_t length, char *to, size_t size)
{
    if (length > size - 1) {
        length = size - 1;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

void tol_book_firm_id(const struct tol_book *book, uint64_t firm, char *to, size_t size)
{
    size_t length;
    const char *from = slice(book->firm_id_start, book->firm_id_text, book->private_part->firm_id_bytes, firm, &length);
    copy_out(from, length, to, size);
}

void tol_book_firm_name(const struct tol_book *book, uint64_t firm, char *to, size_t size)
{
    size_t length;
    const char *from =
        slice(book->firm_name_start, book->firm_name_text, book->private_part->firm_name_bytes, firm, &length);
    copy_out(from, length, to, size);
}

uint64_t tol_book_bytes(const struct tol_book *book)
{
    return tol_sections_bytes(book->private_part->sections);
}

const void *tol_book_file(const struct tol_book *book)
{
    return tol_sections_file(book->private_part->sections);
}

uint64_t tol_book_identity(const struct tol_book *book)
{
    return tol_sections_identity(book->private_part->sections);
}

const struct tol_rows_digest *tol_book_digests(const struct tol_book *book, enum tol_side side)
{
    return book->private_part->digest[side];
}

const char *tol_book_digest_maker(const struct tol_book *book)
{
    return book->private_part->digest_maker;
}

const char *tol_book_sector(const struct tol_book *book, uint32_t sector)
{
    const struct tol_book_private *inner = book->private_part;
    return sector < book->sector_count && inner->sector_start[sector] < inner->sector_bytes
               ? inner->sector_text + inner->sector_start[sector]
               : "";
}

const char *tol_book_facts(const struct tol_book *book, uint32_t facts)
{
    const struct tol_book_private *inner = book->private_part;
    return facts < book->facts_count && inner->facts_start[facts] < inner->facts_bytes
               ? inner->facts_text + inner->facts_start[facts]
               : "";
}

bool tol_book_find(const struct tol_book *book, const char *firm_id, uint64_t *firm)
{
    size_t wanted = strlen(firm_id);
    uint64_t low = 0;
    uint64_t high = book->firm_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        size_t length;
        const char *id =
            slice(book->firm_id_start, book->firm_id_text, book->private_part->firm_id_bytes, middle, &length);
        int order = memcmp(id, firm_id, length < wanted ? length : wanted);
        if (order == 0 && length == wanted) {
            *firm = middle;
            return true;
        }
        if (order < 0 || (order == 0 && length < wanted)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}
