#include "rate_batch.h"

#include "options.h"
#include "talk.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum batch_column {
    BATCH_ID = 0,
    BATCH_INTO,
    BATCH_HTS,
    BATCH_FROM,
    BATCH_ON,
    BATCH_FACTS,
    BATCH_VALUE,
    BATCH_COLUMN_COUNT
};
static const char *const column_names[BATCH_COLUMN_COUNT] = {"id", "into", "hts", "from", "on", "facts", "value"};
enum { FIELD_SIZE = 1024, FIELDS_MOST = 64, CSV_OPTIONS = CSV_STRICT | CSV_STRICT_FINI };
static const char bad_quote[] =
    "a quotation mark that does not open or close a cell, or is not closed on its line; put the whole cell in "
    "quotation marks and double those inside";

struct batch {
    const struct tol_law *law;
    const struct batch_options *options;
    struct sink *sink;
    struct json_writer json;
    struct tol_error *error;
    enum tol_status status; /* of the file as a whole */
    uint64_t row;           /* rows after the header */
    uint64_t faulty;
    uint64_t past_coverage;
    bool has_header;
    size_t header_count;
    int place[FIELDS_MOST]; /* which batch column a field is */
    size_t field;           /* of the row under way */
    bool too_long;
    bool bad_quote;
    char text[BATCH_COLUMN_COUNT][FIELD_SIZE];
    struct rate_case rate;
    char last_facts[FIELD_SIZE]; /* most rows repeat the facts of the row before */
    struct tol_facts last_parsed;
    char fault[700];
};

static void refuse(struct batch *batch, const char *column, const char *value, const char *message)
{
    batch->status = tol_fail(batch->error, TOL_BAD_DATA, "%s", message);
    batch->status =
        tol_fail_at(batch->error, TOL_BAD_DATA, strcmp(batch->options->path, "-") == 0 ? "stdin" : batch->options->path,
                    0, column, value);
}

static void take_heading(struct batch *batch, const char *text)
{
    if (batch->field >= FIELDS_MOST) {
        refuse(batch, NULL, NULL, "more than 64 columns");
        return;
    }
    for (int i = 0; i < BATCH_COLUMN_COUNT; i++) {
        if (strcmp(text, column_names[i]) == 0) {
            for (size_t earlier = 0; earlier < batch->field; earlier++) {
                if (batch->place[earlier] == i) {
                    refuse(batch, text, NULL, "the column stands twice in the header");
                    return;
                }
            }
            batch->place[batch->field] = i;
            return;
        }
    }
    refuse(batch, text, NULL, "unknown column; the columns are id,into,hts,from,on,facts,value");
}

static void take_field(void *bytes, size_t length, void *context)
{
    struct batch *batch = context;
    if (batch->status != TOL_OK) {
        return;
    }
    char scratch[FIELD_SIZE];
    bool known = batch->has_header && batch->field < batch->header_count;
    char *text = known ? batch->text[batch->place[batch->field]] : scratch;
    bool zero_inside = memchr(bytes != NULL ? bytes : "", '\0', bytes != NULL ? length : 0) != NULL;
    if (length >= FIELD_SIZE || zero_inside) {
        batch->too_long = true;
        length = 0;
    }
    memcpy(text, bytes != NULL ? bytes : "", length);
    text[length] = '\0';
    if (!batch->has_header) {
        /* A byte order mark may stand before the first name. */
        take_heading(batch, batch->field == 0 && strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text);
    }
    batch->field += 1;
}

static void end_header(struct batch *batch)
{
    batch->has_header = true;
    batch->header_count = batch->field;
    static const enum batch_column required[] = {BATCH_INTO, BATCH_HTS, BATCH_FROM};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        bool found = false;
        for (size_t field = 0; field < batch->header_count; field++) {
            found = found || batch->place[field] == (int)required[i];
        }
        if (!found) {
            refuse(batch, column_names[required[i]], NULL, "the column is missing; into, hts and from are required");
            return;
        }
    }
    if (batch->options->format == FORMAT_CSV) {
        rate_csv_header(batch->sink, batch->options->scenario);
    } else if (batch->options->format == FORMAT_JSON) {
        json_array(&batch->json, NULL);
    }
}

static bool row_fault(struct batch *batch, enum batch_column column, const char *message)
{
    snprintf(batch->fault, sizeof batch->fault, "%s '%.100s': %.500s", column_names[column], batch->text[column],
             message);
    batch->rate.error = batch->fault;
    return false;
}

static bool read_facts(struct batch *batch)
{
    const char *text = batch->text[BATCH_FACTS];
    if (strcmp(text, batch->last_facts) != 0) {
        struct tol_error fault = {0};
        if (tol_facts_parse(batch->law, text, &batch->last_parsed, &fault) != TOL_OK) {
            /* What was parsed is not to be taken for the next row with these facts. */
            batch->last_facts[0] = '\0';
            batch->last_parsed = (struct tol_facts){0};
            snprintf(batch->fault, sizeof batch->fault, "facts '%.100s': %.500s", fault.value, fault.message);
            batch->rate.error = batch->fault;
            return false;
        }
        snprintf(batch->last_facts, sizeof batch->last_facts, "%s", text);
    }
    batch->rate.facts = batch->last_parsed;
    batch->rate.query.facts = &batch->rate.facts;
    return true;
}

/* The row's texts into a question; false with the fault noted. */
static bool read_question(struct batch *batch)
{
    struct rate_case *rate = &batch->rate;
    char(*text)[FIELD_SIZE] = batch->text;
    if (batch->bad_quote) {
        rate->error = bad_quote;
        return false;
    }
    if (batch->field != batch->header_count) {
        snprintf(batch->fault, sizeof batch->fault, "%zu fields, but the header has %zu", batch->field,
                 batch->header_count);
        rate->error = batch->fault;
        return false;
    }
    if (batch->too_long) {
        rate->error = "a field is longer than 1023 bytes or holds a zero byte";
        return false;
    }
    if (!tol_importer_from_any(text[BATCH_INTO], &rate->query.into)) {
        return row_fault(batch, BATCH_INTO, RATE_FAULT_COUNTRY);
    }
    if (!tol_country_from_any(text[BATCH_FROM], &rate->query.from)) {
        return row_fault(batch, BATCH_FROM, RATE_FAULT_COUNTRY);
    }
    if (!tol_product_parse(text[BATCH_HTS], 4, &rate->query.product)) {
        return row_fault(batch, BATCH_HTS, RATE_FAULT_PRODUCT);
    }
    if (tol_product_lacks_zero(rate->query.product)) {
        return row_fault(batch, BATCH_HTS, RATE_FAULT_ZERO "; store the column as text");
    }
    rate->query.assume = batch->options->assume;
    rate->query.on = batch->options->on;
    if (text[BATCH_ON][0] != '\0' && !tol_day_parse(text[BATCH_ON], &rate->query.on)) {
        return row_fault(batch, BATCH_ON, RATE_FAULT_DAY);
    }
    rate->has_value = text[BATCH_VALUE][0] != '\0';
    const char *fault = rate->has_value ? text_to_amount(text[BATCH_VALUE], &rate->value) : NULL;
    if (fault != NULL) {
        return row_fault(batch, BATCH_VALUE, fault);
    }
    return read_facts(batch);
}

static void answer_row(struct batch *batch)
{
    struct rate_case *rate = &batch->rate;
    rate->error = NULL;
    rate->law = batch->law;
    rate->scenario = batch->options->scenario;
    rate->id = batch->text[BATCH_ID];
    struct tol_error fault;
    if (read_question(batch)) {
        if (tol_law_rate(batch->law, &rate->query, &rate->answer, &fault) != TOL_OK) {
            snprintf(batch->fault, sizeof batch->fault, "%s", fault.message);
            rate->error = batch->fault;
        } else {
            rate->error = rate_unknown_reason(rate);
            batch->past_coverage += (rate->answer.flags & TOL_RATE_PAST_COVERAGE) != 0;
        }
    }
    batch->faulty += rate->error != NULL;
}

static void end_row(int terminator, void *context)
{
    (void)terminator;
    struct batch *batch = context;
    if (batch->status != TOL_OK) {
        return;
    }
    if (!batch->has_header) {
        end_header(batch);
    } else {
        batch->row += 1;
        if (batch->text[BATCH_ID][0] == '\0') {
            snprintf(batch->text[BATCH_ID], FIELD_SIZE, "%llu", (unsigned long long)batch->row);
        }
        answer_row(batch);
        if (batch->options->format == FORMAT_CSV) {
            rate_csv_row(batch->sink, &batch->rate);
        } else {
            rate_json_row(&batch->json, &batch->rate);
            if (batch->options->format == FORMAT_JSONL) {
                sink_text(batch->sink, "\n");
                batch->json.filled = false;
            }
        }
        for (int i = 0; i < BATCH_COLUMN_COUNT; i++) {
            batch->text[i][0] = '\0';
        }
    }
    batch->field = 0;
    batch->too_long = batch->bad_quote = false;
}

/* Makes the parser ready for a new line, whatever it was in the middle of. */
static void forget_line(struct csv_parser *parser)
{
    csv_set_opts(parser, 0);
    csv_fini(parser, NULL, NULL, NULL);
    csv_set_opts(parser, CSV_OPTIONS);
}

/* A row ends with its line even inside quotation marks, so that one mark too many costs one row and not the rest of the file. */
static void parse_line(struct batch *batch, const char *line, size_t length, struct csv_parser *parser)
{
    bool sound = csv_parse(parser, line, length, take_field, end_row, batch) == length &&
                 csv_fini(parser, take_field, end_row, batch) == 0;
    if (sound || batch->status != TOL_OK) {
        return;
    }
    if (csv_error(parser) != CSV_EPARSE) {
        batch->status = tol_fail(batch->error, TOL_NO_MEMORY, "out of memory while reading a row");
    } else if (!batch->has_header) {
        refuse(batch, NULL, NULL, bad_quote);
    } else {
        batch->bad_quote = true;
        end_row(-1, batch);
        forget_line(parser);
    }
}

static enum tol_status parse_stream(struct batch *batch, FILE *stream, struct csv_parser *parser)
{
    struct progress progress;
    progress_begin(&progress, "rows rated");
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (batch->status == TOL_OK && (length = getline(&line, &size, stream)) > 0) {
        parse_line(batch, line, (size_t)length, parser);
        if (batch->status == TOL_OK && batch->sink->write_error != 0) {
            batch->status = sink_flush(batch->sink, batch->error);
        }
        progress_update(&progress, batch->row, 0);
    }
    free(line);
    progress_end(&progress);
    if (batch->status == TOL_OK && ferror(stream)) {
        enum tol_status status = errno == EISDIR ? TOL_NO_INPUT : TOL_IO;
        tol_fail(batch->error, status, "cannot read: %s", strerror(errno));
        return tol_fail_at(batch->error, status, batch->options->path, 0, NULL, NULL);
    }
    if (batch->status == TOL_OK && !batch->has_header) {
        refuse(batch, NULL, NULL,
               "the file is empty; its first line names the columns: id,into,hts,from,on,facts,value");
    }
    return batch->status;
}

enum tol_status rate_batch(const struct tol_law *law, const struct batch_options *options, struct sink *sink,
                           struct batch_report *report, struct tol_error *error)
{
    bool standard = strcmp(options->path, "-") == 0;
    FILE *stream = standard ? stdin : fopen(options->path, "re");
    if (stream == NULL) {
        tol_fail(error, TOL_NO_INPUT, "cannot open: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, options->path, 0, NULL, NULL);
    }
    struct batch *batch = calloc(1, sizeof *batch);
    struct csv_parser parser;
    if (batch == NULL || csv_init(&parser, CSV_OPTIONS) != 0) {
        free(batch);
        if (!standard) {
            fclose(stream);
        }
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    batch->law = law;
    batch->options = options;
    batch->sink = sink;
    batch->json = (struct json_writer){.sink = sink};
    batch->error = error;
    enum tol_status status = parse_stream(batch, stream, &parser);
    if (status == TOL_OK && options->format == FORMAT_JSON) {
        json_end_array(&batch->json);
        sink_text(sink, "\n");
    }
    *report = (struct batch_report){.rows = batch->row, .faulty = batch->faulty, .past_coverage = batch->past_coverage};
    csv_free(&parser);
    free(batch);
    if (!standard) {
        fclose(stream);
    }
    return status;
}
