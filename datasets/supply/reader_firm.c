#include <math.h>
#include <stdlib.h>

#include "supply/firm_number.h"
#include "supply/reader.h"
#include "supply/text.h"

static bool keep_sums(struct tol_table_reader *reader, const struct tol_firm_row *row)
{
    struct tol_firm_sums_list *sums = reader->sums;
    if (sums->count == sums->capacity) {
        uint64_t capacity = sums->capacity == 0 ? 1024 : sums->capacity + sums->capacity / 2;
        struct tol_firm_sums *item = realloc(sums->item, capacity * sizeof *item);
        if (item == NULL) {
            return false;
        }
        sums->item = item;
        sums->capacity = capacity;
    }
    sums->item[sums->count++] = (struct tol_firm_sums){
        .row = reader->rows_before + reader->row,
        .revenue_eur = row->number[TOL_REVENUE],
        .purchases_eur = row->number[TOL_PURCHASES_TOTAL],
    };
    return true;
}

enum tol_status tol_read_firm(struct tol_table_reader *reader, struct tol_error *error)
{
    struct tol_firm_row row = {
        .firm_id = tol_reader_text(reader, TOL_FIRM_ID),
        .name = tol_reader_text(reader, TOL_FIRM_NAME),
        .country = tol_reader_country(reader, TOL_FIRM_COUNTRY),
        .sector = tol_reader_code(reader, TOL_FIRM_SECTOR),
    };
    char sector_fault[TOL_SECTOR_FAULT_SIZE];
    if (row.sector[0] != '\0' && !tol_sector_check(row.sector, sector_fault)) {
        tol_reader_fault(reader, TOL_FIRM_SECTOR, sector_fault);
    }
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        row.number[i] = tol_reader_number(reader, (size_t)TOL_FIRM_NUMBERS + (size_t)i);
        const char *fault = tol_firm_number_fault((enum tol_firm_number)i, row.number[i]);
        if (fault != NULL) {
            tol_reader_fault(reader, (size_t)TOL_FIRM_NUMBERS + (size_t)i, fault);
        }
    }
    if (reader->row_faulty) {
        return TOL_OK;
    }
    struct tol_error fault;
    enum tol_status status = tol_book_builder_add_firm(reader->builder, &row, &fault);
    if (status == TOL_OK && !keep_sums(reader, &row)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the firms");
    }
    return tol_reader_builder_status(reader, status, &fault, error);
}
