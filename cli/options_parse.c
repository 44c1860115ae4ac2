/* The command line's words into options, by popt. */
#include "options.h"

#include "nearest.h"

#include <popt.h>
#include <string.h>

/* popt's table for one command, closed by a row of zeros. */
static size_t popt_table(const enum option_id *accepted, struct poptOption *rows)
{
    size_t count = 0;
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        bool taken = option_is_everywhere(spec->id);
        for (size_t a = 0; accepted[a] != OPTION_END; a++) {
            taken = taken || accepted[a] == spec->id;
        }
        if (taken) {
            rows[count++] = (struct poptOption){
                .longName = spec->name,
                .shortName = spec->letter,
                .argInfo = spec->argument != NULL ? POPT_ARG_STRING : POPT_ARG_NONE,
                .val = (int)spec->id,
            };
        }
    }
    rows[count] = (struct poptOption){0};
    return count;
}

/* An option that this command does not take: is it one of another command, or near to one that it takes? */
static enum tol_status unknown_option(const char *word, const struct poptOption *rows, size_t count,
                                      struct tol_error *error)
{
    const char *names[OPTION_COUNT];
    for (size_t i = 0; i < count; i++) {
        names[i] = rows[i].longName;
    }
    char name[64];
    const char *bare = word + strspn(word, "-");
    size_t length = strcspn(bare, "=");
    if (length >= sizeof name) {
        length = sizeof name - 1;
    }
    memcpy(name, bare, length);
    name[length] = '\0';
    if (option_named(name) != NULL) {
        return tol_fail(error, TOL_USAGE, "--%s is not an option of this command; see its --help", name);
    }
    const char *near = nearest_name(name, names, count);
    if (near != NULL) {
        return tol_fail(error, TOL_USAGE, "unknown option %.100s; did you mean --%s?", word, near);
    }
    return tol_fail(error, TOL_USAGE, "unknown option %.100s; --help lists the options", word);
}

static enum tol_status take_options(poptContext context, const struct poptOption *rows, size_t count,
                                    struct options *options, struct tol_error *error)
{
    int id;
    while ((id = poptGetNextOpt(context)) > 0) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        struct text_list *list = &options->value[id];
        if (list->count > 0 && !spec->repeatable) {
            return tol_fail(error, TOL_USAGE, "--%s is given twice; give it once", spec->name);
        }
        char *text = spec->argument != NULL ? poptGetOptArg(context) : strdup("");
        enum tol_status status = options_take(list, text, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    if (id == -1) {
        return TOL_OK;
    }
    const char *word = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    if (id == POPT_ERROR_BADOPT) {
        return unknown_option(word, rows, count, error);
    }
    if (id == POPT_ERROR_NOARG) {
        return tol_fail(error, TOL_USAGE, "%.100s needs a value; --help shows which", word);
    }
    if (id == POPT_ERROR_UNWANTEDARG) {
        return tol_fail(error, TOL_USAGE, "%.100s is a switch: it takes no value", word);
    }
    return tol_fail(error, TOL_USAGE, "%.100s: %s", word, poptStrerror(id));
}

enum tol_status options_parse(int argc, const char **argv, const enum option_id *accepted, struct options *options,
                              struct tol_error *error)
{
    *options = (struct options){0};
    struct poptOption rows[OPTION_COUNT + 1];
    size_t count = popt_table(accepted, rows);
    poptContext context = poptGetContext("tolmuur", argc, argv, rows, 0);
    if (context == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    enum tol_status status = take_options(context, rows, count, options, error);
    const char *word;
    while (status == TOL_OK && (word = poptGetArg(context)) != NULL) {
        status = options_take(&options->argument, strdup(word), error);
    }
    poptFreeContext(context);
    return status;
}
