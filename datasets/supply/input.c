#include "supply/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "duckdb/load.h"
#include "supply/byte_source.h"
#include "supply/table_folder.h"
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

bool tol_supply_format_of(const char *name, enum tol_supply_format *format)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        size_t ending = strlen(kind[i].ending);
        if (length > ending && strcmp(name + length - ending, kind[i].ending) == 0) {
            *format = kind[i].format;
            return true;
        }
    }
    return false;
}

static void free_file(struct tol_supply_file *file)
{
    for (size_t i = 0; i < file->key_count; i++) {
        free(file->key[i].name);
        free(file->key[i].value);
    }
    free(file->key);
    free(file->path);
    free(file->name);
}

/* What messages call a file, or a table of a database. */
static char *name_of(const char *path, const char *table)
{
    size_t size = strlen(path) + (table == NULL ? 0 : strlen(table) + 1) + 1;
    char *name = malloc(size);
    if (name != NULL) {
        snprintf(name, size, "%s%s%s", path, table == NULL ? "" : ":", table == NULL ? "" : table);
    }
    return name;
}

struct tol_supply_file *tol_supply_files_add(struct tol_supply_table_files *files, enum tol_supply_format format,
                                             const char *path, const char *table)
{
    /* Room for a power of two. */
    if ((files->count & (files->count - 1)) == 0) {
        size_t capacity = files->count == 0 ? 1 : 2 * files->count;
        struct tol_supply_file *grown = realloc(files->file, capacity * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        files->file = grown;
    }
    struct tol_supply_file *file = &files->file[files->count];
    *file = (struct tol_supply_file){.format = format, .path = strdup(path), .name = name_of(path, table)};
    if (file->path == NULL || file->name == NULL) {
        free_file(file);
        return NULL;
    }
    files->count++;
    return file;
}

void tol_supply_input_free(struct tol_supply_input *input)
{
    for (int table = 0; table < TOL_SUPPLY_TABLE_COUNT; table++) {
        for (size_t i = 0; i < input->table[table].count; i++) {
            free_file(&input->table[table].file[i]);
        }
        free(input->table[table].file);
    }
    *input = (struct tol_supply_input){0};
}

/* A table's name in the folder with the k-th ending, or with none (k: KIND_COUNT). False when the path is too long. */
static bool table_path(const char *folder, enum tol_supply_table table, size_t k, char path[PATH_MAX])
{
    const char *ending = k < KIND_COUNT ? kind[k].ending : "";
    int length = snprintf(path, PATH_MAX, "%s/%s%s", folder, tol_supply_table_name(table), ending);
    return length >= 0 && length < PATH_MAX;
}

/* sales or sales.parquet as a folder: programs that write parts name it either way. */
static bool is_folder_of_parts(size_t k, const struct stat *about)
{
    return S_ISDIR(about->st_mode) && (k == KIND_COUNT || kind[k].format == TOL_SUPPLY_PARQUET);
}

/* The one file or folder that holds the table; two are a fault, for which would count? */
static enum tol_status find_table(const char *folder, enum tol_supply_table table, struct tol_supply_table_files *files,
                                  struct tol_error *error)
{
    char path[PATH_MAX];
    char first[PATH_MAX] = "";
    for (size_t k = 0; k <= KIND_COUNT; k++) {
        struct stat about;
        if (!table_path(folder, table, k, path)) {
            return fail_at(error, TOL_NO_INPUT, folder, "the path is too long");
        }
        if (stat(path, &about) != 0 || (k == KIND_COUNT && !S_ISDIR(about.st_mode))) {
            continue;
        }
        if (files->count > 0) {
            tol_fail(error, TOL_BAD_DATA, "%s is there twice, also as %s; leave one file for each table",
                     tol_supply_table_name(table), strrchr(first, '/') + 1);
            return tol_fail_at(error, TOL_BAD_DATA, path, 0, NULL, NULL);
        }
        memcpy(first, path, sizeof first);
        if (is_folder_of_parts(k, &about)) {
            enum tol_status status = tol_table_folder_list(path, files, error);
            if (status != TOL_OK) {
                return status;
            }
        } else if (tol_supply_files_add(files, kind[k].format, path, NULL) == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while looking for the tables");
        }
    }
    return TOL_OK;
}

static enum tol_status find_in_folder(const char *folder, struct tol_supply_input *input, struct tol_error *error)
{
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        enum tol_status status = find_table(folder, (enum tol_supply_table)i, &input->table[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    if (input->table[TOL_SUPPLY_FIRMS].count == 0) {
        return fail_at(error, TOL_NO_INPUT, folder,
                       "no firms table; put firms.csv, firms.csv.gz, firms.parquet or firms.jsonl into the folder");
    }
    if (input->table[TOL_SUPPLY_SALES].count == 0 && input->table[TOL_SUPPLY_PURCHASES].count == 0) {
        return fail_at(
            error, TOL_NO_INPUT, folder,
            "neither sales nor purchases; put at least one of them (.csv, .csv.gz, .parquet, .jsonl) into the folder");
    }
    return TOL_OK;
}

static enum tol_status ask_database(const char *path, int file, const struct tol_supply_options *options,
                                    bool present[TOL_SUPPLY_TABLE_COUNT], struct tol_error *error)
{
    const char *name[TOL_SUPPLY_TABLE_COUNT];
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        name[i] = tol_supply_table_name((enum tol_supply_table)i);
    }
    const struct tol_duckdb_api *api;
    enum tol_status status = tol_duckdb_load(&api, error);
    return status == TOL_OK ? api->database_tables(file, path, options->memory_limit_bytes, name,
                                                   TOL_SUPPLY_TABLE_COUNT, present, error)
                            : status;
}

static enum tol_status find_in_database(const char *path, int file, const struct tol_supply_options *options,
                                        struct tol_supply_input *input, struct tol_error *error)
{
    bool present[TOL_SUPPLY_TABLE_COUNT];
    enum tol_status status = ask_database(path, file, options, present, error);
    if (status != TOL_OK) {
        return status;
    }
    if (!present[TOL_SUPPLY_FIRMS] || !(present[TOL_SUPPLY_SALES] || present[TOL_SUPPLY_PURCHASES])) {
        return fail_at(error, TOL_NO_INPUT, path,
                       "a DuckDB database without firms, or with neither sales nor purchases, in its schema main; make "
                       "tables or views of these names");
    }
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        if (present[i] && tol_supply_files_add(&input->table[i], TOL_SUPPLY_DATABASE, path,
                                               tol_supply_table_name((enum tol_supply_table)i)) == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while looking for the tables");
        }
    }
    return TOL_OK;
}

static enum tol_status no_place_of_tables(const char *path, struct tol_error *error)
{
    return fail_at(error, TOL_NO_INPUT, path,
                   "not a folder, nor a DuckDB database; give the folder or the database that holds firms, sales and "
                   "purchases");
}

static enum tol_status find_in_file(const char *path, const struct tol_supply_options *options,
                                    struct tol_supply_input *input, struct tol_error *error)
{
    static const char mark[] = "DUCK";
    char head[12];
    int file;
    enum tol_status status = tol_open_regular(path, &file, error);
    if (status != TOL_OK) {
        return status;
    }
    bool database = pread(file, head, sizeof head, 0) == (ssize_t)sizeof head && memcmp(head + 8, mark, 4) == 0;
    status = database ? find_in_database(path, file, options, input, error) : no_place_of_tables(path, error);
    close(file);
    return status;
}

enum tol_status tol_supply_input_find(const char *path, const struct tol_supply_options *options,
                                      struct tol_supply_input *input, struct tol_error *error)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        tol_fail(error, TOL_NO_INPUT, "cannot be opened: %s; give a folder or a DuckDB database", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, path, 0, NULL, NULL);
    }
    if (S_ISDIR(about.st_mode)) {
        return find_in_folder(path, input, error);
    }
    return S_ISREG(about.st_mode) && about.st_size > 0 ? find_in_file(path, options, input, error)
                                                       : no_place_of_tables(path, error);
}

/* The real path of the folder that the output would lie in; NULL: none. The caller frees it. */
static char *folder_of(const char *output)
{
    char *parent = strdup(output);
    char *slash = parent == NULL ? NULL : strrchr(parent, '/');
    if (slash != NULL) {
        slash[slash == parent] = '\0';
    }
    char *real = parent == NULL ? NULL : realpath(slash == NULL ? "." : parent, NULL);
    free(parent);
    return real;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Would the output lie in a table's folder? */
static bool is_in_table_folder(const char *folder, const char *output)
{
    char *place = folder_of(output);
    bool inside = false;
    for (int i = 0; place != NULL && i < TOL_SUPPLY_TABLE_COUNT; i++) {
        for (size_t k = 0; k <= KIND_COUNT; k++) {
            char path[PATH_MAX];
            struct stat about;
            bool parts = table_path(folder, (enum tol_supply_table)i, k, path) && stat(path, &about) == 0 &&
                         is_folder_of_parts(k, &about);
            char *table = parts ? realpath(path, NULL) : NULL;
            inside = inside || (table != NULL && is_below(place, table));
            free(table);
        }
    }
    free(place);
    return inside;
}

static enum tol_status fail_output(const char *table, const char *output, struct tol_error *error)
{
    tol_fail(error, TOL_USAGE, "this is %.300s, a table of the folder that is read; name another file", table);
    return tol_fail_at(error, TOL_USAGE, output, 0, NULL, NULL);
}

enum tol_status tol_supply_input_keep_apart(const char *path, const struct tol_supply_input *input, const char *output,
                                            struct tol_error *error)
{
    for (int table = 0; output != NULL && table < TOL_SUPPLY_TABLE_COUNT; table++) {
        const struct tol_supply_table_files *files = &input->table[table];
        for (size_t i = 0; i < files->count; i++) {
            if (tol_same_file(output, files->file[i].path, true)) {
                return fail_output(files->file[i].path, output, error);
            }
        }
        for (size_t k = 0; k < KIND_COUNT; k++) {
            char name[PATH_MAX];
            if (table_path(path, (enum tol_supply_table)table, k, name) && tol_same_file(output, name, true)) {
                return fail_output(name, output, error);
            }
        }
    }
    if (output != NULL && is_in_table_folder(path, output)) {
        return fail_at(error, TOL_USAGE, output, "this would lie among the files of a table; name another folder");
    }
    return TOL_OK;
}
