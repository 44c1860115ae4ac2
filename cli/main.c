/* Entry: picks the command, runs it, turns its outcome into an exit code. */
#include "command.h"
#include "config.h"
#include "describe.h"
#include "help.h"
#include "nearest.h"
#include "overwrite.h"
#include "postgres_settings.h"
#include "prose.h"
#include "settle.h"
#include "sink.h"
#include "talk.h"
#include "version.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct command *const commands[] = {
    &command_check, &command_build, &command_score,   &command_merge, &command_diff,   &command_report,
    &command_firm,  &command_rate,  &command_sectors, &command_law,   &command_doctor, NULL,
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static enum tol_status unknown_command(const char *word, struct tol_error *error)
{
    const char *names[16];
    size_t count = 0;
    for (; commands[count] != NULL && count < sizeof names / sizeof names[0]; count++) {
        names[count] = commands[count]->name;
    }
    if (word[0] == '-') {
        return tol_fail(error, TOL_USAGE,
                        "unknown option %.100s; an option comes after its command, see tolmuur --help", word);
    }
    const char *near = nearest_name(word, names, count);
    if (near != NULL) {
        return tol_fail(error, TOL_USAGE, "unknown command %.100s; did you mean %s?", word, near);
    }
    return tol_fail(error, TOL_USAGE, "unknown command %.100s; tolmuur --help lists the commands", word);
}

static enum tol_status print_page(const struct command *command, struct tol_error *error)
{
    struct sink sink;
    size_t width = terminal_width(STDOUT_FILENO);
    sink_open_stdout(&sink);
    if (command != NULL) {
        help_command(&sink, width, command);
    } else {
        help_all(&sink, width);
    }
    return sink_close(&sink, error);
}

/* The first words about options may go wrong before options are read. */
static void begin_talk(int argc, const char **argv, const struct command *command)
{
    const char *text = option_environment(OPTION_LOG_FORMAT);
    for (int i = 1; i < argc; i++) {
        static const char name[] = "--log-format";
        size_t length = sizeof name - 1;
        if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') {
            text = argv[i] + length + 1;
        } else if (strcmp(argv[i], name) == 0 && i + 1 < argc) {
            text = argv[i + 1];
        }
    }
    enum talk_format format = TALK_TEXT;
    if (text != NULL && !talk_format_read(text, &format)) {
        format = TALK_TEXT; /* read_log_format refuses it */
    }
    talk_begin(format, command != NULL ? command->name : NULL);
}

static enum tol_status read_log_format(const struct options *options, const struct command *command,
                                       struct tol_error *error)
{
    const char *text = options_text(options, OPTION_LOG_FORMAT);
    enum talk_format format = TALK_TEXT;
    if (text != NULL && !talk_format_read(text, &format)) {
        return tol_fail(error, TOL_USAGE, "--log-format %.40s is not one of: text json", text);
    }
    talk_begin(format, command->name);
    return TOL_OK;
}

/* With the configuration under the command line. */
static enum tol_status run_configured(const struct command *command, struct options *options, struct tol_error *error)
{
    const char *named = options_text(options, OPTION_CONFIG), *variable = getenv("TOLMUUR_CONFIG");
    if (named == NULL && variable != NULL && variable[0] != '\0') {
        named = variable;
    }
    struct config config;
    enum tol_status status = config_open(&config, named, error);
    status = status == TOL_OK ? options_settle(options, command, &config, error) : status;
    status = status == TOL_OK ? refuse_passwords(options, error) : status;
    status = status == TOL_OK ? read_log_format(options, command, error) : status;
    status = status == TOL_OK ? refuse_overwrite(options, error) : status;
    status = status == TOL_OK ? command->run(options, error) : status;
    if (status == TOL_USAGE) {
        options_blame(options, error);
    }
    config_close(&config);
    return status;
}

static enum tol_status run_command(const struct command *command, int argc, const char **argv, struct tol_error *error)
{
    struct options options;
    enum tol_status status = options_parse(argc, argv, command->options, &options, error);
    if (status == TOL_OK && options_given(&options, OPTION_HELP)) {
        status = print_page(command, error);
    } else if (status == TOL_OK) {
        size_t count = options.argument.count;
        if (count < command->least_arguments || count > command->most_arguments) {
            status = tol_fail(error, TOL_USAGE, "usage: tolmuur %s %s", command->name, command->usage);
        } else {
            status = run_configured(command, &options, error);
        }
    }
    options_release(&options);
    return status;
}

static enum tol_status dispatch(int argc, const char **argv, struct tol_error *error)
{
    if (argc < 2) {
        return tol_fail(error, TOL_USAGE, "no command; tolmuur --help shows examples");
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0) {
        struct sink sink;
        sink_open_stdout(&sink);
        sink_text(&sink, "tolmuur " TOLMUUR_VERSION "\n");
        return sink_close(&sink, error);
    }
    bool help = strcmp(word, "help") == 0;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || (help && argc == 2)) {
        return print_page(NULL, error);
    }
    if (help && strcmp(argv[2], "--format") == 0) {
        return describe(argc - 3, argv + 3, error);
    }
    const struct command *command = find_command(help ? argv[2] : word);
    begin_talk(argc, argv, command);
    if (command == NULL) {
        return unknown_command(help ? argv[2] : word, error);
    }
    return help ? print_page(command, error) : run_command(command, argc - 1, argv + 1, error);
}

int main(int argc, char **argv)
{
    /* Numbers stay in the C locale; only the width of characters is taken from a UTF-8 locale, the same for everybody. */
    setlocale(LC_CTYPE, "C.UTF-8");
    /* A reader that has had enough ends the program silently, whatever the parent made of SIGPIPE. */
    signal(SIGPIPE, SIG_DFL);
    /* A file that may grow no further is an error of writing, told like any other. */
    signal(SIGXFSZ, SIG_IGN);
    struct tol_error error = {0};
    enum tol_status status = dispatch(argc, (const char **)(void *)argv, &error);
    if (talk_signal() != 0) {
        talk_end_by_signal(talk_signal());
    }
    if (status != TOL_OK) {
        talk_end(&error, status);
    }
    return (int)status;
}
