#include "config.h"

#include "command.h"
#include "config_lines.h"
#include "nearest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTIONS_MOST = 32, FILE_BYTES_MOST = 1 << 20 };

static const char *const mapping_sections[] = {"postgresql", "postgresql.firms", "postgresql.sales",
                                               "postgresql.purchases"};

static bool is_mapping(const char *section)
{
    for (size_t i = 0; i < sizeof mapping_sections / sizeof mapping_sections[0]; i++) {
        if (strcmp(section, mapping_sections[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const struct command *command_named(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static enum tol_status unknown_section(const char *section, struct tol_error *error)
{
    const char *names[SECTIONS_MOST] = {CONFIG_ALL};
    size_t count = 1;
    for (size_t i = 0; commands[i] != NULL && count < SECTIONS_MOST; i++) {
        names[count++] = commands[i]->name;
    }
    for (size_t i = 0; i < sizeof mapping_sections / sizeof mapping_sections[0] && count < SECTIONS_MOST; i++) {
        names[count++] = mapping_sections[i];
    }
    const char *near = nearest_name(section, names, count);
    if (near != NULL) {
        return tol_fail(error, TOL_USAGE, "unknown section [%.60s]; did you mean [%s]?", section, near);
    }
    return tol_fail(error, TOL_USAGE,
                    "unknown section [%.60s]; there are [all], one per command, and [postgresql] with its tables",
                    section);
}

/* command NULL: any command's. */
static bool takes(const struct command *command, enum option_id id)
{
    if (option_is_everywhere(id)) {
        return true;
    }
    for (size_t c = 0; command == NULL && commands[c] != NULL; c++) {
        if (takes(commands[c], id)) {
            return true;
        }
    }
    for (size_t i = 0; command != NULL && command->options[i] != OPTION_END; i++) {
        if (command->options[i] == id) {
            return true;
        }
    }
    return false;
}

static enum tol_status unknown_name(const char *section, const char *name, const struct command *command,
                                    struct tol_error *error)
{
    if (option_named(name) != NULL) {
        return tol_fail(error, TOL_USAGE, "[%s] cannot set %.60s", section, name);
    }
    const char *names[OPTION_COUNT];
    size_t count = 0;
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        if (option_may_be_configured((enum option_id)id) && takes(command, (enum option_id)id)) {
            names[count++] = option_spec((enum option_id)id)->name;
        }
    }
    const char *near = nearest_name(name, names, count);
    if (near != NULL) {
        return tol_fail(error, TOL_USAGE, "unknown name %.60s in [%s]; did you mean %s?", name, section, near);
    }
    return tol_fail(error, TOL_USAGE, "unknown name %.60s in [%s]; names are the long options of the command", name,
                    section);
}

/* A configuration is read by many and copied about: no secret stands in it. */
static bool is_secret(const char *name, const char *value)
{
    static const char *const words[] = {"password", "passwd", "passphrase", "secret"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(name, words[i]) != NULL) {
            return true;
        }
    }
    if (strcasestr(value, "password=") != NULL) {
        return true;
    }
    const char *authority = strstr(value, "://");
    if (authority == NULL || strncmp(value, "postgres", 8) != 0) {
        return false;
    }
    authority += 3;
    size_t length = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', length);
    return at != NULL && memchr(authority, ':', (size_t)(at - authority)) != NULL;
}

static enum tol_status check_entry(const char *section, const char *name, const char *value, struct tol_error *error)
{
    if (is_secret(name, value)) {
        return tol_fail(error, TOL_USAGE,
                        "no password stands in a configuration: use libpq's service file (~/.pg_service.conf) and "
                        "password file (~/.pgpass)");
    }
    if (section[0] == '\0') {
        return tol_fail(error, TOL_USAGE, "%.60s stands before any section; write [all] above it", name);
    }
    if (is_mapping(section)) {
        return TOL_OK;
    }
    const struct command *command = command_named(section);
    if (command == NULL && strcmp(section, CONFIG_ALL) != 0) {
        return unknown_section(section, error);
    }
    const struct option_spec *spec = option_named(name);
    if (spec == NULL || !option_may_be_configured(spec->id) || !takes(command, spec->id)) {
        return unknown_name(section, name, command, error);
    }
    return TOL_OK;
}

static enum tol_status keep_entry(struct config *config, const char *section, const char *name, const char *value,
                                  unsigned line, struct tol_error *error)
{
    struct config_entry *grown = realloc(config->entry, (config->entry_count + 1) * sizeof *grown);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    config->entry = grown;
    struct config_entry *entry = &grown[config->entry_count++];
    *entry =
        (struct config_entry){strdup(section), strdup(name), strdup(value), (unsigned)config->file_count - 1, line};
    return entry->section != NULL && entry->name != NULL && entry->value != NULL
               ? TOL_OK
               : tol_fail(error, TOL_NO_MEMORY, "out of memory");
}

/* One line of the file that is being read, the last of config->file. */
static enum tol_status take_line(void *context, const char *section, const char *name, const char *value, unsigned line,
                                 struct tol_error *error)
{
    struct config *config = context;
    enum tol_status status = check_entry(section, name, value, error);
    if (status != TOL_OK) {
        return status;
    }
    const struct option_spec *spec = is_mapping(section) ? NULL : option_named(name);
    const struct config_entry *before = config_find(config, section, name);
    if (before != NULL && before->file == config->file_count - 1 && (spec == NULL || !spec->repeatable)) {
        return tol_fail(error, TOL_USAGE, "%.60s is given twice in [%s], first in line %u; give it once", name, section,
                        before->line);
    }
    return keep_entry(config, section, name, value, line, error);
}

/* Somebody else could have written the file. */
static enum tol_status check_owner(int descriptor, const char *path, struct tol_error *error)
{
    struct stat file, link;
    if (fstat(descriptor, &file) != 0 || lstat(path, &link) != 0) {
        return tol_fail(error, TOL_IO, "cannot be looked at: %s", strerror(errno));
    }
    if (!S_ISREG(file.st_mode)) {
        return tol_fail(error, TOL_USAGE, "a configuration must be a regular file");
    }
    uid_t self = geteuid();
    bool trusted = (file.st_uid == self || file.st_uid == 0) && (link.st_uid == self || link.st_uid == 0);
    if (!trusted) {
        return tol_fail(error, TOL_USAGE,
                        "this configuration belongs to another user and is not read; remove it, or say --config FILE "
                        "(/dev/null: none)");
    }
    if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return tol_fail(error, TOL_USAGE, "others may write this configuration, so it is not read; chmod go-w %.300s",
                        path);
    }
    return TOL_OK;
}

static enum tol_status read_all(int descriptor, char **text, size_t *length, struct tol_error *error)
{
    char *bytes = malloc(FILE_BYTES_MOST + 1);
    size_t filled = 0;
    ssize_t got = 1;
    while (bytes != NULL && got > 0 && filled <= FILE_BYTES_MOST) {
        got = read(descriptor, bytes + filled, FILE_BYTES_MOST + 1 - filled);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        filled += got > 0 ? (size_t)got : 0;
    }
    *text = bytes;
    *length = filled;
    if (bytes == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    if (got < 0) {
        return tol_fail(error, TOL_IO, "cannot be read: %s", strerror(errno));
    }
    return filled <= FILE_BYTES_MOST ? TOL_OK : tol_fail(error, TOL_USAGE, "a configuration has at most 1 MiB");
}

static enum tol_status read_open_file(struct config *config, int descriptor, bool named, struct tol_error *error)
{
    struct config_file *file = &config->file[config->file_count - 1];
    char *text = NULL;
    size_t length = 0;
    enum tol_status status = named ? TOL_OK : check_owner(descriptor, file->path, error);
    status = status == TOL_OK ? read_all(descriptor, &text, &length, error) : status;
    if (status != TOL_OK) {
        free(text);
        return tol_fail_at(error, status, file->path, 0, NULL, NULL);
    }
    unsigned line = 0;
    status = config_lines(text, length, take_line, config, &line, error);
    free(text);
    if (status != TOL_OK && error != NULL) {
        char place[sizeof error->file];
        snprintf(place, sizeof place, "%.480s:%u", file->path, line);
        return tol_fail_at(error, status, place, 0, NULL, NULL);
    }
    return status;
}

static enum tol_status read_place(struct config *config, const char *path, bool named, struct tol_error *error)
{
    if (path == NULL) {
        return TOL_OK;
    }
    struct config_file *file = &config->file[config->file_count++];
    file->path = strdup(path);
    if (file->path == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    /* A pipe may be named on purpose; one that only lies there must not hold the program up. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (named ? 0 : O_NONBLOCK));
    if (descriptor < 0 && !named && (errno == ENOENT || errno == ENOTDIR)) {
        return TOL_OK;
    }
    if (descriptor < 0) {
        /* A folder of another user's that may not be entered holds no configuration of ours. */
        if (!named && errno == EACCES && access(path, F_OK) != 0) {
            return TOL_OK;
        }
        tol_fail(error, TOL_NO_INPUT, "the configuration cannot be opened: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, path, 0, NULL, NULL);
    }
    file->found = true;
    enum tol_status status = read_open_file(config, descriptor, named, error);
    close(descriptor);
    return status;
}

enum tol_status config_open_places(struct config *config, const struct config_places *places, struct tol_error *error)
{
    *config = (struct config){0};
    bool named = places->named != NULL;
    enum tol_status status = read_place(config, named ? places->named : places->project, named, error);
    status = status == TOL_OK ? read_place(config, places->user, false, error) : status;
    return status == TOL_OK ? read_place(config, places->system, false, error) : status;
}

enum tol_status config_open(struct config *config, const char *named, struct tol_error *error)
{
    char user[4096];
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (folder != NULL && folder[0] == '/') {
        length = snprintf(user, sizeof user, "%s/tolmuur/tolmuur.ini", folder);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(user, sizeof user, "%s/.config/tolmuur/tolmuur.ini", home);
    }
    return config_open_places(config,
                              &(struct config_places){
                                  .named = named,
                                  .project = "tolmuur.ini",
                                  .user = length > 0 && (size_t)length < sizeof user ? user : NULL,
                                  .system = "/etc/tolmuur/tolmuur.ini",
                              },
                              error);
}

void config_close(struct config *config)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        free(config->entry[i].section);
        free(config->entry[i].name);
        free(config->entry[i].value);
    }
    free(config->entry);
    for (size_t i = 0; i < config->file_count; i++) {
        free(config->file[i].path);
    }
    *config = (struct config){0};
}

const struct config_entry *config_find(const struct config *config, const char *section, const char *name)
{
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct config_entry *entry = &config->entry[i];
        if (strcmp(entry->section, section) == 0 && strcmp(entry->name, name) == 0) {
            return entry;
        }
    }
    return NULL;
}

const char *config_text(const struct config *config, const char *section, const char *name)
{
    const struct config_entry *entry = config_find(config, section, name);
    return entry != NULL ? entry->value : NULL;
}

const struct config_entry *config_next(const struct config *config, const char *section,
                                       const struct config_entry *after)
{
    for (size_t i = after != NULL ? (size_t)(after - config->entry) + 1 : 0; i < config->entry_count; i++) {
        const struct config_entry *entry = &config->entry[i];
        if (strcmp(entry->section, section) == 0 && config_find(config, section, entry->name)->file == entry->file) {
            return entry;
        }
    }
    return NULL;
}

enum tol_status config_fail_at(struct tol_error *error, enum tol_status status, const struct config *config,
                               const struct config_entry *entry)
{
    char place[512];
    snprintf(place, sizeof place, "%.480s:%u", config->file[entry->file].path, entry->line);
    return tol_fail_at(error, status, place, 0, NULL, NULL);
}
