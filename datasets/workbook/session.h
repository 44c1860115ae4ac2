/* A workbook under way. */
#ifndef TOLMUUR_WORKBOOK_SESSION_H
#define TOLMUUR_WORKBOOK_SESSION_H

#include <xlsxwriter.h>

#include "workbook/api.h"

enum { SHEETS_MOST = 16, BAND_COUNT = 5 };

/* A sheet, and what was put into it. */
struct tol_workbook_sheet {
    lxw_worksheet *sheet;
    size_t column_count;
    bool bands[TOL_WORKBOOK_COLUMNS_MOST];
    size_t width[TOL_WORKBOOK_COLUMNS_MOST]; /* characters of the widest cell */
    lxw_row_t header;                        /* its row */
    lxw_row_t next;
    uint64_t rows;
    uint64_t cells;
};

struct tol_workbook_session {
    lxw_workbook *workbook; /* NULL: closed */
    lxw_format *style[TOL_CELL_STYLE_COUNT];
    lxw_format *head;
    lxw_format *band[BAND_COUNT];
    struct tol_workbook_sheet sheet[SHEETS_MOST];
    size_t sheet_count;
    int file; /* in memory: the workbook as it is packed */
    char file_name[64];
    const char *folder; /* of temporary files */
    void *bytes;        /* file, mapped; NULL: not yet */
    size_t size;
    char text[TOL_WORKBOOK_TEXT_MOST + 1]; /* a cell's, as it goes into the file */
};

/* Writes a text as a cell may have it; returns the characters that a spreadsheet shows. In the file `_x0041_` stands for the character U+0041: an underscore that begins
 * such a sequence is written as `_x005F_`. */
size_t tol_workbook_text(const char *from, char *to, size_t size);

/* Every part of the packed workbook is there to its end, and the i-th sheet has the rows and cells that were put into it. Parts go through temporary files whose full disk
 * libxlsxwriter does not notice. TOL_IO: something is missing. */
TOL_MUST_CHECK enum tol_status tol_workbook_read_back(const struct tol_workbook_session *session,
                                                      struct tol_error *error);

#endif
