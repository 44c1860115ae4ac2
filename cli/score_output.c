#include "score_output.h"

#include "datasets/table_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS_MOST = 64, FIRM_ID_SIZE = 256 };

/* One worker's firm ids of a block, one after the other. */
struct firm_ids {
    char text[TOL_TABLE_BLOCK_ROWS * FIRM_ID_SIZE];
};

struct producer {
    struct score_stream *stream;
    struct score_texts *texts;
    const struct tol_score_column *column;
    size_t column_count;
    const struct tol_score_row *rows; /* taken last */
    struct firm_ids *firm_ids;        /* [workers] */
};

/* Flags are made into texts here, where one thread is at work: `fill` finds them made. */
static enum tol_status take(void *context, uint64_t most, uint64_t *row_count, struct tol_error *error)
{
    struct producer *producer = context;
    size_t count = 0;
    enum tol_status status = score_stream_next(producer->stream, most, &producer->rows, &count, error);
    for (size_t r = 0; status == TOL_OK && r < count; r++) {
        if (score_flags_text(producer->texts, producer->rows[r].flags) == NULL) {
            status = tol_fail(error, TOL_NO_MEMORY, "out of memory");
        }
    }
    *row_count = count;
    return status;
}

static void fill_firm_ids(const struct producer *producer, char *text, const char **cell,
                          const struct tol_score_row *rows, size_t count)
{
    for (size_t r = 0; r < count; r++) {
        tol_book_firm_id(producer->stream->book, rows[r].firm, text, FIRM_ID_SIZE);
        cell[r] = text;
        text += strlen(text) + 1;
    }
}

static enum tol_status fill(void *context, unsigned worker, uint64_t first, size_t row_count,
                            const struct tol_table_cells *cells, struct tol_error *error)
{
    (void)error;
    struct producer *producer = context;
    const struct tol_score_row *rows = producer->rows + first;
    for (size_t c = 0; c < producer->column_count; c++) {
        const struct tol_score_column *column = &producer->column[c];
        if (column->kind == TOL_COLUMN_FIRM_ID) {
            fill_firm_ids(producer, producer->firm_ids[worker].text, cells[c].text, rows, row_count);
            continue;
        }
        for (size_t r = 0; r < row_count; r++) {
            if (column->kind == TOL_COLUMN_NUMBER) {
                cells[c].number[r] = score_number(&rows[r], column);
            } else {
                cells[c].text[r] = score_text(producer->texts, &rows[r], column);
            }
        }
    }
    return TOL_OK;
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

bool score_output_knows(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".json") == 0 || tol_table_format_of(path) != TOL_TABLE_BY_ENDING);
}

static void describe_columns(const struct tol_score_column *column, size_t count, bool keep_formulas,
                             struct tol_table_column *columns)
{
    for (size_t i = 0; i < count; i++) {
        bool number = column[i].kind == TOL_COLUMN_NUMBER;
        columns[i] =
            (struct tol_table_column){column[i].name, number ? TOL_COLUMN_DOUBLE : TOL_COLUMN_TEXT, keep_formulas};
    }
}

static enum tol_status producer_open(struct producer *producer, struct score_stream *stream, struct score_texts *texts,
                                     struct tol_table_column *columns, struct tol_error *error)
{
    *producer = (struct producer){.stream = stream, .texts = texts};
    producer->column = score_columns(texts, &producer->column_count);
    producer->firm_ids = malloc(tol_run_threads(stream->run) * sizeof *producer->firm_ids);
    if (producer->firm_ids == NULL || producer->column_count > COLUMNS_MOST) {
        free(producer->firm_ids);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    describe_columns(producer->column, producer->column_count, texts->keep_formulas, columns);
    return TOL_OK;
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
    struct producer producer;
    struct tol_table_column columns[COLUMNS_MOST];
    enum tol_status status = producer_open(&producer, stream, texts, columns, error);
    if (status == TOL_OK) {
        const struct tol_table_rows rows = {take, fill, &producer};
        status = tol_table_write_rows(path, formats[format], columns, producer.column_count, &rows, stream->run, error);
        free(producer.firm_ids);
    }
    return status;
}

enum tol_status score_output_postgres(const struct tol_postgres_output *output, struct score_stream *stream,
                                      struct score_texts *texts, struct tol_error *error)
{
    struct producer producer;
    struct tol_table_column columns[COLUMNS_MOST];
    enum tol_status status = producer_open(&producer, stream, texts, columns, error);
    if (status == TOL_OK) {
        const struct tol_table_rows rows = {take, fill, &producer};
        status = tol_postgres_write_rows(output, columns, producer.column_count, &rows, stream->run, error);
        free(producer.firm_ids);
    }
    return status;
}

enum tol_status score_output_postgres_check(const struct tol_postgres_output *output, bool draws,
                                            struct tol_error *error)
{
    struct score_texts texts = {.draws = draws};
    struct tol_table_column columns[COLUMNS_MOST];
    size_t count;
    const struct tol_score_column *column = score_columns(&texts, &count);
    assert(count <= COLUMNS_MOST);
    describe_columns(column, count, false, columns);
    return tol_postgres_output_check(output, columns, count, error);
}
