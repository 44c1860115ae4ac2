#include "scenario/json_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum tol_status tol_json_read_file(const char *path, json_t **root, struct tol_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "stdin" : path;
    FILE *stream = standard ? stdin : fopen(path, "re");
    if (stream == NULL) {
        tol_fail(error, TOL_NO_INPUT, "cannot open: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, name, 0, NULL, NULL);
    }
    json_error_t fault;
    *root = json_loadf(stream, JSON_REJECT_DUPLICATES, &fault);
    bool io_failed = ferror(stream) != 0;
    if (!standard) {
        fclose(stream);
    }
    if (*root != NULL) {
        return TOL_OK;
    }
    enum tol_status status = !io_failed ? TOL_BAD_DATA : errno == EISDIR ? TOL_NO_INPUT : TOL_IO;
    if (io_failed) {
        tol_fail(error, status, "cannot read: %s", strerror(errno));
    } else if (fault.position == 0 || json_error_code(&fault) == json_error_premature_end_of_input) {
        tol_fail(error, status, "the JSON text ends too early (line %d); is the file whole?", fault.line);
    } else {
        tol_fail(error, status, "not JSON, line %d, column %d: %s", fault.line, fault.column, fault.text);
    }
    return tol_fail_at(error, status, name, 0, NULL, NULL);
}

/* The value as a short text for the message; "" for containers. */
static void show_value(const json_t *value, char *text, size_t size)
{
    text[0] = '\0';
    if (value == NULL || json_is_object(value) || json_is_array(value)) {
        return;
    }
    if (json_is_string(value)) {
        snprintf(text, size, "%s", json_string_value(value));
        return;
    }
    size_t used = json_dumpb(value, text, size - 1, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    text[used < size ? used : 0] = '\0';
}

enum tol_status tol_json_fault(const struct tol_json_place *place, struct tol_error *error, const char *format, ...)
{
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    char value[128];
    show_value(place->value, value, sizeof value);
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, strcmp(place->file, "-") == 0 ? "stdin" : place->file, 0, place->path,
                       value);
}

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a text", [JSON_INTEGER] = "a number",
        [JSON_REAL] = "a number",    [JSON_TRUE] = "true",      [JSON_FALSE] = "false",   [JSON_NULL] = "null"};
    return value != NULL ? names[json_typeof(value)] : "nothing";
}

enum tol_status tol_json_expect_object(const struct tol_json_place *place, const char *const *known,
                                       struct tol_error *error)
{
    if (!json_is_object(place->value)) {
        return tol_json_fault(place, error, "expected an object, found %s", type_name(place->value));
    }
    const char *key;
    json_t *member;
    json_object_foreach(place->value, key, member)
    {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], key) != 0) {
            i += 1;
        }
        if (known[i] == NULL) {
            char list[300];
            size_t used = 0;
            list[0] = '\0';
            for (size_t k = 0; known[k] != NULL && used < sizeof list; k++) {
                used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", k > 0 ? ", " : "", known[k]);
            }
            bool found;
            struct tol_json_place at = tol_json_member(place, key, &found);
            return tol_json_fault(&at, error, "unknown key; known here: %s", list);
        }
    }
    return TOL_OK;
}

struct tol_json_place tol_json_member(const struct tol_json_place *parent, const char *key, bool *found)
{
    struct tol_json_place place = {.file = parent->file, .value = json_object_get(parent->value, key)};
    snprintf(place.path, sizeof place.path, "%.40s%s%.20s", parent->path, parent->path[0] != '\0' ? "." : "", key);
    if (json_is_null(place.value)) {
        place.value = NULL;
    }
    *found = place.value != NULL;
    return place;
}

struct tol_json_place tol_json_item(const struct tol_json_place *parent, size_t index)
{
    struct tol_json_place place = {.file = parent->file, .value = json_array_get(parent->value, index)};
    snprintf(place.path, sizeof place.path, "%.40s[%zu]", parent->path, index);
    return place;
}

enum tol_status tol_json_expect_array(const struct tol_json_place *place, struct tol_error *error)
{
    return json_is_array(place->value)
               ? TOL_OK
               : tol_json_fault(place, error, "expected an array, found %s", type_name(place->value));
}

enum tol_status tol_json_expect_text(const struct tol_json_place *place, const char **text, struct tol_error *error)
{
    if (!json_is_string(place->value)) {
        return tol_json_fault(place, error, "expected a text in quotes, found %s", type_name(place->value));
    }
    *text = json_string_value(place->value);
    return TOL_OK;
}

enum tol_status tol_json_expect_number(const struct tol_json_place *place, double least, double greatest,
                                       double *number, struct tol_error *error)
{
    if (!json_is_number(place->value)) {
        return tol_json_fault(place, error, "expected a number without quotes, found %s", type_name(place->value));
    }
    double value = json_number_value(place->value);
    if (!(value >= least && value <= greatest)) {
        return tol_json_fault(place, error, "out of range: expected a number from %g to %g", least, greatest);
    }
    *number = value;
    return TOL_OK;
}

enum tol_status tol_json_expect_day(const struct tol_json_place *place, tol_day *day, struct tol_error *error)
{
    const char *text = "";
    enum tol_status status = tol_json_expect_text(place, &text, error);
    if (status == TOL_OK && !tol_day_parse(text, day)) {
        status = tol_json_fault(place, error, "not a day; write it as YYYY-MM-DD, such as 2025-08-07");
    }
    return status;
}
