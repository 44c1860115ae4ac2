/* The one option table. The parser and the help pages are made from it; a command names the options that it takes. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/day.h"
#include "tolmuur/status.h"

enum option_id {
    OPTION_END = 0, /* closes a command's list */
    OPTION_INTO,
    OPTION_COUNTRY,
    OPTION_FROM,
    OPTION_HTS,
    OPTION_PARTNER,
    OPTION_PRODUCT,
    OPTION_PROGRAMME,
    OPTION_AUTHORITY,
    OPTION_UNTIL,
    OPTION_ON,
    OPTION_FACT,
    OPTION_VALUE,
    OPTION_ASSUME,
    OPTION_BATCH,
    OPTION_SCENARIOS,
    OPTION_SCENARIO,
    OPTION_BASELINE,
    OPTION_SETTINGS,
    OPTION_HORIZON,
    OPTION_TIERS,
    OPTION_DRAWS,
    OPTION_SEED,
    OPTION_INPUT,
    OPTION_FIRM,
    OPTION_FIRMS,
    OPTION_SINCE,
    OPTION_TOP,
    OPTION_BY,
    OPTION_DRY_RUN,
    OPTION_STAGES,
    OPTION_RESUME,
    OPTION_REPLACE,
    OPTION_REPLAY,
    OPTION_PART_ROWS,
    OPTION_SHARD,
    OPTION_NETWORK,
    OPTION_FAIL_IF,
    OPTION_PAIR,
    OPTION_THRESHOLD,
    OPTION_OUTPUT,
    OPTION_KEEP_FORMULAS,
    OPTION_TABLE,
    OPTION_MAX_REJECTS,
    OPTION_REJECTS,
    OPTION_MEMORY_LIMIT,
    OPTION_CPU_LIMIT,
    OPTION_THREADS,
    OPTION_NO_PIN,
    OPTION_ISA,
    OPTION_TABLES,
    OPTION_FORMAT,
    OPTION_COLOR,
    OPTION_CONFIG,
    OPTION_LOG_FORMAT,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

struct option_spec {
    const char *name;
    const char *argument; /* name of its value in the help; NULL for a switch */
    const char *help;
    enum option_id id;
    char letter; /* short form, or 0 */
    bool repeatable;
};

/* In the order of the help. */
const struct option_spec *option_spec(enum option_id id);
/* The option with this long name; NULL: none. */
const struct option_spec *option_named(const char *name);
/* The values that an option has, "short long"; NULL: free text, or --format, whose values are the command's. */
const char *option_words(enum option_id id);
/* Every command takes it: --config, --log-format, --help. */
bool option_is_everywhere(enum option_id id);
/* A configuration file or the environment may set it: all but --config, --help and --version. */
bool option_may_be_configured(enum option_id id);

struct config;

struct text_list {
    size_t count;
    char **text;
};

/* What the command line said: the values of each option in their order, and the plain arguments. */
struct options {
    struct text_list value[OPTION_COUNT];
    struct text_list argument;
    char *origin[OPTION_COUNT];  /* variable, or FILE:LINE, that gave what the command line did not; else NULL */
    const struct config *config; /* NULL until options_settle; [postgresql] is asked for there */
};

/* Reads argv[1..]: every word after the name of the command. `accepted` lists the options that the command takes, closed by OPTION_END
 * (those of option_is_everywhere are always taken). TOL_USAGE names the fault and the nearest option. Free with options_release also after a failure. */
TOL_MUST_CHECK enum tol_status options_parse(int argc, const char **argv, const enum option_id *accepted,
                                             struct options *options, struct tol_error *error);
void options_release(struct options *options);

/* Adds a text, which is the list's from now on, also when that fails. NULL: there was no memory for it. */
TOL_MUST_CHECK enum tol_status options_take(struct text_list *list, char *text, struct tol_error *error);
/* Adds a copy of a value. */
TOL_MUST_CHECK enum tol_status options_add(struct options *options, enum option_id id, const char *text,
                                           struct tol_error *error);

bool options_given(const struct options *options, enum option_id id);
const char *options_text(const struct options *options, enum option_id id); /* NULL when not given */

/* Typed readings. When the option is not given *value is left alone. TOL_USAGE with the option's name. */
TOL_MUST_CHECK enum tol_status options_day(const struct options *options, enum option_id id, tol_day *value,
                                           struct tol_error *error);
TOL_MUST_CHECK enum tol_status options_count(const struct options *options, enum option_id id, uint64_t greatest,
                                             uint64_t *value, struct tol_error *error);
/* Bytes: a whole number, or one with kB, MB, GB or TB (powers of 1000). At least a megabyte. */
TOL_MUST_CHECK enum tol_status options_bytes(const struct options *options, enum option_id id, uint64_t *value,
                                             struct tol_error *error);
/* A plain decimal number: no hexadecimal, no "nan", no "1e999", no "1e-999" that would be 0, no spaces. */
TOL_MUST_CHECK bool text_to_number(const char *text, double *value);
/* The same, not below 0. NULL, or what is wrong and how to mend it. */
TOL_MUST_CHECK const char *text_to_amount(const char *text, double *value);

#endif
