#include "supply/csv_blocks.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/byte_source.h"
#include "supply/text.h"

#define SLACK 16 /* readers of short texts may look so far beyond the end */
#define ROW_BYTES_MAX (64 * TOL_CSV_CELL_BYTES_MAX)

/* Rows of the file as they are, and where their cells are once split. */
struct raw_block {
    char *byte; /* [size + SLACK] */
    size_t size;
    bool quoted; /* holds a quotation mark */
    bool header; /* its first row is the header */
    char *text;  /* of cells, when quotation marks were taken out; else NULL */
    size_t text_size;
    uint32_t *cell_count; /* [rows] */
    bool *bad_text;       /* [rows] */
};

struct tol_csv_blocks {
    const char *path;
    size_t column_count;
    struct tol_byte_source *bytes;
    char *rest; /* of the row that is not yet whole */
    size_t rest_size;
    size_t rest_capacity;
    bool inside;      /* the rest ends inside quotation marks */
    bool rest_quoted; /* the rest holds one */
    bool started;
    bool ended;
    char *row_text; /* of `row` */
    size_t row_capacity;
};

static enum tol_status fail(const struct tol_csv_blocks *blocks, struct tol_error *error, enum tol_status status,
                            const char *message)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, blocks->path, TOL_ROW_AFTER, NULL, NULL);
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the file");
}

enum tol_status tol_csv_blocks_open(const char *path, bool gzip, size_t column_count, struct tol_csv_blocks **blocks,
                                    struct tol_error *error)
{
    struct tol_csv_blocks *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return no_memory(error);
    }
    opened->path = path;
    opened->column_count = column_count;
    enum tol_status status = tol_byte_source_open(path, gzip, &opened->bytes, error);
    if (status != TOL_OK) {
        tol_csv_blocks_close(opened);
        return status;
    }
    *blocks = opened;
    return TOL_OK;
}

void tol_csv_blocks_close(struct tol_csv_blocks *blocks)
{
    if (blocks != NULL) {
        tol_byte_source_close(blocks->bytes);
        free(blocks->rest);
        free(blocks->row_text);
        free(blocks);
    }
}

static bool is_row_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* How many of the bytes belong to whole rows; *inside is carried on. */
static size_t whole_rows(const char *bytes, size_t size, bool *inside, bool *quoted)
{
    *quoted = memchr(bytes, '"', size) != NULL;
    size_t end = 0;
    if (!*quoted) {
        for (end = *inside ? 0 : size; end > 0 && !is_row_end(bytes[end - 1]); end--) {
        }
        return end;
    }
    for (size_t i = 0; i < size; i++) {
        *inside ^= bytes[i] == '"';
        if (is_row_end(bytes[i]) && !*inside) {
            end = i + 1;
        }
    }
    return end;
}

/* Empty lines are no rows: the header is still to come. */
static bool is_empty(const struct raw_block *raw)
{
    size_t at = 0;
    while (at < raw->size && is_row_end(raw->byte[at])) {
        at++;
    }
    return at == raw->size;
}

/* The rest of a row so far, and more bytes, as a block of their own. */
static struct raw_block *make_block(struct tol_csv_blocks *blocks, const char *bytes, size_t size, bool quoted)
{
    struct raw_block *raw = calloc(1, sizeof *raw);
    if (raw != NULL) {
        raw->size = blocks->rest_size + size;
        raw->byte = malloc(raw->size + SLACK);
    }
    if (raw == NULL || raw->byte == NULL) {
        free(raw);
        return NULL;
    }
    if (blocks->rest_size > 0) {
        memcpy(raw->byte, blocks->rest, blocks->rest_size);
    }
    memcpy(raw->byte + blocks->rest_size, bytes, size);
    memset(raw->byte + raw->size, 0, SLACK);
    raw->quoted = quoted || blocks->rest_quoted;
    raw->header = !blocks->started;
    blocks->started = blocks->started || !is_empty(raw);
    blocks->rest_size = 0;
    blocks->rest_quoted = false;
    return raw;
}

static bool keep_rest(struct tol_csv_blocks *blocks, const char *bytes, size_t size)
{
    if (size == 0) {
        return true;
    }
    if (blocks->rest_size + size > blocks->rest_capacity) {
        size_t capacity = 2 * (blocks->rest_size + size);
        char *rest = realloc(blocks->rest, capacity);
        if (rest == NULL) {
            return false;
        }
        blocks->rest = rest;
        blocks->rest_capacity = capacity;
    }
    memcpy(blocks->rest + blocks->rest_size, bytes, size);
    blocks->rest_size += size;
    return true;
}

/* block->raw stays NULL while no row is whole. */
static enum tol_status take_some(struct tol_csv_blocks *blocks, struct tol_row_block *block, struct tol_error *error)
{
    const char *bytes;
    size_t size;
    bool quoted;
    enum tol_status status = tol_byte_source_next(blocks->bytes, &bytes, &size, error);
    if (status != TOL_OK) {
        return status;
    }
    if (size == 0) {
        blocks->ended = true;
        block->raw = blocks->rest_size == 0 ? NULL : make_block(blocks, "", 0, false);
        return blocks->rest_size > 0 && block->raw == NULL ? no_memory(error) : TOL_OK;
    }
    size_t end = whole_rows(bytes, size, &blocks->inside, &quoted);
    if (end > 0 && (block->raw = make_block(blocks, bytes, end, quoted)) == NULL) {
        return no_memory(error);
    }
    blocks->rest_quoted = blocks->rest_quoted || memchr(bytes + end, '"', size - end) != NULL;
    if (!keep_rest(blocks, bytes + end, size - end)) {
        return no_memory(error);
    }
    return blocks->rest_size > ROW_BYTES_MAX ? fail(blocks, error, TOL_BAD_DATA, TOL_CSV_LENGTH_FAULT) : TOL_OK;
}

enum tol_status tol_csv_blocks_take(struct tol_csv_blocks *blocks, struct tol_row_block *block, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    block->raw = NULL;
    block->row_count = 0;
    while (status == TOL_OK && block->raw == NULL && !blocks->ended) {
        status = take_some(blocks, block, error);
    }
    if (status != TOL_OK) {
        tol_csv_blocks_release(block);
    }
    return status;
}

void tol_csv_blocks_release(struct tol_row_block *block)
{
    struct raw_block *raw = block->raw;
    if (raw != NULL) {
        free(raw->byte);
        free(raw->text);
        free(raw->cell_count);
        free(raw->bad_text);
        free(raw);
        block->raw = NULL;
    }
}

/* Rows on their way into columns. */
struct filling {
    const struct tol_csv_blocks *blocks;
    struct tol_row_block *block;
    struct raw_block *raw;
    bool skip; /* the row under way is the header */
    bool bad_text;
    bool too_long;
    size_t cells; /* of the row under way */
};

static void put_cell(struct filling *filling, const char *text, size_t length)
{
    size_t row = filling->block->row_count;
    if (!filling->skip && filling->cells < filling->blocks->column_count) {
        filling->block->column[filling->cells].text[row] = text;
        filling->block->column[filling->cells].length[row] = (uint32_t)length;
    }
    filling->too_long = filling->too_long || length > TOL_CSV_CELL_BYTES_MAX;
    filling->cells++;
}

/* Readers of a column look at every row of it, also at those that are too short to have it. */
static void fill_up(const struct filling *filling, size_t row)
{
    static const char nothing[16];
    for (size_t c = filling->cells; c < filling->blocks->column_count; c++) {
        filling->block->column[c].text[row] = nothing;
        filling->block->column[c].length[row] = 0;
    }
}

static void end_row(struct filling *filling)
{
    size_t row = filling->block->row_count;
    if (!filling->skip) {
        fill_up(filling, row);
        filling->raw->cell_count[row] = (uint32_t)filling->cells;
        filling->raw->bad_text[row] = filling->bad_text;
        filling->block->faulty[row] = filling->bad_text || filling->cells != filling->blocks->column_count;
        filling->block->row_count++;
    }
    filling->skip = filling->bad_text = false;
    filling->cells = 0;
}

/* Most texts hold nothing but ASCII: then no cell need be looked at. */
static bool all_plain(const char *bytes, size_t size)
{
    unsigned char high = 0;
    bool zero = false;
    for (size_t i = 0; i < size; i++) {
        high |= (unsigned char)bytes[i];
        zero |= bytes[i] == '\0';
    }
    return high < 0x80 && !zero;
}

static void split_plain(struct filling *filling)
{
    const char *at = filling->raw->byte;
    const char *end = at + filling->raw->size;
    bool plain = all_plain(at, filling->raw->size);
    while (at < end && !filling->too_long) {
        if (filling->cells == 0 && is_row_end(*at)) {
            at++; /* an empty line */
            continue;
        }
        const char *start = at;
        while (at < end && *at != ',' && !is_row_end(*at)) {
            at++;
        }
        filling->bad_text = filling->bad_text || (!plain && !tol_utf8_valid(start, (size_t)(at - start)));
        put_cell(filling, start, (size_t)(at - start));
        if (at == end || *at != ',') {
            end_row(filling);
        } else if (at + 1 == end) {
            put_cell(filling, end, 0); /* the file ends with a comma */
            end_row(filling);
        }
        at++;
    }
}

static void take_quoted_cell(void *text, size_t length, void *context)
{
    struct filling *filling = context;
    struct raw_block *raw = filling->raw;
    filling->bad_text |= !tol_utf8_valid(text, length);
    /* Never longer than the bytes they come from. */
    if (length > 0) {
        memcpy(raw->text + raw->text_size, text, length);
    }
    put_cell(filling, raw->text + raw->text_size, length);
    raw->text_size += length;
}

static void take_quoted_row(int terminator, void *context)
{
    (void)terminator;
    end_row(context);
}

/* Blanks are part of the cell; the readers of numbers and codes refuse them. */
static int never_blank(unsigned char byte)
{
    (void)byte;
    return 0;
}

static enum tol_status split_quoted(struct filling *filling, struct tol_error *error)
{
    struct csv_parser parser;
    struct raw_block *raw = filling->raw;
    raw->text = calloc(raw->size + SLACK, 1);
    if (raw->text == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return no_memory(error);
    }
    csv_set_space_func(&parser, never_blank);
    bool whole = csv_parse(&parser, raw->byte, raw->size, take_quoted_cell, take_quoted_row, filling) == raw->size;
    bool too_long = csv_get_buffer_size(&parser) > TOL_CSV_CELL_BYTES_MAX;
    whole = whole && csv_fini(&parser, take_quoted_cell, take_quoted_row, filling) == 0;
    bool no_room = !whole && csv_error(&parser) == CSV_ENOMEM;
    csv_free(&parser);
    if (no_room) {
        return no_memory(error);
    }
    if (whole || too_long) {
        filling->too_long = filling->too_long || too_long;
        return TOL_OK;
    }
    return fail(filling->blocks, error, TOL_BAD_DATA, TOL_CSV_QUOTE_FAULT);
}

/* At most: empty lines count too. */
static size_t count_rows(const struct raw_block *raw)
{
    size_t rows = 1;
    for (size_t i = 0; i < raw->size; i++) {
        rows += is_row_end(raw->byte[i]);
    }
    return rows;
}

enum tol_status tol_csv_blocks_split(const struct tol_csv_blocks *blocks, struct tol_row_block *block,
                                     struct tol_error *error)
{
    struct raw_block *raw = block->raw;
    size_t rows = count_rows(raw);
    enum tol_status status = tol_row_block_room(block, blocks->column_count, rows, error);
    raw->cell_count = malloc(rows * sizeof *raw->cell_count);
    raw->bad_text = malloc(rows * sizeof *raw->bad_text);
    block->row_count = 0;
    if (status != TOL_OK || raw->cell_count == NULL || raw->bad_text == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < blocks->column_count; i++) {
        block->column[i].kind = TOL_CELL_TEXT;
    }
    struct filling filling = {.blocks = blocks, .block = block, .raw = raw, .skip = raw->header};
    if (raw->quoted) {
        status = split_quoted(&filling, error);
    } else {
        split_plain(&filling);
    }
    return status == TOL_OK && filling.too_long ? fail(blocks, error, TOL_BAD_DATA, TOL_CSV_LENGTH_FAULT) : status;
}

void tol_csv_describe_fault(struct tol_input_row *row, bool bad_text, size_t cell_count, size_t column_count)
{
    if (bad_text) {
        snprintf(row->fault, sizeof row->fault, "not UTF-8 text; save the file in UTF-8");
    } else if (cell_count != column_count) {
        snprintf(row->fault, sizeof row->fault,
                 "the row has %zu cells and the header has %zu; put cells with commas in quotation marks", cell_count,
                 column_count);
    }
}

enum tol_status tol_csv_blocks_row(struct tol_csv_blocks *blocks, const struct tol_row_block *block, size_t index,
                                   struct tol_input_cell *cell, struct tol_input_row *row, struct tol_error *error)
{
    const struct raw_block *raw = block->raw;
    row->end = false;
    row->cell = cell;
    row->fault[0] = row->fault_column[0] = '\0';
    tol_csv_describe_fault(row, raw->bad_text[index], raw->cell_count[index], blocks->column_count);
    if (row->fault[0] != '\0') {
        return TOL_OK;
    }
    size_t size = 0;
    for (size_t i = 0; i < blocks->column_count; i++) {
        size += block->column[i].length[index] + 1;
    }
    if (size > blocks->row_capacity) {
        free(blocks->row_text);
        blocks->row_capacity = 2 * size;
        blocks->row_text = malloc(blocks->row_capacity);
        if (blocks->row_text == NULL) {
            blocks->row_capacity = 0;
            return no_memory(error);
        }
    }
    char *to = blocks->row_text;
    for (size_t i = 0; i < blocks->column_count; i++) {
        uint32_t length = block->column[i].length[index];
        memcpy(to, block->column[i].text[index], length);
        to[length] = '\0';
        cell[i] = (struct tol_input_cell){length == 0 ? TOL_CELL_NONE : TOL_CELL_TEXT, to, 0};
        to += length + 1;
    }
    return TOL_OK;
}
