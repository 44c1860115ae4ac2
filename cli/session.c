#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tolmuur/whole_file.h"

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Somebody said which tables to take: they need not come from this program's compiler, whatever their checksums say. Verifying all codes costs what
 * opening costs, so that the tables beside the program, which come with it, are spared it. */
static bool tables_are_named(const struct options *options)
{
    const char *variable = getenv("TOLMUUR_TABLES");
    return options_given(options, OPTION_TABLES) || (variable != NULL && variable[0] != '\0');
}

static enum tol_status open_law(struct session *session, const struct options *options, struct tol_error *error)
{
    enum tol_status status = tol_law_open(session->tables, &session->law, error);
    return status == TOL_OK && tables_are_named(options) ? tol_law_verify(session->law, error) : status;
}

enum tol_status session_open(struct session *session, const struct options *options, enum session_need need,
                             struct tol_error *error)
{
    *session = (struct session){.today = today()};
    const char *given = options_text(options, OPTION_TABLES);
    if (given != NULL) {
        if (snprintf(session->tables, sizeof session->tables, "%s", given) >= (int)sizeof session->tables) {
            return tol_fail(error, TOL_USAGE, "the name of the tables file is longer than %zu bytes",
                            sizeof session->tables - 1);
        }
    } else if (!tol_tables_find(session->tables, sizeof session->tables)) {
        return tol_fail(error, TOL_NO_INPUT,
                        "the compiled law tables are not beside the program; name them with --tables or "
                        "TOLMUUR_TABLES");
    }
    enum tol_status status = open_law(session, options, error);
    if (status == TOL_OK && need != SESSION_LAW) {
        status = tol_parameters_open(session->tables, &session->parameters, error);
    }
    if (status == TOL_OK && need != SESSION_LAW) {
        status = tol_economy_open(session->tables, &session->economy, error);
    }
    if (status == TOL_OK && need != SESSION_LAW) {
        status = need == SESSION_FIRM ? tol_economy_verify_lookups(session->economy, error)
                                      : tol_economy_verify(session->economy, error);
    }
    return status;
}

void session_close(struct session *session)
{
    tol_economy_close(session->economy);
    if (session->parameters != NULL) {
        tol_parameters_close(session->parameters);
    }
    tol_law_close(session->law);
    *session = (struct session){0};
}

const char *session_store(char *path, size_t size)
{
    const char *own = getenv("TOLMUUR_CACHE");
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length;
    if (own != NULL) {
        length = snprintf(path, size, "%s", own);
    } else if (cache != NULL && cache[0] == '/') {
        length = snprintf(path, size, "%s/tolmuur", cache);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(path, size, "%s/.cache", home);
        if (length > 0 && (size_t)length < size) {
            (void)mkdir(path, 0700);
        }
        length = snprintf(path, size, "%s/.cache/tolmuur", home);
    } else {
        return NULL;
    }
    if (length <= 0 || (size_t)length >= size) {
        return NULL;
    }
    (void)mkdir(path, 0700);
    return is_folder(path) ? path : NULL;
}

tol_day today(void)
{
    time_t now = time(NULL);
    return (tol_day)(now / 86400);
}

bool is_special_file(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

enum tol_status refuse_special(const char *path, struct tol_error *error)
{
    return path == NULL ? TOL_OK : tol_whole_file_check(path, error);
}

enum tol_status read_country_option(const struct options *options, enum option_id id, tol_country *country,
                                    struct tol_error *error)
{
    const char *text = options_text(options, id);
    const char *name = option_spec(id)->name;
    if (text == NULL) {
        return tol_fail(error, TOL_USAGE, "--%s is missing; name a country, such as --%s NL", name, name);
    }
    bool known = id == OPTION_INTO ? tol_importer_from_any(text, country) : tol_country_from_any(text, country);
    if (!known) {
        return tol_fail(error, TOL_USAGE, "--%s %.40s is not a country; write its ISO 3166 code, such as NL or NLD",
                        name, text);
    }
    return TOL_OK;
}

enum tol_status read_assume_option(const struct options *options, enum tol_assume *assume, struct tol_error *error)
{
    const char *text = options_text(options, OPTION_ASSUME);
    if (text == NULL) {
        return TOL_OK;
    }
    for (int mode = TOL_ASSUME_ENTRY; mode <= TOL_ASSUME_TRADE; mode++) {
        if (strcmp(text, tol_assume_name((enum tol_assume)mode)) == 0) {
            *assume = (enum tol_assume)mode;
            return TOL_OK;
        }
    }
    return tol_fail(error, TOL_USAGE, "--assume %.40s: write entry or trade", text);
}
