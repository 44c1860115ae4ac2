#include "help.h"

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

void help_all(struct sink *sink)
{
    sink_text(
        sink,
        "tolmuur tells what stands behind the tariff wall: duty, price, volume and profit of every firm, on any day.\n"
        "\nExamples\n");
    sink_text(sink, help_examples);
    sink_text(sink, "\nCommands (tolmuur COMMAND --help)\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        sink_format(sink, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    }
    sink_text(sink, "\nExit codes\n");
    sink_text(sink, help_exit_codes);
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

static void option_line(struct sink *sink, const struct command *command, const struct option_spec *spec)
{
    char left[64];
    snprintf(left, sizeof left, "%s%c%s--%s%s%s", spec->letter ? "-" : "", spec->letter ? spec->letter : ' ',
             spec->letter ? ", " : "   ", spec->name, spec->argument != NULL ? " " : "",
             spec->argument != NULL ? spec->argument : "");
    sink_format(sink, "  %-28s %s%s\n", left, spec->help, spec->id == OPTION_FORMAT ? command->formats : "");
}

void help_command(struct sink *sink, const struct command *command)
{
    sink_format(sink, "%s\n\nExamples\n%s\nUsage\n  tolmuur %s %s\n\nOptions\n", command->summary, command->examples,
                command->name, command->usage);
    for (size_t i = 0; command->options[i] != OPTION_END; i++) {
        option_line(sink, command, option_spec(command->options[i]));
    }
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        if (option_is_everywhere((enum option_id)id)) {
            option_line(sink, command, option_spec((enum option_id)id));
        }
    }
    if (command->text[0] != '\0') {
        sink_format(sink, "\n%s", command->text);
    }
}
