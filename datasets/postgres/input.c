#include "postgres/input.h"

#include <stdlib.h>
#include <string.h>

#include "postgres/load.h"
#include "postgres/names.h"

/* What finding one table needs. */
struct search {
    struct tol_postgres_input *input;
    const struct tol_postgres_mapping *mapping;
    struct tol_schema schema;
    struct tol_postgres_table *table;
};

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
}

static enum tol_status fail(const struct search *search, enum tol_status status, const char *column,
                            const char *message, struct tol_error *error)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, search->table->label, 0, column, NULL);
}

/* Rows in the order in which they lie: their numbers are in the messages. */
static enum tol_status begin(struct tol_postgres_input *input, struct tol_error *error)
{
    static const char *const commands[] = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                           "SET LOCAL synchronize_seqscans = off", TOL_POSTGRES_END_WITH_CLIENT};
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0] && status == TOL_OK; i++) {
        status = input->api->query(input->session, commands[i], 0, NULL, NULL, error);
    }
    return status;
}

/* A table that the mapping names must be there, and firms in any case. */
static enum tol_status find_table(struct search *search, struct tol_error *error)
{
    struct tol_postgres_input *input = search->input;
    struct tol_postgres_table *table = search->table;
    const char *mapped = search->mapping->table[search->schema.table];
    bool named = mapped != NULL && mapped[0] != '\0';
    const char *name = named ? mapped : tol_supply_table_name(search->schema.table);
    struct tol_postgres_result *found = NULL;
    enum tol_status status =
        tol_postgres_find(input->api, input->session, search->mapping->schema, name, &found, error);
    if (status != TOL_OK) {
        return status;
    }
    table->present = input->api->rows(found) > 0;
    if (table->present) {
        table->schema = strdup(input->api->value(found, 0, 0));
        table->name = strdup(input->api->value(found, 0, 1));
        bool made = table->schema != NULL && table->name != NULL;
        snprintf(table->label, sizeof table->label, "%s.%s", made ? table->schema : "", made ? table->name : "");
        status = made ? TOL_OK : no_memory(error);
    } else {
        status = tol_postgres_label(input->api, input->session, search->mapping->schema, name, table->label,
                                    sizeof table->label, error);
        if (status == TOL_OK && (named || search->schema.table == TOL_SUPPLY_FIRMS)) {
            status = fail(search, TOL_NO_INPUT, NULL,
                          "no such table; make it or a view of this name, or map another in the configuration", error);
        }
    }
    input->api->result_release(found);
    return status;
}

/* What the mapping calls a column; NULL: nothing else than the column's own name. */
static const char *renamed(const struct search *search, const char *column)
{
    enum tol_supply_table table = search->schema.table;
    for (size_t i = 0; i < search->mapping->rename_count[table]; i++) {
        if (strcmp(search->mapping->rename[table][i].column, column) == 0) {
            return search->mapping->rename[table][i].source;
        }
    }
    return NULL;
}

static enum tol_status check_renames(const struct search *search, struct tol_error *error)
{
    enum tol_supply_table table = search->schema.table;
    for (size_t i = 0; i < search->mapping->rename_count[table]; i++) {
        const char *column = search->mapping->rename[table][i].column;
        if (tol_schema_find(&search->schema, column) == search->schema.count) {
            const char *near = tol_schema_nearest(&search->schema, column);
            tol_fail(error, TOL_USAGE, "the mapping renames a column that does not exist%s%s",
                     near[0] == '\0' ? "" : "; did you mean ", near);
            return tol_fail_at(error, TOL_USAGE, search->table->label, 0, column, NULL);
        }
    }
    return TOL_OK;
}

static enum tol_status name_type(const struct tol_postgres_input *input, uint32_t oid, char **name,
                                 struct tol_error *error)
{
    char text[16];
    const char *const values[] = {text};
    struct tol_postgres_result *result = NULL;
    snprintf(text, sizeof text, "%lu", (unsigned long)oid);
    enum tol_status status = input->api->query(
        input->session, "SELECT pg_catalog.format_type($1::pg_catalog.oid, NULL)", 1, values, &result, error);
    if (status == TOL_OK) {
        const char *given = input->api->rows(result) > 0 ? input->api->value(result, 0, 0) : NULL;
        *name = strdup(given == NULL ? "unknown type" : given);
        status = *name == NULL ? no_memory(error) : TOL_OK;
    }
    input->api->result_release(result);
    return status;
}

/* Place of a column in the description, or its count of columns. */
static size_t place_of(const struct tol_postgres_api *api, const struct tol_postgres_result *described,
                       const char *name)
{
    size_t i = 0;
    while (i < api->column_count(described) && strcmp(api->column_name(described, i), name) != 0) {
        i++;
    }
    return i;
}

static enum tol_status add_column(struct search *search, const struct tol_postgres_result *described, size_t place,
                                  const char *name, struct tol_error *error)
{
    struct tol_postgres_input *input = search->input;
    struct tol_postgres_column *column = &search->table->column[search->table->column_count++];
    uint32_t oid = input->api->column_type(described, place);
    *column = (struct tol_postgres_column){.name = name, .type = tol_copy_type_of(oid)};
    column->source = strdup(input->api->column_name(described, place));
    return column->source == NULL ? no_memory(error) : name_type(input, oid, &column->type_name, error);
}

/* Columns that nobody asked for may well be there: a database has other users. They are named, for one of them may be a slip. */
static void note_unread(struct search *search, const struct tol_postgres_result *described, const bool *read)
{
    const struct tol_postgres_api *api = search->input->api;
    size_t used = 0;
    for (size_t i = 0; i < api->column_count(described); i++) {
        size_t left = sizeof search->table->unread - used;
        int length = read[i] ? 0
                             : snprintf(search->table->unread + used, left, "%s%s", used > 0 ? ", " : "",
                                        api->column_name(described, i));
        used += length > 0 && (size_t)length < left ? (size_t)length : 0;
    }
}

static enum tol_status choose_columns(struct search *search, const struct tol_postgres_result *described,
                                      struct tol_error *error)
{
    const struct tol_postgres_api *api = search->input->api;
    enum tol_status status = TOL_OK;
    size_t count = api->column_count(described);
    bool *read = calloc(count + 1, sizeof *read);
    if (read == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < search->schema.count && status == TOL_OK; i++) {
        const char *source = renamed(search, search->schema.name[i]);
        size_t place = place_of(api, described, source == NULL ? search->schema.name[i] : source);
        if (place < count) {
            read[place] = true;
            status = add_column(search, described, place, search->schema.name[i], error);
        } else if (source != NULL) {
            status = fail(search, TOL_NO_INPUT, source, "the mapping names this column, and the table has none", error);
        }
    }
    note_unread(search, described, read);
    free(read);
    return status;
}

/* Describing a SELECT also locks the table until the end: nobody can change its columns or drop it meanwhile. */
static enum tol_status describe(struct search *search, struct tol_error *error)
{
    struct tol_postgres_input *input = search->input;
    struct tol_postgres_result *described = NULL;
    struct tol_postgres_command command;
    tol_postgres_command_begin(&command, input->api, input->session);
    tol_postgres_command_add(&command, "SELECT * FROM ");
    tol_postgres_command_name(&command, search->table->schema, search->table->name);
    enum tol_status status = tol_postgres_command_end(&command, error);
    if (status == TOL_OK) {
        status = input->api->describe(input->session, command.text, &described, error);
    }
    tol_postgres_command_free(&command);
    if (status == TOL_OK) {
        status = choose_columns(search, described, error);
        input->api->result_release(described);
    }
    return status;
}

static enum tol_status find_one(struct tol_postgres_input *input, const struct tol_postgres_mapping *mapping,
                                const struct tol_law *law, enum tol_supply_table table, struct tol_error *error)
{
    struct search *search = calloc(1, sizeof *search);
    if (search == NULL) {
        return no_memory(error);
    }
    *search = (struct search){.input = input, .mapping = mapping, .table = &input->table[table]};
    tol_schema_init(&search->schema, table, law);
    enum tol_status status = find_table(search, error);
    if (status == TOL_OK) {
        status = check_renames(search, error);
    }
    if (status == TOL_OK && search->table->present) {
        status = describe(search, error);
    }
    free(search);
    return status;
}

enum tol_status tol_postgres_input_open(struct tol_postgres_input *input, const char *uri,
                                        const struct tol_postgres_mapping *mapping, const struct tol_law *law,
                                        const struct tol_postgres_watch *watch, struct tol_error *error)
{
    static const struct tol_postgres_mapping none;
    memset(input, 0, sizeof *input);
    enum tol_status status = tol_postgres_load(&input->api, error);
    if (status == TOL_OK) {
        status = input->api->open(uri, watch, &input->session, error);
    }
    if (status == TOL_OK) {
        status = begin(input, error);
    }
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT && status == TOL_OK; i++) {
        status = find_one(input, mapping == NULL ? &none : mapping, law, (enum tol_supply_table)i, error);
    }
    if (status == TOL_OK && !input->table[TOL_SUPPLY_SALES].present && !input->table[TOL_SUPPLY_PURCHASES].present) {
        tol_fail(error, TOL_NO_INPUT, "neither this table nor purchases is there; make at least one of them");
        status = tol_fail_at(error, TOL_NO_INPUT, input->table[TOL_SUPPLY_SALES].label, 0, NULL, NULL);
    }
    return status;
}

void tol_postgres_input_close(struct tol_postgres_input *input)
{
    if (input->api != NULL) {
        input->api->close(input->session);
    }
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        struct tol_postgres_table *table = &input->table[i];
        for (size_t k = 0; k < table->column_count; k++) {
            free(table->column[k].source);
            free(table->column[k].type_name);
        }
        free(table->schema);
        free(table->name);
    }
    memset(input, 0, sizeof *input);
}

enum tol_status tol_postgres_input_copy(struct tol_postgres_input *input, enum tol_supply_table table,
                                        struct tol_error *error)
{
    const struct tol_postgres_table *from = &input->table[table];
    struct tol_postgres_command command;
    tol_postgres_command_begin(&command, input->api, input->session);
    tol_postgres_command_add(&command, "COPY (SELECT ");
    for (size_t i = 0; i < from->column_count; i++) {
        /* Of a type that no column takes it is enough to know whether something is there. */
        bool other = from->column[i].type == TOL_COPY_OTHER;
        tol_postgres_command_add(&command, i > 0 ? ", " : "");
        tol_postgres_command_add(&command, other ? "CASE WHEN " : "");
        tol_postgres_command_name(&command, NULL, from->column[i].source);
        tol_postgres_command_add(&command, other ? " IS NOT NULL THEN '' END" : "");
    }
    tol_postgres_command_add(&command, " FROM ");
    tol_postgres_command_name(&command, from->schema, from->name);
    tol_postgres_command_add(&command, ") TO STDOUT (FORMAT binary)");
    enum tol_status status = tol_postgres_command_end(&command, error);
    if (status == TOL_OK) {
        status = input->api->copy_out(input->session, command.text, error);
    }
    tol_postgres_command_free(&command);
    return status;
}
