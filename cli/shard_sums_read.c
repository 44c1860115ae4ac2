#include "shard_sums.h"

#include "csv_read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = SHARD_SUMS_DRAWS + SHARD_SUMS_DRAW_COUNT };

struct reading {
    struct shard_sums *sums;
    size_t capacity;
    bool header_read;
    bool wrong;
    bool no_memory;
    size_t column;
    size_t column_count;
    char *field[COLUMNS]; /* of the row so far */
};

/* ---- fields ---------------------------------------------------------------------------------------------------- */

static void drop_fields(struct reading *reading)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        free(reading->field[i]);
        reading->field[i] = NULL;
    }
    reading->column = 0;
}

static void take_field(void *field, size_t length, void *context)
{
    struct reading *reading = context;
    if (reading->column >= COLUMNS || (length > 0 && memchr(field, '\0', length) != NULL)) {
        reading->wrong = true;
        return;
    }
    char *text = malloc(length + 1);
    if (text == NULL) {
        reading->no_memory = true;
        return;
    }
    if (length > 0) {
        memcpy(text, field, length);
    }
    text[length] = '\0';
    reading->field[reading->column++] = text;
}

static bool read_count(const char *text, uint64_t *count)
{
    char canonical[24];
    *count = strtoull(text, NULL, 10);
    snprintf(canonical, sizeof canonical, "%" PRIu64, *count);
    return strcmp(canonical, text) == 0;
}

static bool read_by(const char *text, enum totals_by *by)
{
    *by = TOTALS_ALL;
    bool found = strcmp(text, "all") == 0;
    for (int i = TOTALS_BY_SECTOR; i < TOTALS_BY_COUNT && !found; i++) {
        found = strcmp(text, totals_by_name((enum totals_by)i)) == 0;
        *by = (enum totals_by)i;
    }
    return found;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static bool read_total(const struct reading *reading, struct total *total)
{
    bool good = read_count(reading->field[SHARD_SUMS_FIRMS], &total->firms) && total->firms > 0;
    for (size_t i = 0; good && i <= TOL_BAND_NONE; i++) {
        good = read_count(reading->field[SHARD_SUMS_BANDS + i], &total->in_band[i]);
    }
    for (size_t i = 0; good && totals_sum(total, i) != NULL; i++) {
        good = exact_sum_parse(reading->field[SHARD_SUMS_FIRST + i], totals_sum(total, i));
    }
    return good;
}

static bool read_draws(const struct reading *reading, struct shard_sums_row *row)
{
    bool all = row->by == TOTALS_ALL, good = true;
    row->drawn.known = reading->sums->draws && all;
    for (size_t i = 0; good && reading->sums->draws && i < SHARD_SUMS_DRAW_COUNT; i++) {
        const char *text = reading->field[SHARD_SUMS_DRAWS + i];
        double *number = shard_sums_draw(&row->drawn.statistics, i);
        *number = NAN; /* as an empty field says */
        good = text[0] == '\0' || (all && text_to_number(text, number));
    }
    return good;
}

/* Names in one piece of memory. */
static bool take_names(const struct reading *reading, struct shard_sums_row *row)
{
    static const size_t column[] = {SHARD_SUMS_NAME, SHARD_SUMS_SCENARIO_NAME, SHARD_SUMS_ON, SHARD_SUMS_LAW};
    const char **const name[] = {&row->name, &row->scenario_name, &row->on, &row->law_version};
    size_t size = 0;
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++) {
        size += strlen(reading->field[column[i]]) + 1;
    }
    char *at = row->text = malloc(size);
    for (size_t i = 0; at != NULL && i < sizeof column / sizeof column[0]; i++) {
        size_t length = strlen(reading->field[column[i]]) + 1;
        *name[i] = memcpy(at, reading->field[column[i]], length);
        at += length;
    }
    return row->text != NULL;
}

/* <0, 0, >0 as one row stands before the other, is of the same group and scenario, or stands behind it. */
static int compare_places(const struct shard_sums_row *one, const struct shard_sums_row *other)
{
    if (one->by != other->by) {
        return one->by < other->by ? -1 : 1;
    }
    if (one->group != other->group) {
        return one->group < other->group ? -1 : 1;
    }
    return (one->scenario > other->scenario) - (one->scenario < other->scenario);
}

static struct shard_sums_row *next_row(struct reading *reading)
{
    struct shard_sums *sums = reading->sums;
    if (sums->count == reading->capacity) {
        size_t capacity = reading->capacity == 0 ? 64 : 2 * reading->capacity;
        void *grown = realloc(sums->row, capacity * sizeof *sums->row);
        if (grown == NULL) {
            return NULL;
        }
        sums->row = grown;
        reading->capacity = capacity;
    }
    sums->row[sums->count] = (struct shard_sums_row){0};
    return &sums->row[sums->count];
}

static void add_row(struct reading *reading)
{
    struct shard_sums *sums = reading->sums;
    struct shard_sums_row *row = next_row(reading);
    uint64_t scenario = 0;
    if (row == NULL || !take_names(reading, row)) {
        reading->no_memory = true;
        return;
    }
    sums->count++;
    reading->wrong = !read_by(reading->field[SHARD_SUMS_BY], &row->by) ||
                     !read_count(reading->field[SHARD_SUMS_GROUP], &row->group) ||
                     !read_count(reading->field[SHARD_SUMS_SCENARIO], &scenario) || scenario >= TOL_SCENARIOS_MAX ||
                     !read_total(reading, &row->total) || !read_draws(reading, row);
    row->scenario = (uint32_t)scenario;
    reading->wrong = reading->wrong || (sums->count > 1 && compare_places(row - 1, row) >= 0);
}

static void take_header(struct reading *reading)
{
    reading->header_read = true;
    reading->column_count = reading->column;
    reading->sums->draws = reading->column == COLUMNS;
    reading->wrong = reading->column != COLUMNS && reading->column != SHARD_SUMS_DRAWS;
    for (size_t i = 0; !reading->wrong && i < reading->column; i++) {
        reading->wrong = strcmp(reading->field[i], shard_sums_column(i, true)) != 0;
    }
}

static void take_row(int ending, void *context)
{
    (void)ending;
    struct reading *reading = context;
    if (!reading->wrong && !reading->no_memory) {
        if (!reading->header_read) {
            take_header(reading);
        } else if (reading->column != reading->column_count) {
            reading->wrong = true;
        } else {
            add_row(reading);
        }
    }
    drop_fields(reading);
}

enum tol_status shard_sums_read(struct shard_sums *sums, const char *path, struct tol_error *error)
{
    struct reading reading = {.sums = sums};
    const struct csv_reading rows = {
        .take_field = take_field, .take_row = take_row, .context = &reading, .stop = &reading.wrong};
    bool sound;
    *sums = (struct shard_sums){0};
    enum tol_status status = csv_read(&rows, path, &sound, error);
    drop_fields(&reading);
    if (status != TOL_OK) {
        return status;
    }
    if (reading.no_memory) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory");
    } else if (!sound || reading.wrong || !reading.header_read) {
        status = tol_fail(error, TOL_BAD_DATA, "these are not the sums of a shard that this program wrote");
    }
    return status == TOL_OK ? TOL_OK : tol_fail_at(error, status, path, 0, NULL, NULL);
}

void shard_sums_release(struct shard_sums *sums)
{
    for (size_t i = 0; i < sums->count; i++) {
        free(sums->row[i].text);
    }
    free(sums->row);
    *sums = (struct shard_sums){0};
}

/* ---- several shards -------------------------------------------------------------------------------------------- */

static bool is_same_draw(const struct drawn_total *one, const struct drawn_total *other)
{
    struct tol_draw_statistics left = one->statistics, right = other->statistics;
    bool same = one->known == other->known;
    for (size_t i = 0; same && i < SHARD_SUMS_DRAW_COUNT; i++) {
        double ours = *shard_sums_draw(&left, i), its = *shard_sums_draw(&right, i);
        same = ours == its || (isnan(ours) && isnan(its));
    }
    return same;
}

/* Two rows of one place become one. */
static enum tol_status join_rows(struct shard_sums_row *row, struct shard_sums_row *other, struct tol_error *error)
{
    if (strcmp(row->name, other->name) != 0 || strcmp(row->scenario_name, other->scenario_name) != 0 ||
        strcmp(row->on, other->on) != 0 || strcmp(row->law_version, other->law_version) != 0) {
        return tol_fail(error, TOL_BAD_DATA,
                        "its sums are of %.60s in %.60s where those of others are of %.60s in %.60s", other->name,
                        other->scenario_name, row->name, row->scenario_name);
    }
    if (!is_same_draw(&row->drawn, &other->drawn)) {
        return tol_fail(error, TOL_BAD_DATA, "its draws of the portfolio are not those of the other shards");
    }
    totals_join(&row->total, &other->total);
    free(other->text);
    other->text = NULL;
    return TOL_OK;
}

enum tol_status shard_sums_join(struct shard_sums *sums, struct shard_sums *other, struct tol_error *error)
{
    if (sums->count == 0) {
        struct shard_sums none = *sums;
        *sums = *other;
        *other = none;
        return TOL_OK;
    }
    struct shard_sums_row *joined = calloc(sums->count + other->count + 1, sizeof *joined);
    if (joined == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    size_t count = 0, left = 0, right = 0;
    enum tol_status status = TOL_OK;
    while (left < sums->count || right < other->count) {
        int order = left == sums->count     ? 1
                    : right == other->count ? -1
                                            : compare_places(&sums->row[left], &other->row[right]);
        joined[count] = order <= 0 ? sums->row[left++] : other->row[right++];
        if (order == 0 && status == TOL_OK) {
            status = join_rows(&joined[count], &other->row[right], error);
        }
        if (order == 0) {
            free(other->row[right++].text);
        }
        count++;
    }
    free(sums->row);
    free(other->row);
    sums->row = joined;
    sums->count = count;
    *other = (struct shard_sums){0};
    return status;
}

void shard_sums_place_draws(struct shard_sums *sums)
{
    for (size_t i = 0; i < sums->count; i++) {
        struct shard_sums_row *row = &sums->row[i];
        double central = exact_sum_get(&row->total.ebitda_change_eur);
        for (size_t draw = 0; row->drawn.known && draw < SHARD_SUMS_DRAW_COUNT; draw++) {
            double *number = shard_sums_draw(&row->drawn.statistics, draw);
            *number = central + *number;
        }
    }
}

struct totals_row shard_sums_totals(const struct shard_sums_row *row)
{
    return (struct totals_row){.by = totals_by_name(row->by),
                               .name = row->name,
                               .scenario = row->scenario_name,
                               .on = row->on,
                               .law_version = row->law_version,
                               .total = &row->total,
                               .drawn = row->drawn.known ? &row->drawn : NULL};
}
