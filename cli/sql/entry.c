/* What DuckDB calls when it loads the extension, and the one name that the library exports. */
#include "functions.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fault_text.h"

#include "arguments.h"

duckdb_ext_api_v1 duckdb_ext_api;

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static bool loaded; /* guarded by loading */

/* The functions of the DuckDB that loads. A process may load the extension into many databases, at once too, but all of one DuckDB: its functions have one
 * place here. */
static const char *take_functions(const duckdb_ext_api_v1 *functions)
{
    const char *fault = NULL;
    pthread_mutex_lock(&loading);
    if (!loaded) {
        duckdb_ext_api = *functions;
        loaded = true;
    } else if (memcmp(&duckdb_ext_api, functions, sizeof duckdb_ext_api) != 0) {
        fault = "tolmuur: another copy of DuckDB in this process has loaded this file already";
    }
    pthread_mutex_unlock(&loading);
    return fault;
}

static void law_version(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const char *version = tol_law_version(law_ground_law(duckdb_scalar_function_get_extra_info(info)));
    idx_t count = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < count; row++) {
        duckdb_vector_assign_string_element_len(output, row, version, strlen(version));
    }
}

bool sql_register_law_version(duckdb_connection connection, struct law_ground *ground)
{
    static const struct sql_call call = {0, 0, {DUCKDB_TYPE_INVALID}};
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    bool taken = sql_register_scalar(connection, ground, "tolmuur_law_version", &call, text, law_version);
    duckdb_destroy_logical_type(&text);
    return taken;
}

static bool register_all(duckdb_connection connection, struct law_ground *ground)
{
    return sql_register_rate(connection, ground) && sql_register_rate_parts(connection, ground) &&
           sql_register_rate_layers(connection, ground) && sql_register_law_version(connection, ground) &&
           sql_register_score(connection, ground);
}

static bool fill_database(duckdb_database database, duckdb_extension_info info,
                          const struct duckdb_extension_access *access)
{
    struct tol_error error = {0};
    struct law_ground *ground;
    if (law_ground_open(&ground, &error) != TOL_OK) {
        char fault[FAULT_TEXT_SIZE], message[FAULT_TEXT_SIZE + 16];
        fault_text(&error, fault, sizeof fault);
        snprintf(message, sizeof message, "tolmuur: %s", fault);
        access->set_error(info, message);
        return false;
    }
    duckdb_connection connection;
    bool taken = duckdb_connect(database, &connection) == DuckDBSuccess;
    if (taken) {
        taken = register_all(connection, ground);
        duckdb_disconnect(&connection);
    }
    law_ground_leave(ground);
    if (!taken) {
        access->set_error(info, "tolmuur: DuckDB does not take the functions");
    }
    return taken;
}

__attribute__((visibility("default"))) bool tolmuur_init_c_api(duckdb_extension_info info,
                                                               struct duckdb_extension_access *access);

bool tolmuur_init_c_api(duckdb_extension_info info, struct duckdb_extension_access *access)
{
    const duckdb_ext_api_v1 *functions = access->get_api(info, DUCKDB_EXTENSION_API_VERSION_STRING);
    if (functions == NULL) {
        return false; /* DuckDB has said why */
    }
    const char *fault = take_functions(functions);
    if (fault != NULL) {
        access->set_error(info, fault);
        return false;
    }
    duckdb_database *database = access->get_database(info);
    return database != NULL && fill_database(*database, info, access);
}
