/* tolmuur_rate_layers: one question, a row for each layer of its answer. */
#include "functions.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parameters.h"
#include "rate_answer.h"

static const char function_name[] = "tolmuur_rate_layers";

enum { WORDS_ON = 3, WORDS_FACTS, WORDS_ASSUME, WORDS };
static const char *const word_names[WORDS] = {"into", "from", "hts", "on", "facts", "assume"};

struct column {
    const char *name;
    size_t offset; /* in struct tol_rate_layer */
    enum { COLUMN_AUTHORITY, COLUMN_VERDICT, COLUMN_TEXT, COLUMN_DOUBLE } kind;
};

/* The members of a layer in `rate --format json`. */
static const struct column columns[] = {
    {"authority", offsetof(struct tol_rate_layer, authority), COLUMN_AUTHORITY},
    {"programme", offsetof(struct tol_rate_layer, programme), COLUMN_TEXT},
    {"verdict", offsetof(struct tol_rate_layer, verdict), COLUMN_VERDICT},
    {"rate", offsetof(struct tol_rate_layer, rate_fraction), COLUMN_DOUBLE},
    {"base", offsetof(struct tol_rate_layer, base), COLUMN_TEXT},
    {"source", offsetof(struct tol_rate_layer, source), COLUMN_TEXT},
    {"reason", offsetof(struct tol_rate_layer, reason), COLUMN_TEXT},
    {"detail", offsetof(struct tol_rate_layer, detail), COLUMN_TEXT},
    {"measure", offsetof(struct tol_rate_layer, measure), COLUMN_TEXT},
    {"stated_rate", offsetof(struct tol_rate_layer, stated_rate), COLUMN_DOUBLE},
    {"share", offsetof(struct tol_rate_layer, share), COLUMN_DOUBLE},
    {"trade_share", offsetof(struct tol_rate_layer, trade_share), COLUMN_DOUBLE},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* What was asked. Texts of the answer are the law's, which ground keeps open. */
struct layers_question {
    struct law_ground *ground;
    struct tol_rate_answer answer;
};

struct layers_scan {
    size_t next; /* layer */
};

static void release(void *context)
{
    struct layers_question *question = context;
    law_ground_leave(question->ground);
    free(question);
}

/* All words of the call; those that it may leave out are "". false with the error filled. */
static bool read_words(duckdb_bind_info info, char *word[WORDS], struct tol_error *error)
{
    for (size_t i = 0; i < WORDS; i++) {
        word[i] = i < WORDS_FACTS ? sql_parameter_text(info, i, word_names[i], error)
                                  : sql_named_text(info, word_names[i], error);
        if (word[i] == NULL) {
            return false;
        }
    }
    return true;
}

static struct sql_text text_of(const char *word)
{
    return (struct sql_text){word, (uint32_t)strlen(word)};
}

/* The answer to what the words ask. The memo reads them as for every other function. */
static enum tol_status ask(struct layers_question *question, char *const word[WORDS], struct tol_error *error)
{
    tol_day on;
    if (!tol_day_parse(word[WORDS_ON], &on)) {
        tol_fail(error, TOL_BAD_DATA, RATE_FAULT_DAY);
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, word_names[WORDS_ON], word[WORDS_ON]);
    }
    const struct rate_words words = {.into = text_of(word[0]),
                                     .from = text_of(word[1]),
                                     .hts = text_of(word[2]),
                                     .on = on,
                                     .facts = text_of(word[WORDS_FACTS]),
                                     .assume = text_of(word[WORDS_ASSUME])};
    struct rate_memo *memo = law_ground_take_memo(question->ground);
    if (memo == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    struct tol_rate_query query;
    enum tol_status status = rate_memo_read(memo, &words, &query, error);
    const struct tol_law *law = law_ground_law(question->ground);
    if (status == TOL_OK) {
        status = tol_law_rate(law, &query, &question->answer, error);
    }
    law_ground_give_memo(question->ground, memo);
    if (status == TOL_OK) {
        const struct rate_case rate = {.law = law, .answer = question->answer};
        const char *refusal = rate_refusal(&rate);
        return refusal != NULL ? tol_fail(error, TOL_BAD_DATA, "%s", refusal) : TOL_OK;
    }
    return status;
}

static void tell(duckdb_bind_info info, const struct tol_error *error)
{
    char fault[1024], message[1100];
    rate_memo_fault(error, fault, sizeof fault);
    snprintf(message, sizeof message, "%s: %s", function_name, fault);
    duckdb_bind_set_error(info, message);
}

static void bind(duckdb_bind_info info)
{
    struct tol_error error = {0};
    char *word[WORDS] = {NULL};
    struct layers_question *question = calloc(1, sizeof *question);
    if (question == NULL) {
        duckdb_bind_set_error(info, "tolmuur_rate_layers: out of memory");
        return;
    }
    question->ground = law_ground_share(duckdb_bind_get_extra_info(info));
    duckdb_bind_set_bind_data(info, question, release);
    bool read = read_words(info, word, &error);
    if (!read || ask(question, word, &error) != TOL_OK) {
        tell(info, &error);
    }
    for (size_t i = 0; i < WORDS; i++) {
        free(word[i]);
    }
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    for (size_t i = 0; i < COLUMNS; i++) {
        duckdb_bind_add_result_column(info, columns[i].name, columns[i].kind == COLUMN_DOUBLE ? number : text);
    }
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&number);
    duckdb_bind_set_cardinality(info, question->answer.layer_count, true);
}

static void init(duckdb_init_info info)
{
    struct layers_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL) {
        duckdb_init_set_error(info, "tolmuur_rate_layers: out of memory");
        return;
    }
    duckdb_init_set_init_data(info, scan, free);
    duckdb_init_set_max_threads(info, 1);
}

static const char *layer_text(const struct tol_rate_layer *layer, const struct column *column)
{
    if (column->kind == COLUMN_AUTHORITY) {
        return tol_authority_name(layer->authority);
    }
    if (column->kind == COLUMN_VERDICT) {
        return tol_verdict_name(layer->verdict);
    }
    const char *text;
    memcpy((void *)&text, (const char *)layer + column->offset, sizeof text);
    return text;
}

static void put(duckdb_vector vector, idx_t row, const struct tol_rate_layer *layer, const struct column *column)
{
    double number = 0;
    const char *text = NULL;
    if (column->kind == COLUMN_DOUBLE) {
        memcpy(&number, (const char *)layer + column->offset, sizeof number);
        ((double *)duckdb_vector_get_data(vector))[row] = isnan(number) ? 0 : number;
    } else {
        text = layer_text(layer, column);
    }
    if (text != NULL) {
        duckdb_vector_assign_string_element_len(vector, row, text, strlen(text));
    } else if (column->kind != COLUMN_DOUBLE || isnan(number)) {
        duckdb_vector_ensure_validity_writable(vector);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
    }
}

static void produce(duckdb_function_info info, duckdb_data_chunk chunk)
{
    const struct layers_question *question = duckdb_function_get_bind_data(info);
    struct layers_scan *scan = duckdb_function_get_init_data(info);
    _Static_assert(TOL_LAYERS_MAX <= 1024, "all layers fit into one chunk");
    idx_t count = question->answer.layer_count - scan->next;
    for (idx_t row = 0; row < count; row++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            put(duckdb_data_chunk_get_vector(chunk, i), row, &question->answer.layer[row], &columns[i]);
        }
    }
    scan->next += count;
    duckdb_data_chunk_set_size(chunk, count);
}

bool sql_register_rate_layers(duckdb_connection connection, struct law_ground *ground)
{
    /* A day may come as text: DuckDB does not make it a date for a table function, as it does for others. */
    static const duckdb_type types[] = {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_ANY};
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, function_name);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(types[i]);
        duckdb_table_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_table_function_add_named_parameter(function, word_names[WORDS_FACTS], text);
    duckdb_table_function_add_named_parameter(function, word_names[WORDS_ASSUME], text);
    duckdb_destroy_logical_type(&text);
    duckdb_table_function_set_extra_info(function, law_ground_share(ground), law_ground_leave);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, produce);
    bool taken = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return taken;
}
