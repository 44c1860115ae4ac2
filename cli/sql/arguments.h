/* Scalar functions over a chunk: their registration, and arguments row by row. */
#ifndef SQL_ARGUMENTS_H
#define SQL_ARGUMENTS_H

#include "duckdb_api.h"
#include "law_ground.h"

enum { SQL_ARGUMENTS_MOST = 7 };

/* What a function takes: the first `least` arguments, and any more up to `most`. */
struct sql_call {
    size_t least, most;
    duckdb_type type[SQL_ARGUMENTS_MOST];
};

/* Of a question: into, from, hts, on, facts, assume; of one about money there is the value before facts. */
extern const struct sql_call sql_question_call, sql_money_call;

/* result is not taken over. False when DuckDB does not take the function. */
bool sql_register_scalar(duckdb_connection connection, struct law_ground *ground, const char *name,
                         const struct sql_call *call, duckdb_logical_type result, duckdb_scalar_function_t function);

/* The arguments of a question in a chunk. */
struct sql_questions {
    size_t count; /* arguments */
    bool has_value;
    struct {
        void *data;
        uint64_t *validity; /* NULL: no value is missing */
    } argument[SQL_ARGUMENTS_MOST];
};

/* into, from, hts, on, with has_value the value, then facts and assume where the call has them. */
void sql_questions_open(struct sql_questions *questions, duckdb_data_chunk input, bool has_value);
/* False when an argument of the row is NULL. */
bool sql_questions_row(struct sql_questions *questions, idx_t row, struct rate_words *words, double *value);

#endif
