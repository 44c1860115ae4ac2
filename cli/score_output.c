#include "score_output.h"

#include "datasets/table_writer.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 64, FIRM_ID_SIZE = 256 };

struct producer {
    struct score_stream *stream;
    struct score_texts *texts;
    const struct tol_score_column *column;
    size_t column_count;
    char (*firm_id)[FIRM_ID_SIZE]; /* [TOL_TABLE_BLOCK_ROWS] */
};

static enum tol_status fill_texts(struct producer *producer, const struct tol_score_column *column, const char **text,
                                  const struct tol_score_row *rows, size_t count, struct tol_error *error)
{
    for (size_t r = 0; r < count; r++) {
        if (column->kind == TOL_COLUMN_FIRM_ID) {
            tol_book_firm_id(producer->stream->book, rows[r].firm, producer->firm_id[r], FIRM_ID_SIZE);
            text[r] = producer->firm_id[r];
        } else {
            text[r] = score_text(producer->texts, &rows[r], column);
        }
        /* No band and no hub are no value; no flags is the empty list. */
        if (text[r] == NULL && column->kind == TOL_COLUMN_FLAGS) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory");
        }
    }
    return TOL_OK;
}

static enum tol_status produce(void *context, const struct tol_table_cells *cells, size_t *row_count,
                               struct tol_error *error)
{
    struct producer *producer = context;
    const struct tol_score_row *rows;
    enum tol_status status = score_stream_next(producer->stream, TOL_TABLE_BLOCK_ROWS, &rows, row_count, error);
    for (size_t c = 0; status == TOL_OK && c < producer->column_count; c++) {
        const struct tol_score_column *column = &producer->column[c];
        if (column->kind != TOL_COLUMN_NUMBER) {
            status = fill_texts(producer, column, cells[c].text, rows, *row_count, error);
            continue;
        }
        for (size_t r = 0; r < *row_count; r++) {
            cells[c].number[r] = score_number(&rows[r], column);
        }
    }
    return status;
}

static enum tol_status write_json(const char *path, struct score_stream *stream, struct score_texts *texts,
                                  struct tol_error *error)
{
    struct sink sink;
    enum tol_status status = sink_open(&sink, path, error);
    struct json_writer json = {.sink = &sink};
    const struct tol_score_row *rows = NULL;
    size_t count = 0;
    if (status == TOL_OK) {
        json_array(&json, NULL);
    }
    do {
        if (status == TOL_OK) {
            status = score_stream_next(stream, TOL_TABLE_BLOCK_ROWS, &rows, &count, error);
        }
        for (size_t r = 0; status == TOL_OK && r < count; r++) {
            score_json(&json, NULL, texts, &rows[r]);
        }
    } while (status == TOL_OK && count > 0 && sink.write_error == 0);
    if (status != TOL_OK) {
        sink_release(&sink);
        return status;
    }
    json_end_array(&json);
    sink_text(&sink, "\n");
    return sink_close(&sink, error);
}

enum tol_status score_output(const char *path, enum format format, struct score_stream *stream,
                             struct score_texts *texts, struct tol_error *error)
{
    size_t length = strlen(path);
    if (format == FORMAT_JSON || (format == FORMAT_TABLE && length > 5 && strcmp(path + length - 5, ".json") == 0)) {
        return write_json(path, stream, texts, error);
    }
    static const enum tol_table_format formats[] = {[FORMAT_TABLE] = TOL_TABLE_BY_ENDING,
                                                    [FORMAT_JSON] = TOL_TABLE_BY_ENDING,
                                                    [FORMAT_JSONL] = TOL_TABLE_JSONL,
                                                    [FORMAT_CSV] = TOL_TABLE_CSV,
                                                    [FORMAT_PARQUET] = TOL_TABLE_PARQUET};
    struct producer producer = {.stream = stream, .texts = texts};
    producer.column = score_columns(texts, &producer.column_count);
    producer.firm_id = malloc(TOL_TABLE_BLOCK_ROWS * sizeof *producer.firm_id);
    if (producer.firm_id == NULL || producer.column_count > COLUMNS_MOST) {
        free(producer.firm_id);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    struct tol_table_column columns[COLUMNS_MOST];
    for (size_t i = 0; i < producer.column_count; i++) {
        bool number = producer.column[i].kind == TOL_COLUMN_NUMBER;
        columns[i] = (struct tol_table_column){producer.column[i].name, number ? TOL_COLUMN_DOUBLE : TOL_COLUMN_TEXT};
    }
    enum tol_status status =
        tol_table_write(path, formats[format], columns, producer.column_count, produce, &producer, error);
    free(producer.firm_id);
    return status;
}
