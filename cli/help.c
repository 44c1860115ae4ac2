#include "help.h"

#include "prose.h"

#include <string.h>

const char help_examples[] = "  tolmuur rate --into US --from CN --hts 3926909989 --on 2025-04-12\n"
                             "  tolmuur rate --batch shipments.csv --format csv > rates.csv\n"
                             "  tolmuur check supply/\n"
                             "  tolmuur build supply/ -o portfolio.book\n"
                             "  tolmuur score portfolio.book --on 2025-08-07 --on 2026-03-01 -o scores.parquet\n"
                             "  tolmuur firm portfolio.book NL-0001 --on 2025-08-07\n"
                             "  tolmuur firm --input company.json --on 2025-08-07 --format json\n";

const char help_exit_codes[] = "  0 done   1 a --fail-if holds   64 usage   65 bad data   66 no input   69 service "
                               "away   70 bug   71 out of memory\n"
                               "  73 cannot create   74 input or output   75 try again   130, 143 interrupted\n";

/* A name, and beside it what it means; on a terminal what goes on below stands under that. */
static void item(struct sink *sink, size_t width, int column, const char *name, const char *text, const char *more)
{
    struct sink line = {.descriptor = -1};
    sink_format(&line, "  %-*s %s%s\n", column, name, text, more);
    prose_flush_below(&line, sink, width, (size_t)column + 3);
}

void help_all(struct sink *sink, size_t width)
{
    struct sink page = {.descriptor = -1};
    sink_text(
        &page,
        "tolmuur tells what stands behind the tariff wall: duty, price, volume and profit of every firm, on any day.\n"
        "\nExamples\n");
    sink_text(&page, help_examples);
    sink_text(&page, "\nCommands (tolmuur COMMAND --help)\n");
    prose_flush(&page, sink, width);
    for (size_t i = 0; commands[i] != NULL; i++) {
        item(sink, width, 8, commands[i]->name, commands[i]->summary, "");
    }
    page = (struct sink){.descriptor = -1};
    sink_text(&page, "\nExit codes\n");
    sink_text(&page, help_exit_codes);
    prose_flush(&page, sink, width);
}

bool command_takes(const struct command *command, enum option_id id)
{
    for (size_t i = 0; command->options[i] != OPTION_END; i++) {
        if (command->options[i] == id) {
            return true;
        }
    }
    return option_is_everywhere(id);
}

static void option_line(struct sink *sink, size_t width, const struct command *command, const struct option_spec *spec)
{
    char left[64];
    snprintf(left, sizeof left, "%s%c%s--%s%s%s", spec->letter ? "-" : "", spec->letter ? spec->letter : ' ',
             spec->letter ? ", " : "   ", spec->name, spec->argument != NULL ? " " : "",
             spec->argument != NULL ? spec->argument : "");
    item(sink, width, 28, left, spec->help, spec->id == OPTION_FORMAT ? command->formats : "");
}

/* On a terminal sentences end where it does, not where the page was written: a line that ends within one goes on. */
static void paragraphs(struct sink *sink, size_t width, const char *text)
{
    struct sink page = {.descriptor = -1};
    for (const char *at = text; *at != '\0'; at++) {
        bool within = width > 0 && *at == '\n' && at > text && at[-1] != '.';
        sink_bytes(&page, within ? " " : at, 1);
    }
    prose_flush(&page, sink, width);
}

void help_command(struct sink *sink, size_t width, const struct command *command)
{
    struct sink page = {.descriptor = -1};
    sink_format(&page, "%s\n\nExamples\n%s\nUsage\n  tolmuur %s %s\n\nOptions\n", command->summary, command->examples,
                command->name, command->usage);
    prose_flush(&page, sink, width);
    for (size_t i = 0; command->options[i] != OPTION_END; i++) {
        option_line(sink, width, command, option_spec(command->options[i]));
    }
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        if (option_is_everywhere((enum option_id)id)) {
            option_line(sink, width, command, option_spec((enum option_id)id));
        }
    }
    if (command->text[0] != '\0') {
        sink_text(sink, "\n");
        paragraphs(sink, width, command->text);
    }
}
