#include <math.h>
#include <stdio.h>
#include <string.h>

#include "supply/reader.h"
#include "supply/text.h"

/* Joins the row's facts as "name=value;..." (cut at size). False after a fault. */
static bool join_facts(struct tol_table_reader *reader, char *raw, size_t size)
{
    size_t used = 0;
    raw[0] = '\0';
    for (size_t column = TOL_LINE_FACTS; column < reader->schema.count; column++) {
        if (reader->cell[column].kind == TOL_CELL_NONE) {
            continue;
        }
        const char *value = tol_reader_value_text(reader, column);
        if (reader->cell[column].kind == TOL_CELL_OTHER || strpbrk(value, ";,&=") != NULL) {
            tol_reader_fault(reader, column, "not a value of this fact; see the table of facts in the law");
            return false;
        }
        int length =
            snprintf(raw + used, size - used, "%s%s=%s", used == 0 ? "" : ";", reader->schema.name[column], value);
        used += (size_t)length;
        if (used >= size) {
            tol_reader_fault(reader, column, "the facts of this row are too long; check the value");
            return false;
        }
    }
    return true;
}

/* Which column is it? Facts that are sound one by one clash together. */
static void report_facts(struct tol_table_reader *reader, const char *message)
{
    char one[512];
    struct tol_facts facts;
    struct tol_error error;
    for (size_t column = TOL_LINE_FACTS; column < reader->schema.count; column++) {
        if (reader->cell[column].kind == TOL_CELL_NONE) {
            continue;
        }
        snprintf(one, sizeof one, "%s=%s", reader->schema.name[column], tol_reader_value_text(reader, column));
        if (tol_facts_parse(reader->options->law, one, &facts, &error) != TOL_OK) {
            tol_reader_fault(reader, column, error.message);
            return;
        }
    }
    tol_reader_fault(reader, TOL_LINE_FACTS, message);
}

static uint32_t cache_place(const char *raw)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *raw != '\0'; raw++) {
        hash = (hash ^ (unsigned char)*raw) * 16777619u;
    }
    return hash % TOL_FACTS_CACHE_SIZE;
}

const char *tol_reader_facts(struct tol_table_reader *reader, char *canonical, size_t size)
{
    char raw[sizeof reader->facts_cache->entry[0].raw];
    if (!join_facts(reader, raw, sizeof raw) || raw[0] == '\0') {
        return "";
    }
    uint32_t place = cache_place(raw);
    if (strcmp(reader->facts_cache->entry[place].raw, raw) == 0) {
        return reader->facts_cache->entry[place].canonical;
    }
    struct tol_facts facts;
    struct tol_error error;
    if (tol_facts_parse(reader->options->law, raw, &facts, &error) != TOL_OK) {
        report_facts(reader, error.message);
        return "";
    }
    tol_facts_format(reader->options->law, &facts, canonical, size);
    memcpy(reader->facts_cache->entry[place].raw, raw, sizeof raw);
    snprintf(reader->facts_cache->entry[place].canonical, sizeof reader->facts_cache->entry[place].canonical, "%s",
             canonical);
    return canonical;
}

/* Adds up what the firm's lines come to, and counts the lines without a counterpart. False: no such firm, and the fault is logged. */
static bool account(struct tol_table_reader *reader, const struct tol_line_row *row, enum tol_side side)
{
    uint64_t firm;
    uint64_t counterpart;
    if (!tol_book_builder_find(reader->builder, row->firm_id, &firm)) {
        tol_reader_fault(reader, TOL_LINE_FIRM_ID, "no such firm in the firms table; add it there or drop the line");
        return false;
    }
    bool named = row->counterpart_id[0] != '\0' &&
                 tol_book_builder_find(reader->builder, row->counterpart_id, &counterpart) && counterpart != firm;
    reader->log->report->unnamed_lines += !named;
    reader->sums->item[firm].line_eur[side] += row->value_eur;
    return true;
}

enum tol_status tol_read_line(struct tol_table_reader *reader, struct tol_error *error)
{
    bool sales = reader->schema.table == TOL_SUPPLY_SALES;
    char canonical[sizeof reader->facts_cache->entry[0].canonical];
    struct tol_line_row row = {
        .firm_id = tol_reader_text(reader, TOL_LINE_FIRM_ID),
        .counterpart_id = tol_reader_text(reader, TOL_LINE_COUNTERPART),
        .value_eur = tol_reader_number(reader, TOL_LINE_VALUE),
    };
    const char *hs = tol_reader_code(reader, TOL_LINE_HS);
    const char *fault_of_hs = hs[0] != '\0' ? tol_hs_read(hs, &row.product) : NULL;
    if (fault_of_hs != NULL) {
        tol_reader_fault(reader, TOL_LINE_HS, fault_of_hs);
    }
    tol_country country = tol_reader_country(reader, TOL_LINE_COUNTRY);
    tol_country other = tol_reader_country(reader, TOL_LINE_OTHER_COUNTRY);
    row.importer = sales ? country : other;
    row.origin = sales ? other : country;
    if (row.value_eur < 0) {
        tol_reader_fault(reader, TOL_LINE_VALUE, "a value below zero; book returns as their own or leave them out");
    }
    row.facts = tol_reader_facts(reader, canonical, sizeof canonical);
    if (reader->row_faulty || !account(reader, &row, sales ? TOL_SALES : TOL_PURCHASES) || !reader->keep_lines) {
        return TOL_OK;
    }
    struct tol_error fault;
    enum tol_status status = tol_book_builder_add_line(reader->builder, &row, &fault);
    return tol_reader_builder_status(reader, status, &fault, error);
}
