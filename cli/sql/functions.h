/* The extension's functions. Each registers under its name in the database of the connection, and keeps ground as long as it is there. False when DuckDB does
 * not take it. */
#ifndef SQL_FUNCTIONS_H
#define SQL_FUNCTIONS_H

#include "duckdb_api.h"
#include "law_ground.h"

/* tolmuur_rate(into, from, hts, on [, facts [, assume]]): the central total rate as a fraction of the customs value, the ad valorem part; NULL where it is not
 * known. tolmuur_duty(into, from, hts, on, value [, facts [, assume]]): value times that rate. */
bool sql_register_rate(duckdb_connection connection, struct law_ground *ground);
/* tolmuur_rate_parts(the same): a struct of the columns of `rate --batch`; a fault of the arguments stands in its member `error`. */
bool sql_register_rate_parts(duckdb_connection connection, struct law_ground *ground);
/* tolmuur_rate_layers(into, from, hts, on, facts =>, assume =>): a row for each layer of the answer. */
bool sql_register_rate_layers(duckdb_connection connection, struct law_ground *ground);
/* tolmuur_law_version(). */
bool sql_register_law_version(duckdb_connection connection, struct law_ground *ground);
/* tolmuur_score(book, on =>, ...): the rows of `score`. */
bool sql_register_score(duckdb_connection connection, struct law_ground *ground);

#endif
