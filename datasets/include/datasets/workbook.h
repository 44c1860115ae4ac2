/* Writes an Excel workbook (.xlsx): sheets of typed cells under a header. No cell is ever a formula or a link. */
#ifndef TOLMUUR_DATASETS_WORKBOOK_H
#define TOLMUUR_DATASETS_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/day.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Rows of a sheet beneath its caption and header, and columns, at most. */
#define TOL_WORKBOOK_ROWS_MOST UINT64_C(1048574)
#define TOL_WORKBOOK_COLUMNS_MOST 64
/* Bytes of a text at most; a longer one is cut between characters. */
#define TOL_WORKBOOK_TEXT_MOST 32767

/* What a cell holds and how it is shown. All but the first are numbers. */
enum tol_workbook_style {
    TOL_CELL_TEXT = 0,
    TOL_CELL_PLAIN,  /* as many digits as the spreadsheet likes */
    TOL_CELL_AMOUNT, /* EUR or a count: no decimals, thousands separated */
    TOL_CELL_SHARE,  /* a fraction, shown as percent */
    TOL_CELL_RATIO,  /* three decimals */
    TOL_CELL_SCORE,  /* one decimal */
    TOL_CELL_DAY,    /* a tol_day, shown as 2025-08-07 */
    TOL_CELL_STYLE_COUNT
};

/* text NULL or "", and a number that is NaN, make an empty cell. */
struct tol_workbook_cell {
    enum tol_workbook_style style;
    const char *text;
    double number;
};

struct tol_workbook_column {
    const char *name;
    bool bands; /* cells "A" to "E" have the colours of bands */
};

struct tol_workbook;

/* Can workbooks be written at all, and one at this path: before the work. TOL_UNAVAILABLE, TOL_CANNOT_CREATE (path is there and no regular file). */
TOL_MUST_CHECK enum tol_status tol_workbook_check(const char *path, struct tol_error *error);
/* Of libxlsxwriter. TOL_UNAVAILABLE. */
TOL_MUST_CHECK enum tol_status tol_workbook_version(char *text, size_t size, struct tol_error *error);

/* Starts a workbook that will appear at path (tol_whole_file_create). title and created go into its properties; nothing else but the cells does, so
 * the same cells give the same bytes. Rows wait in temporary files in TMPDIR, else /tmp, that have no name while they are used.
 * Caller ends it with publish or abandon. TOL_UNAVAILABLE, TOL_CANNOT_CREATE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_workbook_create(const char *path, const char *title, tol_day created,
                                                   struct tol_workbook **workbook, struct tol_error *error);
/* The next sheet; rows go there from now on. name: 1 to 31 characters without []:*?/\, given once. caption: a sentence above the header; NULL: none. Header: frozen, bold,
 * with a filter. columns: [count], copied. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_workbook_sheet(struct tol_workbook *workbook, const char *name, const char *caption,
                                                  const struct tol_workbook_column *columns, size_t count,
                                                  struct tol_error *error);
/* The next row. cells: one for each column of the sheet. Text: bytes that are not UTF-8 and characters that XML forbids become U+FFFD. Numbers are kept to 16 significant
 * digits. TOL_BAD_DATA: an infinity. TOL_USAGE: the sheet is full. TOL_IO. */
TOL_MUST_CHECK enum tol_status tol_workbook_row(struct tol_workbook *workbook, const struct tol_workbook_cell *cells,
                                                struct tol_error *error);
/* Makes the file, reads it back (every part whole, every row and cell there), then publishes it. Always ends the workbook; on failure an older file
 * is untouched. TOL_IO: a disk is full, that of the output or that of temporary files. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_workbook_publish(struct tol_workbook *workbook, struct tol_error *error);
void tol_workbook_abandon(struct tol_workbook *workbook); /* NULL allowed */

#pragma GCC visibility pop

#endif
