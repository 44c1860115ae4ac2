/* CSV after RFC 4180, split by libcsv in strict mode; every cell is text. Empty lines are skipped and not counted. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "supply/byte_source.h"
#include "supply/csv_blocks.h"
#include "supply/row_source.h"
#include "supply/text.h"

/* A growing array of bytes; nothing is kept when it cannot grow. */
struct buffer {
    char *byte;
    size_t size;
    size_t capacity;
};

struct row_end {
    size_t cell_count; /* since the row before */
    bool bad_text;     /* not UTF-8, or a zero byte */
};

/* Rows of the block just split, waiting to be handed out. */
struct csv_source {
    struct tol_row_source base;
    struct tol_byte_source *bytes;
    struct csv_parser parser;
    char *path;
    struct buffer text;  /* all cells, zero-terminated */
    struct buffer start; /* size_t: where each cell starts */
    struct buffer rows;  /* struct row_end */
    size_t row_next;
    size_t cell_next;
    size_t open_cells; /* cells of the row not yet ended */
    bool bad_text;
    bool no_memory;
    bool ended;
    bool broken;         /* the split stopped; the waiting rows are handed out first */
    uint64_t rows_given; /* data rows */
    char **name;
    struct tol_input_cell *cell;
    bool gzip;
    struct tol_csv_blocks *blocks; /* NULL until a block is taken */
};

static bool append(struct buffer *buffer, const void *content, size_t size)
{
    if (buffer->size + size > buffer->capacity) {
        size_t capacity = buffer->capacity == 0 ? 4096 : buffer->capacity;
        while (capacity < buffer->size + size) {
            capacity *= 2;
        }
        char *byte = realloc(buffer->byte, capacity);
        if (byte == NULL) {
            return false;
        }
        buffer->byte = byte;
        buffer->capacity = capacity;
    }
    if (size > 0) { /* of nothing there may be no buffer */
        memcpy(buffer->byte + buffer->size, content, size);
        buffer->size += size;
    }
    return true;
}

static void take_cell(void *text, size_t length, void *context)
{
    struct csv_source *source = context;
    size_t start = source->text.size;
    source->bad_text |= !tol_utf8_valid(text, length);
    source->open_cells++;
    source->no_memory |= !append(&source->start, &start, sizeof start) || !append(&source->text, text, length) ||
                         !append(&source->text, "", 1);
}

static void take_row(int terminator, void *context)
{
    (void)terminator;
    struct csv_source *source = context;
    struct row_end end = {source->open_cells, source->bad_text};
    source->no_memory |= !append(&source->rows, &end, sizeof end);
    source->open_cells = 0;
    source->bad_text = false;
}

/* Blanks are part of the cell; the readers of numbers and codes refuse them. */
static int never_blank(unsigned char byte)
{
    (void)byte;
    return 0;
}

static enum tol_status fail(const struct csv_source *source, struct tol_error *error, enum tol_status status,
                            const char *message)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, source->path, source->cell == NULL ? 0 : source->rows_given + 1, NULL, NULL);
}

/* Keeps what belongs to the row not yet ended, then splits one block more. */
static void forget_given_rows(struct csv_source *source)
{
    size_t *start = (size_t *)(void *)source->start.byte;
    size_t cells = source->start.size / sizeof *start;
    size_t kept_from = cells == source->cell_next ? source->text.size : start[source->cell_next];
    for (size_t i = source->cell_next; i < cells; i++) {
        start[i - source->cell_next] = start[i] - kept_from;
    }
    source->start.size -= source->cell_next * sizeof *start;
    if (source->text.size > 0) {
        memmove(source->text.byte, source->text.byte + kept_from, source->text.size - kept_from);
    }
    source->text.size -= kept_from;
    source->rows.size = source->row_next = source->cell_next = 0;
}

static enum tol_status split_block(struct csv_source *source, struct tol_error *error)
{
    const char *bytes;
    size_t size;
    forget_given_rows(source);
    enum tol_status status = tol_byte_source_next(source->bytes, &bytes, &size, error);
    if (status != TOL_OK) {
        return status;
    }
    if (size == 0) {
        source->ended = true;
        source->broken = csv_fini(&source->parser, take_cell, take_row, source) != 0;
    } else {
        source->broken = csv_parse(&source->parser, bytes, size, take_cell, take_row, source) != size;
    }
    if (source->no_memory || (source->broken && csv_error(&source->parser) == CSV_ENOMEM)) {
        return fail(source, error, TOL_NO_MEMORY, "out of memory while reading the file");
    }
    if (csv_get_buffer_size(&source->parser) > TOL_CSV_CELL_BYTES_MAX ||
        source->text.size > 64 * TOL_CSV_CELL_BYTES_MAX) {
        return fail(source, error, TOL_BAD_DATA, TOL_CSV_LENGTH_FAULT);
    }
    return TOL_OK;
}

/* *end is NULL at the end of the table. */
static enum tol_status next_row(struct csv_source *source, const struct row_end **end, struct tol_error *error)
{
    while (source->row_next * sizeof **end == source->rows.size) {
        if (source->broken) {
            return fail(source, error, TOL_BAD_DATA, TOL_CSV_QUOTE_FAULT);
        }
        if (source->ended) {
            *end = NULL;
            return TOL_OK;
        }
        enum tol_status status = split_block(source, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    *end = (const struct row_end *)(void *)source->rows.byte + source->row_next++;
    source->rows_given++;
    return TOL_OK;
}

static const char *cell_text(const struct csv_source *source, size_t offset)
{
    const size_t *start = (const size_t *)(const void *)source->start.byte;
    return source->text.byte + start[source->cell_next + offset];
}

static enum tol_status csv_next(struct tol_row_source *base, struct tol_input_row *row, struct tol_error *error)
{
    struct csv_source *source = (struct csv_source *)base;
    const struct row_end *end;
    enum tol_status status = next_row(source, &end, error);
    row->end = status == TOL_OK && end == NULL;
    row->fault[0] = row->fault_column[0] = '\0';
    if (status != TOL_OK || row->end) {
        return status;
    }
    tol_csv_describe_fault(row, end->bad_text, end->cell_count, base->column_count);
    for (size_t i = 0; row->fault[0] == '\0' && i < base->column_count; i++) {
        const char *text = cell_text(source, i);
        source->cell[i] = (struct tol_input_cell){text[0] == '\0' ? TOL_CELL_NONE : TOL_CELL_TEXT, text, 0};
    }
    source->cell_next += end->cell_count;
    row->cell = source->cell;
    return TOL_OK;
}

/* The file is read again from its start: what was split to find the header is little. */
static enum tol_status csv_take(struct tol_row_source *base, struct tol_row_block *block, struct tol_error *error)
{
    struct csv_source *source = (struct csv_source *)base;
    if (source->blocks == NULL) {
        enum tol_status status =
            tol_csv_blocks_open(source->path, source->gzip, base->column_count, &source->blocks, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return tol_csv_blocks_take(source->blocks, block, error);
}

static enum tol_status csv_split(const struct tol_row_source *base, struct tol_row_block *block,
                                 struct tol_error *error)
{
    return tol_csv_blocks_split(((const struct csv_source *)base)->blocks, block, error);
}

static enum tol_status csv_row(struct tol_row_source *base, const struct tol_row_block *block, size_t index,
                               struct tol_input_row *row, struct tol_error *error)
{
    struct csv_source *source = (struct csv_source *)base;
    return tol_csv_blocks_row(source->blocks, block, index, source->cell, row, error);
}

static void csv_release(const struct tol_row_source *base, struct tol_row_block *block)
{
    (void)base;
    tol_csv_blocks_release(block);
}

static void csv_close(struct tol_row_source *base)
{
    struct csv_source *source = (struct csv_source *)base;
    for (size_t i = 0; source->name != NULL && i < base->column_count; i++) {
        free(source->name[i]);
    }
    free(source->name);
    free(source->cell);
    free(source->text.byte);
    free(source->start.byte);
    free(source->rows.byte);
    free(source->path);
    csv_free(&source->parser);
    tol_byte_source_close(source->bytes);
    tol_csv_blocks_close(source->blocks);
    free(source);
}

static enum tol_status read_header(struct csv_source *source, struct tol_error *error)
{
    const struct row_end *end;
    enum tol_status status = next_row(source, &end, error);
    if (status != TOL_OK || end == NULL) {
        return status != TOL_OK ? status : fail(source, error, TOL_BAD_DATA, "no header line with the column names");
    }
    if (end->bad_text) {
        return fail(source, error, TOL_BAD_DATA, "not UTF-8 text; save the file in UTF-8");
    }
    source->name = calloc(end->cell_count, sizeof *source->name);
    source->cell = calloc(end->cell_count, sizeof *source->cell);
    if (source->name == NULL || source->cell == NULL) {
        return fail(source, error, TOL_NO_MEMORY, "out of memory while reading the file");
    }
    source->base.column_count = end->cell_count;
    for (size_t i = 0; i < end->cell_count; i++) {
        source->name[i] = strdup(cell_text(source, i));
        if (source->name[i] == NULL) {
            return fail(source, error, TOL_NO_MEMORY, "out of memory while reading the file");
        }
    }
    source->cell_next += end->cell_count;
    source->base.column_name = (const char *const *)source->name;
    source->rows_given = 0;
    return TOL_OK;
}

enum tol_status tol_csv_source_open(const char *path, bool gzip, struct tol_row_source **source,
                                    struct tol_error *error)
{
    struct tol_byte_source *bytes;
    enum tol_status status = tol_byte_source_open(path, gzip, &bytes, error);
    if (status != TOL_OK) {
        return status;
    }
    struct csv_source *opened = calloc(1, sizeof *opened);
    if (opened == NULL || csv_init(&opened->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        free(opened);
        tol_byte_source_close(bytes);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    csv_set_space_func(&opened->parser, never_blank);
    opened->bytes = bytes;
    opened->base.next = csv_next;
    opened->base.close = csv_close;
    opened->base.take = csv_take;
    opened->base.split = csv_split;
    opened->base.row = csv_row;
    opened->base.release = csv_release;
    opened->gzip = gzip;
    opened->path = strdup(path);
    status = opened->path == NULL ? tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file")
                                  : read_header(opened, error);
    if (status != TOL_OK) {
        csv_close(&opened->base);
        return status;
    }
    *source = &opened->base;
    return TOL_OK;
}
