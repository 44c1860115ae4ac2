#include <math.h>
#include <stdio.h>

#include "supply/reader.h"
#include "supply/text.h"

const char *tol_reader_value_text(struct tol_table_reader *reader, size_t column)
{
    const struct tol_input_cell *cell = &reader->cell[column];
    if (cell->kind == TOL_CELL_NONE) {
        return "";
    }
    if (cell->kind == TOL_CELL_DOUBLE) {
        tol_number_write(cell->number, reader->value_text);
        return reader->value_text;
    }
    return cell->text;
}

void tol_reader_fault(struct tol_table_reader *reader, size_t column, const char *message)
{
    struct tol_error fault;
    tol_fail(&fault, TOL_BAD_DATA, "%s", message);
    tol_fail_at(&fault, TOL_BAD_DATA, reader->file, reader->row, reader->schema.name[column],
                tol_reader_value_text(reader, column));
    reader->row_faulty = true;
    tol_fault_log_add(reader->log, &fault);
}

/* False, with a fault where the column is required, when the cell holds nothing. */
static bool given(struct tol_table_reader *reader, size_t column)
{
    if (reader->cell[column].kind != TOL_CELL_NONE) {
        return true;
    }
    if (reader->schema.required[column]) {
        tol_reader_fault(reader, column, "nothing here, and the column is required; fill it in");
    }
    return false;
}

const char *tol_reader_text(struct tol_table_reader *reader, size_t column)
{
    if (!given(reader, column)) {
        return "";
    }
    switch (reader->cell[column].kind) {
    case TOL_CELL_TEXT:
    case TOL_CELL_INTEGER:
        return reader->cell[column].text;
    default:
        tol_reader_fault(reader, column, "text is wanted here; store the column as text");
        return "";
    }
}

const char *tol_reader_code(struct tol_table_reader *reader, size_t column)
{
    enum tol_cell_kind kind = reader->cell[column].kind;
    if (kind == TOL_CELL_INTEGER || kind == TOL_CELL_DOUBLE) {
        tol_reader_fault(reader, column,
                         "the code came as a number, so leading zeros may be lost; store the column as text");
        return "";
    }
    return tol_reader_text(reader, column);
}

double tol_reader_number(struct tol_table_reader *reader, size_t column)
{
    if (!given(reader, column)) {
        return NAN;
    }
    const struct tol_input_cell *cell = &reader->cell[column];
    double number = cell->number;
    const char *message = NULL;
    if (cell->kind == TOL_CELL_OTHER) {
        message = "a number is wanted here";
    } else if (cell->kind == TOL_CELL_DOUBLE) {
        message = isfinite(number) ? NULL : "not a finite number; leave the cell empty when the number is not known";
        number += 0.0;
    } else {
        message = tol_number_read(cell->text, reader->c_locale, &number);
    }
    if (message == NULL && fabs(number) > 1e18) {
        message = "beyond 1e18, more than any economy; check the unit";
    }
    if (message == NULL && number != 0 && fabs(number) < 1e-6) {
        message = "smaller than a millionth but not 0; give 0 or the real amount";
    }
    if (message != NULL) {
        tol_reader_fault(reader, column, message);
        return NAN;
    }
    return number;
}

tol_country tol_reader_country(struct tol_table_reader *reader, size_t column)
{
    tol_country country = 0;
    const char *text = tol_reader_text(reader, column);
    if (text[0] != '\0' && !tol_country_from_any(text, &country)) {
        tol_reader_fault(reader, column, "no such country; use the ISO 3166 two-letter code, as in DE");
    }
    return country;
}

enum tol_status tol_reader_builder_status(struct tol_table_reader *reader, enum tol_status status,
                                          struct tol_error *fault, struct tol_error *error)
{
    if (status == TOL_BAD_DATA) {
        tol_fail_at(fault, TOL_BAD_DATA, reader->file, reader->row, NULL, NULL);
        reader->row_faulty = true;
        tol_fault_log_add(reader->log, fault);
        return TOL_OK;
    }
    if (status != TOL_OK && error != NULL) {
        *error = *fault;
    }
    return status;
}
