/* Tables and trees for people, over libsmartcols. */
#ifndef CLI_RENDER_TABLE_H
#define CLI_RENDER_TABLE_H

#include <stdbool.h>

#include "options.h"
#include "sink.h"

enum format { FORMAT_TABLE = 0, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV, FORMAT_PARQUET };

/* How results look, from --format and --color, NO_COLOR and whether stdout is a terminal. */
struct look {
    enum format format;
    bool colour;
    bool terminal;
    size_t width; /* of the terminal, in columns; 0: none */
};
/* `allowed` lists formats by their names, such as "table json". */
TOL_MUST_CHECK enum tol_status look_read(const struct options *options, const char *allowed, enum format otherwise,
                                         struct look *look, struct tol_error *error);

/* Results go to this file, which is no terminal; NULL or "-": to stdout. */
void look_at_file(struct look *look, const struct options *options, const char *output);

enum column_style {
    COLUMN_LEFT = 0,
    COLUMN_RIGHT,
    COLUMN_TREE,     /* goes on below where the terminal is too narrow */
    COLUMN_SENTENCE, /* left, and the same */
    COLUMN_BAR       /* of view_cell_bar; only on a terminal */
};

struct view;      /* one table */
struct view_line; /* one of its lines */

/* Out of memory is remembered and told by view_print. */
struct view *view_create(const struct look *look, bool headings);
void view_column(struct view *view, const char *heading, enum column_style style);
struct heading {
    const char *text;
    enum column_style style;
    unsigned
        spared; /* 0: never; else left out where the terminal is too narrow, the greatest first, of equal ones the last. A bar counts as 1 */
};
void view_columns(struct view *view, const struct heading *heading, size_t count);
/* parent NULL: at the top. The line belongs to the view. */
struct view_line *view_line(struct view *view, struct view_line *parent);
void view_cell(struct view_line *line, size_t column, const char *text);
void view_cell_people(struct view_line *line, size_t column, double value, int decimals);
void view_cell_percent(struct view_line *line, size_t column, double fraction, int decimals);
/* A bar as long as value is of whole, whatever their signs; nothing where either is not known. */
void view_cell_bar(struct view_line *line, size_t column, double value, double whole);
/* "red", "yellow", "green", "bold", "gray": the whole line; nothing without colour. */
void view_colour(struct view_line *line, const char *colour);
/* NULL allowed. */
void view_release(struct view *view);
/* Prints into the sink and releases the view. */
void view_print(struct view *view, struct sink *sink);

/* Colour around a text in the sink. */
void look_paint(const struct look *look, struct sink *sink, const char *colour, const char *text);

#endif
