#include "postgres/copy_encode.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "supply/text.h"

const char tol_copy_start[19] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\xff', '\r', '\n'};
const char tol_copy_trailer[2] = {'\xff', '\xff'};

enum { COLUMNS_KNOWN = 64, FIELD_BYTES = 12 };

/* Texts that were looked through: the rows of a block share most of theirs. */
struct known_text {
    const char *text;
    size_t length;
};

struct block {
    const struct tol_table_column *columns;
    size_t column_count;
    const struct tol_table_cells *cells;
    struct tol_text_buffer *buffer;
    struct known_text known[COLUMNS_KNOWN];
};

/* The greatest byte first. */
static char *put_number(char *to, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (char)(number >> 8 * (bytes - 1 - i) & 0xff);
    }
    return to + bytes;
}

/* NULL, or what is wrong. The fixed part of the row has its room already. */
static const char *put_double(struct block *block, double number)
{
    char *to = block->buffer->byte + block->buffer->used;
    if (isinf(number)) {
        return "an infinite number cannot be written";
    }
    if (isnan(number)) {
        block->buffer->used = (size_t)(put_number(to, UINT32_MAX, 4) - block->buffer->byte);
        return NULL;
    }
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    to = put_number(to, sizeof bits, 4);
    block->buffer->used = (size_t)(put_number(to, bits, sizeof bits) - block->buffer->byte);
    return NULL;
}

static bool measure(struct block *block, size_t column, const char *text, size_t *length)
{
    struct known_text *known = column < COLUMNS_KNOWN ? &block->known[column] : NULL;
    if (known != NULL && known->text == text) {
        *length = known->length;
        return true;
    }
    *length = strlen(text);
    if (!tol_utf8_valid(text, *length)) {
        return false;
    }
    if (known != NULL) {
        *known = (struct known_text){text, *length};
    }
    return true;
}

static const char *put_text(struct block *block, size_t column, const char *text, bool *memory)
{
    struct tol_text_buffer *buffer = block->buffer;
    size_t length = 0;
    if (text == NULL) {
        buffer->used = (size_t)(put_number(buffer->byte + buffer->used, UINT32_MAX, 4) - buffer->byte);
        return NULL;
    }
    if (!measure(block, column, text, &length) || length > INT32_MAX) {
        return "text that is not UTF-8 cannot be written";
    }
    /* Behind the text there must still be room for the rest of the row. */
    *memory = tol_text_buffer_room(buffer, 4 + length + FIELD_BYTES * block->column_count);
    if (*memory) {
        char *to = put_number(buffer->byte + buffer->used, length, 4);
        memcpy(to, text, length);
        buffer->used = (size_t)(to - buffer->byte) + length;
    }
    return NULL;
}

enum tol_status tol_copy_block(const char *label, const struct tol_table_column *columns, size_t column_count,
                               const struct tol_table_cells *cells, uint64_t row_before, size_t row_count,
                               struct tol_text_buffer *buffer, struct tol_error *error)
{
    struct block block = {.columns = columns, .column_count = column_count, .cells = cells, .buffer = buffer};
    bool memory = true;
    for (size_t row = 0; row < row_count && memory; row++) {
        memory = tol_text_buffer_room(buffer, 2 + FIELD_BYTES * column_count);
        if (memory) {
            buffer->used = (size_t)(put_number(buffer->byte + buffer->used, column_count, 2) - buffer->byte);
        }
        for (size_t i = 0; i < column_count && memory; i++) {
            const char *fault = columns[i].type == TOL_COLUMN_TEXT ? put_text(&block, i, cells[i].text[row], &memory)
                                                                   : put_double(&block, cells[i].number[row]);
            if (fault != NULL) {
                tol_fail(error, TOL_BAD_DATA, "%s", fault);
                return tol_fail_at(error, TOL_BAD_DATA, label, row_before + row + 1, columns[i].name, NULL);
            }
        }
    }
    return memory ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
}
