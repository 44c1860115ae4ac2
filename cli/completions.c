/* Completions of shells: commands, options, values of options that have a list, files for the rest. */
#include "describe.h"

#include <string.h>

/* The command's options in the order of the table; NULL ends them. */
static const struct option_spec *next_option(const struct command *command, int *id)
{
    while (++*id < OPTION_COUNT) {
        if (command_takes(command, (enum option_id) * id)) {
            return option_spec((enum option_id) * id);
        }
    }
    return NULL;
}

static void bash_values(struct sink *sink, const struct command *command)
{
    int id = OPTION_END;
    for (const struct option_spec *spec; (spec = next_option(command, &id)) != NULL;) {
        const char *values = option_values(spec, command);
        if (spec->argument == NULL) {
            continue;
        }
        sink_format(sink, "    %s:--%s", command->name, spec->name);
        if (spec->letter != 0) {
            sink_format(sink, " | %s:-%c", command->name, spec->letter);
        }
        if (values != NULL) {
            sink_format(sink, ") words='%s' kind=words ;;\n", values);
        } else {
            sink_format(sink, ") kind=%s ;;\n", option_names_file(spec) ? "files" : "nothing");
        }
    }
}

static void bash_options(struct sink *sink, const struct command *command)
{
    int id = OPTION_END;
    sink_format(sink, "    %s) options='", command->name);
    for (const struct option_spec *spec; (spec = next_option(command, &id)) != NULL;) {
        sink_format(sink, "--%s ", spec->name);
    }
    sink_format(sink, "' first='%s' ;;\n", command->words != NULL ? command->words : "");
}

void completion_bash(struct sink *sink)
{
    sink_text(
        sink,
        "# Completion of tolmuur for bash, made by `tolmuur help --format bash`.\n"
        "_tolmuur() {\n"
        "  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
        "  local words='' kind='' options='' first=''\n"
        "  # bash cuts --by=sector into three words.\n"
        "  if [[ $current == '=' ]]; then\n"
        "    current=''\n"
        "  elif [[ $option == '=' ]]; then\n"
        "    option=${COMP_WORDS[COMP_CWORD - 2]}\n"
        "  fi\n"
        "  case $command in\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        bash_options(sink, commands[i]);
    }
    sink_text(sink, "  esac\n  case $command:$option in\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        bash_values(sink, commands[i]);
    }
    sink_text(sink, "  esac\n"
                    "  if [[ $COMP_CWORD == 1 || $command == help ]]; then\n"
                    "    kind=words words='");
    for (size_t i = 0; commands[i] != NULL; i++) {
        sink_format(sink, "%s ", commands[i]->name);
    }
    sink_text(sink, "help --help --version'\n"
                    "  elif [[ -z $kind && $current == -* ]]; then\n"
                    "    kind=words words=$options\n"
                    "  elif [[ -z $kind && $COMP_CWORD == 2 && -n $first ]]; then\n"
                    "    kind=words words=$first\n"
                    "  fi\n"
                    "  case $kind in\n"
                    "    words) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\") ;;\n"
                    "    nothing) COMPREPLY=() ;;\n"
                    "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
                    "  esac\n"
                    "}\n"
                    "complete -o filenames -F _tolmuur tolmuur\n");
}

/* Between single quotes, with what zsh or fish would read in it taken back by a backslash. */
static void quoted(struct sink *sink, const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            sink_text(sink, "'\\''");
        } else {
            if (strchr(special, *text) != NULL) {
                sink_text(sink, "\\");
            }
            sink_bytes(sink, text, 1);
        }
    }
}

static void zsh_option(struct sink *sink, const struct command *command, const struct option_spec *spec)
{
    const char *values = option_values(spec, command);
    char names[2][64] = {"", ""};
    snprintf(names[0], sizeof names[0], "--%s%s", spec->name, spec->argument != NULL ? "=" : "");
    if (spec->letter != 0) {
        snprintf(names[1], sizeof names[1], "-%c%s", spec->letter, spec->argument != NULL ? "+" : "");
    }
    for (size_t i = 0; i < 2 && names[i][0] != '\0'; i++) {
        sink_format(sink, "        '%s%s[", spec->repeatable ? "*" : "", names[i]);
        quoted(sink, spec->help, "[]\\:");
        sink_text(sink, spec->id == OPTION_FORMAT ? command->formats : "");
        sink_text(sink, "]");
        if (spec->argument != NULL) {
            sink_format(sink, ":%s:", spec->argument);
            sink_format(sink, values != NULL ? "(%s)" : "%s",
                        values != NULL            ? values
                        : option_names_file(spec) ? "_files"
                                                  : " ");
        }
        sink_text(sink, "' \\\n");
    }
}

void completion_zsh(struct sink *sink)
{
    sink_text(sink, "#compdef tolmuur\n# Completion of tolmuur for zsh, made by `tolmuur help --format zsh`.\n"
                    "_tolmuur() {\n  local -a commands\n  commands=(\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        sink_format(sink, "    '%s:", commands[i]->name);
        quoted(sink, commands[i]->summary, "\\:");
        sink_text(sink, "'\n");
    }
    sink_text(sink, "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
                    "  shift words\n  (( CURRENT-- ))\n  case $words[1] in\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        int id = OPTION_END;
        sink_format(sink, "    %s)\n      _arguments -S \\\n", commands[i]->name);
        for (const struct option_spec *spec; (spec = next_option(commands[i], &id)) != NULL;) {
            zsh_option(sink, commands[i], spec);
        }
        if (commands[i]->words != NULL) {
            sink_format(sink, "        '1:what:(%s)' \\\n", commands[i]->words);
        }
        sink_text(sink, "        '*:file:_files' ;;\n");
    }
    sink_text(sink, "  esac\n}\n_tolmuur \"$@\"\n");
}

static void fish_option(struct sink *sink, const struct command *command, const struct option_spec *spec)
{
    const char *values = option_values(spec, command);
    sink_format(sink, "complete -c tolmuur -n '__fish_seen_subcommand_from %s' -l %s", command->name, spec->name);
    if (spec->letter != 0) {
        sink_format(sink, " -s %c", spec->letter);
    }
    if (values != NULL) {
        sink_format(sink, " -x -a '%s'", values);
    } else if (spec->argument != NULL) {
        sink_text(sink, option_names_file(spec) ? " -r -F" : " -x");
    }
    sink_text(sink, " -d '");
    quoted(sink, spec->help, "\\");
    sink_text(sink, spec->id == OPTION_FORMAT ? command->formats : "");
    sink_text(sink, "'\n");
}

void completion_fish(struct sink *sink)
{
    sink_text(sink, "# Completion of tolmuur for fish, made by `tolmuur help --format fish`.\n"
                    "complete -c tolmuur -n __fish_use_subcommand -f\n");
    for (size_t i = 0; commands[i] != NULL; i++) {
        sink_format(sink, "complete -c tolmuur -n __fish_use_subcommand -a %s -d '", commands[i]->name);
        quoted(sink, commands[i]->summary, "\\");
        sink_text(sink, "'\n");
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        int id = OPTION_END;
        if (commands[i]->words != NULL) {
            sink_format(sink,
                        "complete -c tolmuur -n '__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from "
                        "%s' -f -a '%s'\n",
                        commands[i]->name, commands[i]->words, commands[i]->words);
        }
        for (const struct option_spec *spec; (spec = next_option(commands[i], &id)) != NULL;) {
            fish_option(sink, commands[i], spec);
        }
    }
}
