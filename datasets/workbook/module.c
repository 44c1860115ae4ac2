#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workbook/session.h"

/* The one symbol that the library shows. */
__attribute__((visibility("default"))) extern const struct tol_workbook_api tol_workbook_api;

enum { SECONDS_OF_DAY = 86400, DAYS_TO_1970 = 25569, WIDTH_LEAST = 8, WIDTH_MOST = 60, FILTER_WIDTH = 3 };

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory for a workbook");
}

/* ---- begin ----------------------------------------------------------------------------------------------------- */

/* libxlsxwriter would say on stderr that it cannot make its files, and late. */
static enum tol_status try_folder(const char *folder, struct tol_error *error)
{
    char name[4096];
    int length = snprintf(name, sizeof name, "%s/tolmuur-XXXXXX", folder);
    int file = length > 0 && (size_t)length < sizeof name ? mkstemp(name) : -1;
    if (file < 0) {
        tol_fail(error, TOL_CANNOT_CREATE,
                 "cannot make the temporary files of a workbook here: %s; TMPDIR names another folder",
                 strerror(errno));
        return tol_fail_at(error, TOL_CANNOT_CREATE, folder, 0, NULL, NULL);
    }
    unlink(name);
    close(file);
    return TOL_OK;
}

static bool make_styles(struct tol_workbook_session *session)
{
    static const char *const formats[TOL_CELL_STYLE_COUNT] = {[TOL_CELL_AMOUNT] = "#,##0",
                                                              [TOL_CELL_SHARE] = "0.00%",
                                                              [TOL_CELL_RATIO] = "0.000",
                                                              [TOL_CELL_SCORE] = "0.0",
                                                              [TOL_CELL_DAY] = "yyyy-mm-dd"};
    static const lxw_color_t colours[BAND_COUNT] = {0xC6E0B4, 0xE2EFDA, 0xFFF2CC, 0xF8CBAD, 0xFF9C9C};
    bool made = true;
    for (size_t i = 0; i < TOL_CELL_STYLE_COUNT; i++) {
        if (formats[i] != NULL) {
            session->style[i] = workbook_add_format(session->workbook);
            made = made && session->style[i] != NULL;
            if (session->style[i] != NULL) {
                format_set_num_format(session->style[i], formats[i]);
            }
        }
    }
    for (size_t i = 0; i < BAND_COUNT; i++) {
        session->band[i] = workbook_add_format(session->workbook);
        made = made && session->band[i] != NULL;
        if (session->band[i] != NULL) {
            format_set_bg_color(session->band[i], colours[i]);
        }
    }
    session->head = workbook_add_format(session->workbook);
    if (session->head != NULL) {
        format_set_bold(session->head);
    }
    return made && session->head != NULL;
}

/* The library takes 0 for now. */
static bool set_properties(struct tol_workbook_session *session, const char *title, tol_day created)
{
    char text[256];
    tol_workbook_text(title, text, sizeof text);
    lxw_doc_properties properties = {.title = text, .created = (time_t)created * SECONDS_OF_DAY};
    properties.created += properties.created == 0;
    return workbook_set_properties(session->workbook, &properties) == LXW_NO_ERROR;
}

static void close_session(struct tol_workbook_session *session)
{
    if (session->workbook != NULL) {
        lxw_workbook_free(session->workbook);
    }
    if (session->bytes != NULL) {
        munmap(session->bytes, session->size);
    }
    if (session->file >= 0) {
        close(session->file);
    }
    free(session);
}

static enum tol_status open_session(const char *title, tol_day created, struct tol_workbook_session **session,
                                    struct tol_error *error)
{
    const char *folder = getenv("TMPDIR");
    folder = folder == NULL || folder[0] == '\0' ? "/tmp" : folder;
    enum tol_status status = try_folder(folder, error);
    struct tol_workbook_session *made = status == TOL_OK ? calloc(1, sizeof *made) : NULL;
    if (made == NULL) {
        return status == TOL_OK ? no_memory(error) : status;
    }
    made->folder = folder;
    made->file = memfd_create("workbook", MFD_CLOEXEC);
    snprintf(made->file_name, sizeof made->file_name, "/proc/self/fd/%d", made->file);
    char name[4096];
    snprintf(name, sizeof name, "%s", folder);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = name, .use_zip64 = LXW_FALSE};
    made->workbook = made->file < 0 ? NULL : workbook_new_opt(made->file_name, &options);
    if (made->workbook == NULL || !make_styles(made) || !set_properties(made, title, created)) {
        close_session(made);
        return no_memory(error);
    }
    *session = made;
    return TOL_OK;
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

static void widen(size_t *width, size_t characters)
{
    *width = characters > *width ? characters : *width;
}

/* Of a number as it is shown, near enough. */
static size_t shown_width(enum tol_workbook_style style, double number)
{
    size_t digits = fabs(number) < 10 ? 1 : (size_t)log10(fabs(number)) + 1;
    size_t sign = number < 0;
    switch (style) {
    case TOL_CELL_AMOUNT:
        return sign + digits + (digits - 1) / 3;
    case TOL_CELL_SHARE:
        return sign + digits + 6;
    case TOL_CELL_DAY:
        return sizeof "2025-08-07" - 1;
    default:
        return sign + digits + 4;
    }
}

static enum tol_status put_cell(struct tol_workbook_session *session, struct tol_workbook_sheet *sheet, size_t column,
                                const struct tol_workbook_cell *cell, struct tol_error *error)
{
    lxw_error wrote = LXW_NO_ERROR;
    bool text = cell->style == TOL_CELL_TEXT;
    if (text ? cell->text == NULL || cell->text[0] == '\0' : isnan(cell->number)) {
        return TOL_OK;
    }
    if (text) {
        widen(&sheet->width[column], tol_workbook_text(cell->text, session->text, sizeof session->text));
        wrote = worksheet_write_string(sheet->sheet, sheet->next, (lxw_col_t)column, session->text, NULL);
    } else if (isinf(cell->number)) {
        return tol_fail(error, TOL_BAD_DATA, "an infinite number cannot stand in a workbook");
    } else {
        double number = cell->style == TOL_CELL_DAY ? cell->number + DAYS_TO_1970 : cell->number;
        widen(&sheet->width[column], shown_width(cell->style, number));
        wrote =
            worksheet_write_number(sheet->sheet, sheet->next, (lxw_col_t)column, number, session->style[cell->style]);
    }
    sheet->cells++;
    return wrote == LXW_NO_ERROR ? TOL_OK
                                 : tol_fail(error, TOL_INTERNAL, "a cell of a workbook: %s", lxw_strerror(wrote));
}

static enum tol_status put_row(struct tol_workbook_session *session, const struct tol_workbook_cell *cells,
                               struct tol_error *error)
{
    struct tol_workbook_sheet *sheet = &session->sheet[session->sheet_count - 1];
    if (sheet->next - sheet->header > TOL_WORKBOOK_ROWS_MOST) {
        return tol_fail(error, TOL_USAGE, "a sheet holds %llu rows, and there are more; score fewer scenarios at once",
                        (unsigned long long)TOL_WORKBOOK_ROWS_MOST);
    }
    uint64_t before = sheet->cells;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < sheet->column_count && status == TOL_OK; i++) {
        status = put_cell(session, sheet, i, &cells[i], error);
    }
    sheet->rows += sheet->cells > before; /* one without cells is not in the file */
    sheet->next++;
    return status;
}

/* ---- sheets ---------------------------------------------------------------------------------------------------- */

static bool put_bold(struct tol_workbook_session *session, struct tol_workbook_sheet *sheet, size_t column,
                     const char *text)
{
    tol_workbook_text(text, session->text, sizeof session->text);
    sheet->cells++;
    return worksheet_write_string(sheet->sheet, sheet->next, (lxw_col_t)column, session->text, session->head) ==
           LXW_NO_ERROR;
}

static enum tol_status add_sheet(struct tol_workbook_session *session, const char *name, const char *caption,
                                 const struct tol_workbook_column *columns, size_t count, struct tol_error *error)
{
    if (session->sheet_count == SHEETS_MOST || count == 0 || count > TOL_WORKBOOK_COLUMNS_MOST) {
        return tol_fail(error, TOL_INTERNAL, "a workbook with more sheets or columns than it can have");
    }
    struct tol_workbook_sheet *sheet = &session->sheet[session->sheet_count];
    *sheet = (struct tol_workbook_sheet){.column_count = count};
    sheet->sheet = workbook_add_worksheet(session->workbook, name);
    bool made = sheet->sheet != NULL;
    session->sheet_count += made;
    if (made && caption != NULL) {
        made = put_bold(session, sheet, 0, caption);
        sheet->rows++;
        sheet->next++;
    }
    sheet->header = sheet->next;
    for (size_t i = 0; i < count && made; i++) {
        sheet->bands[i] = columns[i].bands;
        sheet->width[i] = strlen(columns[i].name) + FILTER_WIDTH;
        made = put_bold(session, sheet, i, columns[i].name);
    }
    sheet->rows++;
    sheet->next++;
    return made ? TOL_OK : no_memory(error);
}

static bool colour_bands(const struct tol_workbook_session *session, const struct tol_workbook_sheet *sheet,
                         lxw_col_t column)
{
    static char *const names[BAND_COUNT] = {"\"A\"", "\"B\"", "\"C\"", "\"D\"", "\"E\""};
    bool done = true;
    for (size_t i = 0; i < BAND_COUNT && done; i++) {
        lxw_conditional_format rule = {.type = LXW_CONDITIONAL_TYPE_CELL,
                                       .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
                                       .value_string = names[i],
                                       .format = session->band[i]};
        done = worksheet_conditional_format_range(sheet->sheet, sheet->header + 1, column, sheet->next - 1, column,
                                                  &rule) == LXW_NO_ERROR;
    }
    return done;
}

/* What is known when all rows are there. */
static bool dress(const struct tol_workbook_session *session, const struct tol_workbook_sheet *sheet)
{
    lxw_col_t last = (lxw_col_t)(sheet->column_count - 1);
    bool done = worksheet_autofilter(sheet->sheet, sheet->header, 0, sheet->next - 1, last) == LXW_NO_ERROR;
    worksheet_freeze_panes(sheet->sheet, sheet->header + 1, 0);
    for (size_t i = 0; i < sheet->column_count && done; i++) {
        size_t width = sheet->width[i] < WIDTH_LEAST ? WIDTH_LEAST : sheet->width[i];
        width = width > WIDTH_MOST ? WIDTH_MOST : width;
        done = worksheet_set_column(sheet->sheet, (lxw_col_t)i, (lxw_col_t)i, (double)width + 1, NULL) == LXW_NO_ERROR;
        if (sheet->bands[i] && sheet->next > sheet->header + 1) {
            done = done && colour_bands(session, sheet, (lxw_col_t)i);
        }
    }
    return done;
}

/* ---- end ------------------------------------------------------------------------------------------------------- */

static enum tol_status map_file(struct tol_workbook_session *session, struct tol_error *error)
{
    struct stat about;
    void *bytes = fstat(session->file, &about) == 0 && about.st_size > 0
                      ? mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, session->file, 0)
                      : MAP_FAILED;
    if (bytes == MAP_FAILED) {
        return no_memory(error);
    }
    session->bytes = bytes;
    session->size = (size_t)about.st_size;
    return TOL_OK;
}

static enum tol_status finish(struct tol_workbook_session *session, const void **bytes, size_t *size,
                              struct tol_error *error)
{
    for (size_t i = 0; i < session->sheet_count; i++) {
        if (!dress(session, &session->sheet[i])) {
            return no_memory(error);
        }
    }
    lxw_error packed = workbook_close(session->workbook); /* frees it in any case */
    session->workbook = NULL;
    enum tol_status status = TOL_OK;
    if (packed != LXW_NO_ERROR) {
        status = tol_fail(error, packed == LXW_ERROR_MEMORY_MALLOC_FAILED ? TOL_NO_MEMORY : TOL_IO,
                          "cannot write the workbook: %s (temporary files are in %s)", lxw_strerror(packed),
                          session->folder);
    }
    if (status == TOL_OK) {
        status = tol_workbook_read_back(session, error);
    }
    if (status == TOL_OK) {
        status = map_file(session, error);
    }
    *bytes = session->bytes;
    *size = session->size;
    return status;
}

const struct tol_workbook_api tol_workbook_api = {
    .version = TOL_WORKBOOK_API_VERSION,
    .library_version = lxw_version,
    .open = open_session,
    .sheet = add_sheet,
    .row = put_row,
    .finish = finish,
    .close = close_session,
};
