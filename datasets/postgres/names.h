/* Commands with names in them. */
#ifndef TOLMUUR_POSTGRES_NAMES_H
#define TOLMUUR_POSTGRES_NAMES_H

#include <stdio.h>

#include "postgres/api.h"

/* A command's text as it grows. */
struct tol_postgres_command {
    const struct tol_postgres_api *api;
    struct tol_postgres_session *session;
    FILE *stream;
    char *text;
    size_t size;
    bool failed;
};
void tol_postgres_command_begin(struct tol_postgres_command *command, const struct tol_postgres_api *api,
                                struct tol_postgres_session *session);
/* Text of our own, never of anybody else. */
void tol_postgres_command_add(struct tol_postgres_command *command, const char *text);
/* A name in quotation marks; schema NULL: without one. */
void tol_postgres_command_name(struct tol_postgres_command *command, const char *schema, const char *name);
/* command->text is whole; TOL_NO_MEMORY, TOL_USAGE (a name that is not UTF-8). Free with tol_postgres_command_free. */
TOL_MUST_CHECK enum tol_status tol_postgres_command_end(struct tol_postgres_command *command, struct tol_error *error);
void tol_postgres_command_free(struct tol_postgres_command *command);

/* Looks up a table, view or foreign table by its exact name; schema NULL or "": in the search path. result has no row when there is none, else
 * schema, name, OID and kind (relkind). */
TOL_MUST_CHECK enum tol_status tol_postgres_find(const struct tol_postgres_api *api,
                                                 struct tol_postgres_session *session, const char *schema,
                                                 const char *name, struct tol_postgres_result **result,
                                                 struct tol_error *error);
/* "schema.name" for messages, with the schema in which a new table would be made where none is given. */
TOL_MUST_CHECK enum tol_status tol_postgres_label(const struct tol_postgres_api *api,
                                                  struct tol_postgres_session *session, const char *schema,
                                                  const char *name, char *label, size_t size, struct tol_error *error);

#endif
