#include "datasets/hts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hts/schedule_files.h"

const char *tol_hts_change_name(enum tol_hts_change_kind kind)
{
    static const char *const name[TOL_HTS_CHANGE_KINDS] = {"new", "ended", "changed", "extended back", "respelled"};
    return name[kind];
}

_Static_assert((int)HTS_NEW == TOL_HTS_NEW_LINE && (int)HTS_ENDED == TOL_HTS_ENDED_LINE &&
                   (int)HTS_CHANGED == TOL_HTS_CHANGED_RATE && (int)HTS_EXTENDED == TOL_HTS_EXTENDED_LINE &&
                   (int)HTS_RESPELLED == TOL_HTS_RESPELLED,
               "one order of kinds");

static char *duty_text(const struct hts_duty *duty)
{
    if (duty == NULL) {
        return strdup("");
    }
    size_t size = strlen(duty->text) + strlen(duty->special) + strlen(duty->column2_text) + 8;
    char *text = malloc(size);
    if (text != NULL) {
        snprintf(text, size, "%s | %s | %s", duty->text, duty->special, duty->column2_text);
    }
    return text;
}

static enum tol_status note_change(void *context, enum hts_change_kind kind, const char *code,
                                   const struct hts_duty *before, const struct hts_duty *after, struct tol_error *error)
{
    struct tol_hts_report *report = context;
    size_t *count = strlen(code) == 10 ? report->line_count : report->rate_count;
    count[kind]++;
    if (report->change_count == report->change_room) {
        size_t room = report->change_room == 0 ? 256 : 2 * report->change_room;
        struct tol_hts_change *grown = realloc(report->change, room * sizeof *grown);
        if (grown == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while importing a schedule");
        }
        report->change = grown;
        report->change_room = room;
    }
    struct tol_hts_change *change = &report->change[report->change_count++];
    *change = (struct tol_hts_change){.kind = (enum tol_hts_change_kind)kind};
    memcpy(change->code, code, strnlen(code, sizeof change->code - 1));
    change->before = duty_text(before);
    change->after = duty_text(after);
    return change->before != NULL && change->after != NULL
               ? TOL_OK
               : tol_fail(error, TOL_NO_MEMORY, "out of memory while importing a schedule");
}

void tol_hts_report_release(struct tol_hts_report *report)
{
    for (size_t i = 0; i < report->change_count; i++) {
        free(report->change[i].before);
        free(report->change[i].after);
    }
    free(report->change);
    *report = (struct tol_hts_report){0};
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct hts_entry *)a)->code, ((const struct hts_entry *)b)->code);
}

static enum tol_status add_line(struct hts_entries *lines, const char *code, struct tol_error *error)
{
    if (lines->count == lines->room) {
        size_t room = lines->room == 0 ? 256 : 2 * lines->room;
        struct hts_entry *grown = realloc(lines->item, room * sizeof *grown);
        if (grown == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while importing a schedule");
        }
        lines->item = grown;
        lines->room = room;
    }
    struct hts_entry *line = &lines->item[lines->count++];
    *line = (struct hts_entry){.duty = NULL};
    memcpy(line->code, code, strnlen(code, sizeof line->code - 1));
    return TOL_OK;
}

/* First period at or after a code. */
static size_t lower_bound(const struct hts_periods *periods, const char *code)
{
    size_t low = 0;
    for (size_t high = periods->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(periods->item[middle].code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A line that the archive does not divide is one statistical line, its digits with 00. But numbers that a statistical note of the schedule lists and
 * the archive does not (watches, by component) stay as the table has them. */
static enum tol_status add_undivided(const struct hts_schedule *schedule, const char *eight, tol_day day,
                                     struct hts_entries *lines, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    bool any = false;
    tol_day at = day < schedule->base_from && schedule->base_from != TOL_DAY_MAX ? schedule->base_from : day;
    for (size_t i = lower_bound(&schedule->lines, eight);
         status == TOL_OK && i < schedule->lines.count && memcmp(schedule->lines.item[i].code, eight, 8) == 0; i++) {
        const struct hts_period *line = &schedule->lines.item[i];
        if (line->from <= at && at < line->until) {
            any = true;
            status = add_line(lines, line->code, error);
        }
    }
    char code[HTS_CODE_SIZE];
    snprintf(code, sizeof code, "%.8s00", eight);
    return status != TOL_OK || any ? status : add_line(lines, code, error);
}

static enum tol_status complete_lines(const struct hts_schedule *schedule, struct hts_archive *archive, tol_day day,
                                      struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    size_t listed = archive->lines.count;
    size_t at = 0;
    for (size_t i = 0; status == TOL_OK && i < archive->rates.count; i++) {
        const char *eight = archive->rates.item[i].code;
        while (at < listed && memcmp(archive->lines.item[at].code, eight, 8) < 0) {
            at++;
        }
        if (at == listed || memcmp(archive->lines.item[at].code, eight, 8) != 0) {
            status = add_undivided(schedule, eight, day, &archive->lines, error);
        }
    }
    qsort(archive->lines.item, archive->lines.count, sizeof archive->lines.item[0], by_code);
    return status;
}

static void see_day(tol_day day, tol_day *newest)
{
    if (day != TOL_DAY_MAX && day > *newest) {
        *newest = day;
    }
}

/* The last day on which the tables know of any change. */
static tol_day newest_day(const struct hts_schedule *schedule)
{
    tol_day newest = TOL_DAY_MIN;
    for (size_t i = 0; i < schedule->rates.count; i++) {
        see_day(schedule->rates.item[i].from, &newest);
        see_day(schedule->rates.item[i].until, &newest);
    }
    return newest;
}

static enum tol_status lay_and_write(const struct tol_hts_import *import, const struct hts_schedule *schedule,
                                     struct hts_archive *archive, struct tol_hts_report *report,
                                     struct tol_error *error)
{
    struct hts_periods rates = {0};
    struct hts_periods lines = {0};
    struct hts_snapshot snapshot = {.entries = &archive->rates,
                                    .from = import->from,
                                    .until = import->until,
                                    .base_from = schedule->rates.count > 0 ? schedule->base_from : TOL_DAY_MIN,
                                    .newest = import->from >= newest_day(schedule),
                                    .pool = &archive->pool};
    enum tol_status status = tol_hts_periods_lay(&schedule->rates, &snapshot, note_change, report, &rates, error);
    snapshot.entries = &archive->lines;
    status = status != TOL_OK ? status
                              : tol_hts_periods_lay(&schedule->lines, &snapshot, note_change, report, &lines, error);
    bool nothing = report->change_count == 0 && report->base_from_after == report->base_from_before;
    bool in_place = import->out_folder != NULL && strcmp(import->out_folder, import->law_folder) == 0;
    if (status == TOL_OK && import->out_folder != NULL && !(nothing && in_place)) {
        status = tol_hts_schedule_write(import->out_folder, schedule, &rates, &lines, report->base_from_after, error);
    }
    free(rates.item);
    free(lines.item);
    return status;
}

/* The archive's name, without folder and endings: what the `source` column says. */
static void source_name(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');
    snprintf(name, size, "%s", slash != NULL ? slash + 1 : path);
    static const char *const ending[] = {".gz", ".json"};
    for (unsigned i = 0; i < 2; i++) {
        size_t length = strlen(name);
        size_t cut = strlen(ending[i]);
        if (length > cut && strcmp(name + length - cut, ending[i]) == 0) {
            name[length - cut] = '\0';
        }
    }
}

enum tol_status tol_hts_import(const struct tol_hts_import *import, struct tol_hts_report *report,
                               struct tol_error *error)
{
    char source[256];
    struct hts_schedule schedule;
    struct hts_archive archive = {0};
    *report = (struct tol_hts_report){0};
    source_name(import->archive, source, sizeof source);
    enum tol_status status = tol_hts_schedule_read(import->law_folder, &schedule, error);
    status = status != TOL_OK ? status : tol_hts_archive_read(import->archive, source, &archive, error);
    status = status != TOL_OK ? status : complete_lines(&schedule, &archive, import->from, error);
    if (status == TOL_OK) {
        report->base_from_before = schedule.base_from;
        report->base_from_after = import->from < schedule.base_from ? import->from : schedule.base_from;
        status = lay_and_write(import, &schedule, &archive, report, error);
    }
    tol_hts_archive_free(&archive);
    tol_hts_schedule_free(&schedule);
    return status;
}
