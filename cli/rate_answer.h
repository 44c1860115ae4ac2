/* One question about a rate with its answer, and the machine formats of it. */
#ifndef CLI_RATE_ANSWER_H
#define CLI_RATE_ANSWER_H

#include <stdbool.h>

#include "json_writer.h"
#include "render_table.h"

#include "tolmuur/law.h"

struct rate_case {
    const struct tol_law *law;
    const char *scenario; /* whose law it is; NULL: the law as it is */
    const char *id;       /* of a batch row; "" for a single question */
    struct tol_rate_query query;
    struct tol_facts facts;
    bool has_value;
    double value;
    struct tol_rate_answer answer;
    const char *error; /* NULL: the answer stands */
};

/* What is wrong with a part of a question, in the words of every front end; before them stands the part's name and value. */
#define RATE_FAULT_COUNTRY "not a country; write its ISO 3166 code"
#define RATE_FAULT_PRODUCT "not a product code; write 4, 6, 8, 9 or 10 digits, dots are allowed"
#define RATE_FAULT_ZERO "an HS code has 4, 6, 8 or more digits, so a leading zero may be lost"
#define RATE_FAULT_DAY "not a day; write it as YYYY-MM-DD"

/* The machine columns that are numbers; NaN where the case has an error. */
struct rate_number {
    const char *name;
    double value;
};
enum { RATE_NUMBERS = 12 };
void rate_numbers(const struct rate_case *rate, struct rate_number numbers[RATE_NUMBERS]);
/* Names of the facts that are missing, widest first, joined by ';'; "" where the case has an error. */
void rate_missing_facts(const struct rate_case *rate, char *text, size_t size);

/* The columns of `rate --batch`, with a line end; under a scenario there is one more, its name. */
void rate_csv_header(struct sink *sink, const char *scenario);
void rate_csv_row(struct sink *sink, const struct rate_case *rate);
/* The same columns as one object, with the duty in money when a value was given. */
void rate_json_row(struct json_writer *json, const struct rate_case *rate);
/* The whole answer: layers, sources, facts that are missing. */
void rate_json_full(struct json_writer *json, const struct rate_case *rate);
/* For people. */
void rate_render(struct sink *sink, const struct look *look, const struct rate_case *rate);

/* Note on an answer by the index of its flag's bit; NULL past the end. */
const char *rate_flag_name(unsigned bit);

/* Why the question has no answer: no such product, or no law of the importer. Static storage; NULL when it has one, if only that the base
 * rate is not known. */
const char *rate_refusal(const struct rate_case *rate);
/* Why an answer without a total has none: for the error column. Static storage; NULL when there is a total. */
const char *rate_unknown_reason(const struct rate_case *rate);

#endif
