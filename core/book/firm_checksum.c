/* One checksum over all that an answer about one firm reads, so that `firm` sees bit rot without reading the book through. */
#include <string.h>
#include <xxhash.h>

#include "book/reader.h"

/* Each piece is hashed with the hash before it as its seed: order and length of every piece count. */
static uint64_t chain(uint64_t hash, const void *bytes, size_t size)
{
    return XXH3_64bits_withSeed(bytes, size, hash ^ size);
}

static uint64_t chain_side(uint64_t hash, const struct tol_book *book, const struct tol_book_side *side, uint64_t firm)
{
    uint64_t line = side->line_start[firm];
    uint64_t line_end = side->line_start[firm + 1];
    uint64_t link = side->link_start[firm];
    size_t links = (size_t)(side->link_start[firm + 1] - link);
    hash = chain(hash, side->line_value_eur + line, (size_t)(line_end - line) * sizeof(double));
    hash = chain(hash, side->link_firm + link, links * sizeof(uint32_t));
    hash = chain(hash, side->link_value_eur + link, links * sizeof(double));
    hash = chain(hash, &side->concentration[firm], sizeof side->concentration[firm]);
    for (; line < line_end; line++) {
        const struct tol_cell *cell = &side->cell[side->line_cell[line]];
        const char *facts = tol_book_facts(book, cell->facts);
        const uint64_t codes[4] = {cell->product, cell->importer, cell->origin, cell->named};
        hash = chain(chain(hash, codes, sizeof codes), facts, strlen(facts));
    }
    return hash;
}

uint64_t tol_book_firm_checksum(const struct tol_book *book, uint64_t firm)
{
    const uint64_t *id = book->firm_id_start + firm;
    const uint64_t *name = book->firm_name_start + firm;
    const char *sector = tol_book_sector(book, book->firm_sector[firm]);
    double number[TOL_FIRM_NUMBER_COUNT];
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        number[i] = book->firm_number[i][firm];
    }
    uint64_t hash = chain(0, book->firm_id_text + id[0], (size_t)(id[1] - id[0]));
    hash = chain(hash, book->firm_name_text + name[0], (size_t)(name[1] - name[0]));
    hash = chain(hash, &book->firm_country[firm], sizeof book->firm_country[firm]);
    hash = chain(hash, sector, strlen(sector));
    hash = chain(hash, number, sizeof number);
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        hash = chain_side(hash, book, &book->side[i], firm);
    }
    return hash;
}

/* Part of a text that damaged starts may lead out of. */
static uint64_t chain_part(uint64_t hash, const char *text, const uint64_t *start, uint64_t firm, uint64_t bytes)
{
    bool inside = start[firm] <= start[firm + 1] && start[firm + 1] <= bytes;
    return chain(hash, text + (inside ? start[firm] : 0), inside ? (size_t)(start[firm + 1] - start[firm]) : 0);
}

uint64_t tol_book_label_checksum(const struct tol_book *book, uint64_t firm)
{
    const struct tol_book_private *inner = book->private_part;
    const char *sector = tol_book_sector(book, book->firm_sector[firm]);
    uint64_t hash = chain_part(0, book->firm_id_text, book->firm_id_start, firm, inner->firm_id_bytes);
    hash = chain_part(hash, book->firm_name_text, book->firm_name_start, firm, inner->firm_name_bytes);
    hash = chain(hash, &book->firm_country[firm], sizeof book->firm_country[firm]);
    return chain(hash, sector, strlen(sector));
}
