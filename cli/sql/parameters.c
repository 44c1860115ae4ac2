#include "parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault_text.h"

/* "on" is a word of SQL: who calls a parameter so has to put it into quotation marks. */
static const char *sql_name(const struct option_spec *spec)
{
    return spec->id == OPTION_ON ? "days" : spec->name;
}

void sql_parameters_declare(duckdb_table_function function, const enum option_id *ids)
{
    duckdb_logical_type any = duckdb_create_logical_type(DUCKDB_TYPE_ANY);
    for (size_t i = 0; ids[i] != OPTION_END; i++) {
        const struct option_spec *spec = option_spec(ids[i]);
        duckdb_table_function_add_named_parameter(function, sql_name(spec), any);
        if (strcmp(sql_name(spec), spec->name) != 0) {
            duckdb_table_function_add_named_parameter(function, spec->name, any);
        }
    }
    duckdb_destroy_logical_type(&any);
}

/* A copy in our memory; NULL: a value that is NULL, or no memory. */
static char *text_of(duckdb_value value)
{
    char *text = duckdb_is_null_value(value) ? NULL : duckdb_get_varchar(value);
    char *copy = text != NULL ? strdup(text) : NULL;
    duckdb_free(text);
    return copy;
}

static enum tol_status refuse_null(const char *name, struct tol_error *error)
{
    return tol_fail(error, TOL_USAGE, "%s is NULL; give a value", name);
}

static enum tol_status add_one(struct options *options, const struct option_spec *spec, duckdb_value value,
                               struct tol_error *error)
{
    return duckdb_is_null_value(value) ? refuse_null(sql_name(spec), error)
                                       : options_take(&options->value[spec->id], text_of(value), error);
}

/* NAME=VALUE from a member of a struct or map. Both are taken over. */
static enum tol_status add_pair(struct options *options, const struct option_spec *spec, char *name, duckdb_value value,
                                struct tol_error *error)
{
    char *text = text_of(value), *pair = NULL;
    enum tol_status status = duckdb_is_null_value(value) ? refuse_null(sql_name(spec), error) : TOL_OK;
    if (status == TOL_OK) {
        int length = name != NULL && text != NULL ? asprintf(&pair, "%s=%s", name, text) : -1;
        status = options_take(&options->value[spec->id], length < 0 ? NULL : pair, error);
    }
    free(name);
    free(text);
    duckdb_destroy_value(&value);
    return status;
}

static enum tol_status add_struct(struct options *options, const struct option_spec *spec, duckdb_value value,
                                  struct tol_error *error)
{
    duckdb_logical_type type = duckdb_get_value_type(value); /* the value's own */
    enum tol_status status = TOL_OK;
    idx_t count = duckdb_struct_type_child_count(type);
    for (idx_t i = 0; i < count && status == TOL_OK; i++) {
        char *name = duckdb_struct_type_child_name(type, i);
        char *copy = strdup(name != NULL ? name : "");
        duckdb_free(name);
        status = add_pair(options, spec, copy, duckdb_get_struct_child(value, i), error);
    }
    return status;
}

static enum tol_status add_map(struct options *options, const struct option_spec *spec, duckdb_value value,
                               struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    idx_t count = duckdb_get_map_size(value);
    for (idx_t i = 0; i < count && status == TOL_OK; i++) {
        duckdb_value key = duckdb_get_map_key(value, i);
        status = add_pair(options, spec, text_of(key), duckdb_get_map_value(value, i), error);
        duckdb_destroy_value(&key);
    }
    return status;
}

static enum tol_status add_list(struct options *options, const struct option_spec *spec, duckdb_value value,
                                struct tol_error *error)
{
    if (!spec->repeatable) {
        return tol_fail(error, TOL_USAGE, "%s is a list; give one value", sql_name(spec));
    }
    enum tol_status status = TOL_OK;
    idx_t count = duckdb_get_list_size(value);
    if (count == 0) {
        return tol_fail(error, TOL_USAGE, "%s is an empty list; give a value, or leave it out", sql_name(spec));
    }
    for (idx_t i = 0; i < count && status == TOL_OK; i++) {
        duckdb_value child = duckdb_get_list_child(value, i);
        status = add_one(options, spec, child, error);
        duckdb_destroy_value(&child);
    }
    return status;
}

static enum tol_status add_value(struct options *options, const struct option_spec *spec, duckdb_value value,
                                 struct tol_error *error)
{
    duckdb_type type =
        duckdb_is_null_value(value) ? DUCKDB_TYPE_SQLNULL : duckdb_get_type_id(duckdb_get_value_type(value));
    switch (type) {
    case DUCKDB_TYPE_LIST:
        return add_list(options, spec, value, error);
    case DUCKDB_TYPE_STRUCT:
        return spec->id == OPTION_SETTINGS ? add_struct(options, spec, value, error)
                                           : add_one(options, spec, value, error);
    case DUCKDB_TYPE_MAP:
        return spec->id == OPTION_SETTINGS ? add_map(options, spec, value, error)
                                           : add_one(options, spec, value, error);
    default:
        return add_one(options, spec, value, error);
    }
}

/* By either name. */
static enum tol_status read_one(duckdb_bind_info info, struct options *options, const struct option_spec *spec,
                                struct tol_error *error)
{
    const char *names[2] = {sql_name(spec), spec->name};
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < 2 && status == TOL_OK; i++) {
        duckdb_value value =
            i > 0 && strcmp(names[0], names[1]) == 0 ? NULL : duckdb_bind_get_named_parameter(info, names[i]);
        if (value != NULL) {
            status = options_given(options, spec->id)
                         ? tol_fail(error, TOL_USAGE, "%s and %s are the same; give one of them", names[0], names[1])
                         : add_value(options, spec, value, error);
            duckdb_destroy_value(&value);
        }
    }
    return status;
}

enum tol_status sql_parameters_read(duckdb_bind_info info, const enum option_id *ids, struct options *options,
                                    struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; ids[i] != OPTION_END && status == TOL_OK; i++) {
        status = read_one(info, options, option_spec(ids[i]), error);
    }
    return status;
}

/* Takes the value over. */
static char *required_text(duckdb_value value, const char *name, struct tol_error *error)
{
    bool missing = value == NULL || duckdb_is_null_value(value);
    char *text = missing ? NULL : text_of(value);
    if (value != NULL) {
        duckdb_destroy_value(&value);
    }
    if (text == NULL) {
        enum tol_status status = missing ? refuse_null(name, error) : tol_fail(error, TOL_NO_MEMORY, "out of memory");
        (void)status;
    }
    return text;
}

char *sql_parameter_text(duckdb_bind_info info, idx_t place, const char *name, struct tol_error *error)
{
    return required_text(duckdb_bind_get_parameter(info, place), name, error);
}

char *sql_named_text(duckdb_bind_info info, const char *name, struct tol_error *error)
{
    duckdb_value value = duckdb_bind_get_named_parameter(info, name);
    return value != NULL ? required_text(value, name, error) : strdup("");
}

/* The option whose name stands here in full, as part of no longer word; NULL: none. */
static const struct option_spec *option_in(const char *text)
{
    char name[32];
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz-");
    if (length == 0 || length >= sizeof name) {
        return NULL;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    return option_named(name);
}

void sql_fault_text(const char *function, const struct tol_error *error, char *text, size_t size)
{
    struct tol_error said = *error;
    size_t used = 0, room = sizeof said.message;
    for (const char *from = error->message; *from != '\0' && used + 1 < room;) {
        const struct option_spec *spec = strncmp(from, "--", 2) == 0 ? option_in(from + 2) : NULL;
        if (spec == NULL) {
            said.message[used++] = *from++;
            continue;
        }
        int length = snprintf(said.message + used, room - used, "%s", sql_name(spec));
        used += length > 0 && (size_t)length < room - used ? (size_t)length : 0;
        from += 2 + strlen(spec->name);
    }
    said.message[used] = '\0';
    int length = snprintf(text, size, "%s: ", function);
    if (length > 0 && (size_t)length < size) {
        fault_text(&said, text + length, size - (size_t)length);
    }
}
