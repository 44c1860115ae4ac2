#include "postgres_settings.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"

#define SECTION "postgresql"

static const char *const table_section[TOL_SUPPLY_TABLE_COUNT] = {SECTION ".firms", SECTION ".sales",
                                                                  SECTION ".purchases"};

static bool is_known(const char *name)
{
    bool known = strcmp(name, "schema") == 0 || strcmp(name, "scores") == 0;
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        known = known || strcmp(name, tol_supply_table_name((enum tol_supply_table)i)) == 0;
    }
    return known;
}

static enum tol_status check_names(const struct config *config, struct tol_error *error)
{
    for (const struct config_entry *entry = NULL; (entry = config_next(config, SECTION, entry)) != NULL;) {
        if (!is_known(entry->name)) {
            tol_fail(error, TOL_USAGE, "[" SECTION "] has no %.60s; it takes schema, firms, sales, purchases, scores",
                     entry->name);
            return config_fail_at(error, TOL_USAGE, config, entry);
        }
        if (entry->value[0] == '\0') {
            tol_fail(error, TOL_USAGE, "%.60s is empty; name it or take the line out", entry->name);
            return config_fail_at(error, TOL_USAGE, config, entry);
        }
    }
    return TOL_OK;
}

/* Which column is meant by a name is known to the supply schema, which needs the law: it is checked there. */
static enum tol_status read_renames(struct postgres_settings *settings, const struct config *config, int table,
                                    struct tol_error *error)
{
    size_t count = 0;
    for (const struct config_entry *entry = NULL; (entry = config_next(config, table_section[table], entry)) != NULL;) {
        count++;
    }
    settings->rename[table] = calloc(count + 1, sizeof *settings->rename[table]);
    if (settings->rename[table] == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    count = 0;
    for (const struct config_entry *entry = NULL; (entry = config_next(config, table_section[table], entry)) != NULL;) {
        settings->rename[table][count++] = (struct tol_postgres_rename){entry->name, entry->value};
    }
    settings->mapping.rename[table] = settings->rename[table];
    settings->mapping.rename_count[table] = count;
    return TOL_OK;
}

static enum tol_status read_config(struct postgres_settings *settings, const struct config *config,
                                   struct tol_error *error)
{
    enum tol_status status = check_names(config, error);
    settings->mapping.schema = config_text(config, SECTION, "schema");
    settings->mapping.scores = config_text(config, SECTION, "scores");
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT && status == TOL_OK; i++) {
        settings->mapping.table[i] = config_text(config, SECTION, tol_supply_table_name((enum tol_supply_table)i));
        status = read_renames(settings, config, i, error);
    }
    return status;
}

enum tol_status postgres_settings_read(struct postgres_settings *settings, const struct options *options,
                                       struct tol_error *error)
{
    *settings = (struct postgres_settings){0};
    enum tol_status status = options->config == NULL ? TOL_OK : read_config(settings, options->config, error);
    if (status == TOL_OK && options_given(options, OPTION_TABLE)) {
        settings->mapping.scores = options_text(options, OPTION_TABLE);
        if (settings->mapping.scores[0] == '\0') {
            status = tol_fail(error, TOL_USAGE, "--table is empty; name a table");
        }
    }
    if (status != TOL_OK) {
        postgres_settings_release(settings);
    }
    return status;
}

void postgres_settings_release(struct postgres_settings *settings)
{
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        free(settings->rename[i]);
    }
    *settings = (struct postgres_settings){0};
}

static bool holds_password(const struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (tol_postgres_holds_password(list->text[i])) {
            return true;
        }
    }
    return false;
}

enum tol_status refuse_passwords(const struct options *options, struct tol_error *error)
{
    bool held = holds_password(&options->argument);
    for (size_t i = 0; i < OPTION_COUNT && !held; i++) {
        held = holds_password(&options->value[i]);
    }
    return held ? tol_fail(error, TOL_USAGE,
                           "a password stands in the URI, where every user of this machine can see it; put it into "
                           "~/.pgpass, or name a service of pg_service.conf: postgresql:///?service=NAME")
                : TOL_OK;
}
