/* firm: one company, explained by the same code that scores the book. */
#include "command.h"
#include "firm_explain.h"

#include "datasets/company.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_IN_TABLE = 10 };

struct firm_job {
    const struct options *options;
    struct look look;
    struct session session;
    struct worlds worlds;
    struct draws draws;
    struct tol_settings settings;
    struct tol_book *book;
    uint64_t firm;
    struct firm_explained explained;
};

/* The company becomes a book in a folder of its own, which is gone again as soon as the book is mapped. */
static enum tol_status open_company(struct firm_job *job, const char *input, struct tol_error *error)
{
    const char *place = getenv("TMPDIR");
    char folder[400], path[420];
    if (snprintf(folder, sizeof folder, "%s/tolmuur-XXXXXX", place != NULL && place[0] != '\0' ? place : "/tmp") >=
            (int)sizeof folder ||
        mkdtemp(folder) == NULL) {
        return tol_fail(error, TOL_CANNOT_CREATE, "cannot make a folder in TMPDIR: %s", strerror(errno));
    }
    snprintf(path, sizeof path, "%s/book", folder);
    enum tol_status status = tol_company_build(input, job->session.law, path, error);
    if (status == TOL_OK) {
        status = tol_book_open(path, &job->book, error);
    }
    unlink(path);
    rmdir(folder);
    return status;
}

static enum tol_status unknown_firm(const struct firm_job *job, const char *id, struct tol_error *error)
{
    char first[256] = "";
    if (job->book->firm_count > 0) {
        tol_book_firm_id(job->book, 0, first, sizeof first);
    }
    tol_fail(error, TOL_BAD_DATA, "no firm %.100s in this book; it holds %llu firms, the first is %.100s", id,
             (unsigned long long)job->book->firm_count, first);
    return tol_fail_at(error, TOL_BAD_DATA, job->options->argument.text[0], 0, NULL, NULL);
}

static enum tol_status open_book(struct firm_job *job, struct tol_error *error)
{
    const struct text_list *words = &job->options->argument;
    const char *input = options_text(job->options, OPTION_INPUT);
    if ((input != NULL && words->count != 0) || (input == NULL && words->count != 2)) {
        return tol_fail(error, TOL_USAGE, "firm takes a book and a firm's id, or --input FILE and nothing else");
    }
    if (input != NULL) {
        job->firm = 0;
        return open_company(job, input, error);
    }
    enum tol_status status = tol_book_open(words->text[0], &job->book, error);
    if (status == TOL_OK && !tol_book_find(job->book, words->text[1], &job->firm)) {
        status = unknown_firm(job, words->text[1], error);
    }
    /* Only this firm's rows: a whole book would take too long to read for one answer. */
    return status == TOL_OK ? tol_book_verify_firm(job->book, job->firm, error) : status;
}

static enum tol_status explain(struct firm_job *job, struct tol_error *error)
{
    const struct firm_question question = {.book = job->book,
                                           .session = &job->session,
                                           .worlds = &job->worlds,
                                           .draws = &job->draws,
                                           .settings = &job->settings,
                                           .isa = options_text(job->options, OPTION_ISA)};
    return firm_explain(&job->explained, &question, job->firm, error);
}

static enum tol_status show(struct firm_job *job, struct tol_error *error)
{
    uint64_t top = job->look.format == FORMAT_TABLE ? SHOWN_IN_TABLE : 0;
    enum tol_status status = options_count(job->options, OPTION_TOP, UINT32_MAX, &top, error);
    if (status != TOL_OK) {
        return status;
    }
    job->explained.answer.top = top == 0 ? SIZE_MAX : (size_t)top;
    const char *output = options_text(job->options, OPTION_OUTPUT);
    struct sink sink;
    look_at_file(&job->look, job->options, output);
    status = sink_open(&sink, output != NULL ? output : "-", error);
    if (status != TOL_OK) {
        return status;
    }
    if (job->look.format == FORMAT_TABLE) {
        status = firm_render(&sink, &job->look, &job->explained.answer, error);
    } else {
        struct json_writer json = {.sink = &sink, .indented = job->look.format == FORMAT_JSON};
        status = firm_json(&json, &job->explained.answer, error);
    }
    if (status != TOL_OK) {
        sink_release(&sink);
        return status;
    }
    return sink_close(&sink, error);
}

static void release(struct firm_job *job)
{
    firm_explained_release(&job->explained);
    if (job->book != NULL) {
        tol_book_close(job->book);
    }
    draws_release(&job->draws);
    worlds_release(&job->worlds);
    session_close(&job->session);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct firm_job job = {.options = options};
    enum tol_status status = look_read(options, command_firm.formats, FORMAT_TABLE, &job.look, error);
    if (status == TOL_OK) {
        status = session_open(&job.session, options, SESSION_FIRM, error);
    }
    if (status == TOL_OK) {
        status = worlds_read(&job.worlds, options, &job.session, error);
    }
    if (status == TOL_OK) {
        status = settings_read(options, &job.settings, error);
    }
    if (status == TOL_OK) {
        status = draws_read(&job.draws, options, &job.worlds, error);
    }
    if (status == TOL_OK) {
        status = open_book(&job, error);
    }
    if (status == TOL_OK) {
        status = explain(&job, error);
    }
    if (status == TOL_OK) {
        status = show(&job, error);
    }
    release(&job);
    return status;
}

const struct command command_firm = {
    .name = "firm",
    .summary = "one company, explained: a tree of causes that adds up",
    .usage = "BOOK FIRM_ID | --input FILE  [--on DATE]... [--scenarios FILE]...",
    .examples = "  tolmuur firm portfolio.book NL-0001 --on 2025-08-07\n"
                "  tolmuur firm portfolio.book NL-0001 --on 2025-04-12 --on 2026-03-01 --top 3\n"
                "  tolmuur firm portfolio.book NL-0001 --on 2025-08-07 --format json\n"
                "  tolmuur firm --input company.json --on 2025-08-07\n",
    .text = "The numbers are those of score, bit for bit; the parts under a number add up to it exactly: own lines, "
            "customers,\n"
            "suppliers, and what is not named. --top N shows the N greatest of each list and adds up the others; JSON "
            "shows all\n"
            "unless it is given. A company file is described by datasets/scenario/company.schema.json.\n",
    .options =
        (const enum option_id[]){OPTION_ON, OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS, OPTION_ASSUME,
                                 OPTION_HORIZON, OPTION_TIERS, OPTION_DRAWS, OPTION_SEED, OPTION_INPUT, OPTION_TOP,
                                 OPTION_OUTPUT, OPTION_ISA, OPTION_TABLES, OPTION_FORMAT, OPTION_COLOR, OPTION_END},
    .formats = "table json jsonl",
    .least_arguments = 0,
    .most_arguments = 2,
    .run = run,
};
