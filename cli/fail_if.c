#include "fail_if.h"

#include "nearest.h"
#include "number.h"
#include "talk.h"
#include "totals_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIGURES_MOST = 64, NAME_SIZE = 64 };

static enum tol_status unknown_figure(const char *name, struct tol_error *error)
{
    const char *names[FIGURES_MOST];
    size_t count = 0;
    for (; count < FIGURES_MOST && totals_figure_name(count) != NULL; count++) {
        names[count] = totals_figure_name(count);
    }
    const char *near = nearest_name(name, names, count);
    return near != NULL
               ? tol_fail(error, TOL_USAGE, "--fail-if %s: unknown; did you mean %s?", name, near)
               : tol_fail(error, TOL_USAGE,
                          "--fail-if %s: unknown; write a column of the totals or band_e_share (docs/runs.md)", name);
}

static enum tol_status find_figure(const char *name, bool drawn, size_t *figure, struct tol_error *error)
{
    for (*figure = 0; totals_figure_name(*figure) != NULL; (*figure)++) {
        if (strcasecmp(totals_figure_name(*figure), name) != 0) {
            continue;
        }
        return drawn || !totals_figure_is_drawn(*figure)
                   ? TOL_OK
                   : tol_fail(error, TOL_USAGE, "--fail-if %s: known with draws only; score with --draws N", name);
    }
    return unknown_figure(name, error);
}

static enum tol_status read_condition(struct fail_condition *condition, const char *text, bool drawn,
                                      struct tol_error *error)
{
    char name[NAME_SIZE];
    size_t length = strcspn(text, "<>=!");
    const char *sign = text + length;
    size_t spaces = strspn(text, " ");
    while (length > spaces && text[length - 1] == ' ') {
        length--;
    }
    bool below = *sign == '<';
    bool equal = sign[0] != '\0' && sign[1] == '=';
    const char *number = sign + (sign[0] != '\0') + equal;
    number += strspn(number, " ");
    if ((!below && *sign != '>') || length <= spaces || length - spaces >= sizeof name ||
        !text_to_number(number, &condition->limit)) {
        return tol_fail(error, TOL_USAGE,
                        "--fail-if %.100s: write FIGURE<NUMBER with <, <=, > or >=, such as 'band_e_share>0.1'", text);
    }
    memcpy(name, text + spaces, length - spaces);
    name[length - spaces] = '\0';
    condition->text = text;
    condition->compare = below ? (equal ? FAIL_AT_MOST : FAIL_BELOW) : (equal ? FAIL_AT_LEAST : FAIL_ABOVE);
    return find_figure(name, drawn, &condition->figure, error);
}

enum tol_status fail_if_read(struct fail_if *conditions, const struct options *options, bool drawn,
                             struct tol_error *error)
{
    const struct text_list *given = &options->value[OPTION_FAIL_IF];
    *conditions = (struct fail_if){0};
    if (given->count == 0) {
        return TOL_OK;
    }
    conditions->condition = calloc(given->count, sizeof *conditions->condition);
    if (conditions->condition == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < given->count; i++) {
        status = read_condition(&conditions->condition[i], given->text[i], drawn, error);
        conditions->count = i + 1;
    }
    return status;
}

void fail_if_release(struct fail_if *conditions)
{
    free(conditions->condition);
    *conditions = (struct fail_if){0};
}

static bool holds(const struct fail_condition *condition, double value)
{
    switch (condition->compare) {
    case FAIL_BELOW:
        return value < condition->limit;
    case FAIL_AT_MOST:
        return value <= condition->limit;
    case FAIL_ABOVE:
        return value > condition->limit;
    default:
        return value >= condition->limit;
    }
}

enum tol_status fail_if_judge(const struct fail_if *conditions, fail_if_figure figure, const void *context,
                              const struct worlds *worlds, struct tol_error *error)
{
    size_t exceeded = 0;
    for (size_t i = 0; i < conditions->count * worlds->count; i++) {
        const struct fail_condition *condition = &conditions->condition[i / worlds->count];
        size_t scenario = i % worlds->count;
        const char *name = totals_figure_name(condition->figure);
        double value = figure(context, scenario, condition->figure);
        char number[NUMBER_TEXT_SIZE];
        if (isnan(value)) {
            talk_note("%s: %s is not known, so --fail-if %s says nothing", worlds->scenario[scenario].name, name,
                      condition->text);
        } else if (holds(condition, value)) {
            number[number_format(value, number)] = '\0';
            talk_note("%s: %s is %s: --fail-if %s", worlds->scenario[scenario].name, name, number, condition->text);
            exceeded++;
        }
    }
    if (exceeded == 0) {
        return TOL_OK;
    }
    if (error != NULL) {
        *error = (struct tol_error){.status = TOL_THRESHOLD_EXCEEDED};
    }
    return TOL_THRESHOLD_EXCEEDED;
}

static double of_totals(const void *context, size_t scenario, size_t figure)
{
    return totals_figure(context, 0, scenario, figure);
}

enum tol_status fail_if_judge_totals(const struct fail_if *conditions, const struct totals *totals,
                                     const struct worlds *worlds, struct tol_error *error)
{
    return fail_if_judge(conditions, of_totals, totals, worlds, error);
}

static double of_run(const void *context, size_t scenario, size_t figure)
{
    const struct totals_read *totals = context;
    return totals->figure[scenario * totals->figure_count + figure];
}

enum tol_status fail_if_judge_run(const struct fail_if *conditions, const char *run, const struct worlds *worlds,
                                  struct tol_error *error)
{
    char path[4096];
    struct totals_read totals = {0};
    if (conditions->count == 0) {
        return TOL_OK;
    }
    int length = snprintf(path, sizeof path, "%s/totals.csv", run);
    if (length < 0 || length >= (int)sizeof path) {
        return tol_fail(error, TOL_USAGE, "the name of the run is too long");
    }
    enum tol_status status = totals_read(&totals, path, worlds->count, error);
    if (status == TOL_OK) {
        status = fail_if_judge(conditions, of_run, &totals, worlds, error);
    }
    totals_read_release(&totals);
    return status;
}
