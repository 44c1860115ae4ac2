/* Results written by the program's writer against DuckDB's COPY of the same table, which both have in memory. Both end with a sync. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/table_writer.h"
#include "io.h"
#include "program.h"

enum { COLUMNS_MAX = 64, FORMATS = 3, NAME_SIZE = 64 };

static const struct {
    const char *ending;
    const char *copy; /* how DuckDB is told */
    const char *name;
} formats[FORMATS] = {{"csv", "FORMAT csv, HEADER", "write_csv"},
                      {"jsonl", "FORMAT json", "write_jsonl"},
                      {"parquet", "FORMAT parquet, COMPRESSION zstd", "write_parquet"}};

/* The score table, column by column. */
struct held_table {
    size_t row_count;
    size_t column_count;
    struct tol_table_column column[COLUMNS_MAX];
    char name[COLUMNS_MAX][NAME_SIZE];
    const char **text[COLUMNS_MAX]; /* NULL: a column of numbers */
    double *number[COLUMNS_MAX];
    char types[IO_SQL_SIZE / 2]; /* 'name': 'TYPE', ... */
};

struct write_job {
    struct io_bench *bench;
    const struct held_table *table;
    int format;
    size_t next;
    char ours[IO_PATH_SIZE];
    char theirs[IO_PATH_SIZE];
};

/* ---- the table in memory ------------------------------------------------------------------------------------- */

static void hold_column(struct held_table *table, duckdb_vector vector, size_t c, size_t first, size_t count)
{
    void *data = duckdb_vector_get_data(vector);
    uint64_t *valid = duckdb_vector_get_validity(vector);
    for (size_t i = 0; i < count; i++) {
        int is_there = valid == NULL || duckdb_validity_row_is_valid(valid, i);
        if (table->text[c] == NULL) {
            table->number[c][first + i] = is_there ? ((double *)data)[i] : NAN;
        } else if (is_there) {
            duckdb_string_t *text = (duckdb_string_t *)data + i;
            table->text[c][first + i] = strndup(duckdb_string_t_data(text), duckdb_string_t_length(*text));
        }
    }
}

static void hold_table(struct io_bench *bench, struct held_table *table)
{
    duckdb_result result;
    size_t used = 0;
    *table = (struct held_table){
        .row_count = (size_t)duckdb_session_number(&bench->session, "SELECT count(*)::DOUBLE FROM scores")};
    if (duckdb_session_run(&bench->session, "FROM scores", &result) < 0) {
        bench_fail("the scores cannot be read");
    }
    table->column_count = duckdb_column_count(&result);
    for (size_t c = 0; c < table->column_count && c < COLUMNS_MAX; c++) {
        int is_text = duckdb_column_type(&result, c) == DUCKDB_TYPE_VARCHAR;
        snprintf(table->name[c], NAME_SIZE, "%s", duckdb_column_name(&result, c));
        table->column[c] =
            (struct tol_table_column){table->name[c], is_text ? TOL_COLUMN_TEXT : TOL_COLUMN_DOUBLE, true};
        void *memory = bench_allocate(table->row_count * sizeof(double));
        table->text[c] = is_text ? memory : NULL;
        table->number[c] = is_text ? NULL : memory;
        used += (size_t)snprintf(table->types + used, sizeof table->types - used, "%s'%s': '%s'", c > 0 ? ", " : "",
                                 table->name[c], is_text ? "VARCHAR" : "DOUBLE");
    }
    size_t first = 0;
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(result)) != NULL; duckdb_destroy_data_chunk(&chunk)) {
        size_t count = duckdb_data_chunk_get_size(chunk);
        for (size_t c = 0; c < table->column_count; c++) {
            hold_column(table, duckdb_data_chunk_get_vector(chunk, c), c, first, count);
        }
        first += count;
    }
    duckdb_destroy_result(&result);
}

static void release_table(struct held_table *table)
{
    for (size_t c = 0; c < table->column_count; c++) {
        for (size_t r = 0; table->text[c] != NULL && r < table->row_count; r++) {
            free((char *)table->text[c][r]);
        }
        free(table->text[c]);
        free(table->number[c]);
    }
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static enum tol_status produce(void *context, const struct tol_table_cells *cells, size_t *row_count,
                               struct tol_error *error)
{
    (void)error;
    struct write_job *job = context;
    const struct held_table *table = job->table;
    size_t left = table->row_count - job->next;
    *row_count = left < TOL_TABLE_BLOCK_ROWS ? left : TOL_TABLE_BLOCK_ROWS;
    for (size_t c = 0; c < table->column_count; c++) {
        if (table->text[c] != NULL) {
            memcpy(cells[c].text, table->text[c] + job->next, *row_count * sizeof *cells[c].text);
        } else {
            memcpy(cells[c].number, table->number[c] + job->next, *row_count * sizeof *cells[c].number);
        }
    }
    job->next += *row_count;
    return TOL_OK;
}

static double write_ours(void *context)
{
    struct write_job *job = context;
    struct tol_error error;
    job->next = 0;
    double start = bench_now_seconds();
    if (tol_table_write(job->ours, TOL_TABLE_BY_ENDING, job->table->column, job->table->column_count, produce, job,
                        &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    return bench_now_seconds() - start;
}

static double write_theirs(void *context)
{
    struct write_job *job = context;
    char sql[2 * IO_PATH_SIZE];
    snprintf(sql, sizeof sql, "COPY scores TO '%s' (%s)", job->theirs, formats[job->format].copy);
    double start = bench_now_seconds();
    if (duckdb_session_run(&job->bench->session, sql, NULL) < 0) {
        return -1;
    }
    int file = open(job->theirs, O_WRONLY);
    if (file < 0 || fsync(file) != 0) {
        return -1;
    }
    close(file);
    double seconds = bench_now_seconds() - start;
    unlink(job->theirs); /* both write to a new file in every round; removing the old one is no part of it */
    return seconds;
}

static double write_ours_anew(void *context)
{
    struct write_job *job = context;
    unlink(job->ours);
    return write_ours(job);
}

/* DuckDB reads from our file just the rows of the table. */
static void verify(struct write_job *job)
{
    char source[IO_SQL_SIZE], sql[2 * IO_SQL_SIZE];
    const char *types = job->table->types;
    write_ours_anew(job);
    if (job->format == 0) {
        snprintf(source, sizeof source, "read_csv('%s', header = true, allow_quoted_nulls = false, columns = {%s})",
                 job->ours, types);
    } else if (job->format == 1) {
        snprintf(source, sizeof source, "read_json('%s', format = 'newline_delimited', columns = {%s})", job->ours,
                 types);
    } else {
        snprintf(source, sizeof source, "read_parquet('%s')", job->ours);
    }
    snprintf(sql, sizeof sql, "SELECT count(*)::DOUBLE FROM %s", source);
    double rows = duckdb_session_number(&job->bench->session, sql);
    snprintf(sql, sizeof sql, "SELECT count(*)::DOUBLE FROM (FROM %s EXCEPT ALL FROM scores)", source);
    double strangers = duckdb_session_number(&job->bench->session, sql);
    if (rows != (double)job->table->row_count || strangers != 0) {
        bench_fail("%s: %.0f rows of %zu, %.0f of them others than the table's: not timed", job->ours, rows,
                   job->table->row_count, strangers);
    }
    printf("%s: DuckDB reads the same %.0f rows of %zu columns back\n", formats[job->format].name, rows,
           job->table->column_count);
}

static void measure(struct io_bench *bench, struct write_job *job)
{
    struct limit *limit = limit_write(bench->scratch, io_file_bytes(job->ours));
    struct bench_contender contender[] = {{.name = formats[job->format].name, .run = write_ours_anew, .context = job},
                                          {.name = "DuckDB", .run = write_theirs, .context = job},
                                          {.name = "limit", .run = limit_run, .context = limit}};
    unsigned rounds = bench_rounds(contender, 3, bench->rounds);
    struct bench_result result = {.name = contender[0].name,
                                  .ours_seconds = contender[0].median,
                                  .units = (double)job->table->row_count,
                                  .unit = "rows",
                                  .bound = {{"writing and syncing as many bytes", contender[2].median}},
                                  .isa = "-",
                                  .threads = bench->threads,
                                  .rounds = rounds};
    bench_report(&bench->sheet, &result, &contender[1], 1);
    limit_free(limit);
}

/* Scores of one day, which DuckDB takes as a table of its own. */
static void make_scores(struct io_bench *bench, const char *book)
{
    char path[IO_PATH_SIZE], sql[2 * IO_PATH_SIZE];
    static char score[] = "score", on[] = "--on", day[] = "2025-08-10", output[] = "-o";
    snprintf(path, sizeof path, "%s/scores.parquet", bench->scratch);
    program_run((char *[]){bench->program, score, (char *)book, on, day, output, path, NULL}, NULL, 0);
    snprintf(sql, sizeof sql, "CREATE TABLE scores AS FROM read_parquet('%s')", path);
    if (duckdb_session_run(&bench->session, "SET preserve_insertion_order = true", NULL) < 0 ||
        duckdb_session_run(&bench->session, sql, NULL) < 0) {
        bench_fail("the scores cannot be taken in");
    }
    unlink(path);
}

void io_measure_write(struct io_bench *bench, const char *book)
{
    static struct held_table table;
    make_scores(bench, book);
    hold_table(bench, &table);
    for (int format = 0; format < FORMATS; format++) {
        struct write_job job = {.bench = bench, .table = &table, .format = format};
        snprintf(job.ours, sizeof job.ours, "%s/ours.%s", bench->scratch, formats[format].ending);
        snprintf(job.theirs, sizeof job.theirs, "%s/theirs.%s", bench->scratch, formats[format].ending);
        verify(&job);
        measure(bench, &job);
        unlink(job.ours);
    }
    release_table(&table);
}
