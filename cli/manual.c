/* Manual pages in AsciiDoc; asciidoctor makes tolmuur.1, tolmuur-rate.1 ... of them. */
#include "describe.h"
#include "help.h"
#include "settle.h"
#include "version.h"

#include <string.h>

/* Text that AsciiDoc must leave as it is. */
static void verbatim(struct sink *sink, const char *text, size_t length)
{
    sink_text(sink, "pass:[");
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ']') {
            sink_text(sink, "\\");
        }
        sink_bytes(sink, &text[i], 1);
    }
    sink_text(sink, "]");
}

static void verbatim_text(struct sink *sink, const char *text)
{
    verbatim(sink, text, strlen(text));
}

static void page_begin(struct sink *sink, const char *name, const char *summary)
{
    sink_format(sink, "= %s(1)\n:doctype: manpage\n:reproducible:\n:manmanual: tolmuur manual\n", name);
    sink_format(sink, ":mansource: tolmuur " TOLMUUR_VERSION "\n\n== Name\n\n%s - %s\n\n", name, summary);
}

/* Every line of the text, preformatted. */
static void listing(struct sink *sink, const char *title, const char *text)
{
    sink_format(sink, "== %s\n\n....\n%s....\n\n", title, text);
}

/* A line that begins with "word: " begins a paragraph; others go on with the one above. */
static void paragraphs(struct sink *sink, const char *text)
{
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n"), word = strspn(line, "abcdefghijklmnopqrstuvwxyz-");
        if (line != text && word > 0 && line[word] == ':') {
            sink_text(sink, "\n");
        }
        verbatim(sink, line, length);
        sink_text(sink, "\n");
        line += length + (line[length] == '\n');
    }
    sink_text(sink, "\n");
}

static void synopsis(struct sink *sink, const struct command *command)
{
    sink_format(sink, "== Synopsis\n\n[verse]\n");
    char first[64];
    snprintf(first, sizeof first, "tolmuur %s ", command->name);
    verbatim_text(sink, first);
    for (const char *line = command->usage; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        verbatim(sink, line, length);
        sink_text(sink, "\n");
        line += length + (line[length] == '\n');
        line += strspn(line, " ");
    }
    sink_text(sink, "\n");
}

static void option_entry(struct sink *sink, const struct option_spec *spec, const char *formats)
{
    if (spec->letter != 0) {
        sink_format(sink, "*-%c*, ", spec->letter);
    }
    sink_text(sink, "*");
    verbatim_text(sink, "--");
    sink_format(sink, "%s*", spec->name);
    if (spec->argument != NULL) {
        sink_format(sink, " _%s_", spec->argument);
    }
    sink_text(sink, "::\n");
    verbatim_text(sink, spec->help);
    verbatim_text(sink, spec->id == OPTION_FORMAT ? formats : "");
    sink_text(sink, "\n\n");
}

static void see_also(struct sink *sink, const struct command *without)
{
    sink_text(sink, "== See also\n\n");
    const char *between = "";
    if (without != NULL) {
        sink_text(sink, "*tolmuur*(1)");
        between = ", ";
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (commands[i] != without) {
            sink_format(sink, "%s*tolmuur-%s*(1)", between, commands[i]->name);
            between = ", ";
        }
    }
    sink_text(sink, "\n");
}

void manual_command(struct sink *sink, const struct command *command)
{
    char name[64];
    snprintf(name, sizeof name, "tolmuur-%s", command->name);
    page_begin(sink, name, command->summary);
    synopsis(sink, command);
    if (command->text[0] != '\0') {
        sink_text(sink, "== Description\n\n");
        paragraphs(sink, command->text);
    }
    sink_text(sink, "== Options\n\n");
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        if (command_takes(command, (enum option_id)id)) {
            option_entry(sink, option_spec((enum option_id)id), command->formats);
        }
    }
    listing(sink, "Examples", command->examples);
    listing(sink, "Exit status", help_exit_codes);
    see_also(sink, command);
}

static void environment(struct sink *sink)
{
    sink_text(sink, "== Environment\n\n");
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        if (option_may_be_configured((enum option_id)id)) {
            char variable[64];
            option_variable(spec, variable, sizeof variable);
            sink_text(sink, "*");
            verbatim_text(sink, variable);
            sink_text(sink, "*:: ");
            verbatim_text(sink, spec->argument != NULL ? "the value of --" : "yes or no, for --");
            sink_format(sink, "%s, where it is not given\n", spec->name);
        }
    }
    sink_text(
        sink,
        "*TOLMUUR_CONFIG*:: the value of pass:[--]config, where it is not given\n"
        "*TOLMUUR_CACHE*:: folder where answers are kept between runs: markets, sectors, firms' networks; empty: none\n"
        "*NO_COLOR*:: no colour, unless pass:[--]color asks for it\n\n");
}

void manual_program(struct sink *sink)
{
    page_begin(sink, "tolmuur", "tariff-exposure scoring: duty, price, volume and profit of every firm, on any day");
    sink_text(sink, "== Synopsis\n\n[verse]\n*tolmuur* _COMMAND_ pass:[[OPTION\\]...]\n\n== Commands\n\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        sink_format(sink, "*tolmuur-%s*(1)::\n", commands[i]->name);
        verbatim_text(sink, commands[i]->summary);
        sink_text(sink, "\n\n");
    }
    sink_text(sink, "== Options\n\nThese are options of every command; the others are on its own page.\n\n");
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        if (option_is_everywhere((enum option_id)id)) {
            option_entry(sink, option_spec((enum option_id)id), "");
        }
    }
    option_entry(sink, option_spec(OPTION_VERSION), "");
    listing(sink, "Examples", help_examples);
    environment(sink);
    sink_text(sink,
              "== Files\n\n_tolmuur.ini_, _~/.config/tolmuur/tolmuur.ini_, _/etc/tolmuur/tolmuur.ini_::\n"
              "Options that are given neither on the command line nor in the environment. A section has the name of a "
              "command, or pass:[[all\\]]; its lines are the command's long options, as in _threads = 8_. The first "
              "file that sets an option counts. A file that others may write is refused.\n\n");
    listing(sink, "Exit status", help_exit_codes);
    see_also(sink, NULL);
}
