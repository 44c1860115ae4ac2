/* A peer that is a program of its own. It is told, one line each,
 *     matrix NAME ROWS COLUMNS ENTRIES      FOLDER/NAME.start (u64), .column (u32), .value (f64) are there
 *     table NAME ROWS COLUMNS               FOLDER/NAME.table (f64) is there
 *     multiply MATRIX TABLE
 *     result MATRIX TABLE                   writes FOLDER/result (f64)
 * and answers each with one line: seconds, or "no" and a reason. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "pipe_process.h"
#include "product_peer.h"

enum { NAME_SIZE = 128, QUESTION_SIZE = 512 };

static int write_part(struct pipe_process *process, const char *name, const char *ending, const void *data,
                      size_t bytes)
{
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "%s%s", name, ending);
    return pipe_process_write(process, file, data, bytes);
}

static void remove_part(struct pipe_process *process, const char *name, const char *ending)
{
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "%s%s", name, ending);
    pipe_process_remove(process, file);
}

static int take_matrix(void *self, const char *name, const struct product_matrix *matrix)
{
    uint64_t entries = matrix->start[matrix->row_count];
    char question[QUESTION_SIZE];
    snprintf(question, sizeof question, "matrix %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", name, matrix->row_count,
             matrix->column_count, entries);
    int failed = write_part(self, name, ".start", matrix->start, (matrix->row_count + 1) * sizeof *matrix->start) < 0 ||
                 write_part(self, name, ".column", matrix->column, entries * sizeof *matrix->column) < 0 ||
                 write_part(self, name, ".value", matrix->value, entries * sizeof *matrix->value) < 0 ||
                 pipe_process_ask(self, question) < 0;
    remove_part(self, name, ".start");
    remove_part(self, name, ".column");
    remove_part(self, name, ".value");
    return failed ? -1 : 0;
}

static int take_table(void *self, const char *name, const struct product_table *table)
{
    char question[QUESTION_SIZE];
    snprintf(question, sizeof question, "table %s %" PRIu64 " %zu\n", name, table->row_count, table->column_count);
    int failed =
        write_part(self, name, ".table", table->value, table->row_count * table->column_count * sizeof(double)) < 0 ||
        pipe_process_ask(self, question) < 0;
    remove_part(self, name, ".table");
    return failed ? -1 : 0;
}

static double multiply(void *self, const char *matrix, const char *table)
{
    char question[QUESTION_SIZE];
    snprintf(question, sizeof question, "multiply %s %s\n", matrix, table);
    return pipe_process_ask(self, question);
}

static int result(void *self, const char *matrix, const char *table, double *out, size_t count)
{
    char question[QUESTION_SIZE];
    snprintf(question, sizeof question, "result %s %s\n", matrix, table);
    int failed =
        pipe_process_ask(self, question) < 0 || pipe_process_read(self, "result", out, count * sizeof *out) < 0;
    pipe_process_remove(self, "result");
    return failed ? -1 : 0;
}

static void close_pipe(void *self)
{
    pipe_process_close(self);
}

struct product_peer *product_pipe_open(const char *name, char *const command[], const char *folder)
{
    struct pipe_process *process = pipe_process_open(name, command, folder);
    if (process == NULL) {
        return NULL;
    }
    struct product_peer *peer = bench_allocate(sizeof *peer);
    *peer = (struct product_peer){name, process, take_matrix, take_table, multiply, result, close_pipe};
    return peer;
}

void product_peer_close(struct product_peer *peer)
{
    if (peer != NULL) {
        peer->close(peer->self);
        free(peer);
    }
}
