/* A company document into a book of one firm. */
#include "datasets/company.h"

#include "scenario/json_reader.h"
#include "supply/firm_number.h"
#include "supply/text.h"
#include "tolmuur/book.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const sales_keys[] = {"hs", "destination", "value_eur", "origin", "customer_id", "facts", NULL};
static const char *const purchase_keys[] = {"hs", "origin", "value_eur", "importer", "supplier_id", "facts", NULL};
static const char *const text_keys[] = {"$schema", "firm_id", "name", "country", "sector", "sales", "purchases"};
enum { TEXT_KEY_COUNT = sizeof text_keys / sizeof text_keys[0] };

struct reader {
    const struct tol_law *law;
    struct tol_book_builder *builder;
    struct tol_error *error;
    const char *firm_id;
};

/* The text of a member, or otherwise when it is absent; a fault when it is absent and otherwise is NULL. */
static enum tol_status read_text(const struct reader *reader, const struct tol_json_place *parent, const char *key,
                                 const char *otherwise, const char **text)
{
    bool found;
    struct tol_json_place place = tol_json_member(parent, key, &found);
    if (found) {
        return tol_json_expect_text(&place, text, reader->error);
    }
    *text = otherwise != NULL ? otherwise : "";
    return otherwise != NULL ? TOL_OK : tol_json_fault(&place, reader->error, "missing; this key is required");
}

/* 0 when absent and not required. */
static enum tol_status read_country(const struct reader *reader, const struct tol_json_place *parent, const char *key,
                                    bool required, tol_country *country)
{
    const char *text;
    enum tol_status status = read_text(reader, parent, key, required ? NULL : "", &text);
    *country = 0;
    if (status != TOL_OK || (text[0] == '\0' && !required)) {
        return status;
    }
    if (!tol_country_from_any(text, country)) {
        bool found;
        struct tol_json_place place = tol_json_member(parent, key, &found);
        return tol_json_fault(&place, reader->error, "unknown country; write its ISO 3166 code, such as NL or NLD");
    }
    return TOL_OK;
}

/* Facts as the text "usmca=yes;us_content=0.3" or as an object; out comes the law's canonical text. */
static enum tol_status read_facts(const struct reader *reader, const struct tol_json_place *line, char *text,
                                  size_t size)
{
    bool found;
    struct tol_json_place place = tol_json_member(line, "facts", &found);
    char given[1024] = "";
    if (found && json_is_object(place.value)) {
        const char *key;
        json_t *value;
        size_t used = 0;
        json_object_foreach(place.value, key, value)
        {
            struct tol_json_place item = tol_json_member(&place, key, &found);
            double number = 0;
            const char *word = "";
            enum tol_status status = json_is_string(value)
                                         ? tol_json_expect_text(&item, &word, reader->error)
                                         : tol_json_expect_number(&item, 0, DBL_MAX, &number, reader->error);
            if (status != TOL_OK) {
                return status;
            }
            int length = json_is_string(value) ? snprintf(given + used, sizeof given - used, "%s=%s;", key, word)
                                               : snprintf(given + used, sizeof given - used, "%s=%.17g;", key, number);
            used += (size_t)length;
            if (used >= sizeof given) {
                return tol_json_fault(&place, reader->error, "too many facts");
            }
        }
        given[used > 0 ? used - 1 : 0] = '\0';
    } else if (found) {
        const char *word;
        enum tol_status status = tol_json_expect_text(&place, &word, reader->error);
        if (status != TOL_OK) {
            return status;
        }
        snprintf(given, sizeof given, "%s", word);
    }
    struct tol_facts facts;
    struct tol_error fault = {0};
    if (tol_facts_parse(reader->law, given, &facts, &fault) != TOL_OK) {
        return tol_json_fault(&place, reader->error, "%.60s: %.320s", fault.value, fault.message);
    }
    tol_facts_format(reader->law, &facts, text, size);
    return TOL_OK;
}

static enum tol_status read_line(const struct reader *reader, const struct tol_json_place *place, enum tol_side side)
{
    bool sale = side == TOL_SALES;
    char facts[1024];
    struct tol_line_row row = {.firm_id = reader->firm_id, .facts = facts};
    enum tol_status status = tol_json_expect_object(place, sale ? sales_keys : purchase_keys, reader->error);
    const char *hs = "";
    if (status == TOL_OK) {
        status = read_text(reader, place, "hs", NULL, &hs);
    }
    const char *fault = status == TOL_OK ? tol_hs_read(hs, &row.product) : NULL;
    if (fault != NULL) {
        bool found;
        struct tol_json_place at = tol_json_member(place, "hs", &found);
        status = tol_json_fault(&at, reader->error, "%s", fault);
    }
    if (status == TOL_OK) {
        status = read_country(reader, place, "origin", !sale, &row.origin);
    }
    if (status == TOL_OK) {
        status = read_country(reader, place, sale ? "destination" : "importer", sale, &row.importer);
    }
    if (status == TOL_OK) {
        bool found;
        struct tol_json_place value = tol_json_member(place, "value_eur", &found);
        status = tol_json_expect_number(&value, 0, DBL_MAX, &row.value_eur, reader->error);
    }
    if (status == TOL_OK) {
        status = read_text(reader, place, sale ? "customer_id" : "supplier_id", "", &row.counterpart_id);
    }
    if (status == TOL_OK) {
        status = read_facts(reader, place, facts, sizeof facts);
    }
    if (status == TOL_OK) {
        status = tol_book_builder_add_line(reader->builder, &row, reader->error);
    }
    return status;
}

static enum tol_status read_side(const struct reader *reader, const struct tol_json_place *root, enum tol_side side)
{
    bool found;
    struct tol_json_place lines = tol_json_member(root, side == TOL_SALES ? "sales" : "purchases", &found);
    enum tol_status status = tol_book_builder_begin_lines(reader->builder, side, reader->error);
    if (status == TOL_OK && found) {
        status = tol_json_expect_array(&lines, reader->error);
    }
    size_t count = found ? json_array_size(lines.value) : 0;
    for (size_t i = 0; status == TOL_OK && i < count; i++) {
        struct tol_json_place line = tol_json_item(&lines, i);
        status = read_line(reader, &line, side);
    }
    return status;
}

/* As in the supply tables. NaN when absent and not required. */
static enum tol_status read_number(const struct reader *reader, const struct tol_json_place *root,
                                   enum tol_firm_number number, double *value)
{
    bool found;
    struct tol_json_place place = tol_json_member(root, tol_firm_number_name(number), &found);
    *value = NAN;
    if (!found && number != TOL_REVENUE) {
        return TOL_OK;
    }
    enum tol_status status = tol_json_expect_number(&place, -DBL_MAX, DBL_MAX, value, reader->error);
    const char *fault = status == TOL_OK ? tol_firm_number_fault(number, *value) : NULL;
    return fault != NULL ? tol_json_fault(&place, reader->error, "%s", fault) : status;
}

static enum tol_status read_sector(const struct reader *reader, const struct tol_json_place *root, const char **sector)
{
    enum tol_status status = read_text(reader, root, "sector", NULL, sector);
    char fault[TOL_SECTOR_FAULT_SIZE];
    if (status == TOL_OK && !tol_sector_check(*sector, fault)) {
        bool found;
        struct tol_json_place place = tol_json_member(root, "sector", &found);
        return tol_json_fault(&place, reader->error, "%s", fault);
    }
    return status;
}

static enum tol_status read_firm(struct reader *reader, const struct tol_json_place *root)
{
    const char *known[TEXT_KEY_COUNT + TOL_FIRM_NUMBER_COUNT + 1] = {NULL};
    memcpy(known, text_keys, sizeof text_keys);
    for (size_t i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        known[TEXT_KEY_COUNT + i] = tol_firm_number_name((enum tol_firm_number)i);
    }
    struct tol_firm_row row = {0};
    enum tol_status status = tol_json_expect_object(root, known, reader->error);
    if (status == TOL_OK) {
        status = read_text(reader, root, "firm_id", "company", &row.firm_id);
    }
    if (status == TOL_OK) {
        status = read_text(reader, root, "name", "", &row.name);
    }
    if (status == TOL_OK) {
        status = read_sector(reader, root, &row.sector);
    }
    if (status == TOL_OK) {
        status = read_country(reader, root, "country", true, &row.country);
    }
    for (size_t i = 0; status == TOL_OK && i < TOL_FIRM_NUMBER_COUNT; i++) {
        status = read_number(reader, root, (enum tol_firm_number)i, &row.number[i]);
    }
    reader->firm_id = row.firm_id;
    return status == TOL_OK ? tol_book_builder_add_firm(reader->builder, &row, reader->error) : status;
}

enum tol_status tol_company_build(const char *path, const struct tol_law *law, const char *book_path,
                                  struct tol_error *error)
{
    struct reader reader = {.law = law, .error = error};
    json_t *root = NULL;
    enum tol_status status = tol_json_read_file(path, &root, error);
    if (status == TOL_OK) {
        status = tol_book_builder_create(tol_allocator_default(), &reader.builder, error);
    }
    struct tol_json_place top = {.file = path, .value = root};
    if (status == TOL_OK) {
        status = read_firm(&reader, &top);
    }
    if (status == TOL_OK) {
        status = read_side(&reader, &top, TOL_SALES);
    }
    if (status == TOL_OK) {
        status = read_side(&reader, &top, TOL_PURCHASES);
    }
    if (status == TOL_OK) {
        status = tol_book_builder_finish(reader.builder, book_path, error);
    }
    if (reader.builder != NULL) {
        tol_book_builder_destroy(reader.builder);
    }
    json_decref(root);
    return status;
}
