/* tolmuur_rate_parts: what a row of `rate --batch` says, as one struct. */
#include "functions.h"

#include <math.h>
#include <string.h>

#include "arguments.h"
#include "rate_answer.h"

enum { PART_SPECIFIC_DUTY = RATE_NUMBERS, PART_UNKNOWN_FACTS, PART_ERROR, PART_LAW_VERSION, PARTS };

/* One chunk under way. */
struct parts_call {
    struct sql_questions questions;
    struct rate_memo *memo;
    duckdb_vector output;
    duckdb_vector part[PARTS];
    struct rate_case rate;
    char fault[1024];
};

static void put_null(duckdb_vector vector, idx_t row)
{
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

static void put_number(duckdb_vector vector, idx_t row, double number)
{
    ((double *)duckdb_vector_get_data(vector))[row] = isnan(number) ? 0 : number;
    if (isnan(number)) {
        put_null(vector, row);
    }
}

static void put_text(duckdb_vector vector, idx_t row, const char *text)
{
    duckdb_vector_assign_string_element_len(vector, row, text, strlen(text));
}

/* A row without a question has no answer in any member. */
static void put_no_answer(struct parts_call *call, idx_t row)
{
    put_null(call->output, row);
    for (size_t i = 0; i < PARTS; i++) {
        put_null(call->part[i], row);
    }
}

static void put_answer(struct parts_call *call, idx_t row)
{
    const struct rate_case *rate = &call->rate;
    struct rate_number numbers[RATE_NUMBERS];
    char missing[512];
    rate_numbers(rate, numbers);
    rate_missing_facts(rate, missing, sizeof missing);
    for (size_t i = 0; i < RATE_NUMBERS; i++) {
        put_number(call->part[i], row, numbers[i].value);
    }
    put_text(call->part[PART_SPECIFIC_DUTY], row, rate->error == NULL ? rate->answer.specific_duty : "");
    put_text(call->part[PART_UNKNOWN_FACTS], row, missing);
    put_text(call->part[PART_ERROR], row, rate->error != NULL ? rate->error : "");
    put_text(call->part[PART_LAW_VERSION], row, tol_law_version(rate->law));
}

static void answer(struct parts_call *call, idx_t row)
{
    struct rate_words words;
    double none;
    if (!sql_questions_row(&call->questions, row, &words, &none)) {
        put_no_answer(call, row);
        return;
    }
    struct rate_case *rate = &call->rate;
    struct tol_error error = {0};
    rate->error = NULL;
    enum tol_status status = rate_memo_read(call->memo, &words, &rate->query, &error);
    if (status == TOL_OK) {
        status = tol_law_rate(rate->law, &rate->query, &rate->answer, &error);
    }
    if (status == TOL_OK) {
        rate->error = rate_unknown_reason(rate);
    } else {
        rate_memo_fault(&error, call->fault, sizeof call->fault);
        rate->error = call->fault;
    }
    put_answer(call, row);
}

static void parts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    struct law_ground *ground = duckdb_scalar_function_get_extra_info(info);
    struct parts_call call = {.memo = law_ground_take_memo(ground), .output = output};
    if (call.memo == NULL) {
        duckdb_scalar_function_set_error(info, "out of memory");
        return;
    }
    call.rate.law = law_ground_law(ground);
    sql_questions_open(&call.questions, input, false);
    for (size_t i = 0; i < PARTS; i++) {
        call.part[i] = duckdb_struct_vector_get_child(output, i);
    }
    idx_t count = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < count; row++) {
        answer(&call, row);
    }
    law_ground_give_memo(ground, call.memo);
}

static duckdb_logical_type parts_type(void)
{
    static const char *const texts[] = {"specific_duty", "unknown_facts", "error", "law_version"};
    const struct rate_case none = {.error = ""};
    struct rate_number numbers[RATE_NUMBERS];
    rate_numbers(&none, numbers);
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type types[PARTS];
    const char *names[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        types[i] = i < RATE_NUMBERS ? number : text;
        names[i] = i < RATE_NUMBERS ? numbers[i].name : texts[i - RATE_NUMBERS];
    }
    duckdb_logical_type made = duckdb_create_struct_type(types, names, PARTS);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_logical_type(&text);
    return made;
}

bool sql_register_rate_parts(duckdb_connection connection, struct law_ground *ground)
{
    duckdb_logical_type result = parts_type();
    bool taken = sql_register_scalar(connection, ground, "tolmuur_rate_parts", &sql_question_call, result, parts);
    duckdb_destroy_logical_type(&result);
    return taken;
}
