#include "settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void option_variable(const struct option_spec *spec, char *name, size_t size)
{
    snprintf(name, size, "TOLMUUR_%s", spec->name);
    for (char *at = name; *at != '\0'; at++) {
        *at = *at == '-' ? '_' : (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    }
}

const char *option_environment(enum option_id id)
{
    char name[64];
    if (!option_may_be_configured(id)) {
        return NULL;
    }
    option_variable(option_spec(id), name, sizeof name);
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Core asks for these variables itself, so that programs without a command line have them too. */
static bool is_read_by_core(enum option_id id)
{
    return id == OPTION_ISA || id == OPTION_TABLES;
}

static enum tol_status read_switch(const char *text, bool *on, struct tol_error *error)
{
    static const char *const yes[] = {"yes", "true", "1"}, *const no[] = {"no", "false", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        *on = strcmp(text, yes[i]) == 0;
        if (*on || strcmp(text, no[i]) == 0) {
            return TOL_OK;
        }
    }
    return tol_fail(error, TOL_USAGE, "%.60s: a switch is yes or no", text);
}

static enum tol_status settle_value(struct options *options, const struct option_spec *spec, const char *text,
                                    const char *origin, struct tol_error *error)
{
    bool on = true;
    if (spec->argument == NULL) {
        enum tol_status status = read_switch(text, &on, error);
        if (status != TOL_OK) {
            return tol_fail_at(error, status, origin, 0, NULL, NULL);
        }
        text = "";
    }
    if (options->origin[spec->id] == NULL) {
        options->origin[spec->id] = strdup(origin);
    }
    return on ? options_add(options, spec->id, text, error) : TOL_OK;
}

/* All values that one file gives in one section. */
static enum tol_status settle_from(struct options *options, const struct option_spec *spec,
                                   const struct config_entry *first, struct tol_error *error)
{
    const struct config *config = options->config;
    const struct config_entry *end = config->entry + config->entry_count;
    enum tol_status status = TOL_OK;
    for (const struct config_entry *entry = first; entry < end && status == TOL_OK; entry++) {
        if (entry->file == first->file && strcmp(entry->section, first->section) == 0 &&
            strcmp(entry->name, first->name) == 0) {
            char origin[512];
            snprintf(origin, sizeof origin, "%.480s:%u", config->file[entry->file].path, entry->line);
            status = settle_value(options, spec, entry->value, origin, error);
        }
    }
    return status;
}

static enum tol_status settle_option(struct options *options, const struct command *command, enum option_id id,
                                     struct tol_error *error)
{
    const struct option_spec *spec = option_spec(id);
    if (options_given(options, id) || !option_may_be_configured(id)) {
        return TOL_OK;
    }
    const char *text = option_environment(id);
    if (text != NULL) {
        char origin[64];
        option_variable(spec, origin, sizeof origin);
        return is_read_by_core(id) ? TOL_OK : settle_value(options, spec, text, origin, error);
    }
    const struct config_entry *own = config_find(options->config, command->name, spec->name);
    const struct config_entry *common = config_find(options->config, CONFIG_ALL, spec->name);
    const struct config_entry *entry = own == NULL || (common != NULL && common->file < own->file) ? common : own;
    return entry != NULL ? settle_from(options, spec, entry, error) : TOL_OK;
}

enum tol_status options_settle(struct options *options, const struct command *command, const struct config *config,
                               struct tol_error *error)
{
    options->config = config;
    enum tol_status status = settle_option(options, command, OPTION_LOG_FORMAT, error);
    for (size_t i = 0; command->options[i] != OPTION_END && status == TOL_OK; i++) {
        status = settle_option(options, command, command->options[i], error);
    }
    return status;
}

void options_blame(const struct options *options, struct tol_error *error)
{
    for (int id = OPTION_END + 1; id < OPTION_COUNT && error->file[0] == '\0'; id++) {
        char word[64];
        snprintf(word, sizeof word, "--%s", option_spec((enum option_id)id)->name);
        const char *found = strstr(error->message, word);
        if (options->origin[id] != NULL && found != NULL && strchr(" :=,;", found[strlen(word)]) != NULL) {
            tol_error_place(error, options->origin[id], 0, NULL, NULL);
        }
    }
}
