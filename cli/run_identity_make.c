#include "run_identity.h"

#include "number.h"
#include "version.h"

#include "datasets/duckdb.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64 };

static bool add(struct run_identity *identity, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool add(struct run_identity *identity, const char *name, const char *format, ...)
{
    char value[RUN_VALUE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    return run_identity_add(identity, name, value);
}

static bool add_settings(struct run_identity *identity, const struct tol_settings *settings)
{
    char name[NAME_SIZE], text[NUMBER_TEXT_SIZE];
    double value = 0;
    bool good = true;
    const char *setting;
    for (size_t i = 0; good && (setting = settings_number(settings, i, &value)) != NULL; i++) {
        snprintf(name, sizeof name, "settings.%s", setting);
        text[isnan(value) ? 0 : number_format(value, text)] = '\0';
        good = add(identity, name, "%s", isnan(value) ? "tables" : text);
    }
    char edges[4 * NUMBER_TEXT_SIZE] = "";
    for (size_t i = 0; i < 4; i++) {
        text[number_format(settings->band_edge[i], text)] = '\0';
        size_t used = strlen(edges);
        snprintf(edges + used, sizeof edges - used, "%s%s", i > 0 ? ":" : "", text);
    }
    good = good && add(identity, "settings.band_edges", "%s", edges);
    good = good && add(identity, "assume", "%s", tol_assume_name(settings->assume));
    good = good && add(identity, "horizon", "%s", tol_horizon_name(settings->horizon));
    return good && (settings->tiers == TOL_TIERS_ALL ? add(identity, "tiers", "all")
                                                     : add(identity, "tiers", "%u", (unsigned)settings->tiers));
}

static bool add_worlds(struct run_identity *identity, const struct worlds *worlds)
{
    char name[NAME_SIZE], day[TOL_DAY_TEXT_SIZE];
    bool good = add(identity, "baseline", "%s", worlds->baseline.name);
    for (size_t i = 0; good && i < worlds->count; i++) {
        snprintf(name, sizeof name, "scenario.%zu", i + 1);
        tol_day_format(worlds->scenario[i].on, day);
        good = strcmp(day, worlds->scenario[i].name) == 0
                   ? add(identity, name, "%s", day)
                   : add(identity, name, "%s on %s", worlds->scenario[i].name, day);
    }
    return good;
}

static enum tol_status add_scenario_files(struct run_identity *identity, const struct options *options,
                                          struct tol_error *error)
{
    const struct text_list *files = &options->value[OPTION_SCENARIOS];
    for (size_t i = 0; i < files->count; i++) {
        char name[NAME_SIZE], text[TOL_SHA256_TEXT_SIZE];
        snprintf(name, sizeof name, "input.scenarios.%zu", i + 1);
        enum tol_status status = tol_sha256_file(files->text[i], NULL, text, error);
        if (status != TOL_OK) {
            return status;
        }
        if (!add(identity, name, "sha256 %s", text)) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory");
        }
    }
    return TOL_OK;
}

enum tol_status run_identity_make(struct run_identity *identity, const struct run_made_from *from,
                                  struct tol_error *error)
{
    char duckdb[64] = "";
    *identity = (struct run_identity){0};
    enum tol_status status = tol_duckdb_version(duckdb, sizeof duckdb, error);
    if (status != TOL_OK) {
        return status;
    }
    /* Checksums that the files themselves hold and that are verified before they are used: SHA-256 of a book takes as long as its score may. */
    bool good = add(identity, "program", "tolmuur %s", TOLMUUR_VERSION) &&
                add(identity, "parquet_writer", "DuckDB %s", duckdb) &&
                add(identity, "law", "%s", tol_law_version(from->session->law)) &&
                add(identity, "input.tables", "xxh3 %016llx",
                    (unsigned long long)tol_economy_identity(from->session->economy)) &&
                add(identity, "input.book", "xxh3 %016llx, %llu bytes",
                    (unsigned long long)tol_book_identity(from->book), (unsigned long long)tol_book_bytes(from->book));
    status = good ? add_scenario_files(identity, from->options, error) : TOL_OK;
    good = good && add_worlds(identity, from->worlds) && add_settings(identity, from->settings) &&
           add(identity, "part_rows", "%llu", (unsigned long long)from->part_rows) &&
           add(identity, "draws", "%u", (unsigned)from->draws->options.count) &&
           add(identity, "seed", "%llu", (unsigned long long)from->draws->options.seed) &&
           (from->shard == NULL || add(identity, RUN_SHARD_PAIR, "%s", from->shard)) && run_identity_close(identity);
    return status == TOL_OK && !good ? tol_fail(error, TOL_NO_MEMORY, "out of memory") : status;
}
