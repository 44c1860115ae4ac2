/* tolmuur_rate and tolmuur_duty. */
#include "functions.h"

#include <math.h>
#include <stdio.h>

#include "arguments.h"

/* One chunk under way. */
struct rate_call {
    struct sql_questions questions;
    struct rate_memo *memo;
    double *result;
    duckdb_vector output;
    uint64_t *validity; /* of the output, once something is NULL */
};

static void put(struct rate_call *call, idx_t row, double number)
{
    call->result[row] = isnan(number) ? 0 : number;
    if (!isnan(number)) {
        return;
    }
    if (call->validity == NULL) {
        duckdb_vector_ensure_validity_writable(call->output);
        call->validity = duckdb_vector_get_validity(call->output);
    }
    duckdb_validity_set_row_invalid(call->validity, row);
}

static enum tol_status answer(struct rate_call *call, idx_t row, struct tol_error *error)
{
    struct rate_words words;
    double value;
    if (!sql_questions_row(&call->questions, row, &words, &value)) {
        put(call, row, NAN);
        return TOL_OK;
    }
    if (call->questions.has_value && !(value >= 0 && isfinite(value))) {
        char text[40];
        snprintf(text, sizeof text, "%g", value);
        tol_fail(error, TOL_BAD_DATA, "not an amount; write a plain number that is not negative");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "value", text);
    }
    struct tol_rate_total total;
    enum tol_status status = rate_memo_total(call->memo, &words, &total, error);
    if (status == TOL_OK) {
        put(call, row, call->questions.has_value ? value * total.central : total.central);
    }
    return status;
}

static void run(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output, bool has_value)
{
    struct law_ground *ground = duckdb_scalar_function_get_extra_info(info);
    struct rate_call call = {.memo = law_ground_take_memo(ground), .output = output};
    if (call.memo == NULL) {
        duckdb_scalar_function_set_error(info, "out of memory");
        return;
    }
    sql_questions_open(&call.questions, input, has_value);
    call.result = duckdb_vector_get_data(output);
    struct tol_error error = {0};
    enum tol_status status = TOL_OK;
    idx_t count = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < count && status == TOL_OK; row++) {
        status = answer(&call, row, &error);
    }
    law_ground_give_memo(ground, call.memo);
    if (status != TOL_OK) {
        char fault[1024], message[1100];
        rate_memo_fault(&error, fault, sizeof fault);
        snprintf(message, sizeof message, "%s: %s", has_value ? "tolmuur_duty" : "tolmuur_rate", fault);
        duckdb_scalar_function_set_error(info, message);
    }
}

static void rate(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    run(info, input, output, false);
}

static void duty(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    run(info, input, output, true);
}

bool sql_register_rate(duckdb_connection connection, struct law_ground *ground)
{
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    bool taken = sql_register_scalar(connection, ground, "tolmuur_rate", &sql_question_call, number, rate) &&
                 sql_register_scalar(connection, ground, "tolmuur_duty", &sql_money_call, number, duty);
    duckdb_destroy_logical_type(&number);
    return taken;
}
