/* law compile: a folder of text tables into the one file that answers are made from. */
#include "law_command.h"
#include "session.h"
#include "sink.h"

#include "datasets/tables.h"

#include <stdio.h>
#include <string.h>

static enum tol_status show(const char *output, struct tol_error *error)
{
    struct tol_law *law = NULL;
    struct sink sink;
    enum tol_status status = tol_law_open(output, &law, error);
    if (status == TOL_OK) {
        status = tol_law_verify(law, error);
    }
    if (status != TOL_OK) {
        tol_law_close(law);
        return status;
    }
    tol_day first;
    tol_day last;
    char days[2][TOL_DAY_TEXT_SIZE];
    tol_law_coverage(law, &first, &last);
    tol_day_format(first, days[0]);
    tol_day_format(last, days[1]);
    sink_open_stdout(&sink);
    sink_format(&sink, "%s: law %s, %s to %s\n", output, tol_law_version(law), days[0], days[1]);
    tol_law_close(law);
    return sink_close(&sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    const char *output = options_text(options, OPTION_OUTPUT);
    if (output == NULL || strcmp(output, "-") == 0) {
        return tol_fail(error, TOL_USAGE, "-o is missing; name the file to write, such as -o mine.tables");
    }
    enum tol_status status = refuse_special(output, error);
    status = status != TOL_OK ? status : tol_tables_compile(options->argument.text[1], output, error);
    return status != TOL_OK ? status : show(output, error);
}

const struct law_subcommand law_compile = {
    .name = "compile",
    .usage = "FOLDER -o FILE.tables",
    .options = (const enum option_id[]){OPTION_OUTPUT, OPTION_END},
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
