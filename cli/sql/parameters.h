/* Parameters of a table function as options of the command line: the same readers, the same words. */
#ifndef SQL_PARAMETERS_H
#define SQL_PARAMETERS_H

#include "duckdb_api.h"
#include "options.h"

/* Declares a named parameter of any type for each option. ids closed by OPTION_END. */
void sql_parameters_declare(duckdb_table_function function, const enum option_id *ids);

/* Adds what the call gave. A list gives a repeatable option many values; --settings also takes a struct or map of names and values. TOL_USAGE: NULL, or a list
 * where one value belongs; TOL_NO_MEMORY. Options may be released after a failure. */
TOL_MUST_CHECK enum tol_status sql_parameters_read(duckdb_bind_info info, const enum option_id *ids,
                                                   struct options *options, struct tol_error *error);

/* A positional parameter as text, to be freed; NULL with the error filled when it is NULL (TOL_USAGE) or there is no memory. */
char *sql_parameter_text(duckdb_bind_info info, idx_t place, const char *name, struct tol_error *error);

/* The same of a named one; "" when the call does not give it. */
char *sql_named_text(duckdb_bind_info info, const char *name, struct tol_error *error);

/* "FUNCTION: fault", with names of options as SQL writes them: without dashes. */
void sql_fault_text(const char *function, const struct tol_error *error, char *text, size_t size);

#endif
