#include "describe.h"

#include <string.h>

bool option_names_file(const struct option_spec *spec)
{
    return spec->argument != NULL && (strcmp(spec->argument, "FILE") == 0 || strcmp(spec->argument, "FOLDER") == 0);
}

const char *option_values(const struct option_spec *spec, const struct command *command)
{
    return spec->id == OPTION_FORMAT ? command->formats : option_words(spec->id);
}

static void command_names(struct sink *sink)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        sink_format(sink, "%s\n", commands[i]->name);
    }
}

static enum tol_status manual(struct sink *sink, const char *name, struct tol_error *error)
{
    if (name == NULL) {
        manual_program(sink);
        return TOL_OK;
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            manual_command(sink, commands[i]);
            return TOL_OK;
        }
    }
    return tol_fail(error, TOL_USAGE, "unknown command %.100s; tolmuur --help lists the commands", name);
}

enum tol_status describe(int count, const char **words, struct tol_error *error)
{
    static const struct {
        const char *name;
        void (*print)(struct sink *sink);
    } printers[] = {
        {"commands", command_names}, {"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
    struct sink sink;
    sink_open_stdout(&sink);
    if ((count == 1 || count == 2) && strcmp(words[0], "asciidoc") == 0) {
        enum tol_status status = manual(&sink, count == 2 ? words[1] : NULL, error);
        if (status == TOL_OK) {
            return sink_close(&sink, error);
        }
        sink_release(&sink);
        return status;
    }
    for (size_t i = 0; count == 1 && i < sizeof printers / sizeof printers[0]; i++) {
        if (strcmp(words[0], printers[i].name) == 0) {
            printers[i].print(&sink);
            return sink_close(&sink, error);
        }
    }
    sink_release(&sink);
    return tol_fail(error, TOL_USAGE, "usage: tolmuur help --format asciidoc [COMMAND] | commands | bash | zsh | fish");
}
