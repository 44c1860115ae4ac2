/* Rows in, sorted rows out, and what every step needs to read them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/build.h"
#include "law/facts.h"

const struct law_table_shape tol_law_tables[LAW_TABLE_COUNT] = {
    [LAW_TABLE_FACTS] = {"facts", 'F', 6, {"name", "type", "values", "central", "missing", "meaning"}, 5},
    [LAW_TABLE_GROUPS] = {"groups", 'G', 4, {"group", "country", "from", "until"}, 4},
    [LAW_TABLE_PROGRAMMES] = {"programmes", 'P', 3, {"programme", "authority", "title"}, 2},
    [LAW_TABLE_COVERAGE] = {"coverage", 'C', 6, {"importer", "from", "until", "base_from", "base_until", "source"}, 4},
    [LAW_TABLE_MEASURES] = {"measures",
                            'M',
                            18,
                            {"id", "programme", "partners", "products", "effect", "rate", "from", "until", "source",
                             "partners_except", "products_except", "base", "collected_from", "collected_until",
                             "conditions", "yields_to", "status", "note"},
                            9},
    [LAW_TABLE_PRODUCTS] = {"products", 'L', 5, {"hs", "from", "until", "source", "status"}, 3},
    [LAW_TABLE_BASE_RATES] = {"base_rates",
                              'B',
                              12,
                              {"hs", "from", "until", "kind", "rate", "text", "special", "column2_kind", "column2_rate",
                               "column2_text", "source", "status"},
                              6},
    [LAW_TABLE_TARIFF_LINES] = {"tariff_lines", 'T', 3, {"hs", "from", "until"}, 3},
    [LAW_TABLE_AVERAGES] = {"averages", 'A', 7, {"fact", "hs", "origin", "from", "until", "value", "source"}, 6},
    [LAW_TABLE_CONCORDANCE] = {"concordance", 'N', 5, {"importer", "old", "new", "from", "source"}, 4},
};

enum tol_status tol_build_no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while compiling the law tables");
}

static bool put_text(struct tol_law_builder *builder, const char *text, uint64_t *offset)
{
    size_t size = strlen(text) + 1;
    uint64_t at = builder->text.count;
    char *to = tol_buffer_add(&builder->text, size);
    if (to == NULL) {
        return false;
    }
    memcpy(to, text, size);
    if (offset != NULL) {
        *offset = at;
    }
    return true;
}

static bool put_file(struct tol_law_builder *builder, const char *file, uint64_t *offset)
{
    if (builder->rows.count > 0 && strcmp(build_at(&builder->text, builder->last_file), file) == 0) {
        *offset = builder->last_file;
        return true;
    }
    if (!put_text(builder, file, offset)) {
        return false;
    }
    builder->last_file = *offset;
    return true;
}

enum tol_status tol_law_builder_add(struct tol_law_builder *builder, enum law_table table, const char *importer,
                                    const char *list, const char *const field[LAW_COLUMNS_MAX], const char *file,
                                    uint64_t row, struct tol_error *error)
{
    const char letter[2] = {tol_law_tables[table].letter, '\0'};
    struct build_row added = {.row = row};
    bool whole = put_file(builder, file, &added.file) && put_text(builder, letter, &added.record) &&
                 put_text(builder, importer, NULL) && put_text(builder, list, NULL);
    for (unsigned i = 0; whole && i < tol_law_tables[table].column_count; i++) {
        whole = put_text(builder, field[i], NULL);
    }
    struct build_row *kept = whole ? tol_buffer_add(&builder->rows, 1) : NULL;
    if (kept == NULL) {
        return tol_build_no_memory(error);
    }
    added.length = builder->text.count - added.record;
    *kept = added;
    return TOL_OK;
}

static const char *skip_texts(const char *text, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        text += strlen(text) + 1;
    }
    return text;
}

const char *tol_build_importer(const struct tol_law_builder *builder, const struct build_row *row)
{
    return skip_texts(build_at(&builder->text, row->record), 1);
}

const char *tol_build_list(const struct tol_law_builder *builder, const struct build_row *row)
{
    return skip_texts(build_at(&builder->text, row->record), 2);
}

const char *tol_build_field(const struct tol_law_builder *builder, const struct build_row *row, unsigned column)
{
    return skip_texts(build_at(&builder->text, row->record), 3 + column);
}

const struct build_row *tol_build_rows_of(const struct tol_law_builder *builder, enum law_table table, size_t *count)
{
    const struct build_row *row = builder->rows.data;
    size_t first = 0;
    while (first < builder->rows.count &&
           *(const char *)build_at(&builder->text, row[first].record) != tol_law_tables[table].letter) {
        first++;
    }
    size_t end = first;
    while (end < builder->rows.count &&
           *(const char *)build_at(&builder->text, row[end].record) == tol_law_tables[table].letter) {
        end++;
    }
    *count = end - first;
    return row + first;
}

enum tol_status tol_build_fault(const struct tol_law_builder *builder, const struct build_row *row,
                                enum law_table table, unsigned column, const char *value, struct tol_error *error,
                                const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, build_at(&builder->text, row->file), row->row,
                       tol_law_tables[table].column[column],
                       value == NULL ? tol_build_field(builder, row, column) : value);
}

bool tol_build_word(const char **text, char *word, size_t size)
{
    const char *from = *text + strspn(*text, " ");
    size_t length = strcspn(from, " ");
    *text = from + length;
    snprintf(word, size, "%.*s", (int)length, from);
    return length > 0;
}

static enum tol_status day_field(const struct tol_law_builder *builder, const struct build_row *row,
                                 enum law_table table, unsigned column, int32_t open, int32_t *day,
                                 struct tol_error *error)
{
    const char *text = tol_build_field(builder, row, column);
    *day = open;
    if (text[0] != '\0' && !tol_day_parse(text, day)) {
        return tol_build_fault(builder, row, table, column, NULL, error, "not a date; write YYYY-MM-DD, or nothing");
    }
    return TOL_OK;
}

enum tol_status tol_build_period(const struct tol_law_builder *builder, const struct build_row *row,
                                 enum law_table table, unsigned from_column, unsigned until_column, bool empty_allowed,
                                 int32_t *from, int32_t *until, struct tol_error *error)
{
    enum tol_status status = day_field(builder, row, table, from_column, TOL_DAY_MIN, from, error);
    if (status == TOL_OK) {
        status = day_field(builder, row, table, until_column, TOL_DAY_MAX, until, error);
    }
    if (status == TOL_OK && (*from > *until || (*from == *until && !empty_allowed))) {
        status = tol_build_fault(builder, row, table, until_column, NULL, error,
                                 "ends before it begins; until is the first day no longer in force, after from");
    }
    return status;
}

enum tol_status tol_build_rate(const struct tol_law_builder *builder, const struct build_row *row, enum law_table table,
                               unsigned column, double *rate, struct tol_error *error)
{
    if (!tol_law_number_parse(tol_build_field(builder, row, column), rate) || !(*rate >= -1 && *rate <= 10)) {
        return tol_build_fault(builder, row, table, column, NULL, error,
                               "not a rate; write a fraction from -1 to 10, as 0.25 for 25 %%");
    }
    return TOL_OK;
}

bool tol_build_product(const char *text, tol_product *product)
{
    size_t length = strlen(text);
    return length >= 2 && length <= 10 && strspn(text, "0123456789") == length && tol_product_parse(text, 2, product);
}

bool tol_law_source_next(const struct tol_law *law, uint64_t *at, struct law_source_row *row)
{
    if (*at >= law->source_size) {
        return false;
    }
    const char *text = law->source + *at;
    unsigned table = 0;
    while (table < LAW_TABLE_COUNT && tol_law_tables[table].letter != text[0]) {
        table++;
    }
    if (table == LAW_TABLE_COUNT) {
        return false;
    }
    row->table = (enum law_table)table;
    row->importer = skip_texts(text, 1);
    row->list = skip_texts(row->importer, 1);
    const char *field = skip_texts(row->list, 1);
    for (unsigned i = 0; i < tol_law_tables[table].column_count; i++) {
        row->field[i] = field;
        field = skip_texts(field, 1);
    }
    *at = (uint64_t)(field - law->source);
    return true;
}
