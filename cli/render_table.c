#include "render_table.h"

#include "number.h"
#include "prose.h"
#include "render_fit.h"

#include <libsmartcols.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tolmuur/text.h"

static const char *const format_names[] = {"table", "json", "jsonl", "csv", "parquet"};

static enum tol_status read_format(const struct options *options, const char *allowed, struct look *look,
                                   struct tol_error *error)
{
    const char *text = options_text(options, OPTION_FORMAT);
    if (text == NULL) {
        return TOL_OK;
    }
    for (size_t i = 0; i < sizeof format_names / sizeof format_names[0]; i++) {
        if (strcmp(text, format_names[i]) == 0 && strstr(allowed, text) != NULL) {
            look->format = (enum format)i;
            return TOL_OK;
        }
    }
    return tol_fail(error, TOL_USAGE, "--format %.40s is not one of: %s", text, allowed);
}

enum tol_status look_read(const struct options *options, const char *allowed, enum format otherwise, struct look *look,
                          struct tol_error *error)
{
    const char *no_colour = getenv("NO_COLOR");
    look->format = otherwise;
    look->terminal = isatty(STDOUT_FILENO) == 1;
    look->width = terminal_width(STDOUT_FILENO);
    look->colour = look->terminal && (no_colour == NULL || no_colour[0] == '\0');
    const char *when = options_text(options, OPTION_COLOR);
    if (when != NULL && strcmp(when, "auto") != 0) {
        look->colour = strcmp(when, "always") == 0;
        if (!look->colour && strcmp(when, "never") != 0) {
            return tol_fail(error, TOL_USAGE, "--color %.40s is not one of: auto always never", when);
        }
    }
    return read_format(options, allowed, look, error);
}

void look_at_file(struct look *look, const struct options *options, const char *output)
{
    const char *when = options_text(options, OPTION_COLOR);
    if (output != NULL && strcmp(output, "-") != 0) {
        look->terminal = false;
        look->width = 0;
        look->colour = when != NULL && strcmp(when, "always") == 0;
    }
}

struct view {
    struct libscols_table *table;
    size_t width; /* of the terminal; 0: none */
    bool tree;
    struct fit_column column[FIT_COLUMNS_MAX];
    bool failed;
};

struct view_line {
    struct libscols_line *line;
    bool *failed;
};

struct view *view_create(const struct look *look, bool headings)
{
    struct view *view = calloc(1, sizeof *view);
    struct libscols_table *table = scols_new_table();
    if (view == NULL || table == NULL) {
        scols_unref_table(table);
        free(view);
        return NULL;
    }
    view->table = table;
    view->width = look->width;
    view->failed =
        scols_table_enable_noheadings(table, !headings) != 0 || scols_table_enable_colors(table, look->colour) != 0 ||
        scols_table_enable_ascii(table, !look->terminal) != 0 || scols_table_set_column_separator(table, "  ") != 0 ||
        /* view_cell has made everything visible. */
        scols_table_enable_noencoding(table, true) != 0;
    /* Of itself libsmartcols cuts and breaks lines anywhere: fit_table makes them fit. */
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    scols_table_set_default_symbols(table);
    return view;
}

void view_column(struct view *view, const char *heading, enum column_style style)
{
    static const int flags[] = {[COLUMN_LEFT] = 0,
                                [COLUMN_RIGHT] = SCOLS_FL_RIGHT,
                                [COLUMN_TREE] = SCOLS_FL_TREE,
                                [COLUMN_SENTENCE] = 0,
                                [COLUMN_BAR] = 0};
    if (view == NULL) {
        return;
    }
    size_t place = scols_table_get_ncols(view->table);
    int hidden = style == COLUMN_BAR && view->width == 0 ? SCOLS_FL_HIDDEN : 0;
    view->failed = view->failed || place == FIT_COLUMNS_MAX ||
                   scols_table_new_column(view->table, heading, 0, flags[style] | hidden) == NULL;
    if (!view->failed) {
        view->column[place] = (struct fit_column){.style = style, .spared = style == COLUMN_BAR};
        view->tree = view->tree || style == COLUMN_TREE;
    }
}

void view_columns(struct view *view, const struct heading *heading, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        view_column(view, heading[i].text, heading[i].style);
        if (view != NULL && !view->failed && heading[i].spared > 0) {
            view->column[scols_table_get_ncols(view->table) - 1].spared = heading[i].spared;
        }
    }
}

static void free_line_handle(struct libscols_line *line)
{
    free(scols_line_get_userdata(line));
}

struct view_line *view_line(struct view *view, struct view_line *parent)
{
    if (view == NULL) {
        return NULL;
    }
    struct view_line *handle = calloc(1, sizeof *handle);
    struct libscols_line *line =
        handle != NULL ? scols_table_new_line(view->table, parent != NULL ? parent->line : NULL) : NULL;
    if (line == NULL) {
        free(handle);
        view->failed = true;
        return NULL;
    }
    handle->line = line;
    handle->failed = &view->failed;
    scols_line_set_userdata(line, handle);
    return handle;
}

void view_cell(struct view_line *line, size_t column, const char *text)
{
    if (line == NULL) {
        return;
    }
    size_t size = 4 * strlen(text) + 1;
    char *visible = malloc(size);
    if (visible != NULL) {
        tol_text_visible(text, visible, size);
    }
    if (visible == NULL || scols_line_set_data(line->line, column, visible) != 0) {
        *line->failed = true;
    }
    free(visible);
}

void view_cell_people(struct view_line *line, size_t column, double value, int decimals)
{
    char text[64];
    number_people(value, decimals, text, sizeof text);
    view_cell(line, column, text);
}

void view_cell_percent(struct view_line *line, size_t column, double fraction, int decimals)
{
    char text[64];
    number_percent(fraction, decimals, text, sizeof text);
    view_cell(line, column, text);
}

void view_cell_bar(struct view_line *line, size_t column, double value, double whole)
{
    enum { CELLS = 8, PARTS = 8 };
    static const char *const part[PARTS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    char text[4 * (CELLS + 1)] = "";
    double share = fabs(value) / fabs(whole);
    if (share > 0 && isfinite(share)) {
        size_t eighths = (size_t)ceil(fmin(share, 1) * CELLS * PARTS);
        for (size_t i = 0; i < eighths / PARTS; i++) {
            strcat(text, "█");
        }
        strcat(text, part[eighths % PARTS]);
    }
    view_cell(line, column, text);
}

void view_colour(struct view_line *line, const char *colour)
{
    if (line != NULL) {
        scols_line_set_color(line->line, colour);
    }
}

void view_release(struct view *view)
{
    if (view == NULL) {
        return;
    }
    struct libscols_iter *lines = scols_new_iter(SCOLS_ITER_FORWARD);
    struct libscols_line *line;
    while (lines != NULL && scols_table_next_line(view->table, lines, &line) == 0) {
        free_line_handle(line);
    }
    scols_free_iter(lines);
    scols_unref_table(view->table);
    free(view);
}

/* Padding after the last cell of a line is noise in a file. */
static void print_lines(struct sink *sink, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        size_t kept = length;
        while (kept > 0 && text[kept - 1] == ' ') {
            kept -= 1;
        }
        sink_bytes(sink, text, kept);
        sink_text(sink, "\n");
        text += length + (text[length] == '\n');
    }
}

void view_print(struct view *view, struct sink *sink)
{
    char left_out[256] = "";
    char *text = NULL;
    if (view == NULL) {
        sink->failed = true;
        return;
    }
    bool fits = view->failed || view->width == 0 ||
                fit_table(view->table, view->column, view->width, left_out, sizeof left_out);
    bool failed = view->failed || (fits || view->tree ? scols_print_table_to_string(view->table, &text) != 0
                                                      : !fit_on_side(view->table, view->column, view->width, &text));
    if (failed) {
        sink->failed = true;
    } else if (text != NULL) {
        print_lines(sink, text);
        if (fits && left_out[0] != '\0') {
            struct sink prose = {.descriptor = -1};
            sink_format(&prose, "(not shown, for want of width: %s)\n", left_out);
            prose_flush(&prose, sink, view->width);
        }
    }
    free(text);
    view_release(view);
}

void look_paint(const struct look *look, struct sink *sink, const char *colour, const char *text)
{
    const char *code = strcmp(colour, "red") == 0 ? "31" : strcmp(colour, "yellow") == 0 ? "33" : "1";
    if (look->colour) {
        sink_format(sink, "\033[%sm%s\033[0m", code, text);
    } else {
        sink_text(sink, text);
    }
}
