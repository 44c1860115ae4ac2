/* The rows of `score` on their way out. */
#ifndef CLI_SCORE_OUTPUT_H
#define CLI_SCORE_OUTPUT_H

#include "score_row.h"
#include "score_stream.h"

#include "datasets/postgres.h"

/* Is there a format for this ending: .csv, .jsonl, .json or .parquet in any case. */
bool score_output_knows(const char *path);

/* Writes every row of the stream to path ("-": stdout) in this format: csv, jsonl, parquet through the table writer, json as one array.
 * FORMAT_TABLE means by the ending of path. A file appears whole or not at all. */
TOL_MUST_CHECK enum tol_status score_output(const char *path, enum format format, struct score_stream *stream,
                                            struct score_texts *texts, struct tol_error *error);

/* The same into a database: docs/postgresql.md. */
TOL_MUST_CHECK enum tol_status score_output_postgres(const struct tol_postgres_output *output,
                                                     struct score_stream *stream, struct score_texts *texts,
                                                     struct tol_error *error);
/* Whether it could be done; changes nothing. draws: rows have the columns of draws. */
TOL_MUST_CHECK enum tol_status score_output_postgres_check(const struct tol_postgres_output *output, bool draws,
                                                           struct tol_error *error);

#endif
