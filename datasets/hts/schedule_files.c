#include "hts/schedule_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tables/csv_table.h"
#include "write/output_file.h"

#define PATH_SIZE 4096

static const char *const rate_columns[] = {"hs",      "from",         "until",        "kind",         "rate",  "text",
                                           "special", "column2_kind", "column2_rate", "column2_text", "source"};
static const char *const line_columns[] = {"hs", "from", "until"};
static const char *const coverage_columns[HTS_COVERAGE_COLUMNS] = {"importer",  "from",       "until",
                                                                   "base_from", "base_until", "source"};
enum { RATE_COLUMNS = sizeof rate_columns / sizeof rate_columns[0], COVERAGE_BASE_FROM = 3 };

static enum tol_status join(char path[PATH_SIZE], const char *folder, const char *name, struct tol_error *error)
{
    if (snprintf(path, PATH_SIZE, "%s/%s", folder, name) >= PATH_SIZE) {
        return tol_fail(error, TOL_BAD_DATA, "a path is longer than %d bytes; use a shorter folder", PATH_SIZE - 1);
    }
    return TOL_OK;
}

static const char *keep(struct text_pool *pool, const char *text)
{
    return tol_text_pool_copy(pool, text, strlen(text));
}

static enum tol_status bad_field(const char *column, const char *value, const char *message, struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, column, value);
}

static enum tol_status take_period(const char *const *field, struct hts_period *period, struct tol_error *error)
{
    size_t digits = strspn(field[0], "0123456789");
    if (digits > HTS_CODE_SIZE - 1 || field[0][digits] != '\0' || digits < 4) {
        return bad_field("hs", field[0], "not a code; write 4 to 10 digits", error);
    }
    memcpy(period->code, field[0], digits);
    period->from = TOL_DAY_MIN;
    period->until = TOL_DAY_MAX;
    if (field[1][0] != '\0' && !tol_day_parse(field[1], &period->from)) {
        return bad_field("from", field[1], "not a day; write YYYY-MM-DD", error);
    }
    if (field[2][0] != '\0' && !tol_day_parse(field[2], &period->until)) {
        return bad_field("until", field[2], "not a day; write YYYY-MM-DD", error);
    }
    return TOL_OK;
}

static enum tol_status take_rate(void *context, const char *const *field, const char *file, uint64_t row,
                                 struct tol_error *error)
{
    struct hts_schedule *schedule = context;
    struct hts_period period = {.from = 0};
    enum tol_status status = take_period(field, &period, error);
    struct hts_duty *duty = tol_text_pool_take(&schedule->pool, sizeof *duty);
    const char *kept[RATE_COLUMNS] = {NULL};
    bool whole = duty != NULL;
    for (unsigned i = 3; whole && i < RATE_COLUMNS; i++) {
        kept[i] = keep(&schedule->pool, field[i]);
        whole = kept[i] != NULL;
    }
    if (status != TOL_OK) {
        return tol_fail_at(error, status, file, row, NULL, NULL);
    }
    if (!whole) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a schedule");
    }
    *duty = (struct hts_duty){kept[3], kept[4], kept[5], kept[6], kept[7], kept[8], kept[9], kept[10]};
    period.duty = duty;
    return tol_hts_periods_add(&schedule->rates, &period, error);
}

static enum tol_status take_line(void *context, const char *const *field, const char *file, uint64_t row,
                                 struct tol_error *error)
{
    struct hts_schedule *schedule = context;
    struct hts_period period = {.from = 0};
    enum tol_status status = take_period(field, &period, error);
    return status != TOL_OK ? tol_fail_at(error, status, file, row, NULL, NULL)
                            : tol_hts_periods_add(&schedule->lines, &period, error);
}

static enum tol_status take_coverage(void *context, const char *const *field, const char *file, uint64_t row,
                                     struct tol_error *error)
{
    struct hts_schedule *schedule = context;
    struct hts_coverage_row *grown =
        realloc(schedule->coverage, (schedule->coverage_count + 1) * sizeof *schedule->coverage);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a schedule");
    }
    schedule->coverage = grown;
    struct hts_coverage_row *kept = &grown[schedule->coverage_count++];
    for (unsigned i = 0; i < HTS_COVERAGE_COLUMNS; i++) {
        kept->field[i] = keep(&schedule->pool, field[i]);
        if (kept->field[i] == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a schedule");
        }
    }
    if (strcmp(field[0], HTS_IMPORTER) == 0 && !tol_day_parse(field[COVERAGE_BASE_FROM], &schedule->base_from)) {
        (void)bad_field("base_from", field[COVERAGE_BASE_FROM], "not a day; write YYYY-MM-DD", error);
        return tol_fail_at(error, TOL_BAD_DATA, file, row, NULL, NULL);
    }
    return TOL_OK;
}

static enum tol_status read_table(const char *folder, const char *name, const struct csv_shape *shape,
                                  csv_row_function function, bool optional, struct hts_schedule *schedule,
                                  struct tol_error *error)
{
    char path[PATH_SIZE];
    struct stat about;
    enum tol_status status = join(path, folder, name, error);
    if (status != TOL_OK || (optional && stat(path, &about) != 0 && errno == ENOENT)) {
        return status;
    }
    return tol_csv_table_read(path, shape, function, schedule, error);
}

enum tol_status tol_hts_schedule_read(const char *law_folder, struct hts_schedule *schedule, struct tol_error *error)
{
    const struct csv_shape coverage = {coverage_columns, HTS_COVERAGE_COLUMNS, COVERAGE_BASE_FROM + 1};
    const struct csv_shape rates = {rate_columns, RATE_COLUMNS, RATE_COLUMNS};
    const struct csv_shape lines = {line_columns, 3, 3};
    *schedule = (struct hts_schedule){.base_from = TOL_DAY_MAX};
    enum tol_status status = read_table(law_folder, "coverage.csv", &coverage, take_coverage, false, schedule, error);
    if (status == TOL_OK && schedule->base_from == TOL_DAY_MAX) {
        char path[PATH_SIZE];
        (void)!join(path, law_folder, "coverage.csv", NULL);
        tol_fail(error, TOL_BAD_DATA, "no row for the importer; add one, such as US,2018-01-01,,2025-01-01,source");
        return tol_fail_at(error, TOL_BAD_DATA, path, 0, "importer", HTS_IMPORTER);
    }
    status = status != TOL_OK ? status
                              : read_table(law_folder, "us/base_rates.csv", &rates, take_rate, true, schedule, error);
    status = status != TOL_OK ? status
                              : read_table(law_folder, "us/tariff_lines.csv", &lines, take_line, true, schedule, error);
    tol_hts_periods_sort(&schedule->rates);
    tol_hts_periods_sort(&schedule->lines);
    if (status == TOL_OK && schedule->rates.count == 0) {
        schedule->base_from = TOL_DAY_MAX;
    }
    return status;
}

void tol_hts_schedule_free(struct hts_schedule *schedule)
{
    free(schedule->rates.item);
    free(schedule->lines.item);
    free(schedule->coverage);
    tol_text_pool_free(&schedule->pool);
}

/* One field and what follows it: a comma or the end of the line. A failed write is told by the commit. */
static enum tol_status write_field(struct tol_output_file *output, const char *text, bool last, struct tol_error *error)
{
    bool quoted = text[strcspn(text, "\",\r\n")] != '\0';
    enum tol_status status = quoted ? tol_output_file_write(output, "\"", 1, error) : TOL_OK;
    for (const char *at = text; status == TOL_OK && *at != '\0';) {
        size_t size = strcspn(at, "\"");
        size += at[size] == '"';
        status = tol_output_file_write(output, at, size, error);
        if (status == TOL_OK && at[size - 1] == '"') {
            status = tol_output_file_write(output, "\"", 1, error);
        }
        at += size;
    }
    status = status == TOL_OK && quoted ? tol_output_file_write(output, "\"", 1, error) : status;
    return status != TOL_OK ? status : tol_output_file_write(output, last ? "\n" : ",", 1, error);
}

static enum tol_status write_row(struct tol_output_file *output, const char *const *field, unsigned count,
                                 struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (unsigned i = 0; status == TOL_OK && i < count; i++) {
        status = write_field(output, field[i], i + 1 == count, error);
    }
    return status;
}

static enum tol_status write_periods(struct tol_output_file *output, const struct hts_periods *periods,
                                     struct tol_error *error)
{
    bool with_duty = periods->count > 0 && periods->item[0].duty != NULL;
    unsigned columns = with_duty ? RATE_COLUMNS : 3;
    enum tol_status status = write_row(output, with_duty ? rate_columns : line_columns, columns, error);
    for (size_t i = 0; status == TOL_OK && i < periods->count; i++) {
        const struct hts_period *period = &periods->item[i];
        const struct hts_duty *duty = period->duty;
        char from[TOL_DAY_TEXT_SIZE] = "";
        char until[TOL_DAY_TEXT_SIZE] = "";
        if (period->from != TOL_DAY_MIN) {
            tol_day_format(period->from, from);
        }
        if (period->until != TOL_DAY_MAX) {
            tol_day_format(period->until, until);
        }
        const char *field[RATE_COLUMNS] = {period->code, from, until};
        if (with_duty) {
            const char *const rest[] = {duty->kind,         duty->rate,         duty->text,         duty->special,
                                        duty->column2_kind, duty->column2_rate, duty->column2_text, duty->source};
            memcpy(field + 3, rest, sizeof rest);
        }
        status = write_row(output, field, columns, error);
    }
    return status;
}

static enum tol_status write_coverage(struct tol_output_file *output, const struct hts_schedule *schedule,
                                      tol_day base_from, struct tol_error *error)
{
    char day[TOL_DAY_TEXT_SIZE];
    tol_day_format(base_from, day);
    enum tol_status status = write_row(output, coverage_columns, HTS_COVERAGE_COLUMNS, error);
    for (size_t i = 0; status == TOL_OK && i < schedule->coverage_count; i++) {
        struct hts_coverage_row row = schedule->coverage[i];
        if (strcmp(row.field[0], HTS_IMPORTER) == 0) {
            row.field[COVERAGE_BASE_FROM] = day;
        }
        status = write_row(output, row.field, HTS_COVERAGE_COLUMNS, error);
    }
    return status;
}

static enum tol_status make_folder(const char *path, struct tol_error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return TOL_OK;
    }
    tol_fail(error, TOL_CANNOT_CREATE, "cannot make the folder: %s", strerror(errno));
    return tol_fail_at(error, TOL_CANNOT_CREATE, path, 0, NULL, NULL);
}

enum tol_status tol_hts_schedule_write(const char *folder, const struct hts_schedule *schedule,
                                       const struct hts_periods *rates, const struct hts_periods *lines,
                                       tol_day base_from, struct tol_error *error)
{
    static const char *const name[3] = {"us/base_rates.csv", "us/tariff_lines.csv", "coverage.csv"};
    struct tol_output_file *output[3] = {NULL};
    char path[PATH_SIZE];
    enum tol_status status = make_folder(folder, error);
    status = status != TOL_OK ? status : join(path, folder, "us", error);
    status = status != TOL_OK ? status : make_folder(path, error);
    for (unsigned i = 0; status == TOL_OK && i < 3; i++) {
        status = join(path, folder, name[i], error);
        status = status != TOL_OK ? status : tol_output_file_create(path, &output[i], error);
    }
    status = status != TOL_OK ? status : write_periods(output[0], rates, error);
    status = status != TOL_OK ? status : write_periods(output[1], lines, error);
    status = status != TOL_OK ? status : write_coverage(output[2], schedule, base_from, error);
    for (unsigned i = 0; i < 3; i++) {
        if (status == TOL_OK) {
            status = tol_output_file_commit(output[i], error);
        } else {
            tol_output_file_abandon(output[i]);
        }
    }
    return status;
}
