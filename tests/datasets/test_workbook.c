#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workbook/session.h"

extern const struct tol_workbook_api tol_workbook_api;

static const struct tol_workbook_column columns[] = {{"id", false}, {"eur", false}, {"band", true}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *make_text(const char *from, size_t *shown)
{
    static char to[64];
    *shown = tol_workbook_text(from, to, sizeof to);
    return to;
}

static void expect_text(const char *from, const char *to, size_t characters)
{
    size_t shown;
    cr_assert_str_eq(make_text(from, &shown), to);
    cr_assert_eq(shown, characters);
}

/* What XML has no character for becomes U+FFFD; what a spreadsheet would read as an escape is escaped. */
Test(workbook, texts)
{
    expect_text("", "", 0);
    expect_text("=1+1", "=1+1", 4);
    expect_text("caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80", 6);
    expect_text("\x01\x08\x0b\x0c\x1f", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 5);
    expect_text("a\tb\nc\rd\x7f", "a\tb\nc\rd\x7f", 8);
    expect_text("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3);
    expect_text("\xff", "\xEF\xBF\xBD", 1);
    expect_text("a\xc3", "a\xEF\xBF\xBD", 2);                               /* cut short */
    expect_text("\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3); /* a surrogate */
    expect_text("\xc0\xaf\xf4\x90", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
                4); /* overlong; past the last */
    expect_text("_x0041_", "_x005F_x0041_", 7);
    expect_text("_x004_ _x00G1_ _X0041_ _x0041", "_x004_ _x00G1_ _X0041_ _x0041", 29);
    expect_text("_x00_x0041_", "_x00_x005F_x0041_", 11);
}

Test(workbook, texts_are_cut_between_characters)
{
    char to[8];
    cr_assert_eq(tol_workbook_text("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", to, sizeof to), 3);
    cr_assert_str_eq(to, "\xc3\xa9\xc3\xa9\xc3\xa9");
    cr_assert_eq(tol_workbook_text("_x0041_", to, sizeof to), 1);
    cr_assert_str_eq(to, "_x005F_");
}

static struct tol_workbook_session *begin(void)
{
    struct tol_workbook_session *session;
    cr_assert_eq(tol_workbook_api.open("a title", 20000, &session, NULL), TOL_OK);
    cr_assert_eq(tol_workbook_api.sheet(session, "One", "A caption", columns, COLUMNS, NULL), TOL_OK);
    return session;
}

static enum tol_status add(struct tol_workbook_session *session, const char *id, double eur, const char *band)
{
    const struct tol_workbook_cell cells[COLUMNS] = {
        {.text = id}, {.style = TOL_CELL_AMOUNT, .number = eur}, {.text = band}};
    return tol_workbook_api.row(session, cells, NULL);
}

/* Rows without a cell are in the middle and at the end. */
static struct tol_workbook_session *fill(void)
{
    struct tol_workbook_session *session = begin();
    for (int i = 0; i < 1000; i++) {
        bool empty = i % 100 == 99;
        cr_assert_eq(
            add(session, empty ? "" : "a<c r></row>b", empty ? NAN : i / 7.0, i % 3 == 0 && !empty ? "A" : NULL),
            TOL_OK);
    }
    cr_assert_eq(tol_workbook_api.sheet(session, "Two", NULL, columns, COLUMNS, NULL), TOL_OK);
    return session;
}

static enum tol_status finish(struct tol_workbook_session *session)
{
    const void *bytes;
    size_t size;
    struct tol_error error = {0};
    enum tol_status status = tol_workbook_api.finish(session, &bytes, &size, &error);
    cr_assert(status != TOL_OK || (size > 4 && memcmp(bytes, "PK\3\4", 4) == 0));
    cr_assert(status == TOL_OK || strstr(error.message, "TMPDIR") != NULL);
    tol_workbook_api.close(session);
    return status;
}

/* The counts are of what was put in; whatever is missing from the file, or more than it should be, is noticed. */
Test(workbook, read_back)
{
    cr_assert_eq(finish(fill()), TOL_OK);
    for (int sheet = 0; sheet < 2; sheet++) {
        struct tol_workbook_session *session = fill();
        session->sheet[sheet].rows++;
        cr_assert_eq(finish(session), TOL_IO);
        session = fill();
        session->sheet[sheet].cells++;
        cr_assert_eq(finish(session), TOL_IO);
    }
}

Test(workbook, full_sheet)
{
    struct tol_workbook_session *session = begin();
    for (uint64_t i = 0; i < TOL_WORKBOOK_ROWS_MOST; i++) {
        if (add(session, NULL, (double)i, NULL) != TOL_OK) {
            cr_assert_fail("row %llu is refused", (unsigned long long)i);
        }
    }
    cr_assert_eq(add(session, NULL, 0, NULL), TOL_USAGE);
    cr_assert_eq(finish(session), TOL_OK);
}

Test(workbook, infinity)
{
    struct tol_workbook_session *session = begin();
    cr_assert_eq(add(session, "a", INFINITY, NULL), TOL_BAD_DATA);
    tol_workbook_api.close(session);
}

Test(workbook, no_folder_for_temporary_files)
{
    struct tol_workbook_session *session;
    setenv("TMPDIR", "/nowhere", 1);
    cr_assert_eq(tol_workbook_api.open("a title", 0, &session, NULL), TOL_CANNOT_CREATE);
}

/* Through the library of its own, into a file. */
Test(workbook, old_file_stays)
{
    char folder[] = "/tmp/tolmuur-workbook-XXXXXX", path[64], text[8] = "";
    struct tol_workbook *workbook;
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.xlsx", folder);
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL && fputs("old", file) >= 0 && fclose(file) == 0);
    const struct tol_workbook_cell bad[COLUMNS] = {{.text = "a"}, {.style = TOL_CELL_SHARE, .number = -INFINITY}, {0}};
    cr_assert_eq(tol_workbook_create(path, "a title", 1, &workbook, NULL), TOL_OK);
    cr_assert_eq(tol_workbook_sheet(workbook, "One", NULL, columns, COLUMNS, NULL), TOL_OK);
    cr_assert_eq(tol_workbook_row(workbook, bad, NULL), TOL_BAD_DATA);
    tol_workbook_abandon(workbook);
    file = fopen(path, "r");
    cr_assert(file != NULL && fgets(text, sizeof text, file) != NULL && fclose(file) == 0);
    cr_assert_str_eq(text, "old");
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(rmdir(folder), 0); /* nothing else is in it */
}
