/* A table of a PostgreSQL database through binary COPY, in the order in which the server gives its rows. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/postgres_source.h"
#include "supply/text.h"

/* A block stays in the cache of the worker that turns it into columns. */
#define BLOCK_BYTES ((size_t)256 << 10)
#define BLOCK_ROWS 4096
#define SLOT 32  /* text of a number or a date in a block; longer ones go the careful way */
#define SLACK 16 /* readable bytes behind any text */
#define TEXT_BYTES_MAX 1000000

/* Whole rows as they came. */
struct copy_block {
    struct copy_block *next; /* in the list of spare ones */
    uint8_t *byte;
    size_t used;
    size_t capacity;
    char *text; /* [rows][columns that are made into text][SLOT] */
    size_t text_capacity;
    uint32_t row[BLOCK_ROWS]; /* where each starts */
};

struct cell_text {
    char *text;
    size_t capacity;
};

struct postgres_source {
    struct tol_row_source base;
    struct tol_postgres_input *input;
    enum tol_supply_table table;
    const struct tol_postgres_table *about;
    const char *name[TOL_SCHEMA_COLUMNS_MAX];
    struct tol_input_cell cell[TOL_SCHEMA_COLUMNS_MAX];
    struct cell_text cell_text[TOL_SCHEMA_COLUMNS_MAX];
    bool started;
    bool header_read;
    bool ended;
    struct copy_block *rest; /* rows begun by the block before; NULL: none */
    pthread_mutex_t mutex;
    struct copy_block *spare;   /* guarded by the mutex */
    struct tol_row_block block; /* of `next` */
    size_t block_next;
};

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
}

static enum tol_cell_kind kind_of(enum tol_copy_type type)
{
    switch (type) {
    case TOL_COPY_TEXT:
    case TOL_COPY_PADDED:
    case TOL_COPY_BOOL:
    case TOL_COPY_DATE:
        return TOL_CELL_TEXT;
    case TOL_COPY_INT2:
    case TOL_COPY_INT4:
    case TOL_COPY_INT8:
    case TOL_COPY_NUMERIC:
        return TOL_CELL_INTEGER;
    case TOL_COPY_FLOAT4:
    case TOL_COPY_FLOAT8:
        return TOL_CELL_DOUBLE;
    case TOL_COPY_OTHER:
        break;
    }
    return TOL_CELL_OTHER;
}

static bool is_text(enum tol_copy_type type)
{
    return type == TOL_COPY_TEXT || type == TOL_COPY_PADDED;
}

/* Length of a text without the blanks that only fill it up. */
static uint32_t text_length(enum tol_copy_type type, const struct tol_copy_field *field)
{
    uint32_t length = field->length;
    while (type == TOL_COPY_PADDED && length > 0 && field->bytes[length - 1] == ' ') {
        length--;
    }
    return length;
}

static enum tol_status stream_fault(const struct postgres_source *source, const char *fault, struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA, "the server's COPY cannot be read: %s", fault);
    return tol_fail_at(error, TOL_BAD_DATA, source->about->label, 0, NULL, NULL);
}

/* What the server says of the table itself is said of it, not of the server. */
static enum tol_status server_fault(const struct postgres_source *source, enum tol_status status,
                                    struct tol_error *error)
{
    return status == TOL_NO_INPUT || status == TOL_BAD_DATA
               ? tol_fail_at(error, status, source->about->label, 0, NULL, NULL)
               : status;
}

static struct copy_block *spare_block(struct postgres_source *source)
{
    pthread_mutex_lock(&source->mutex);
    struct copy_block *block = source->spare;
    if (block != NULL) {
        source->spare = block->next;
    }
    pthread_mutex_unlock(&source->mutex);
    if (block == NULL) {
        block = calloc(1, sizeof *block);
    }
    if (block != NULL) {
        block->used = 0;
    }
    return block;
}

static void keep_spare(struct postgres_source *source, struct copy_block *block)
{
    pthread_mutex_lock(&source->mutex);
    block->next = source->spare;
    source->spare = block;
    pthread_mutex_unlock(&source->mutex);
}

static bool append(struct copy_block *block, const void *bytes, size_t size)
{
    size_t needed = block->used + size + SLACK;
    if (block->byte == NULL || needed > block->capacity) {
        size_t capacity = needed < BLOCK_BYTES + (BLOCK_BYTES >> 2) ? BLOCK_BYTES + (BLOCK_BYTES >> 2) : 2 * needed;
        uint8_t *byte = realloc(block->byte, capacity);
        if (byte == NULL) {
            return false;
        }
        block->byte = byte;
        block->capacity = capacity;
    }
    memcpy(block->byte + block->used, bytes, size);
    block->used += size;
    memset(block->byte + block->used, 0, SLACK);
    return true;
}

/* One piece of the stream onto the block. */
static enum tol_status read_piece(struct postgres_source *source, struct copy_block *block, struct tol_error *error)
{
    const char *bytes;
    size_t size;
    enum tol_status status = source->input->api->copy_read(source->input->session, &bytes, &size, error);
    if (status != TOL_OK) {
        return server_fault(source, status, error);
    }
    if (size == 0) {
        source->ended = true;
        return TOL_OK;
    }
    return append(block, bytes, size) ? TOL_OK : no_memory(error);
}

/* Takes the header off the start of the stream. */
static enum tol_status read_header(struct postgres_source *source, struct copy_block *block, struct tol_error *error)
{
    const char *fault = "the stream ends in its header";
    size_t length = 0;
    for (;;) {
        enum tol_copy_found found = tol_copy_header(block->byte, block->used, &length, &fault);
        if (found == TOL_COPY_FOUND) {
            memmove(block->byte, block->byte + length, block->used - length);
            block->used -= length;
            source->header_read = true;
            return TOL_OK;
        }
        if (found == TOL_COPY_BAD || source->ended) {
            return stream_fault(source, fault, error);
        }
        enum tol_status status = read_piece(source, block, error);
        if (status != TOL_OK) {
            return status;
        }
    }
}

/* After the trailer there may be nothing but the server's word that all is well. */
static enum tol_status read_end(struct postgres_source *source, struct copy_block *block, size_t end,
                                struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    while (status == TOL_OK && !source->ended && block->used == end) {
        status = read_piece(source, block, error);
    }
    return status == TOL_OK && block->used != end ? stream_fault(source, "bytes after its end", error) : status;
}

/* Whole rows until the block is full; *end is where they end. */
static enum tol_status read_rows(struct postgres_source *source, struct copy_block *block, size_t *rows, size_t *end,
                                 struct tol_error *error)
{
    const char *fault = "the stream ends in a row";
    size_t column_count = source->base.column_count;
    *rows = *end = 0;
    while (*rows < BLOCK_ROWS && *end < BLOCK_BYTES) {
        size_t length = 0;
        enum tol_copy_found found = tol_copy_row(block->byte + *end, block->used - *end, column_count, &length, &fault);
        if (found == TOL_COPY_FOUND) {
            block->row[(*rows)++] = (uint32_t)*end;
            *end += length;
            continue;
        }
        if (found == TOL_COPY_END) {
            return read_end(source, block, *end + length, error);
        }
        if (found == TOL_COPY_BAD || source->ended) {
            return stream_fault(source, fault, error);
        }
        enum tol_status status = read_piece(source, block, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

/* The bytes of a row that only began go to the next block. */
static enum tol_status keep_rest(struct postgres_source *source, const struct copy_block *block, size_t end,
                                 struct tol_error *error)
{
    if (end == block->used || source->ended) {
        return TOL_OK;
    }
    source->rest = spare_block(source);
    return source->rest != NULL && append(source->rest, block->byte + end, block->used - end) ? TOL_OK
                                                                                              : no_memory(error);
}

static enum tol_status fill_block(struct postgres_source *source, struct copy_block *block, size_t *rows,
                                  struct tol_error *error)
{
    size_t end = 0;
    enum tol_status status = TOL_OK;
    if (!append(block, "", 0)) {
        return no_memory(error);
    }
    if (!source->started) {
        source->started = true;
        status = tol_postgres_input_copy(source->input, source->table, error);
        status = status == TOL_OK ? read_header(source, block, error) : server_fault(source, status, error);
    }
    if (status == TOL_OK) {
        status = read_rows(source, block, rows, &end, error);
    }
    return status == TOL_OK ? keep_rest(source, block, end, error) : status;
}

static enum tol_status postgres_take(struct tol_row_source *base, struct tol_row_block *block, struct tol_error *error)
{
    struct postgres_source *source = (struct postgres_source *)base;
    block->raw = NULL;
    block->row_count = 0;
    if (source->ended) {
        return TOL_OK;
    }
    struct copy_block *raw = source->rest == NULL ? spare_block(source) : source->rest;
    source->rest = NULL;
    if (raw == NULL) {
        return no_memory(error);
    }
    enum tol_status status = fill_block(source, raw, &block->row_count, error);
    if (status != TOL_OK || block->row_count == 0) {
        keep_spare(source, raw);
        source->input->broken |= status != TOL_OK;
        return status;
    }
    block->raw = raw;
    return TOL_OK;
}

static void postgres_release(const struct tol_row_source *base, struct tol_row_block *block)
{
    /* The list of spare blocks has its own mutex. */
    struct postgres_source *source = (struct postgres_source *)(uintptr_t)base;
    if (block->raw != NULL) {
        keep_spare(source, block->raw);
        block->raw = NULL;
    }
}

/* A field as text, in a slot of the block; false: the row goes the careful way. */
static bool slot_text(enum tol_copy_type type, const struct tol_copy_field *field, char slot[SLOT], uint32_t *length)
{
    const char *fault;
    *length = (uint32_t)(type == TOL_COPY_NUMERIC ? tol_copy_numeric(field, slot, SLOT, &fault)
                                                  : tol_copy_short_text(type, field, slot, &fault));
    return *length > 0 && *length < SLOT;
}

/* Puts one field into its column; false: the row goes the careful way. */
static bool split_field(enum tol_copy_type type, const struct tol_copy_field *field, struct tol_block_column *column,
                        size_t row, char slot[SLOT])
{
    const char *fault;
    if (column->kind == TOL_CELL_DOUBLE) {
        column->number[row] = NAN;
        return field->null || tol_copy_double(type, field, &column->number[row], &fault);
    }
    if (column->kind == TOL_CELL_OTHER) {
        return true;
    }
    column->text[row] = (const char *)field->bytes;
    column->length[row] = 0;
    if (field->null) {
        return true;
    }
    if (is_text(type)) {
        column->length[row] = text_length(type, field);
        return tol_utf8_valid((const char *)field->bytes, field->length);
    }
    column->text[row] = slot;
    bool made = slot_text(type, field, slot, &column->length[row]);
    column->length[row] = made ? column->length[row] : 0;
    return made;
}

static bool text_room(struct copy_block *block, size_t size)
{
    if (size > block->text_capacity) {
        free(block->text);
        block->text = malloc(size);
        block->text_capacity = block->text == NULL ? 0 : size;
    }
    return block->text != NULL;
}

static enum tol_status postgres_split(const struct tol_row_source *base, struct tol_row_block *block,
                                      struct tol_error *error)
{
    const struct postgres_source *source = (const struct postgres_source *)base;
    struct copy_block *raw = block->raw;
    enum tol_status status = tol_row_block_room(block, base->column_count, block->row_count, error);
    if (status != TOL_OK) {
        return status;
    }
    if (!text_room(raw, block->row_count * base->column_count * SLOT + SLACK)) {
        return no_memory(error);
    }
    for (size_t i = 0; i < base->column_count; i++) {
        block->column[i].kind = kind_of(source->about->column[i].type);
    }
    char *slot = raw->text;
    for (size_t row = 0; row < block->row_count; row++) {
        const uint8_t *bytes = tol_copy_fields(raw->byte + raw->row[row]);
        block->faulty[row] = false;
        for (size_t i = 0; i < base->column_count; i++) {
            struct tol_copy_field field;
            bytes = tol_copy_field(bytes, &field);
            block->faulty[row] |= !split_field(source->about->column[i].type, &field, &block->column[i], row, slot);
            slot += SLOT;
        }
    }
    return TOL_OK;
}

/* Room for a cell's text. */
static char *cell_room(struct postgres_source *source, size_t column, size_t size)
{
    struct cell_text *text = &source->cell_text[column];
    if (size > text->capacity) {
        char *grown = realloc(text->text, 2 * size);
        if (grown == NULL) {
            return NULL;
        }
        text->text = grown;
        text->capacity = 2 * size;
    }
    return text->text;
}

/* Text as it is, numbers and dates as text; *fault: what is wrong with it. False when out of memory. */
static bool cell_as_text(struct postgres_source *source, size_t column, const struct tol_copy_field *field,
                         const char **fault)
{
    enum tol_copy_type type = source->about->column[column].type;
    if (is_text(type)) {
        uint32_t length = text_length(type, field);
        char *text = cell_room(source, column, (length > TEXT_BYTES_MAX ? 0 : length) + (size_t)1);
        if (text == NULL) {
            return false;
        }
        if (length > TEXT_BYTES_MAX) {
            *fault = "text of more than a million bytes; shorten it";
        } else if (!tol_utf8_valid((const char *)field->bytes, length)) {
            *fault = "text that is not UTF-8; the database's encoding does not say what it holds";
        } else {
            memcpy(text, field->bytes, length);
            text[length] = '\0';
        }
        return true;
    }
    const char *wrong = NULL;
    char *text = cell_room(source, column, TOL_COPY_SHORT_TEXT);
    size_t length = 0;
    if (text != NULL && type == TOL_COPY_NUMERIC) {
        length = tol_copy_numeric(field, text, source->cell_text[column].capacity, &wrong);
        if (length >= source->cell_text[column].capacity) {
            text = cell_room(source, column, length + 1);
            length = text == NULL ? 0 : tol_copy_numeric(field, text, source->cell_text[column].capacity, &wrong);
        }
    } else if (text != NULL) {
        length = tol_copy_short_text(type, field, text, &wrong);
    }
    *fault = text != NULL && length == 0 ? wrong : *fault;
    return text != NULL;
}

static enum tol_status read_cell(struct postgres_source *source, size_t column, const struct tol_copy_field *field,
                                 struct tol_input_row *row, struct tol_error *error)
{
    const struct tol_postgres_column *about = &source->about->column[column];
    struct tol_input_cell *cell = &source->cell[column];
    const char *fault = NULL;
    *cell = (struct tol_input_cell){.kind = field->null ? TOL_CELL_NONE : kind_of(about->type), .text = ""};
    if (cell->kind == TOL_CELL_OTHER) {
        cell->text = about->type_name;
    } else if (cell->kind == TOL_CELL_DOUBLE) {
        (void)tol_copy_double(about->type, field, &cell->number, &fault);
    } else if (cell->kind != TOL_CELL_NONE) {
        if (!cell_as_text(source, column, field, &fault)) {
            return no_memory(error);
        }
        cell->text = fault == NULL ? source->cell_text[column].text : "";
        cell->kind = fault == NULL && cell->text[0] == '\0' ? TOL_CELL_NONE : cell->kind;
    }
    if (fault != NULL) {
        snprintf(row->fault, sizeof row->fault, "%s", fault);
        snprintf(row->fault_column, sizeof row->fault_column, "%s", about->name);
    }
    return TOL_OK;
}

static enum tol_status postgres_row(struct tol_row_source *base, const struct tol_row_block *block, size_t index,
                                    struct tol_input_row *row, struct tol_error *error)
{
    struct postgres_source *source = (struct postgres_source *)base;
    const struct copy_block *raw = block->raw;
    const uint8_t *bytes = tol_copy_fields(raw->byte + raw->row[index]);
    enum tol_status status = TOL_OK;
    row->end = false;
    row->cell = source->cell;
    row->fault[0] = row->fault_column[0] = '\0';
    for (size_t i = 0; i < base->column_count && status == TOL_OK; i++) {
        struct tol_copy_field field;
        bytes = tol_copy_field(bytes, &field);
        status = read_cell(source, i, &field, row, error);
    }
    return status;
}

static enum tol_status postgres_next(struct tol_row_source *base, struct tol_input_row *row, struct tol_error *error)
{
    struct postgres_source *source = (struct postgres_source *)base;
    if (source->block_next == source->block.row_count) {
        postgres_release(base, &source->block);
        enum tol_status status = postgres_take(base, &source->block, error);
        source->block_next = 0;
        if (status != TOL_OK || source->block.raw == NULL) {
            row->end = status == TOL_OK;
            return status;
        }
    }
    return postgres_row(base, &source->block, source->block_next++, row, error);
}

static void free_block(struct copy_block *block)
{
    if (block != NULL) {
        free(block->byte);
        free(block->text);
        free(block);
    }
}

static void postgres_close(struct tol_row_source *base)
{
    struct postgres_source *source = (struct postgres_source *)base;
    postgres_release(base, &source->block);
    for (struct copy_block *block = source->spare; block != NULL;) {
        struct copy_block *next = block->next;
        free_block(block);
        block = next;
    }
    free_block(source->rest);
    for (size_t i = 0; i < base->column_count; i++) {
        free(source->cell_text[i].text);
    }
    pthread_mutex_destroy(&source->mutex);
    free(source);
}

enum tol_status tol_postgres_source_open(struct tol_postgres_input *input, enum tol_supply_table table,
                                         struct tol_row_source **source, struct tol_error *error)
{
    struct postgres_source *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return no_memory(error);
    }
    opened->input = input;
    opened->table = table;
    opened->about = &input->table[table];
    opened->base = (struct tol_row_source){.column_count = opened->about->column_count,
                                           .column_name = opened->name,
                                           .next = postgres_next,
                                           .close = postgres_close,
                                           .take = postgres_take,
                                           .split = postgres_split,
                                           .row = postgres_row,
                                           .release = postgres_release};
    for (size_t i = 0; i < opened->base.column_count; i++) {
        opened->name[i] = opened->about->column[i].name;
    }
    pthread_mutex_init(&opened->mutex, NULL);
    *source = &opened->base;
    return TOL_OK;
}
