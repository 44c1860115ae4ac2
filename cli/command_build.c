/* build: supply tables into a book. */
#include "command.h"
#include "number.h"
#include "supply_talk.h"

#include "datasets/postgres.h"
#include "tolmuur/book.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What was made, read back from the book itself. */
struct built {
    uint64_t firms, sales_lines, purchase_lines, sales_cells, purchase_cells;
    uint64_t bytes;
    double seconds;
};

static enum tol_status look_at_book(const char *path, struct built *built, struct tol_error *error)
{
    struct tol_book *book = NULL;
    enum tol_status status = tol_book_open(path, &book, error);
    if (status != TOL_OK) {
        return status;
    }
    struct stat found;
    built->bytes = stat(path, &found) == 0 ? (uint64_t)found.st_size : 0;
    built->firms = book->firm_count;
    built->sales_lines = book->side[TOL_SALES].line_count;
    built->purchase_lines = book->side[TOL_PURCHASES].line_count;
    built->sales_cells = book->side[TOL_SALES].cell_count;
    built->purchase_cells = book->side[TOL_PURCHASES].cell_count;
    tol_book_close(book);
    return TOL_OK;
}

static void count_line(struct view *view, const char *name, uint64_t count)
{
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, name);
    view_cell_people(line, 1, (double)count, 0);
}

static void show_table(struct sink *sink, const struct look *look, const struct supply_talk *talk,
                       const struct tol_supply_report *report, const struct built *built)
{
    supply_report_render(sink, look, talk, report);
    sink_text(sink, "\n");
    struct view *view = view_create(look, false);
    view_column(view, "what", COLUMN_LEFT);
    view_column(view, "count", COLUMN_RIGHT);
    count_line(view, "firms", built->firms);
    count_line(view, "sales lines", built->sales_lines);
    count_line(view, "sales cells", built->sales_cells);
    count_line(view, "purchase lines", built->purchase_lines);
    count_line(view, "purchase cells", built->purchase_cells);
    count_line(view, "bytes", built->bytes);
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "memory after %s", tol_supply_table_name((enum tol_supply_table)i));
        if (report->peak_bytes[i] > 0) {
            count_line(view, name, report->peak_bytes[i]);
        }
    }
    count_line(view, "peak memory", report->peak_bytes_all);
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, "seconds");
    view_cell_people(line, 1, built->seconds, 2);
    view_print(view, sink);
}

static enum tol_status show(const struct supply_talk *talk, struct look look, const struct tol_supply_report *report,
                            const struct built *built, struct tol_error *error)
{
    struct sink sink;
    supply_summary_open(&sink, &look, talk);
    if (look.format == FORMAT_TABLE) {
        show_table(&sink, &look, talk, report, built);
        return sink_close(&sink, error);
    }
    struct json_writer json = {.sink = &sink, .indented = look.format == FORMAT_JSON};
    json_object(&json, NULL);
    supply_report_json(&json, talk, report);
    json_integer(&json, "firms", built->firms);
    json_integer(&json, "sales_lines", built->sales_lines);
    json_integer(&json, "sales_cells", built->sales_cells);
    json_integer(&json, "purchase_lines", built->purchase_lines);
    json_integer(&json, "purchase_cells", built->purchase_cells);
    json_integer(&json, "bytes", built->bytes);
    json_integer(&json, "peak_memory_bytes", report->peak_bytes_all);
    json_number(&json, "seconds", built->seconds);
    json_end_object(&json);
    sink_text(&sink, "\n");
    return sink_close(&sink, error);
}

/* Every fault has been told already: the last line says what came of them. */
static enum tol_status judge(const struct tol_supply_report *report, uint64_t limit, struct tol_error *error)
{
    uint64_t rejected = tol_supply_rejected(report);
    if (report->cut_short) {
        return tol_fail(error, TOL_BAD_DATA, "a table cannot be read as a whole: nothing written");
    }
    if (rejected > limit) {
        return tol_fail(error, TOL_BAD_DATA, "%llu row%s rejected, limit %llu: nothing written",
                        (unsigned long long)rejected, rejected == 1 ? "" : "s", (unsigned long long)limit);
    }
    return TOL_BAD_DATA;
}

static enum tol_status build(const struct options *options, const struct look *look, const struct tol_law *law,
                             struct tol_error *error)
{
    struct supply_talk talk;
    const char *output = options_text(options, OPTION_OUTPUT);
    enum tol_status status = supply_talk_begin(&talk, options, law, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_supply_report report = {0};
    struct built built = {0};
    double started = talk_seconds();
    status = tol_supply_build(options->argument.text[0], output, &talk.options, &report, error);
    built.seconds = talk_seconds() - started;
    supply_talk_end(&talk, &report);
    if (status == TOL_BAD_DATA) {
        status = judge(&report, talk.options.max_rejects, error);
    }
    if (status == TOL_OK) {
        status = look_at_book(output, &built, error);
    }
    return status == TOL_OK ? show(&talk, *look, &report, &built, error) : status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct session session = {0};
    enum tol_status status = look_read(options, command_build.formats, FORMAT_TABLE, &look, error);
    if (status == TOL_OK && !options_given(options, OPTION_OUTPUT)) {
        status = tol_fail(error, TOL_USAGE, "-o is missing; name the book to write, such as -o portfolio.book");
    }
    if (status == TOL_OK && strcmp(options_text(options, OPTION_OUTPUT), "-") == 0) {
        status =
            tol_fail(error, TOL_USAGE, "-o -: a book is mapped, not streamed; name a file, such as portfolio.book");
    }
    if (status == TOL_OK && tol_postgres_is_uri(options_text(options, OPTION_OUTPUT))) {
        status = tol_fail(error, TOL_USAGE, "-o: a book is a file, not a database; name one, such as portfolio.book");
    }
    if (status == TOL_OK) {
        status = refuse_special(options_text(options, OPTION_OUTPUT), error);
    }
    if (status == TOL_OK) {
        status = refuse_special(options_text(options, OPTION_REJECTS), error);
    }
    if (status == TOL_OK) {
        status = session_open(&session, options, SESSION_LAW, error);
    }
    if (status == TOL_OK) {
        status = build(options, &look, session.law, error);
    }
    session_close(&session);
    return status;
}

const struct command command_build = {
    .name = "build",
    .summary = "turn supply tables into a book",
    .usage = "INPUT -o BOOK [--since BOOK] [--max-rejects N] [--rejects FILE]",
    .examples = "  tolmuur build supply/ -o portfolio.book\n"
                "  tolmuur build portfolio.duckdb -o portfolio.book\n"
                "  tolmuur build supply/ -o portfolio.book --max-rejects 100 --rejects faults.csv\n"
                "  tolmuur build postgresql://db.example/risk -o portfolio.book\n"
                "  tolmuur build supply/ -o books/tuesday.book --since books/monday.book\n",
    .text =
        "INPUT holds firms, and sales or purchases or both: a folder with .csv, .csv.gz, .parquet or .jsonl files, or "
        "with\n"
        "folders of such files (sales/part-0.parquet, sales/destination=US/0.parquet), or a DuckDB database,\n"
        "or postgresql://[user@]host[:port]/database with tables of these names, read in one snapshot "
        "(docs/postgresql.md).\n"
        "With more faulty rows than --max-rejects nothing is written. The same rows in any order give the same book.\n"
        "--since BOOK: of Parquet and DuckDB tables only the rows of firms that changed since that book are read "
        "again, which\n"
        "was built with --since too; the first time it need not be there. The new book is the same as if all were "
        "read.\n",
    .options =
        (const enum option_id[]){OPTION_OUTPUT, OPTION_SINCE, OPTION_MAX_REJECTS, OPTION_REJECTS, OPTION_MEMORY_LIMIT,
                                 OPTION_CPU_LIMIT, OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .formats = "table json jsonl",
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
