#include "postgres_settings.h"

enum tol_status postgres_settings_read(struct postgres_settings *settings, const struct options *options,
                                       struct tol_error *error)
{
    *settings = (struct postgres_settings){.mapping.scores = options_text(options, OPTION_TABLE)};
    if (options_given(options, OPTION_TABLE) && settings->mapping.scores[0] == '\0') {
        return tol_fail(error, TOL_USAGE, "--table is empty; name a table");
    }
    return TOL_OK;
}

void postgres_settings_release(struct postgres_settings *settings)
{
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
