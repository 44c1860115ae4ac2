#include "postgres/names.h"

#include <stdlib.h>

void tol_postgres_command_begin(struct tol_postgres_command *command, const struct tol_postgres_api *api,
                                struct tol_postgres_session *session)
{
    *command = (struct tol_postgres_command){.api = api, .session = session};
    command->stream = open_memstream(&command->text, &command->size);
}

void tol_postgres_command_add(struct tol_postgres_command *command, const char *text)
{
    if (command->stream != NULL) {
        fputs(text, command->stream);
    }
}

static void add_one(struct tol_postgres_command *command, const char *name)
{
    char *quoted = command->api->quote(command->session, name);
    command->failed |= quoted == NULL;
    tol_postgres_command_add(command, quoted == NULL ? "" : quoted);
    command->api->forget(quoted);
}

void tol_postgres_command_name(struct tol_postgres_command *command, const char *schema, const char *name)
{
    if (schema != NULL) {
        add_one(command, schema);
        tol_postgres_command_add(command, ".");
    }
    add_one(command, name);
}

enum tol_status tol_postgres_command_end(struct tol_postgres_command *command, struct tol_error *error)
{
    bool made = command->stream != NULL && fclose(command->stream) == 0;
    command->stream = NULL;
    if (!made) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a command");
    }
    return command->failed ? tol_fail(error, TOL_USAGE, "the name of a schema, table or column is not UTF-8") : TOL_OK;
}

void tol_postgres_command_free(struct tol_postgres_command *command)
{
    if (command->stream != NULL) {
        fclose(command->stream);
    }
    free(command->text);
    *command = (struct tol_postgres_command){0};
}

static const char *given(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

enum tol_status tol_postgres_find(const struct tol_postgres_api *api, struct tol_postgres_session *session,
                                  const char *schema, const char *name, struct tol_postgres_result **result,
                                  struct tol_error *error)
{
    /* Compared as texts: a name of more than 63 bytes is no table's, rather than another's whose beginning it shares. */
    static const char command[] =
        "SELECT n.nspname, c.relname, c.oid, c.relkind FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace "
        "WHERE c.relname::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text "
        "AND CASE WHEN $2::pg_catalog.text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) "
        "ELSE n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $2::pg_catalog.text END "
        "AND c.relkind::pg_catalog.text OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'v', 'm', 'f', 'p'])";
    const char *const values[] = {name, given(schema)};
    return api->query(session, command, 2, values, result, error);
}

enum tol_status tol_postgres_label(const struct tol_postgres_api *api, struct tol_postgres_session *session,
                                   const char *schema, const char *name, char *label, size_t size,
                                   struct tol_error *error)
{
    struct tol_postgres_result *result = NULL;
    enum tol_status status = TOL_OK;
    if (given(schema) == NULL) {
        status = api->query(session, "SELECT pg_catalog.current_schema()", 0, NULL, &result, error);
        schema = status == TOL_OK && api->rows(result) > 0 ? api->value(result, 0, 0) : NULL;
    }
    snprintf(label, size, "%s%s%s", schema == NULL ? "" : schema, schema == NULL ? "" : ".", name);
    api->result_release(result);
    return status;
}
