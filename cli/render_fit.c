#include "render_fit.h"

#include "prose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { SENTENCE_LEAST = 16, TREE_LEAST = 30, BRANCH = 2 /* columns of a tree's art a level */ };

struct fit {
    struct libscols_table *table;
    const struct fit_column *column;
    size_t columns;
    size_t lines;
    size_t width[FIT_COLUMNS_MAX]; /* 0: left out */
    bool numbers;                  /* there are columns of numbers */
    bool tree;
    bool failed;
};

static size_t width_of(const char *text)
{
    return prose_width(text, strlen(text));
}

static const char *cell_text(struct libscols_line *line, size_t column)
{
    const char *text = scols_cell_get_data(scols_line_get_cell(line, column));
    return text == NULL ? "" : text;
}

static const char *heading(struct libscols_table *table, size_t column)
{
    const char *name = scols_column_get_name(scols_table_get_column(table, column));
    return name == NULL || scols_table_is_noheadings(table) ? "" : name;
}

static size_t depth_of(const struct libscols_line *line)
{
    size_t depth = 0;
    for (line = scols_line_get_parent(line); line != NULL; line = scols_line_get_parent(line)) {
        depth++;
    }
    return depth;
}

static void measure(struct fit *fit)
{
    fit->columns = scols_table_get_ncols(fit->table);
    fit->lines = scols_table_get_nlines(fit->table);
    for (size_t c = 0; c < fit->columns; c++) {
        fit->tree = fit->tree || fit->column[c].style == COLUMN_TREE;
        fit->width[c] = width_of(heading(fit->table, c));
        for (size_t i = 0; i < fit->lines; i++) {
            struct libscols_line *line = scols_table_get_line(fit->table, i);
            size_t width = width_of(cell_text(line, c));
            width += fit->column[c].style == COLUMN_TREE ? BRANCH * depth_of(line) : 0;
            fit->width[c] = width > fit->width[c] ? width : fit->width[c];
        }
    }
}

/* Narrower than this a column is not made. */
static size_t least(const struct fit *fit, size_t column)
{
    size_t floor = fit->column[column].style == COLUMN_TREE       ? TREE_LEAST
                   : fit->column[column].style == COLUMN_SENTENCE ? SENTENCE_LEAST
                                                                  : SIZE_MAX;
    return fit->width[column] < floor ? fit->width[column] : floor;
}

static size_t total(const struct fit *fit, bool at_least)
{
    size_t sum = 0;
    for (size_t c = 0; c < fit->columns; c++) {
        size_t width = at_least ? least(fit, c) : fit->width[c];
        sum += width == 0 ? 0 : width + (sum > 0 ? FIT_SEPARATOR : 0);
    }
    return sum;
}

/* The column that is missed least; fit->columns: none can be spared. */
static size_t least_missed(const struct fit *fit)
{
    size_t found = fit->columns;
    for (size_t c = 0; c < fit->columns; c++) {
        unsigned spared = fit->width[c] > 0 ? fit->column[c].spared : 0;
        if (spared > 0 && (found == fit->columns || spared >= fit->column[found].spared)) {
            found = c;
        }
    }
    return found;
}

static void leave_out(struct fit *fit, size_t width, char *left_out, size_t size)
{
    for (size_t c = least_missed(fit); c < fit->columns && total(fit, true) > width; c = least_missed(fit)) {
        struct libscols_column *column = scols_table_get_column(fit->table, c);
        size_t used = strlen(left_out);
        fit->width[c] = 0;
        fit->failed =
            scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_HIDDEN) != 0 || fit->failed;
        if (fit->column[c].style != COLUMN_BAR) {
            snprintf(left_out + used, size - used, "%s%s", used > 0 ? ", " : "", heading(fit->table, c));
        }
    }
}

/* Takes what is too much from the widest that can give. */
static void narrow(struct fit *fit, size_t width)
{
    while (total(fit, false) > width) {
        size_t widest = fit->columns;
        for (size_t c = 0; c < fit->columns; c++) {
            bool gives = fit->width[c] > least(fit, c);
            if (gives && (widest == fit->columns || fit->width[c] > fit->width[widest])) {
                widest = c;
            }
        }
        if (widest == fit->columns) {
            return;
        }
        fit->width[widest]--;
    }
}

/* ---- sentences ------------------------------------------------------------------------------------------------- */

static bool has_later_sibling(struct libscols_table *table, size_t index)
{
    struct libscols_line *line = scols_table_get_line(table, index);
    struct libscols_line *parent = scols_line_get_parent(line);
    for (size_t i = index + 1; i < scols_table_get_nlines(table); i++) {
        if (scols_line_get_parent(scols_table_get_line(table, i)) == parent) {
            return true;
        }
    }
    return false;
}

static size_t index_of(struct libscols_table *table, const struct libscols_line *line)
{
    size_t index = 0;
    while (scols_table_get_line(table, index) != line) {
        index++;
    }
    return index;
}

/* The art of a tree beside the further lines of a text: libsmartcols draws it for the first. */
static void add_art(FILE *out, struct libscols_table *table, const struct libscols_line *line)
{
    struct libscols_line *parent = scols_line_get_parent(line);
    if (parent != NULL) {
        add_art(out, table, parent);
        bool more = has_later_sibling(table, index_of(table, line));
        fputs(more ? "│ " : "  ", out);
    }
}

/* Bytes of the text that fit into width, up to a space where there is one; a word that is wider than all is cut. */
static size_t bytes_that_fit(const char *text, size_t width)
{
    size_t at = 0, end_of_word = 0, columns = 0;
    mbstate_t state = {0};
    while (text[at] != '\0') {
        wchar_t character;
        size_t bytes = mbrtowc(&character, text + at, MB_CUR_MAX, &state);
        if (bytes == 0 || bytes > MB_CUR_MAX) {
            bytes = 1;
            state = (mbstate_t){0};
            character = L'?';
        }
        int wide = wcwidth(character);
        columns += wide > 0 ? (size_t)wide : 0;
        if (text[at] == ' ') {
            end_of_word = at;
        }
        if (columns > width) {
            return end_of_word > 0 ? end_of_word : at > 0 ? at : bytes;
        }
        at += bytes;
    }
    return at;
}

/* What fits, and the rest below it, so many columns from the left. */
static void wrap_into(FILE *out, const char *text, size_t room, size_t indent)
{
    for (size_t from = 0, bytes; text[from] != '\0'; from += bytes + (text[from + bytes] == ' ')) {
        bytes = bytes_that_fit(text + from, room);
        fprintf(out, "%s%*s", from > 0 ? "\n" : "", from > 0 ? (int)indent : 0, "");
        fwrite(text + from, 1, bytes, out);
    }
}

static void wrap_cell(struct fit *fit, size_t index, size_t column)
{
    struct libscols_line *line = scols_table_get_line(fit->table, index);
    bool tree = fit->column[column].style == COLUMN_TREE;
    size_t width = fit->width[column];
    size_t art = tree ? BRANCH * depth_of(line) : 0;
    size_t room = width > art + BRANCH * 4 ? width - art : BRANCH * 4;
    const char *text = cell_text(line, column);
    if (width_of(text) <= room) {
        return;
    }
    char *wrapped = NULL;
    size_t size;
    FILE *out = open_memstream(&wrapped, &size);
    for (size_t from = 0, bytes; out != NULL && text[from] != '\0'; from += bytes + (text[from + bytes] == ' ')) {
        bytes = bytes_that_fit(text + from, room);
        if (from > 0) {
            fputc('\n', out);
            if (tree) {
                add_art(out, fit->table, line);
            }
        }
        fwrite(text + from, 1, bytes, out);
    }
    bool failed = out == NULL || fclose(out) != 0 || scols_line_set_data(line, column, wrapped) != 0;
    fit->failed = failed || fit->failed;
    free(wrapped);
}

static void wrap_columns(struct fit *fit)
{
    for (size_t c = 0; c < fit->columns; c++) {
        struct libscols_column *column = scols_table_get_column(fit->table, c);
        if ((fit->column[c].style != COLUMN_TREE && fit->column[c].style != COLUMN_SENTENCE) || fit->width[c] == 0) {
            continue;
        }
        fit->failed = scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_WRAP) != 0 ||
                      scols_column_set_safechars(column, "\n") != 0 ||
                      scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL) != 0 ||
                      fit->failed;
        for (size_t i = 0; i < fit->lines; i++) {
            wrap_cell(fit, i, c);
        }
    }
}

bool fit_table(struct libscols_table *table, const struct fit_column *column, size_t width, char *left_out,
               size_t left_out_size)
{
    struct fit fit = {.table = table, .column = column};
    measure(&fit);
    if (total(&fit, false) <= width) {
        return true;
    }
    leave_out(&fit, width, left_out, left_out_size);
    if (total(&fit, true) > width && !fit.tree) {
        return false;
    }
    narrow(&fit, width);
    wrap_columns(&fit);
    return !fit.failed;
}

/* ---- on its side ----------------------------------------------------------------------------------------------- */

static void add_padded(FILE *out, const char *text, size_t width, bool right)
{
    size_t used = width_of(text);
    int padding = width > used ? (int)(width - used) : 0;
    fprintf(out, "%*s%s%*s", right ? padding : 0, "", text, right ? 0 : padding, "");
}

static size_t widest_cell(const struct fit *fit, size_t index)
{
    size_t widest = 0;
    for (size_t c = 0; c < fit->columns; c++) {
        size_t width = width_of(cell_text(scols_table_get_line(fit->table, index), c));
        widest = width > widest && fit->column[c].style != COLUMN_BAR ? width : widest;
    }
    return widest;
}

/* Lines [first, end) side by side; one that is wider than the terminal goes on below. */
static void add_block(FILE *out, const struct fit *fit, size_t first, size_t end, size_t headings, size_t width)
{
    size_t room = width > headings + FIT_SEPARATOR + SENTENCE_LEAST ? width - headings - FIT_SEPARATOR : SENTENCE_LEAST;
    for (size_t c = 0; c < fit->columns; c++) {
        if (fit->column[c].style == COLUMN_BAR) {
            continue;
        }
        add_padded(out, heading(fit->table, c), headings, false);
        for (size_t i = first; i < end; i++) {
            const char *text = cell_text(scols_table_get_line(fit->table, i), c);
            size_t widest = widest_cell(fit, i);
            fputs("  ", out);
            if (widest <= room) {
                add_padded(out, text, widest, fit->numbers);
            } else {
                wrap_into(out, text, room, headings + FIT_SEPARATOR);
            }
        }
        fputc('\n', out);
    }
}

bool fit_on_side(struct libscols_table *table, const struct fit_column *column, size_t width, char **text)
{
    struct fit fit = {.table = table, .column = column};
    fit.columns = scols_table_get_ncols(table);
    fit.lines = scols_table_get_nlines(table);
    size_t headings = 0;
    for (size_t c = 0; c < fit.columns; c++) {
        size_t wide = width_of(heading(table, c));
        headings = wide > headings && column[c].style != COLUMN_BAR ? wide : headings;
        fit.numbers = fit.numbers || column[c].style == COLUMN_RIGHT;
    }
    *text = NULL;
    size_t size;
    FILE *out = open_memstream(text, &size);
    for (size_t first = 0, end; out != NULL && first < fit.lines; first = end) {
        size_t used = headings;
        for (end = first; end < fit.lines; end++) {
            used += FIT_SEPARATOR + widest_cell(&fit, end);
            if (used > width && end > first) {
                break;
            }
        }
        if (first > 0) {
            fputc('\n', out);
        }
        add_block(out, &fit, first, end, headings, width);
    }
    return out != NULL && fclose(out) == 0;
}
