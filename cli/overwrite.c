#include "overwrite.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/postgres.h"
#include "manifest_read.h"

#include "tolmuur/law.h"
#include "tolmuur/whole_file.h"

/* Options that name a file, and in which direction it goes. */
static const enum option_id read_by[] = {OPTION_BATCH, OPTION_INPUT, OPTION_SCENARIOS, OPTION_TABLES};
static const enum option_id written_by[] = {OPTION_OUTPUT, OPTION_REJECTS};
enum { READ_COUNT = sizeof read_by / sizeof read_by[0] };

static enum tol_status compare(const struct options *options, enum option_id output, const char *input,
                               struct tol_error *error)
{
    const char *path = options_text(options, output);
    if (path == NULL || tol_postgres_is_uri(path) || tol_postgres_is_uri(input) || !tol_same_file(path, input, true)) {
        return TOL_OK;
    }
    return tol_fail(error, TOL_USAGE, "--%s %.200s is the same file as %.200s, which is read; name another",
                    option_spec(output)->name, path, input);
}

/* Does the path lie in the folder, at any depth? */
static bool is_inside(const char *path, const char *folder)
{
    char around[PATH_MAX], real[PATH_MAX], real_folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (length + 2 > sizeof around) {
        return false;
    }
    snprintf(around, sizeof around, "%.*s.", (int)length, path);
    if (realpath(around, real) == NULL || realpath(folder, real_folder) == NULL) {
        return false;
    }
    size_t size = strlen(real_folder);
    return strncmp(real, real_folder, size) == 0 && (real[size] == '/' || real[size] == '\0');
}

/* A run that is read: nothing of it, and nothing that it was made from. */
static enum tol_status compare_with_run(const struct options *options, enum option_id output, const char *folder,
                                        struct tol_error *error)
{
    char path[PATH_MAX];
    struct manifest manifest = {0};
    const char *to = options_text(options, output);
    snprintf(path, sizeof path, "%.*s/manifest.json", (int)sizeof path - 16, folder);
    if (to == NULL || tol_postgres_is_uri(to) || manifest_read(path, &manifest, NULL) != TOL_OK) {
        manifest_release(&manifest);
        return TOL_OK; /* the command itself says what is wrong with it */
    }
    enum tol_status status = TOL_OK;
    if (strcmp(to, "-") != 0 && is_inside(to, folder)) {
        status = tol_fail(error, TOL_USAGE, "--%s %.200s lies in the run %.200s, which is read; name another place",
                          option_spec(output)->name, to, folder);
    }
    for (size_t i = 0; status == TOL_OK && i < manifest.input_count; i++) {
        status = compare(options, output, manifest.input[i].path, error);
    }
    manifest_release(&manifest);
    return status;
}

static enum tol_status compare_with_runs(const struct options *options, enum option_id output, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < options->argument.count; i++) {
        status = compare_with_run(options, output, options->argument.text[i], error);
    }
    return status;
}

/* --since is an earlier run, of which nothing is written over; or an earlier book: rows of faults would destroy it, but a new book may take its place, since the
 * old one is mapped until the new one is renamed over it. */
static enum tol_status compare_with_earlier(const struct options *options, enum option_id output,
                                            struct tol_error *error)
{
    const char *since = options_text(options, OPTION_SINCE);
    if (since == NULL) {
        return TOL_OK;
    }
    enum tol_status status = output == OPTION_OUTPUT ? TOL_OK : compare(options, output, since, error);
    return status == TOL_OK ? compare_with_run(options, output, since, error) : status;
}

static enum tol_status compare_with_inputs(const struct options *options, enum option_id output,
                                           struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    /* The first plain argument is a book or a folder; a second one is the id of a firm. */
    if (options->argument.count > 0) {
        status = compare(options, output, options->argument.text[0], error);
    }
    for (size_t i = 0; i < READ_COUNT; i++) {
        const struct text_list *list = &options->value[read_by[i]];
        for (size_t j = 0; status == TOL_OK && j < list->count; j++) {
            status = compare(options, output, list->text[j], error);
        }
    }
    char tables[4096];
    if (status == TOL_OK && !options_given(options, OPTION_TABLES) && tol_tables_find(tables, sizeof tables)) {
        status = compare(options, output, tables, error);
    }
    return status;
}

static enum tol_status need_name(const struct options *options, enum option_id output, struct tol_error *error)
{
    const char *path = options_text(options, output);
    return path == NULL || path[0] != '\0'
               ? TOL_OK
               : tol_fail(error, TOL_USAGE, "--%s is empty; name a file", option_spec(output)->name);
}

enum tol_status refuse_overwrite(const struct options *options, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < sizeof written_by / sizeof written_by[0]; i++) {
        status = need_name(options, written_by[i], error);
        status = status == TOL_OK ? compare_with_inputs(options, written_by[i], error) : status;
        status = status == TOL_OK ? compare_with_runs(options, written_by[i], error) : status;
        status = status == TOL_OK ? compare_with_earlier(options, written_by[i], error) : status;
    }
    const char *output = options_text(options, OPTION_OUTPUT);
    const char *rejects = options_text(options, OPTION_REJECTS);
    if (status == TOL_OK && output != NULL && rejects != NULL && tol_same_file(rejects, output, false)) {
        status = tol_fail(error, TOL_USAGE, "--rejects %.200s is the same file as --output %.200s; name two", rejects,
                          output);
    }
    return status;
}
