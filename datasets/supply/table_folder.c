#include "supply/table_folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "supply/text.h"

enum { DEPTH_MAX = 16, FILES_MAX = 100000, VALUE_READ_AHEAD = 12 };

struct listing {
    struct tol_supply_table_files *files;
    char *real_folder; /* links resolved */
    size_t folder_length;
};

static enum tol_status fail(enum tol_status status, const char *path, const char *message, struct tol_error *error)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, path, 0, NULL, NULL);
}

static enum tol_status fail_system(const char *path, const char *what, struct tol_error *error)
{
    tol_fail(error, TOL_NO_INPUT, "%s: %s", what, strerror(errno));
    return tol_fail_at(error, TOL_NO_INPUT, path, 0, NULL, NULL);
}

static int hex_digit(char letter)
{
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : -1;
}

/* A copy with %XX as the byte that it stands for, and room to read beyond its end. NULL when out of memory. */
static char *decoded(const char *text, size_t length)
{
    char *copy = calloc(1, length + 1 + VALUE_READ_AHEAD);
    size_t used = 0;
    for (size_t i = 0; copy != NULL && i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        copy[used++] = low >= 0 ? (char)(high << 4 | low) : text[i];
        i += low >= 0 ? 2 : 0;
    }
    return copy;
}

static bool names_key(const struct tol_supply_file *file, const char *name)
{
    for (size_t i = 0; i < file->key_count; i++) {
        if (strcmp(file->key[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum tol_status add_key(struct tol_supply_file *file, const char *text, size_t length, struct tol_error *error)
{
    size_t name_length = (size_t)((const char *)memchr(text, '=', length) - text);
    struct tol_supply_key key = {decoded(text, name_length), decoded(text + name_length + 1, length - name_length - 1)};
    struct tol_supply_key *grown = realloc(file->key, (file->key_count + 1) * sizeof *grown);
    file->key = grown == NULL ? file->key : grown;
    const char *fault = NULL;
    if (grown == NULL || key.name == NULL || key.value == NULL) {
        free(key.name);
        free(key.value);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while looking for the tables");
    }
    if (names_key(file, key.name)) {
        fault = "one column twice among the names of its folders; take one out";
    } else if (!tol_utf8_valid(key.name, strlen(key.name)) || !tol_utf8_valid(key.value, strlen(key.value)) ||
               memmem(text, length, "%00", 3) != NULL) {
        fault = "the name of its folder is not UTF-8 or holds a zero byte; rename it";
    } else if (strcmp(key.value, "__HIVE_DEFAULT_PARTITION__") == 0) {
        key.value[0] = '\0';
    }
    file->key[file->key_count++] = key;
    return fault == NULL ? TOL_OK : fail(TOL_BAD_DATA, file->path, fault, error);
}

/* Folders between the table's folder and the file were seen to be NAME=VALUE. */
static enum tol_status add_keys(struct tol_supply_file *file, size_t folder_length, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    const char *at = file->path + folder_length + 1;
    for (const char *slash; status == TOL_OK && (slash = strchr(at, '/')) != NULL; at = slash + 1) {
        status = add_key(file, at, (size_t)(slash - at), error);
    }
    return status;
}

static enum tol_status add_file(struct listing *listing, const char *path, struct tol_error *error)
{
    enum tol_supply_format format;
    if (!tol_supply_format_of(path, &format)) {
        return fail(
            TOL_BAD_DATA, path,
            "not a table by its name (.csv, .csv.gz, .parquet, .jsonl); move it out of the folder, or rename it, "
            "with a dot in front to leave it out",
            error);
    }
    if (listing->files->count == FILES_MAX) {
        return fail(TOL_BAD_DATA, path, "more than 100,000 files for one table; join some of them", error);
    }
    struct tol_supply_file *file = tol_supply_files_add(listing->files, format, path, NULL);
    return file == NULL ? tol_fail(error, TOL_NO_MEMORY, "out of memory while looking for the tables")
                        : add_keys(file, listing->folder_length, error);
}

/* A link may lead to another place in the folder, and to a file only. */
static enum tol_status check_link(const struct listing *listing, const char *path, struct tol_error *error)
{
    char *real = realpath(path, NULL);
    if (real == NULL) {
        return fail_system(path, "a link that cannot be followed", error);
    }
    size_t length = strlen(listing->real_folder);
    struct stat about;
    bool inside = strncmp(real, listing->real_folder, length) == 0 && real[length] == '/';
    bool folder = stat(real, &about) == 0 && S_ISDIR(about.st_mode);
    free(real);
    if (!inside) {
        return fail(TOL_BAD_DATA, path, "a link that leaves the table's folder; put the file itself here", error);
    }
    return folder ? fail(TOL_BAD_DATA, path, "a link to a folder, whose rows would count twice; take it out", error)
                  : TOL_OK;
}

static enum tol_status list_folder(struct listing *listing, const char *folder, int depth, struct tol_error *error);

static enum tol_status list_entry(struct listing *listing, const char *folder, const char *name, int depth,
                                  struct tol_error *error)
{
    char path[PATH_MAX];
    struct stat about;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        return fail(TOL_NO_INPUT, folder, "the path is too long", error);
    }
    if (lstat(path, &about) != 0) {
        return fail_system(path, "cannot look at it", error);
    }
    if (S_ISLNK(about.st_mode)) {
        enum tol_status status = check_link(listing, path, error);
        return status == TOL_OK ? add_file(listing, path, error) : status;
    }
    if (!S_ISDIR(about.st_mode)) {
        return add_file(listing, path, error);
    }
    const char *equals = strchr(name, '=');
    if (equals == NULL || equals == name) {
        return fail(
            TOL_BAD_DATA, path,
            "a folder in a table's folder is called NAME=VALUE, with the name of a column or another key; rename "
            "it or move its files up",
            error);
    }
    return depth == DEPTH_MAX ? fail(TOL_BAD_DATA, path, "folders in folders, too deep", error)
                              : list_folder(listing, path, depth + 1, error);
}

static enum tol_status list_folder(struct listing *listing, const char *folder, int depth, struct tol_error *error)
{
    DIR *open = opendir(folder);
    if (open == NULL) {
        return fail_system(folder, "cannot open the folder", error);
    }
    enum tol_status status = TOL_OK;
    while (status == TOL_OK) {
        errno = 0;
        const struct dirent *entry = readdir(open);
        if (entry == NULL) {
            status = errno == 0 ? TOL_OK : fail_system(folder, "cannot read the folder", error);
            break;
        }
        /* Notes of other programs: _SUCCESS, .crc and the like. */
        if (entry->d_name[0] != '.' && entry->d_name[0] != '_') {
            status = list_entry(listing, folder, entry->d_name, depth, error);
        }
    }
    closedir(open);
    return status;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct tol_supply_file *)a)->path, ((const struct tol_supply_file *)b)->path);
}

enum tol_status tol_table_folder_list(const char *folder, struct tol_supply_table_files *files, struct tol_error *error)
{
    struct listing listing = {files, realpath(folder, NULL), strlen(folder)};
    if (listing.real_folder == NULL) {
        return fail_system(folder, "cannot open the folder", error);
    }
    enum tol_status status = list_folder(&listing, folder, 0, error);
    free(listing.real_folder);
    if (status != TOL_OK) {
        return status;
    }
    if (files->count == 0) {
        return fail(TOL_NO_INPUT, folder,
                    "no table in this folder; put .csv, .csv.gz, .parquet or .jsonl files into it, or take it away",
                    error);
    }
    qsort(files->file, files->count, sizeof *files->file, compare_paths);
    return TOL_OK;
}
