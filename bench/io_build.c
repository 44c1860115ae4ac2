/* `tolmuur build` as a whole process, its book on the disk, against DuckDB reading every value of the same columns of the same files once. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "program.h"
#include "tolmuur/book.h"

enum { TABLES = 3, BUILDS = 2 };
static const char *const table_names[TABLES] = {"firms", "sales", "purchases"};

/* One way to build, and the questions that make DuckDB read the same. */
struct build_job {
    struct io_bench *bench;
    const char *folder;
    const char *book;
    char select[TABLES][IO_SQL_SIZE];
    double rows[TABLES];
    double value[TABLES]; /* sum of revenue_eur or value_eur */
};

static double build(void *context)
{
    struct build_job *job = context;
    static char command[] = "build", output[] = "-o";
    return program_run((char *[]){job->bench->program, command, (char *)job->folder, output, (char *)job->book, NULL},
                       NULL, 0);
}

static double select_all(void *context)
{
    struct build_job *job = context;
    double sum = 0;
    for (int table = 0; table < TABLES; table++) {
        double seconds = duckdb_session_run(&job->bench->session, job->select[table], NULL);
        if (seconds < 0) {
            return -1;
        }
        sum += seconds;
    }
    return sum;
}

/* What is said of each column: an aggregate that has to read all its values, or its name and type. */
enum column_words { COLUMN_AGGREGATES, COLUMN_TYPES };

static size_t say_column(enum column_words words, const char *name, int is_text, char *to, size_t size)
{
    if (words == COLUMN_TYPES) {
        return (size_t)snprintf(to, size, "'%s': '%s'", name, is_text ? "VARCHAR" : "DOUBLE");
    }
    return (size_t)(is_text ? snprintf(to, size, "sum(strlen(%s))", name) : snprintf(to, size, "sum(%s)", name));
}

/* All columns of a Parquet table, with commas between, into list [IO_SQL_SIZE / 2]. */
static void list_columns(struct io_bench *bench, const char *parquet, enum column_words words, char *list)
{
    char sql[IO_PATH_SIZE + 128];
    duckdb_result result;
    size_t used = 0, size = IO_SQL_SIZE / 2;
    snprintf(sql, sizeof sql, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('%s'))",
             parquet);
    if (duckdb_session_run(&bench->session, sql, &result) < 0) {
        bench_fail("cannot describe %s", parquet);
    }
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(result)) != NULL; duckdb_destroy_data_chunk(&chunk)) {
        duckdb_string_t *name = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
        duckdb_string_t *type = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 1));
        for (idx_t i = 0; i < duckdb_data_chunk_get_size(chunk) && used + 256 < size; i++) {
            char word[128];
            int is_text = strncmp(duckdb_string_t_data(&type[i]), "VARCHAR", 7) == 0;
            snprintf(word, sizeof word, "%.*s", (int)duckdb_string_t_length(name[i]), duckdb_string_t_data(&name[i]));
            used += (size_t)snprintf(list + used, size - used, "%s", used > 0 ? ", " : "");
            used += say_column(words, word, is_text, list + used, size - used);
        }
    }
    duckdb_destroy_result(&result);
}

static const char *value_column(int table)
{
    return table == 0 ? "revenue_eur" : "value_eur";
}

/* The table as DuckDB names it: a Parquet file, or a CSV file with the columns of that Parquet file. */
static void source_of(struct io_bench *bench, int table, int is_csv, char *source)
{
    char parquet[IO_PATH_SIZE], types[IO_SQL_SIZE / 2];
    snprintf(parquet, sizeof parquet, "%s/%s.parquet", bench->input, table_names[table]);
    if (!is_csv) {
        snprintf(source, IO_SQL_SIZE, "read_parquet('%s')", parquet);
        return;
    }
    list_columns(bench, parquet, COLUMN_TYPES, types);
    snprintf(source, IO_SQL_SIZE, "read_csv('%s/%s.csv', header = true, columns = {%s})", bench->csv,
             table_names[table], types);
}

/* The CSV tables from the Parquet ones, once. */
static void make_csv(struct io_bench *bench)
{
    mkdir(bench->csv, 0777);
    for (int table = 0; table < TABLES; table++) {
        char path[IO_PATH_SIZE], sql[3 * IO_PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s.csv", bench->csv, table_names[table]);
        if (access(path, R_OK) == 0) {
            continue;
        }
        snprintf(sql, sizeof sql, "COPY (FROM read_parquet('%s/%s.parquet')) TO '%s.part' (FORMAT csv, HEADER)",
                 bench->input, table_names[table], path);
        char part[IO_PATH_SIZE + 8];
        snprintf(part, sizeof part, "%s.part", path);
        if (duckdb_session_run(&bench->session, sql, NULL) < 0 || rename(part, path) != 0) {
            bench_fail("cannot make %s", path);
        }
    }
}

static void open_job(struct build_job *job, struct io_bench *bench, int is_csv, const char *book)
{
    *job = (struct build_job){.bench = bench, .folder = is_csv ? bench->csv : bench->input, .book = book};
    for (int table = 0; table < TABLES; table++) {
        static char source[IO_SQL_SIZE], aggregates[IO_SQL_SIZE / 2], sql[IO_SQL_SIZE + 128];
        char parquet[IO_PATH_SIZE];
        snprintf(parquet, sizeof parquet, "%s/%s.parquet", bench->input, table_names[table]);
        list_columns(bench, parquet, COLUMN_AGGREGATES, aggregates);
        source_of(bench, table, is_csv, source);
        int length = snprintf(job->select[table], IO_SQL_SIZE, "SELECT count(*), %s FROM %s", aggregates, source);
        if (length >= IO_SQL_SIZE) {
            bench_fail("the columns of %s are too many", parquet);
        }
        snprintf(sql, sizeof sql, "SELECT count(*)::DOUBLE FROM %s", source);
        job->rows[table] = duckdb_session_number(&bench->session, sql);
        snprintf(sql, sizeof sql, "SELECT sum(%s)::DOUBLE FROM %s", value_column(table), source);
        job->value[table] = duckdb_session_number(&bench->session, sql);
    }
}

static double sum_of(const double *value, uint64_t count)
{
    long double sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        sum += value[i];
    }
    return (double)sum;
}

/* The book that was built holds as many rows and as much money as DuckDB reads. Returns what it is known by. */
static uint64_t verify(struct build_job *job)
{
    struct tol_book *book;
    struct tol_error error;
    build(job);
    if (tol_book_open(job->book, &book, &error) != TOL_OK || tol_book_verify(book, NULL, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    const double ours[TABLES] = {
        sum_of(book->firm_number[TOL_REVENUE], book->firm_count),
        sum_of(book->side[TOL_SALES].line_value_eur, book->side[TOL_SALES].line_count),
        sum_of(book->side[TOL_PURCHASES].line_value_eur, book->side[TOL_PURCHASES].line_count)};
    for (int table = 0; table < TABLES; table++) {
        if ((double)book->row_count[table] != job->rows[table] ||
            !(fabs(ours[table] - job->value[table]) <= 1e-9 * job->value[table])) {
            bench_fail("%s of %s: %.0f rows of %.17g in the book, %.0f of %.17g by DuckDB: not timed",
                       table_names[table], job->folder, (double)book->row_count[table], ours[table], job->rows[table],
                       job->value[table]);
        }
    }
    job->bench->sheet.firms = book->firm_count;
    job->bench->sheet.lines = book->row_count[1] + book->row_count[2];
    uint64_t identity = tol_book_identity(book);
    tol_book_close(book);
    return identity;
}

void io_measure_build(struct io_bench *bench, const char *book)
{
    static struct build_job job[BUILDS];
    make_csv(bench);
    for (int i = 0; i < BUILDS; i++) {
        open_job(&job[i], bench, i == 1, book);
    }
    if (verify(&job[0]) != verify(&job[1])) {
        bench_fail("the books from Parquet and from CSV differ: not timed");
    }
    printf("build: the same book from Parquet and CSV, with the rows and sums that DuckDB reads\n");
    struct limit *limit = limit_write(bench->scratch, io_file_bytes(book));
    struct bench_contender contender[] = {{.name = "build_parquet", .run = build, .context = &job[0]},
                                          {.name = "DuckDB", .run = select_all, .context = &job[0]},
                                          {.name = "build_csv", .run = build, .context = &job[1]},
                                          {.name = "DuckDB", .run = select_all, .context = &job[1]},
                                          {.name = "limit", .run = limit_run, .context = limit}};
    unsigned rounds = bench_rounds(contender, sizeof contender / sizeof contender[0], bench->rounds);
    bench_report_header();
    for (int i = 0; i < BUILDS; i++) {
        struct bench_result result = {.name = contender[2 * i].name,
                                      .ours_seconds = contender[2 * i].median,
                                      .units = (double)bench->sheet.lines,
                                      .unit = "lines",
                                      .bound = {{"writing and syncing the book", contender[4].median}},
                                      .isa = "-",
                                      .threads = bench->threads,
                                      .rounds = rounds};
        bench_report(&bench->sheet, &result, &contender[2 * i + 1], 1);
    }
    limit_free(limit);
}
