#include "manifest_read.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_BYTES_MOST = 64 << 20 };

static enum tol_status wrong(struct tol_error *error, const char *what)
{
    return tol_fail(error, TOL_BAD_DATA, "not a manifest that this program wrote: %s", what);
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a manifest");
}

/* Keys that are not in the list are refused. */
static bool only_keys(json_t *object, const char *const *keys, size_t count)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < count; i++) {
            known = known || strcmp(key, keys[i]) == 0;
        }
        if (!known) {
            return false;
        }
    }
    return json_is_object(object);
}

/* ---- options --------------------------------------------------------------------------------------------------- */

static enum tol_status read_values(struct text_list *list, const json_t *array, struct tol_error *error)
{
    size_t count = json_array_size(array);
    if (!json_is_array(array) || count == 0) {
        return wrong(error, "an option has no list of values");
    }
    list->text = calloc(count, sizeof(char *));
    if (list->text == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (text == NULL) {
            return wrong(error, "a value of an option is no text");
        }
        list->text[i] = strdup(text);
        if (list->text[i] == NULL) {
            return no_memory(error);
        }
        list->count = i + 1;
    }
    return TOL_OK;
}

static enum tol_status read_options(struct manifest *manifest, json_t *object, struct tol_error *error)
{
    if (!json_is_object(object)) {
        return wrong(error, "options is no object");
    }
    manifest->option = calloc(json_object_size(object) + 1, sizeof *manifest->option);
    if (manifest->option == NULL) {
        return no_memory(error);
    }
    enum tol_status status = TOL_OK;
    const char *name;
    json_t *values;
    json_object_foreach(object, name, values)
    {
        if (status == TOL_OK) {
            struct manifest_option *option = &manifest->option[manifest->option_count++];
            option->name = strdup(name);
            status = option->name == NULL ? no_memory(error) : read_values(&option->value, values, error);
        }
    }
    return status;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

static bool is_digest(const char *text)
{
    return text != NULL && strlen(text) == TOL_SHA256_TEXT_SIZE - 1 &&
           strspn(text, "0123456789abcdef") == TOL_SHA256_TEXT_SIZE - 1;
}

/* Stays inside its folder: no part is empty, "." or "..". */
static bool stays_inside(const char *path)
{
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        bool dots = length <= 2 && strspn(path, ".") >= length;
        if (length == 0 || dots || (path[length] == '/' && path[length + 1] == '\0')) {
            return false;
        }
        path += length + (path[length] == '/');
    }
    return true;
}

static enum tol_status read_file(struct manifest_file *file, json_t *object, bool input, struct tol_error *error)
{
    static const char *const keys[] = {"path", "bytes", "sha256", "role", "rows", "first_firm", "firms"};
    const char *path = json_string_value(json_object_get(object, "path"));
    const char *digest = json_string_value(json_object_get(object, "sha256"));
    const char *role = json_string_value(json_object_get(object, "role"));
    const json_t *bytes = json_object_get(object, "bytes");
    if (!only_keys(object, keys, sizeof keys / sizeof keys[0]) || path == NULL || path[0] == '\0' ||
        !is_digest(digest) || !json_is_integer(bytes) || json_integer_value(bytes) < 0 || (role != NULL) != input ||
        (!input && !stays_inside(path))) {
        return wrong(error, input ? "an input is not described as it should be"
                                  : "an output is not described as it should be");
    }
    memcpy(file->sha256, digest, TOL_SHA256_TEXT_SIZE);
    file->bytes = (uint64_t)json_integer_value(bytes);
    file->path = strdup(path);
    file->role = role == NULL ? NULL : strdup(role);
    return file->path == NULL || (role != NULL && file->role == NULL) ? no_memory(error) : TOL_OK;
}

static enum tol_status read_files(struct manifest_file **files, size_t *count, const json_t *array, bool input,
                                  struct tol_error *error)
{
    size_t wanted = json_array_size(array);
    if (!json_is_array(array) || wanted == 0) {
        return wrong(error, input ? "there are no inputs" : "there are no outputs");
    }
    *files = calloc(wanted, sizeof **files);
    if (*files == NULL) {
        return no_memory(error);
    }
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < wanted; i++) {
        *count = i + 1;
        status = read_file(&(*files)[i], json_array_get(array, i), input, error);
    }
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static enum tol_status read_head(struct manifest *manifest, json_t *root, struct tol_error *error)
{
    static const char *const keys[] = {"format", "format_version", "identity", "resolved", "options", "day",
                                       "law",    "inputs",         "outputs",  "counts",   "shard",   "execution"};
    const char *format = json_string_value(json_object_get(root, "format"));
    const json_t *version = json_object_get(root, "format_version");
    const json_t *day = json_object_get(root, "day");
    tol_day read;
    if (format == NULL || strcmp(format, MANIFEST_FORMAT) != 0) {
        return wrong(error, "format is not \"" MANIFEST_FORMAT "\"");
    }
    if (!json_is_integer(version) || json_integer_value(version) != MANIFEST_VERSION) {
        return tol_fail(error, TOL_BAD_DATA, "this program reads manifests of format_version %d", MANIFEST_VERSION);
    }
    if (!only_keys(root, keys, sizeof keys / sizeof keys[0])) {
        return wrong(error, "there is a key that does not belong");
    }
    if (day != NULL && !json_is_null(day)) {
        const char *text = json_string_value(day);
        if (text == NULL || strlen(text) >= sizeof manifest->day || !tol_day_parse(text, &read)) {
            return wrong(error, "day is no day");
        }
        memcpy(manifest->day, text, strlen(text) + 1);
    }
    return TOL_OK;
}

static enum tol_status read_shard(struct manifest *manifest, json_t *object, struct tol_error *error)
{
    static const char *const keys[] = {"number", "of"};
    const json_t *number = json_object_get(object, "number"), *of = json_object_get(object, "of");
    if (object == NULL) {
        return TOL_OK;
    }
    if (!only_keys(object, keys, sizeof keys / sizeof keys[0]) || !json_is_integer(number) || !json_is_integer(of) ||
        json_integer_value(number) < 1 || json_integer_value(number) > json_integer_value(of) ||
        json_integer_value(of) > SHARDS_MOST) {
        return wrong(error, "shard is not described as it should be");
    }
    manifest->shard = (struct shard){(uint32_t)json_integer_value(number), (uint32_t)json_integer_value(of)};
    char text[SHARD_TEXT_SIZE];
    shard_format(&manifest->shard, text);
    for (size_t i = 0; i < manifest->identity.count; i++) {
        const struct run_pair *pair = &manifest->identity.pair[i];
        if (strcmp(pair->name, RUN_SHARD_PAIR) == 0 && strcmp(pair->value, text) == 0) {
            return TOL_OK;
        }
    }
    return wrong(error, "shard is not the one that was resolved");
}

static enum tol_status read_root(struct manifest *manifest, json_t *root, struct tol_error *error)
{
    enum tol_status status = read_head(manifest, root, error);
    const json_t *resolved = json_object_get(root, "resolved");
    const char *identity = json_string_value(json_object_get(root, "identity"));
    if (status == TOL_OK) {
        status = json_is_object(resolved) ? run_identity_read(&manifest->identity, resolved, error)
                                          : wrong(error, "resolved is no object");
    }
    if (status == TOL_OK && (identity == NULL || strcmp(identity, manifest->identity.sha256) != 0)) {
        status = wrong(error, "identity does not fit what was resolved; it was changed");
    }
    if (status == TOL_OK) {
        status = read_shard(manifest, json_object_get(root, "shard"), error);
    }
    if (status == TOL_OK) {
        status = read_options(manifest, json_object_get(root, "options"), error);
    }
    if (status == TOL_OK) {
        status = read_files(&manifest->input, &manifest->input_count, json_object_get(root, "inputs"), true, error);
    }
    if (status == TOL_OK) {
        status = read_files(&manifest->output, &manifest->output_count, json_object_get(root, "outputs"), false, error);
    }
    return status;
}

static enum tol_status parse(const char *text, size_t size, struct manifest *manifest, json_t **root,
                             struct tol_error *error)
{
    *manifest = (struct manifest){0};
    json_error_t fault;
    *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
    return *root != NULL ? read_root(manifest, *root, error)
                         : tol_fail(error, TOL_BAD_DATA, "not JSON, line %d: %s", fault.line, fault.text);
}

enum tol_status manifest_parse(const char *text, size_t size, struct manifest *manifest, struct tol_error *error)
{
    json_t *root;
    enum tol_status status = parse(text, size, manifest, &root, error);
    json_decref(root);
    return status;
}

/* The whole file, or NULL with *status. */
static char *load(const char *path, size_t *size, enum tol_status *status, struct tol_error *error)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    char *text = NULL;
    *status = TOL_OK;
    if (descriptor < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        *status = tol_fail(error, missing ? TOL_NO_INPUT : TOL_IO, "cannot be opened: %s", strerror(errno));
    } else if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > MANIFEST_BYTES_MOST) {
        *status = wrong(error, "not a regular file of at most 64 MiB");
    } else {
        *size = (size_t)about.st_size;
        text = malloc(*size + 1);
        *status = text == NULL ? no_memory(error) : TOL_OK;
    }
    for (size_t done = 0; *status == TOL_OK && done < *size;) {
        ssize_t count = read(descriptor, text + done, *size - done);
        done += count > 0 ? (size_t)count : 0;
        if (count == 0 || (count < 0 && errno != EINTR)) {
            *status = tol_fail(error, TOL_IO, "cannot be read: %s", count == 0 ? "it was cut short" : strerror(errno));
        }
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return text;
}

enum tol_status manifest_read(const char *path, struct manifest *manifest, struct tol_error *error)
{
    json_t *root;
    enum tol_status status = manifest_read_all(path, manifest, &root, error);
    json_decref(root);
    return status;
}

enum tol_status manifest_read_all(const char *path, struct manifest *manifest, struct json_t **all,
                                  struct tol_error *error)
{
    size_t size = 0;
    enum tol_status status;
    *manifest = (struct manifest){0};
    *all = NULL;
    char *text = load(path, &size, &status, error);
    if (status == TOL_OK) {
        status = parse(text, size, manifest, all, error);
    }
    free(text);
    if (status != TOL_OK) {
        json_decref(*all);
        *all = NULL;
    }
    if (status != TOL_OK && error != NULL && error->file[0] == '\0') {
        tol_fail_at(error, status, path, 0, NULL, NULL);
    }
    return status;
}

static void release_files(struct manifest_file *file, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(file[i].role);
        free(file[i].path);
    }
    free(file);
}

void manifest_release(struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->option_count; i++) {
        for (size_t j = 0; j < manifest->option[i].value.count; j++) {
            free(manifest->option[i].value.text[j]);
        }
        free(manifest->option[i].value.text);
        free(manifest->option[i].name);
    }
    free(manifest->option);
    release_files(manifest->input, manifest->input_count);
    release_files(manifest->output, manifest->output_count);
    run_identity_release(&manifest->identity);
    *manifest = (struct manifest){0};
}
