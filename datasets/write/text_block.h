/* Some rows as CSV or JSON lines in memory. */
#ifndef TOLMUUR_WRITE_TEXT_BLOCK_H
#define TOLMUUR_WRITE_TEXT_BLOCK_H

#include "datasets/table_writer.h"
#include "write/shortest_double.h"

/* Bytes that grow. */
struct tol_text_buffer {
    char *byte;
    size_t used;
    size_t capacity;
};

/* Makes room for `size` more bytes; false when out of memory. */
bool tol_text_buffer_room(struct tol_text_buffer *buffer, size_t size);

/* What is the same for all rows of a table. */
struct tol_text_layout {
    enum tol_table_format format;
    const char *path; /* for messages */
    const struct tol_table_column *columns;
    size_t column_count;
    struct tol_text_buffer
        before; /* what stands before each cell: of column i the bytes [before_start[i], before_start[i + 1]) */
    size_t *before_start;
    struct tol_shortest_table shortest;
};
TOL_MUST_CHECK enum tol_status tol_text_layout_init(struct tol_text_layout *layout, enum tol_table_format format,
                                                    const char *path, const struct tol_table_column *columns,
                                                    size_t column_count, struct tol_error *error);
void tol_text_layout_free(struct tol_text_layout *layout);

/* Appends the header line of CSV. */
TOL_MUST_CHECK enum tol_status tol_text_header(const struct tol_text_layout *layout, struct tol_text_buffer *buffer,
                                               struct tol_error *error);
/* Appends rows; row_before: rows of the table before them, for messages. TOL_BAD_DATA: an infinity, a text that is not UTF-8. Thread safe. */
TOL_MUST_CHECK enum tol_status tol_text_block(const struct tol_text_layout *layout, const struct tol_table_cells *cells,
                                              uint64_t row_before, size_t row_count, struct tol_text_buffer *buffer,
                                              struct tol_error *error);

/* Room for a block of every column; NULL when out of memory. */
struct tol_table_cells *tol_table_cells_create(const struct tol_table_column *columns, size_t column_count);
void tol_table_cells_free(struct tol_table_cells *cells, size_t column_count); /* NULL allowed */

#endif
