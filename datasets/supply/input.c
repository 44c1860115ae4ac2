#include "supply/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tolmuur/whole_file.h"

static enum tol_status fail_at(struct tol_error *error, enum tol_status status, const char *file, const char *message)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, file, 0, NULL, NULL);
}

static const struct {
    const char *ending;
    enum tol_supply_format format;
} kind[] = {{".csv", TOL_SUPPLY_CSV},
            {".csv.gz", TOL_SUPPLY_CSV_GZIP},
            {".parquet", TOL_SUPPLY_PARQUET},
            {".jsonl", TOL_SUPPLY_JSONL}};
enum { KIND_COUNT = sizeof kind / sizeof kind[0] };

/* False when the path is too long. */
static bool table_path(const char *folder, enum tol_supply_table table, size_t k, struct tol_supply_file *file)
{
    int length =
        snprintf(file->path, sizeof file->path, "%s/%s%s", folder, tol_supply_table_name(table), kind[k].ending);
    return length >= 0 && (size_t)length < sizeof file->path;
}

/* The one file that holds the table; two are a fault, for which would count? */
static enum tol_status find_table(const char *folder, enum tol_supply_table table, struct tol_supply_file *file,
                                  struct tol_error *error)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct tol_supply_file found = {.present = true, .format = kind[i].format};
        struct stat about;
        if (!table_path(folder, table, i, &found)) {
            return fail_at(error, TOL_NO_INPUT, folder, "the path is too long");
        }
        if (stat(found.path, &about) != 0) {
            continue;
        }
        if (file->present) {
            tol_fail(error, TOL_BAD_DATA, "%s is there twice, also as %s; leave one file for each table",
                     tol_supply_table_name(table), strrchr(file->path, '/') + 1);
            return tol_fail_at(error, TOL_BAD_DATA, found.path, 0, NULL, NULL);
        }
        *file = found;
    }
    return TOL_OK;
}

enum tol_status tol_supply_input_find(const char *folder, struct tol_supply_file *file, struct tol_error *error)
{
    struct stat about;
    if (stat(folder, &about) != 0) {
        tol_fail(error, TOL_NO_INPUT, "cannot open the folder: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, folder, 0, NULL, NULL);
    }
    if (!S_ISDIR(about.st_mode)) {
        return fail_at(error, TOL_NO_INPUT, folder,
                       "not a folder; give the folder that holds firms, sales and purchases");
    }
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        enum tol_status status = find_table(folder, (enum tol_supply_table)i, &file[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    if (!file[TOL_SUPPLY_FIRMS].present) {
        return fail_at(error, TOL_NO_INPUT, folder,
                       "no firms table; put firms.csv, firms.csv.gz, firms.parquet or firms.jsonl into the folder");
    }
    if (!file[TOL_SUPPLY_SALES].present && !file[TOL_SUPPLY_PURCHASES].present) {
        return fail_at(
            error, TOL_NO_INPUT, folder,
            "neither sales nor purchases; put at least one of them (.csv, .csv.gz, .parquet, .jsonl) into the folder");
    }
    return TOL_OK;
}

enum tol_status tol_supply_input_keep_apart(const char *folder, const char *output, struct tol_error *error)
{
    for (int table = 0; output != NULL && table < TOL_SUPPLY_TABLE_COUNT; table++) {
        for (size_t k = 0; k < KIND_COUNT; k++) {
            struct tol_supply_file file;
            if (table_path(folder, (enum tol_supply_table)table, k, &file) && tol_same_file(output, file.path, true)) {
                tol_fail(error, TOL_USAGE, "this is %.300s, a table of the folder that is read; name another file",
                         file.path);
                return tol_fail_at(error, TOL_USAGE, output, 0, NULL, NULL);
            }
        }
    }
    return TOL_OK;
}
