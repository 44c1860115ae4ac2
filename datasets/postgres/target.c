#include "postgres/target.h"

#include <stdlib.h>
#include <string.h>

#include "postgres/load.h"
#include "postgres/names.h"

#define SCORES_TABLE "tolmuur_scores"

static enum tol_status fail(const struct tol_postgres_target *target, enum tol_status status, const char *column,
                            const char *message, struct tol_error *error)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, target->label, 0, column, NULL);
}

/* To a writer a table that may not be used is one that cannot be made. */
static enum tol_status as_output(const struct tol_postgres_target *target, enum tol_status status,
                                 struct tol_error *error)
{
    if (status != TOL_NO_INPUT) {
        return status;
    }
    if (error != NULL) {
        error->status = TOL_CANNOT_CREATE;
    }
    return tol_fail_at(error, TOL_CANNOT_CREATE, target->label, 0, NULL, NULL);
}

static enum tol_status run(struct tol_postgres_target *target, const char *command, struct tol_error *error)
{
    return as_output(target, target->api->query(target->session, command, 0, NULL, NULL, error), error);
}

/* A command of ours around the table's name. */
static enum tol_status run_on(struct tol_postgres_target *target, const char *before, const char *table,
                              const char *after, struct tol_error *error)
{
    struct tol_postgres_command command;
    tol_postgres_command_begin(&command, target->api, target->session);
    tol_postgres_command_add(&command, before);
    tol_postgres_command_name(&command, target->schema, table);
    tol_postgres_command_add(&command, after);
    enum tol_status status = tol_postgres_command_end(&command, error);
    if (status == TOL_OK) {
        status = run(target, command.text, error);
    }
    tol_postgres_command_free(&command);
    return status;
}

/* One value of one row; *value is the caller's to free, NULL for null or no row. */
static enum tol_status ask(struct tol_postgres_target *target, const char *command, const char *value, char **answer,
                           struct tol_error *error)
{
    struct tol_postgres_result *result = NULL;
    const char *const values[] = {value};
    *answer = NULL;
    enum tol_status status =
        target->api->query(target->session, command, value == NULL ? 0 : 1, values, &result, error);
    if (status == TOL_OK && target->api->rows(result) > 0 && target->api->value(result, 0, 0) != NULL) {
        *answer = strdup(target->api->value(result, 0, 0));
        status = *answer == NULL ? tol_fail(error, TOL_NO_MEMORY, "out of memory") : TOL_OK;
    }
    target->api->result_release(result);
    return as_output(target, status, error);
}

/* True or false of the table; `command` has one value, the table's OID. */
static enum tol_status ask_whether(struct tol_postgres_target *target, const char *command, const char *value,
                                   bool *whether, struct tol_error *error)
{
    char *answer;
    enum tol_status status = ask(target, command, value, &answer, error);
    *whether = answer != NULL && strcmp(answer, "t") == 0;
    free(answer);
    return status;
}

/* Where the table is, or where it will be. */
static enum tol_status find(struct tol_postgres_target *target, char *kind, struct tol_error *error)
{
    struct tol_postgres_result *found = NULL;
    const struct tol_postgres_api *api = target->api;
    free(target->schema);
    target->schema = NULL;
    *kind = '\0';
    target->way = TOL_POSTGRES_CREATE;
    enum tol_status status = tol_postgres_find(api, target->session, target->given_schema, target->name, &found, error);
    if (status == TOL_OK && api->rows(found) > 0) {
        target->schema = strdup(api->value(found, 0, 0));
        target->way = TOL_POSTGRES_IN_PLACE;
        snprintf(target->oid, sizeof target->oid, "%s", api->value(found, 0, 2));
        *kind = api->value(found, 0, 3)[0];
    } else if (status == TOL_OK && target->given_schema != NULL) {
        target->schema = strdup(target->given_schema);
    } else if (status == TOL_OK) {
        status = ask(target, "SELECT pg_catalog.current_schema()", NULL, &target->schema, error);
        if (status == TOL_OK && target->schema == NULL) {
            tol_fail(error, TOL_CANNOT_CREATE, "search_path names no schema that is there; name one");
            status = tol_fail_at(error, TOL_CANNOT_CREATE, target->name, 0, NULL, NULL);
        }
    }
    api->result_release(found);
    if (status == TOL_OK && target->schema == NULL) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    snprintf(target->label, sizeof target->label, "%s.%s", target->schema == NULL ? "" : target->schema, target->name);
    return status;
}

static bool fits(const struct tol_table_column *column, const char *oid)
{
    bool text = strcmp(oid, "25") == 0 || strcmp(oid, "1043") == 0;
    return column->type == TOL_COLUMN_TEXT ? text : strcmp(oid, "701") == 0;
}

/* Every column of ours must be there; *same: in our order, and no others. */
static enum tol_status check_columns(struct tol_postgres_target *target, bool *same, struct tol_error *error)
{
    static const char command[] =
        "SELECT attname, atttypid FROM pg_catalog.pg_attribute WHERE attrelid = $1::pg_catalog.oid "
        "AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
    const struct tol_postgres_api *api = target->api;
    struct tol_postgres_result *found = NULL;
    const char *const values[] = {target->oid};
    enum tol_status status = api->query(target->session, command, 1, values, &found, error);
    size_t count = status == TOL_OK ? api->rows(found) : 0;
    *same = count == target->column_count;
    for (size_t i = 0; i < target->column_count && status == TOL_OK; i++) {
        const char *name = target->columns[i].name;
        size_t place = 0;
        while (place < count && strcmp(api->value(found, place, 0), name) != 0) {
            place++;
        }
        const char *type = target->columns[i].type == TOL_COLUMN_TEXT ? "text" : "double precision";
        if (place == count || !fits(&target->columns[i], api->value(found, place, 1))) {
            tol_fail(error, TOL_CANNOT_CREATE,
                     "the table %s; add it as %s, drop the table, or name another with --table",
                     place == count ? "lacks this column" : "has this column in another type", type);
            status = tol_fail_at(error, TOL_CANNOT_CREATE, target->label, 0, name, NULL);
        }
        *same = *same && place == i && strcmp(api->value(found, place, 1), "1043") != 0;
    }
    api->result_release(found);
    return status;
}

/* Whether a new table with the same grants could not be told from the old one: nothing was added to it, nothing depends on it, it is ours. */
static const char plain_command[] =
    "SELECT c.relkind = 'r' AND c.relpersistence = 'p' AND c.reloptions IS NULL AND c.reltablespace = 0 "
    "AND c.relreplident = 'd' AND NOT c.relrowsecurity AND NOT c.relhasrules AND NOT c.relhastriggers "
    "AND NOT c.relhasindex AND NOT c.relispartition AND NOT c.relhassubclass AND c.relchecks = 0 "
    "AND c.relowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) "
    "AND pg_catalog.has_schema_privilege(c.relnamespace, 'CREATE') "
    "AND pg_catalog.obj_description(c.oid, 'pg_class') IS NULL "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 "
    "AND (a.attisdropped OR a.attacl IS NOT NULL OR a.attnotnull OR a.atthasdef "
    "OR pg_catalog.array_to_string(a.attoptions, ',') LIKE '%n_distinct%' "
    "OR a.attstattarget <> -1 OR pg_catalog.col_description(c.oid, a.attnum) IS NOT NULL)) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype <> 'i' "
    "AND (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid "
    "OR d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid = c.reltype)) "
    "FROM pg_catalog.pg_class c WHERE c.oid = $1::pg_catalog.oid";

static enum tol_status inspect_table(struct tol_postgres_target *target, char kind, struct tol_error *error)
{
    bool same, plain = false, may = false;
    if (kind != 'r' && kind != 'p') {
        return fail(target, TOL_CANNOT_CREATE, NULL, "not a table but a view or a foreign table; name another", error);
    }
    enum tol_status status = check_columns(target, &same, error);
    if (status == TOL_OK && same) {
        status = ask_whether(target, plain_command, target->oid, &plain, error);
    }
    if (status != TOL_OK || plain) {
        target->way = TOL_POSTGRES_SWAP;
        return status;
    }
    status = ask_whether(target,
                         "SELECT pg_catalog.has_table_privilege($1::pg_catalog.oid, 'INSERT') AND "
                         "pg_catalog.has_table_privilege($1::pg_catalog.oid, 'DELETE')",
                         target->oid, &may, error);
    return status == TOL_OK && !may ? fail(target, TOL_CANNOT_CREATE, NULL,
                                           "no right to replace its rows; grant INSERT and DELETE, or own it", error)
                                    : status;
}

static enum tol_status inspect_schema(struct tol_postgres_target *target, struct tol_error *error)
{
    bool there, may = false;
    enum tol_status status =
        ask_whether(target, "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname::pg_catalog.text = $1)",
                    target->schema, &there, error);
    if (status == TOL_OK && there) {
        status =
            ask_whether(target, "SELECT pg_catalog.has_schema_privilege($1, 'CREATE')", target->schema, &may, error);
    }
    if (status == TOL_OK && !may) {
        status = fail(target, TOL_CANNOT_CREATE, NULL,
                      there ? "no right to make a table in this schema; grant CREATE, or make the table"
                            : "no such schema; create it or name another",
                      error);
    }
    return status;
}

static enum tol_status inspect(struct tol_postgres_target *target, struct tol_error *error)
{
    bool writable;
    char kind;
    enum tol_status status = ask_whether(target, "SELECT pg_catalog.current_setting('transaction_read_only') = 'off'",
                                         NULL, &writable, error);
    if (status == TOL_OK && !writable) {
        status = fail(target, TOL_CANNOT_CREATE, NULL, "this server or role only reads; write to the primary", error);
    }
    if (status == TOL_OK) {
        status = find(target, &kind, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    return target->way == TOL_POSTGRES_CREATE ? inspect_schema(target, error) : inspect_table(target, kind, error);
}

/* Two runs one after the other: the second looks at the table that the first has left. */
static enum tol_status lock_out(struct tol_postgres_target *target, struct tol_error *error)
{
    if (target->way == TOL_POSTGRES_CREATE) {
        return TOL_OK;
    }
    enum tol_status status = run(target, "SET LOCAL lock_timeout = '10s'", error);
    if (status == TOL_OK) {
        status = run_on(target, "LOCK TABLE ", target->name, " IN SHARE ROW EXCLUSIVE MODE", error);
    }
    if (status == TOL_TRY_AGAIN) {
        return tol_fail_at(error, status, target->label, 0, NULL, NULL);
    }
    if (status == TOL_OK) {
        status = run(target, "SET LOCAL lock_timeout = 0", error);
    }
    return status == TOL_OK ? inspect(target, error) : status;
}

enum tol_status tol_postgres_target_open(struct tol_postgres_target *target, const struct tol_postgres_output *output,
                                         bool lock, const struct tol_table_column *columns, size_t column_count,
                                         struct tol_error *error)
{
    const struct tol_postgres_mapping *mapping = output->mapping;
    const struct tol_postgres_watch watch = {output->stopped, output->context};
    *target = (struct tol_postgres_target){.columns = columns, .column_count = column_count, .name = SCORES_TABLE};
    if (mapping != NULL && mapping->scores != NULL && mapping->scores[0] != '\0') {
        target->name = mapping->scores;
    }
    if (mapping != NULL && mapping->schema != NULL && mapping->schema[0] != '\0') {
        target->given_schema = mapping->schema;
    }
    snprintf(target->label, sizeof target->label, "%s", target->name);
    if (strlen(target->name) > 63) {
        return fail(target, TOL_USAGE, NULL, "PostgreSQL cuts names after 63 bytes; name a shorter one", error);
    }
    enum tol_status status = tol_postgres_load(&target->api, error);
    if (status == TOL_OK) {
        status = target->api->open(output->uri, &watch, &target->session, error);
    }
    if (status == TOL_OK) {
        status = run(target, "BEGIN ISOLATION LEVEL READ COMMITTED", error);
    }
    if (status == TOL_OK) {
        status = run(target, TOL_POSTGRES_END_WITH_CLIENT, error);
    }
    if (status == TOL_OK) {
        status = inspect(target, error);
    }
    return status == TOL_OK && lock ? lock_out(target, error) : status;
}

static enum tol_status create(struct tol_postgres_target *target, const char *name, struct tol_error *error)
{
    struct tol_postgres_command command;
    tol_postgres_command_begin(&command, target->api, target->session);
    tol_postgres_command_add(&command, "CREATE TABLE ");
    tol_postgres_command_name(&command, target->schema, name);
    for (size_t i = 0; i < target->column_count; i++) {
        tol_postgres_command_add(&command, i > 0 ? ", " : " (");
        tol_postgres_command_name(&command, NULL, target->columns[i].name);
        tol_postgres_command_add(&command, target->columns[i].type == TOL_COLUMN_TEXT ? " pg_catalog.text"
                                                                                      : " pg_catalog.float8");
    }
    tol_postgres_command_add(&command, ")");
    enum tol_status status = tol_postgres_command_end(&command, error);
    if (status == TOL_OK) {
        status = run(target, command.text, error);
    }
    tol_postgres_command_free(&command);
    return status;
}

static enum tol_status start_copy(struct tol_postgres_target *target, const char *name, bool fresh,
                                  struct tol_error *error)
{
    struct tol_postgres_command command;
    tol_postgres_command_begin(&command, target->api, target->session);
    tol_postgres_command_add(&command, "COPY ");
    tol_postgres_command_name(&command, target->schema, name);
    for (size_t i = 0; i < target->column_count; i++) {
        tol_postgres_command_add(&command, i > 0 ? ", " : " (");
        tol_postgres_command_name(&command, NULL, target->columns[i].name);
    }
    /* Frozen rows are seen by snapshots that are older than the table: else such a reader would find it empty. */
    tol_postgres_command_add(&command, ") FROM STDIN (FORMAT binary");
    tol_postgres_command_add(&command, fresh ? ", FREEZE)" : ")");
    enum tol_status status = tol_postgres_command_end(&command, error);
    if (status == TOL_OK) {
        status = as_output(target, target->api->copy_in(target->session, command.text, error), error);
    }
    tol_postgres_command_free(&command);
    return status;
}

enum tol_status tol_postgres_target_begin(struct tol_postgres_target *target, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    if (target->way == TOL_POSTGRES_IN_PLACE) {
        status = run_on(target, "DELETE FROM ", target->name, "", error);
        return status == TOL_OK ? start_copy(target, target->name, false, error) : status;
    }
    const char *name = target->name;
    if (target->way == TOL_POSTGRES_SWAP) {
        char *process;
        status = ask(target, "SELECT pg_catalog.pg_backend_pid()", NULL, &process, error);
        snprintf(target->staging, sizeof target->staging, "tolmuur_staging_%s", process == NULL ? "" : process);
        free(process);
        name = target->staging;
    }
    if (status == TOL_OK) {
        status = create(target, name, error);
    }
    return status == TOL_OK ? start_copy(target, name, true, error) : status;
}

/* Runs the commands that the server writes, with its own quoting of names. */
static enum tol_status run_written(struct tol_postgres_target *target, const char *writing, const char *const *values,
                                   size_t value_count, struct tol_error *error)
{
    const struct tol_postgres_api *api = target->api;
    struct tol_postgres_result *written = NULL;
    enum tol_status status = api->query(target->session, writing, value_count, values, &written, error);
    for (size_t i = 0; status == TOL_OK && i < api->rows(written); i++) {
        status = run(target, api->value(written, i, 0), error);
    }
    api->result_release(written);
    return as_output(target, status, error);
}

/* Who might do what with the old table may do it with the new one, and nobody else. */
static enum tol_status copy_grants(struct tol_postgres_target *target, struct tol_error *error)
{
    static const char revoke[] =
        "SELECT DISTINCT pg_catalog.format('REVOKE ALL ON TABLE %I.%I FROM %s', n.nspname, c.relname, "
        "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END) "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, "
        "LATERAL pg_catalog.aclexplode(c.relacl) a "
        "WHERE n.nspname::pg_catalog.text = $1 AND c.relname::pg_catalog.text = $2 AND a.grantee <> c.relowner";
    static const char grant[] =
        "SELECT pg_catalog.format('GRANT %s ON TABLE %I.%I TO %s%s', a.privilege_type, $1::pg_catalog.text, "
        "$2::pg_catalog.text, "
        "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, "
        "CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) "
        "FROM pg_catalog.pg_class c, LATERAL pg_catalog.aclexplode(c.relacl) a "
        "WHERE c.oid = $3::pg_catalog.oid AND a.grantee <> c.relowner";
    const char *const values[] = {target->schema, target->staging, target->oid};
    enum tol_status status = run_written(target, revoke, values, 2, error);
    return status == TOL_OK ? run_written(target, grant, values, 3, error) : status;
}

/* Readers that are at the table are waited for, a second at a time, so that those who come after them are never held up longer. */
static enum tol_status lock_readers_out(struct tol_postgres_target *target, struct tol_error *error)
{
    enum { ATTEMPTS = 30 };
    enum tol_status status = run(target, "SET LOCAL lock_timeout = '1s'", error);
    for (int attempt = 0; status == TOL_OK && attempt < ATTEMPTS; attempt++) {
        status = run(target, "SAVEPOINT tolmuur_lock", error);
        if (status != TOL_OK) {
            return status;
        }
        status = run_on(target, "LOCK TABLE ", target->name, " IN ACCESS EXCLUSIVE MODE", error);
        if (status != TOL_TRY_AGAIN) {
            return status;
        }
        status = run(target, "ROLLBACK TO SAVEPOINT tolmuur_lock", error);
        if (status == TOL_OK) {
            status = run(target, "SELECT pg_catalog.pg_sleep(1)", error);
        }
    }
    return status == TOL_OK
               ? fail(target, TOL_TRY_AGAIN, NULL,
                      "somebody has been reading the table for a minute; its old rows are still there", error)
               : status;
}

static enum tol_status swap(struct tol_postgres_target *target, struct tol_error *error)
{
    enum tol_status status = lock_readers_out(target, error);
    if (status == TOL_OK) {
        status = copy_grants(target, error);
    }
    if (status == TOL_OK) {
        status = run_on(target, "DROP TABLE ", target->name, "", error);
    }
    struct tol_postgres_command command;
    tol_postgres_command_begin(&command, target->api, target->session);
    tol_postgres_command_add(&command, "ALTER TABLE ");
    tol_postgres_command_name(&command, target->schema, target->staging);
    tol_postgres_command_add(&command, " RENAME TO ");
    tol_postgres_command_name(&command, NULL, target->name);
    if (status == TOL_OK) {
        status = tol_postgres_command_end(&command, error);
    }
    if (status == TOL_OK) {
        status = run(target, command.text, error);
    }
    tol_postgres_command_free(&command);
    return status;
}

enum tol_status tol_postgres_target_commit(struct tol_postgres_target *target, struct tol_error *error)
{
    enum tol_status status = target->way == TOL_POSTGRES_SWAP ? swap(target, error) : TOL_OK;
    return status == TOL_OK ? run(target, "COMMIT", error) : status;
}

void tol_postgres_target_close(struct tol_postgres_target *target)
{
    if (target->api != NULL) {
        target->api->close(target->session);
    }
    free(target->schema);
    *target = (struct tol_postgres_target){0};
}
