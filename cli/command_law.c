/* law: the law tables themselves, read by people. Finds the subcommand and what it takes. */
#include "command.h"
#include "law_command.h"
#include "nearest.h"

#include <stdio.h>
#include <string.h>

static const struct law_subcommand *const subcommands[] = {
    &law_list, &law_show, &law_changes, &law_check, &law_import_hts, &law_compile, NULL,
};
enum { SUBCOMMANDS_MOST = 16 };

/* NULL, and the error filled, when there is none of this name. */
static const struct law_subcommand *find_subcommand(const char *word, struct tol_error *error)
{
    const char *names[SUBCOMMANDS_MOST] = {NULL};
    char all[200] = "";
    size_t used = 0;
    for (size_t i = 0; subcommands[i] != NULL; i++) {
        if (strcmp(subcommands[i]->name, word) == 0) {
            return subcommands[i];
        }
        names[i] = subcommands[i]->name;
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    const char *near = nearest_name(word, names, sizeof subcommands / sizeof subcommands[0] - 1);
    if (near != NULL) {
        (void)tol_fail(error, TOL_USAGE, "law has no %.100s; did you mean law %s?", word, near);
    } else {
        (void)tol_fail(error, TOL_USAGE, "law has no %.100s; it has %s", word, all);
    }
    return NULL;
}

static bool takes(const struct law_subcommand *subcommand, enum option_id id)
{
    for (size_t i = 0; subcommand->options[i] != OPTION_END; i++) {
        if (subcommand->options[i] == id) {
            return true;
        }
    }
    return option_is_everywhere(id);
}

/* The parser knows what any subcommand takes; this one may take less. What a configuration says for all of them is no mistake. */
static enum tol_status check_words(const struct law_subcommand *subcommand, const struct options *options,
                                   struct tol_error *error)
{
    for (unsigned id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        if (options_given(options, (enum option_id)id) && options->origin[id] == NULL &&
            !takes(subcommand, (enum option_id)id)) {
            return tol_fail(error, TOL_USAGE, "--%s is not an option of law %s; see tolmuur law --help",
                            option_spec((enum option_id)id)->name, subcommand->name);
        }
    }
    size_t count = options->argument.count - 1;
    if (count < subcommand->least_arguments || count > subcommand->most_arguments) {
        return tol_fail(error, TOL_USAGE, "usage: tolmuur law %s %s", subcommand->name, subcommand->usage);
    }
    return TOL_OK;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    if (options->argument.count == 0) {
        return tol_fail(error, TOL_USAGE, "law needs a word more, such as law list; tolmuur law --help shows them all");
    }
    const struct law_subcommand *subcommand = find_subcommand(options->argument.text[0], error);
    if (subcommand == NULL) {
        return TOL_USAGE;
    }
    enum tol_status status = check_words(subcommand, options, error);
    return status != TOL_OK ? status : subcommand->run(options, error);
}

const struct command command_law = {
    .name = "law",
    .summary = "the law tables: measures in force, one in full, what changed, faults, imports",
    .usage = "list [--into COUNTRY] [--from COUNTRY] [--on DATE] [--programme NAME] [--authority NAME]\n"
             "  tolmuur law show MEASURE [--on DATE]\n"
             "  tolmuur law changes --from DATE --until DATE [--into COUNTRY] [--partner COUNTRY] [--product CODE]\n"
             "  tolmuur law check [--tables FILE|FOLDER]\n"
             "  tolmuur law import-hts ARCHIVE --from DATE [--until DATE] --tables FOLDER [-o FOLDER] [--dry-run]\n"
             "  tolmuur law compile FOLDER -o FILE.tables",
    .examples = "  tolmuur law list --from BR --on 2026-07-22\n"
                "  tolmuur law show us_s301_brazil_25\n"
                "  tolmuur law changes --from 2026-06-01 --until 2026-07-31 --partner BR --format csv\n"
                "  tolmuur law check --tables datasets\n"
                "  tolmuur law import-hts hts_2026_rev_10.json.gz --from 2026-08-01 --tables datasets --dry-run\n"
                "  tolmuur law compile datasets -o my.tables\n",
    .text =
        "list: measures in force on a day, or all; with --from those that name goods from there.\n"
        "show: one measure in full; --on is the day on which its groups of partners are spelled out.\n"
        "changes: what begins, ends or changes from one day to another, both included.\n"
        "check: faults in the tables; exit code 65 when there is one. --tables may also name a folder of text "
        "tables.\n"
        "import-hts: base rates and lines of an official US schedule archive (JSON, also gzip), in force from --from; "
        "only\n"
        "table and csv.\n"
        "compile: text tables into the file that TOLMUUR_TABLES and --tables name.\n",
    .options = (const enum option_id[]){OPTION_INTO, OPTION_FROM, OPTION_UNTIL, OPTION_ON, OPTION_PARTNER,
                                        OPTION_PRODUCT, OPTION_PROGRAMME, OPTION_AUTHORITY, OPTION_FORMAT, OPTION_COLOR,
                                        OPTION_TABLES, OPTION_OUTPUT, OPTION_DRY_RUN, OPTION_END},
    .formats = "table json jsonl csv",
    .most_arguments = 8,
    .run = run,
};
