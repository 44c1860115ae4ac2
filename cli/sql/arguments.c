#include "arguments.h"

#include <string.h>

#define TEXT DUCKDB_TYPE_VARCHAR
const struct sql_call sql_question_call = {4, 6, {TEXT, TEXT, TEXT, DUCKDB_TYPE_DATE, TEXT, TEXT}};
const struct sql_call sql_money_call = {5, 7, {TEXT, TEXT, TEXT, DUCKDB_TYPE_DATE, DUCKDB_TYPE_DOUBLE, TEXT, TEXT}};

/* With the first `count` arguments. */
static duckdb_scalar_function make_overload(const char *name, struct law_ground *ground, const struct sql_call *call,
                                            size_t count, duckdb_logical_type result, duckdb_scalar_function_t function)
{
    duckdb_scalar_function made = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(made, name);
    for (size_t i = 0; i < count; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(call->type[i]);
        duckdb_scalar_function_add_parameter(made, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_scalar_function_set_return_type(made, result);
    duckdb_scalar_function_set_extra_info(made, law_ground_share(ground), law_ground_leave);
    duckdb_scalar_function_set_function(made, function);
    return made;
}

bool sql_register_scalar(duckdb_connection connection, struct law_ground *ground, const char *name,
                         const struct sql_call *call, duckdb_logical_type result, duckdb_scalar_function_t function)
{
    duckdb_scalar_function_set set = duckdb_create_scalar_function_set(name);
    bool taken = true;
    for (size_t count = call->least; count <= call->most && taken; count++) {
        duckdb_scalar_function overload = make_overload(name, ground, call, count, result, function);
        taken = duckdb_add_scalar_function_to_set(set, overload) == DuckDBSuccess;
        duckdb_destroy_scalar_function(&overload);
    }
    taken = taken && duckdb_register_scalar_function_set(connection, set) == DuckDBSuccess;
    duckdb_destroy_scalar_function_set(&set);
    return taken;
}

void sql_questions_open(struct sql_questions *questions, duckdb_data_chunk input, bool has_value)
{
    *questions = (struct sql_questions){.count = duckdb_data_chunk_get_column_count(input), .has_value = has_value};
    for (size_t i = 0; i < questions->count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(input, i);
        questions->argument[i].data = duckdb_vector_get_data(vector);
        questions->argument[i].validity = duckdb_vector_get_validity(vector);
    }
}

static struct sql_text text_at(const struct sql_questions *questions, size_t argument, idx_t row)
{
    if (argument >= questions->count) {
        return (struct sql_text){"", 0};
    }
    duckdb_string_t *text = (duckdb_string_t *)questions->argument[argument].data + row;
    return (struct sql_text){duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

bool sql_questions_row(struct sql_questions *questions, idx_t row, struct rate_words *words, double *value)
{
    for (size_t i = 0; i < questions->count; i++) {
        uint64_t *validity = questions->argument[i].validity;
        if (validity != NULL && !duckdb_validity_row_is_valid(validity, row)) {
            return false;
        }
    }
    size_t facts = questions->has_value ? 5 : 4;
    *words = (struct rate_words){
        .into = text_at(questions, 0, row),
        .from = text_at(questions, 1, row),
        .hts = text_at(questions, 2, row),
        .on = ((const duckdb_date *)questions->argument[3].data)[row].days,
        .facts = text_at(questions, facts, row),
        .assume = text_at(questions, facts + 1, row),
    };
    *value = questions->has_value ? ((const double *)questions->argument[4].data)[row] : 0;
    return true;
}
