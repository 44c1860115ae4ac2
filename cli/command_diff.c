/* diff: which firms moved between two runs, and why. */
#include "command.h"
#include "diff.h"
#include "workers.h"

#include <string.h>
#include <strings.h>

/* --format, else the ending of -o. */
static enum format format_of(const struct options *options)
{
    static const struct {
        const char *ending;
        enum format format;
    } known[] = {{".csv", FORMAT_CSV}, {".json", FORMAT_JSON}, {".jsonl", FORMAT_JSONL}};
    const char *output = options_text(options, OPTION_OUTPUT);
    const char *dot = output == NULL ? NULL : strrchr(output, '.');
    for (size_t i = 0; dot != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (strcasecmp(dot, known[i].ending) == 0) {
            return known[i].format;
        }
    }
    return FORMAT_TABLE;
}

/* A table under a name that says something else would be found out only when it is opened. */
static enum tol_status check_ending(const struct options *options, struct tol_error *error)
{
    static const char *const other[] = {".xlsx", ".parquet", ".html", ".pdf", ".duckdb"};
    const char *output = options_text(options, OPTION_OUTPUT);
    const char *dot = output == NULL ? NULL : strrchr(output, '.');
    for (size_t i = 0; dot != NULL && i < sizeof other / sizeof other[0]; i++) {
        if (strcasecmp(dot, other[i]) == 0) {
            return tol_fail(
                error, TOL_USAGE,
                "-o %.200s: the ending may be .csv, .jsonl or .json, and others are of a table of text, but not %s",
                output, other[i]);
        }
    }
    return TOL_OK;
}

static enum tol_status read_questions(struct diff *diff, struct tol_error *error)
{
    const struct options *options = diff->options;
    uint64_t top = DIFF_TOP;
    diff->threshold = DIFF_THRESHOLD;
    enum tol_status status = look_read(options, command_diff.formats, format_of(options), &diff->look, error);
    if (status == TOL_OK) {
        status = check_ending(options, error);
    }
    if (status == TOL_OK) {
        status = diff_read_threshold(options, &diff->threshold, error);
    }
    if (status == TOL_OK) {
        status = options_count(options, OPTION_TOP, UINT32_MAX, &top, error);
    }
    if (status == TOL_OK) {
        status = refuse_special(options_text(options, OPTION_OUTPUT), error);
    }
    look_at_file(&diff->look, options, options_text(options, OPTION_OUTPUT));
    diff->top = top == 0 ? SIZE_MAX : (size_t)top;
    return status;
}

static enum tol_status show(const struct diff *diff, struct tol_error *error)
{
    const char *output = options_text(diff->options, OPTION_OUTPUT);
    struct sink sink;
    enum tol_status status = sink_open(&sink, output != NULL ? output : "-", error);
    if (status != TOL_OK) {
        return status;
    }
    if (diff->look.format == FORMAT_TABLE) {
        diff_table(diff, &sink);
    } else if (diff->look.format == FORMAT_CSV) {
        diff_csv(diff, &sink);
    } else {
        diff_json(diff, &sink);
    }
    return sink_close(&sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct diff diff = {.options = options};
    enum tol_status status = read_questions(&diff, error);
    if (status == TOL_OK) {
        status = workers_start(options, &diff.workers, error);
    }
    if (status == TOL_OK) {
        status = diff_make(&diff, (const char *const *)options->argument.text, error);
    }
    if (status == TOL_OK) {
        status = show(&diff, error);
    }
    diff_release(&diff);
    tol_run_destroy(diff.workers);
    return status;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "two runs: which firms moved, and why, in parts that add up",
    .usage = "RUN_A RUN_B [--threshold POINTS] [--top N] [-o FILE]",
    .examples = "  tolmuur diff runs/monday/ runs/tuesday/\n"
                "  tolmuur diff runs/monday/ runs/tuesday/ --threshold 2 -o moved.csv\n"
                "  tolmuur diff runs/q1/ runs/q2/ --pair no_ieepa=no_ieepa_2 --top 5 --format json\n",
    .text = "A firm moved when its band is another one, its score changed by --threshold or more, or it is in one run "
            "only. "
            "Rows:\n"
            "the greatest change of ebitda_change_eur first. The change is split into law (tables, days, scenarios), "
            "data (the "
            "book)\n"
            "and parameters, put in one after the other; the parts add up exactly. That needs the books and tables "
            "that the "
            "runs\n"
            "read; without them the movers are told alone. --top N: whose causes are named, and rows of the "
            "table. "
            "docs/diff.md.\n",
    .options =
        (const enum option_id[]){OPTION_THRESHOLD, OPTION_TOP, OPTION_PAIR, OPTION_OUTPUT, OPTION_MEMORY_LIMIT,
                                 OPTION_THREADS, OPTION_NO_PIN, OPTION_ISA, OPTION_FORMAT, OPTION_COLOR, OPTION_END},
    .formats = "table json jsonl csv",
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run,
};
