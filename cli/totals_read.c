#include "totals_read.h"

#include "csv_read.h"
#include "options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 128, NAME_SIZE = 64, COLUMN_BY = 0 };

struct reading {
    struct totals_read *totals;
    char name[COLUMNS_MOST][NAME_SIZE]; /* of the columns */
    double row[COLUMNS_MOST];
    size_t column_count;
    size_t column;
    size_t row_number; /* 0: the header */
    size_t scenario;
    bool of_all; /* the row is one of all firms */
    bool wrong;
};

static void take_field(void *field, size_t length, void *context)
{
    struct reading *reading = context;
    char text[NAME_SIZE];
    snprintf(text, sizeof text, "%.*s", (int)(length < NAME_SIZE ? length : NAME_SIZE - 1),
             field == NULL ? "" : (const char *)field);
    if (reading->column >= COLUMNS_MOST) {
        reading->wrong = true;
        return;
    }
    if (reading->row_number == 0) {
        memcpy(reading->name[reading->column], text, sizeof text);
    } else {
        double value;
        reading->row[reading->column] = text_to_number(text, &value) ? value : NAN;
        reading->of_all = reading->column == COLUMN_BY ? strcmp(text, "all") == 0 : reading->of_all;
    }
    reading->column++;
}

static double value_of(const struct reading *reading, const char *name, size_t length)
{
    for (size_t i = 0; i < reading->column_count; i++) {
        if (strlen(reading->name[i]) == length && memcmp(reading->name[i], name, length) == 0) {
            return reading->row[i];
        }
    }
    return NAN;
}

/* A share is told from its band and the firms. */
static double figure_of(const struct reading *reading, const char *name)
{
    static const char share[] = "_share";
    size_t length = strlen(name), ending = sizeof share - 1;
    double value = value_of(reading, name, length);
    if (isnan(value) && length > ending && strcmp(name + length - ending, share) == 0) {
        value = value_of(reading, name, length - ending) / value_of(reading, "firms", strlen("firms"));
    }
    return value;
}

static void take_row(int ending, void *context)
{
    (void)ending;
    struct reading *reading = context;
    struct totals_read *totals = reading->totals;
    if (reading->row_number == 0) {
        reading->column_count = reading->column;
    } else if (reading->column != reading->column_count) {
        reading->wrong = true;
    } else if (reading->of_all && reading->scenario < totals->scenario_count) {
        for (size_t i = 0; i < totals->figure_count; i++) {
            totals->figure[reading->scenario * totals->figure_count + i] = figure_of(reading, totals_figure_name(i));
        }
    }
    reading->scenario += reading->row_number > 0 && reading->of_all;
    reading->row_number++;
    reading->column = 0;
    reading->of_all = false;
}

static enum tol_status read_rows(struct reading *reading, const char *path, struct tol_error *error)
{
    const struct csv_reading rows = {.take_field = take_field, .take_row = take_row, .context = reading};
    bool sound;
    enum tol_status status = csv_read(&rows, path, &sound, error);
    if (status == TOL_OK && (!sound || reading->wrong || reading->scenario != reading->totals->scenario_count)) {
        tol_fail(error, TOL_BAD_DATA, "these are not the totals of this run; --replace it");
        status = tol_fail_at(error, TOL_BAD_DATA, path, 0, NULL, NULL);
    }
    return status;
}

enum tol_status totals_read(struct totals_read *totals, const char *path, size_t scenario_count,
                            struct tol_error *error)
{
    *totals = (struct totals_read){.scenario_count = scenario_count};
    while (totals_figure_name(totals->figure_count) != NULL) {
        totals->figure_count++;
    }
    struct reading *reading = calloc(1, sizeof *reading);
    totals->figure = calloc(scenario_count * totals->figure_count + 1, sizeof *totals->figure);
    enum tol_status status;
    if (reading == NULL || totals->figure == NULL) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory");
    } else {
        reading->totals = totals;
        status = read_rows(reading, path, error);
    }
    free(reading);
    return status;
}

void totals_read_release(struct totals_read *totals)
{
    free(totals->figure);
    *totals = (struct totals_read){0};
}
