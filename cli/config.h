/* Configuration files: what an administrator or a project has settled, so that nobody has to type it. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/status.h"

#define CONFIG_ALL "all" /* the section that holds for every command */

enum { CONFIG_FILES_MOST = 3 };

/* One `name = value` line. Texts belong to the configuration. */
struct config_entry {
    char *section;
    char *name;
    char *value;
    unsigned file; /* index into config.file */
    unsigned line; /* from 1 */
};

struct config_file {
    char *path;
    bool found;
};

/* All files that were looked for, and their entries: the file that counts most first, within a file in the order of lines. */
struct config {
    struct config_file file[CONFIG_FILES_MOST];
    size_t file_count;
    struct config_entry *entry;
    size_t entry_count;
};

/* Where files are looked for; NULL: not there. */
struct config_places {
    const char *named;   /* --config: it must be there; takes the place of the project's */
    const char *project; /* "tolmuur.ini" */
    const char *user;    /* in the user's configuration folder */
    const char *system;
};

/* Reads `named` or else tolmuur.ini in the current folder, then tolmuur/tolmuur.ini in XDG_CONFIG_HOME (~/.config), then
 * /etc/tolmuur/tolmuur.ini. named: what --config says, NULL when it is not given. A file that was not named must belong to this user or to
 * root and be writable by nobody else. Sections are `all`, the names of commands with their long options, and `postgresql` with
 * `postgresql.firms`, `.sales`, `.purchases`, whose names are not looked at here. TOL_USAGE: a line that cannot be read, an unknown section or
 * name (with the nearest), a name given twice, a password, a file that others can write; error->file is FILE:LINE. TOL_NO_INPUT: the named
 * file is not there. TOL_IO, TOL_NO_MEMORY. Close with config_close also after a failure. */
TOL_MUST_CHECK enum tol_status config_open(struct config *config, const char *named, struct tol_error *error);
/* The same from places of one's own. */
TOL_MUST_CHECK enum tol_status config_open_places(struct config *config, const struct config_places *places,
                                                  struct tol_error *error);
void config_close(struct config *config);

/* The value of a name in a section, from the file that counts most; NULL: not set. */
const char *config_text(const struct config *config, const char *section, const char *name);
/* The same with its file and line; of a name given several times the first. */
const struct config_entry *config_find(const struct config *config, const char *section, const char *name);

/* Walks the names of a section: the entry after `after` (NULL: the first) whose name no file that counts more has set; NULL at the end. */
const struct config_entry *config_next(const struct config *config, const char *section,
                                       const struct config_entry *after);

/* Places an error at an entry: error->file becomes FILE:LINE. Returns status. */
enum tol_status config_fail_at(struct tol_error *error, enum tol_status status, const struct config *config,
                               const struct config_entry *entry);

#endif
