#include "hts/archive.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hts/rate_text.h"
#include "supply/byte_source.h"

#define INDENT_LIMIT 32

/* The three columns of one element, clean. */
struct columns {
    const char *general, *special, *other;
};

struct archive_reading {
    const char *path, *source;
    struct hts_archive *archive;
    struct columns at_indent[INDENT_LIMIT]; /* general NULL: none stands there */
    uint64_t element;
    struct tol_error *error;
};

static enum tol_status fault(const struct archive_reading *reading, const char *field, const char *value,
                             const char *message)
{
    tol_fail(reading->error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(reading->error, TOL_BAD_DATA, reading->path, reading->element, field, value);
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a schedule archive");
}

/* The whole file; the caller frees *bytes. */
static enum tol_status read_bytes(const char *path, char **bytes, size_t *size, struct tol_error *error)
{
    struct tol_byte_source *source = NULL;
    size_t length = strlen(path);
    bool gzip = length > 3 && strcmp(path + length - 3, ".gz") == 0;
    enum tol_status status = tol_byte_source_open(path, gzip, &source, error);
    *bytes = NULL;
    *size = 0;
    const char *block;
    size_t block_size = 1;
    size_t room = 0;
    while (status == TOL_OK && block_size > 0) {
        status = tol_byte_source_next(source, &block, &block_size, error);
        if (status == TOL_OK && *size + block_size > room) {
            room = 2 * (*size + block_size);
            char *grown = realloc(*bytes, room);
            if (grown == NULL) {
                status = no_memory(error);
                break;
            }
            *bytes = grown;
        }
        if (status == TOL_OK && block_size > 0) {
            memcpy(*bytes + *size, block, block_size);
            *size += block_size;
        }
    }
    tol_byte_source_close(source);
    return status;
}

/* A text field; absent and null are "". *copy is clean. */
static enum tol_status take_text(struct archive_reading *reading, const json_t *element, const char *field,
                                 void (*clean)(char *), const char **copy)
{
    const json_t *value = json_object_get(element, field);
    if (value != NULL && !json_is_null(value) && !json_is_string(value)) {
        return fault(reading, field, NULL, "the field is no text; write it in quotes as the schedule prints it");
    }
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    char *made = tol_text_pool_copy(&reading->archive->pool, text, strlen(text));
    if (made == NULL) {
        return no_memory(reading->error);
    }
    clean(made);
    *copy = made;
    return TOL_OK;
}

/* Depth of the element, -1 when it does not say. */
static int indent_of(const json_t *element)
{
    const json_t *value = json_object_get(element, "indent");
    const char *text = json_string_value(value);
    char *end = NULL;
    long depth = json_is_integer(value) ? (long)json_integer_value(value) : -1;
    if (text != NULL && *text != '\0') {
        depth = strtol(text, &end, 10);
        depth = *end == '\0' ? depth : -1;
    }
    return depth >= 0 && depth < INDENT_LIMIT ? (int)depth : -1;
}

static enum tol_status add_entry(struct hts_entries *entries, const char *code, const struct hts_duty *duty,
                                 struct tol_error *error)
{
    if (entries->count == entries->room) {
        size_t room = entries->room == 0 ? 1024 : 2 * entries->room;
        struct hts_entry *grown = realloc(entries->item, room * sizeof *grown);
        if (grown == NULL) {
            return no_memory(error);
        }
        entries->item = grown;
        entries->room = room;
    }
    struct hts_entry *entry = &entries->item[entries->count++];
    memset(entry, 0, sizeof *entry);
    memcpy(entry->code, code, strnlen(code, HTS_CODE_SIZE - 1));
    entry->duty = duty;
    return TOL_OK;
}

static const struct hts_duty *make_duty(struct archive_reading *reading, const struct columns *columns)
{
    struct text_pool *pool = &reading->archive->pool;
    struct hts_duty *duty = tol_text_pool_take(pool, sizeof *duty);
    char rate[HTS_RATE_SIZE];
    if (duty == NULL) {
        return NULL;
    }
    duty->kind = tol_hts_rate_parse(columns->general, rate);
    duty->rate = tol_text_pool_copy(pool, rate, strlen(rate));
    duty->text = columns->general;
    duty->special = columns->special;
    duty->column2_kind = tol_hts_rate_parse(columns->other, rate);
    duty->column2_rate = tol_text_pool_copy(pool, rate, strlen(rate));
    duty->column2_text = columns->other;
    duty->source = reading->source;
    return duty->rate != NULL && duty->column2_rate != NULL ? duty : NULL;
}

/* The rates of lines come in the archive's order, which is that of the codes, so a line's 8 digits are nearly always the last ones. */
static const struct hts_duty *last_duty(const struct hts_archive *archive, const char *code)
{
    const struct hts_entries *rates = &archive->rates;
    return rates->count > 0 && memcmp(rates->item[rates->count - 1].code, code, 8) == 0
               ? rates->item[rates->count - 1].duty
               : NULL;
}

static enum tol_status add_rate(struct archive_reading *reading, const char *code, const struct columns *columns)
{
    const struct hts_duty *known = last_duty(reading->archive, code);
    if (known != NULL) {
        bool same = strcmp(known->text, columns->general) == 0 && strcmp(known->special, columns->special) == 0 &&
                    strcmp(known->column2_text, columns->other) == 0;
        return same ? TOL_OK
                    : fault(reading, "general", columns->general,
                            "another rate than the line of its first eight digits has; rates stand on eight digits: "
                            "correct this element or that line");
    }
    const struct hts_duty *duty = make_duty(reading, columns);
    char eight[9] = {0};
    memcpy(eight, code, 8);
    return duty == NULL ? no_memory(reading->error) : add_entry(&reading->archive->rates, eight, duty, reading->error);
}

/* The digits of htsno; "" for a line of text. */
static enum tol_status take_code(struct archive_reading *reading, const json_t *element, char code[HTS_CODE_SIZE])
{
    const json_t *value = json_object_get(element, "htsno");
    const char *text = json_string_value(value);
    size_t count = 0;
    code[0] = '\0';
    if (value == NULL || json_is_null(value)) {
        return TOL_OK;
    }
    if (text == NULL) {
        return fault(reading, "htsno", NULL, "a schedule number is a text; write it in quotes, such as \"0101.21.00\"");
    }
    for (const char *at = text; *at != '\0'; at++) {
        bool digit = *at >= '0' && *at <= '9';
        if ((!digit && *at != '.') || (digit && count == HTS_CODE_SIZE - 1)) {
            return fault(reading, "htsno", text,
                         "not a schedule number; write 4, 6, 8 or 10 digits with dots, such as 0101.21.00");
        }
        code[count] = *at;
        count += digit;
    }
    code[count] = '\0';
    bool length = count == 0 || count == 4 || count == 6 || count == 8 || count == 10;
    return length ? TOL_OK : fault(reading, "htsno", text, "a schedule number has 4, 6, 8 or 10 digits");
}

/* What the element itself says, or what it has from the nearest line above it. */
static struct columns inherit(struct archive_reading *reading, int indent, const struct columns *own)
{
    struct columns found = *own;
    for (int i = indent - 1; i >= 0 && found.general[0] == '\0'; i--) {
        found = reading->at_indent[i].general != NULL ? reading->at_indent[i] : found;
    }
    if (indent >= 0) {
        memset(reading->at_indent + indent, 0, (size_t)(INDENT_LIMIT - indent) * sizeof reading->at_indent[0]);
        if (own->general[0] != '\0') {
            reading->at_indent[indent] = *own;
        }
    }
    return found;
}

/* Special classification provisions and temporary legislation are measures, not base rates. */
static bool is_left_out(const char *code)
{
    return memcmp(code, "98", 2) == 0 || memcmp(code, "99", 2) == 0;
}

static enum tol_status take_element(struct archive_reading *reading, const json_t *element)
{
    char code[HTS_CODE_SIZE];
    struct columns own = {"", "", ""};
    if (!json_is_object(element)) {
        return fault(reading, NULL, NULL, "the element is no object; an archive is a list of objects with htsno");
    }
    enum tol_status status = take_code(reading, element, code);
    status = status != TOL_OK ? status : take_text(reading, element, "general", tol_hts_rate_clean, &own.general);
    status = status != TOL_OK ? status : take_text(reading, element, "special", tol_hts_special_clean, &own.special);
    status = status != TOL_OK ? status : take_text(reading, element, "other", tol_hts_rate_clean, &own.other);
    if (status != TOL_OK) {
        return status;
    }
    struct columns found = inherit(reading, indent_of(element), &own);
    if (strlen(code) < 8 || is_left_out(code)) {
        return TOL_OK;
    }
    bool inherits = own.general[0] == '\0';
    /* An eight-digit line without a rate of its own may still be a heading: its rate shows beneath it. */
    bool settled = last_duty(reading->archive, code) != NULL;
    if (!inherits) {
        status = add_rate(reading, code, &own);
    } else if (!settled && found.general[0] != '\0') {
        status = add_rate(reading, code, &found);
    } else if (!settled && strlen(code) == 10) {
        return fault(reading, "general", "",
                     "no rate on this line nor on one above it; write the rate as the schedule prints it");
    }
    return status != TOL_OK || strlen(code) != 10 ? status
                                                  : add_entry(&reading->archive->lines, code, NULL, reading->error);
}

/* The array of elements: the root, or the first array that the root holds. */
static const json_t *find_elements(const json_t *root)
{
    const char *name;
    json_t *value;
    if (json_is_array(root)) {
        return root;
    }
    json_object_foreach((json_t *)(uintptr_t)root, name, value)
    {
        if (json_is_array(value) && json_object_get(json_array_get(value, 0), "htsno") != NULL) {
            return value;
        }
    }
    return NULL;
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct hts_entry *)a)->code, ((const struct hts_entry *)b)->code);
}

/* Sorts; a rate told twice for one code is a fault, a line told twice is one line. */
static enum tol_status settle(struct archive_reading *reading, struct hts_entries *entries)
{
    size_t kept = 0;
    if (entries->count > 0) {
        qsort(entries->item, entries->count, sizeof entries->item[0], by_code);
    }
    for (size_t i = 0; i < entries->count; i++) {
        const struct hts_duty *duty = entries->item[i].duty;
        if (kept == 0 || by_code(&entries->item[kept - 1], &entries->item[i]) != 0) {
            entries->item[kept++] = entries->item[i];
        } else if (duty != NULL &&
                   (!tol_hts_rate_same(duty->text, entries->item[kept - 1].duty->text) ||
                    !tol_hts_rate_same(duty->column2_text, entries->item[kept - 1].duty->column2_text))) {
            reading->element = 0;
            return fault(reading, "htsno", entries->item[i].code,
                         "the line stands twice with different rates; keep one");
        }
    }
    entries->count = kept;
    return TOL_OK;
}

static enum tol_status take_all(struct archive_reading *reading, const json_t *root)
{
    const json_t *elements = find_elements(root);
    if (elements == NULL) {
        return fault(reading, NULL, NULL,
                     "no list of elements with htsno in it; give the export of the schedule as JSON");
    }
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < json_array_size(elements); i++) {
        reading->element = i + 1;
        status = take_element(reading, json_array_get(elements, i));
    }
    reading->element = status == TOL_OK ? 0 : reading->element;
    if (status == TOL_OK && reading->archive->rates.count == 0) {
        return fault(reading, NULL, NULL, "not one line with a rate; give the export of the whole schedule as JSON");
    }
    status = status != TOL_OK ? status : settle(reading, &reading->archive->rates);
    return status != TOL_OK ? status : settle(reading, &reading->archive->lines);
}

enum tol_status tol_hts_archive_read(const char *path, const char *source, struct hts_archive *archive,
                                     struct tol_error *error)
{
    struct archive_reading reading = {.path = path, .source = source, .archive = archive, .error = error};
    char *bytes;
    size_t size;
    *archive = (struct hts_archive){0};
    enum tol_status status = read_bytes(path, &bytes, &size, error);
    if (status != TOL_OK) {
        free(bytes);
        return status;
    }
    json_error_t where;
    json_t *root = json_loadb(bytes, size, 0, &where);
    free(bytes);
    if (root == NULL) {
        tol_fail(error, TOL_BAD_DATA, "not JSON at line %d, column %d: %s; fetch the archive again", where.line,
                 where.column, where.text);
        return tol_fail_at(error, TOL_BAD_DATA, path, 0, NULL, NULL);
    }
    status = take_all(&reading, root);
    json_decref(root);
    return status;
}

void tol_hts_archive_free(struct hts_archive *archive)
{
    free(archive->rates.item);
    free(archive->lines.item);
    tol_text_pool_free(&archive->pool);
    *archive = (struct hts_archive){0};
}
