/* What names a cause: measures of the law, figures of a firm. */
#include "diff.h"
#include "number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- law ------------------------------------------------------------------------------------------------------- */

static enum tol_status rate_line(const struct diff *diff, const struct tol_scenario *world,
                                 const struct diff_item *line, struct tol_rate_answer *answer, struct tol_error *error)
{
    struct tol_facts facts;
    enum tol_status status = tol_facts_parse(world->law, line->facts, &facts, error);
    if (status != TOL_OK) {
        return status;
    }
    /* The law is changed before the parameters are: both answers assume what the first run did. */
    const struct tol_rate_query query = {.into = line->cell.importer,
                                         .from = line->cell.origin,
                                         .product = line->cell.product,
                                         .on = world->on,
                                         .facts = &facts,
                                         .assume = diff->side[TOL_RUN_BEFORE].settings.assume};
    return tol_law_rate(world->law, &query, answer, error);
}

static void add_rate(struct diff_cause *cause, const struct diff_measure *found, size_t state, double rate)
{
    size_t i = 0;
    while (i < cause->measure_count &&
           (cause->measure[i].baseline != found->baseline || strcmp(cause->measure[i].measure, found->measure) != 0)) {
        i++;
    }
    if (i == DIFF_MEASURES) {
        return;
    }
    if (i == cause->measure_count) {
        cause->measure[i] = *found;
        cause->measure_count++;
    }
    cause->measure[i].rate[state] += rate;
}

static void add_rates(struct diff_cause *cause, const struct tol_rate_answer *answer, size_t state, bool baseline)
{
    if (answer->base.rate_fraction != 0 && !isnan(answer->base.rate_fraction)) {
        const struct diff_measure base = {
            .measure = "base_rate", .programme = "", .source = answer->base.source, .baseline = baseline};
        add_rate(cause, &base, state, answer->base.rate_fraction);
    }
    for (size_t i = 0; i < answer->layer_count; i++) {
        const struct tol_rate_layer *layer = &answer->layer[i];
        if (layer->rate_fraction != 0) { /* of a preference: less than 0 */
            const struct diff_measure found = {.measure = layer->measure,
                                               .programme = layer->programme,
                                               .source = layer->source,
                                               .baseline = baseline};
            add_rate(cause, &found, state, layer->rate_fraction);
        }
    }
}

/* Leaves those that changed, greatest change first. */
static int by_change(const void *left, const void *right)
{
    const struct diff_measure *a = left, *b = right;
    double size_a = fabs(a->rate[1] - a->rate[0]), size_b = fabs(b->rate[1] - b->rate[0]);
    return size_a != size_b ? (size_a < size_b ? 1 : -1) : strcmp(a->measure, b->measure);
}

static void keep_changed(struct diff_cause *cause)
{
    size_t kept = 0;
    for (size_t i = 0; i < cause->measure_count; i++) {
        if (cause->measure[i].rate[0] != cause->measure[i].rate[1]) {
            cause->measure[kept++] = cause->measure[i];
        }
    }
    cause->measure_count = kept;
    qsort(cause->measure, kept, sizeof *cause->measure, by_change);
}

static bool same_world(const struct tol_scenario *before, const struct tol_scenario *after)
{
    return before->on == after->on && strcmp(tol_law_version(before->law), tol_law_version(after->law)) == 0;
}

static enum tol_status compare_laws(const struct diff *diff, struct diff_cause *cause,
                                    const struct tol_scenario *const world[2], bool baseline, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t state = 0; state < 2 && status == TOL_OK && !same_world(world[0], world[1]); state++) {
        struct tol_rate_answer answer;
        status = rate_line(diff, world[state], &cause->line, &answer, error);
        if (status == TOL_OK) {
            add_rates(cause, &answer, state, baseline);
        }
    }
    return status;
}

enum tol_status diff_rate_line(const struct diff *diff, const struct diff_mover *mover, struct diff_item *line,
                               struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (int state = TOL_RUN_BEFORE; state <= TOL_RUN_AFTER && status == TOL_OK; state++) {
        struct tol_rate_answer answer;
        status = rate_line(diff, &diff->side[state].scenario[mover->pair], line, &answer, error);
        line->rate[state] = status == TOL_OK ? answer.central : NAN;
    }
    return status;
}

/* A line of a firm of the book, and its duty in both laws. */
static enum tol_status read_line(const struct diff *diff, const struct diff_mover *mover,
                                 const struct diff_item *partner, uint64_t at, struct diff_item *line,
                                 struct tol_error *error)
{
    enum tol_side side = partner->kind == DIFF_CUSTOMER ? TOL_SALES : TOL_PURCHASES;
    const struct tol_book_side *rows = &partner->book->side[side];
    *line = (struct diff_item){.kind = side == TOL_SALES ? DIFF_SALE : DIFF_PURCHASE,
                               .cell = rows->cell[rows->line_cell[at]],
                               .industry = "",
                               .in = {true, true},
                               .value_eur = {rows->line_value_eur[at], rows->line_value_eur[at]},
                               .change_eur = NAN};
    line->facts = tol_book_facts(partner->book, line->cell.facts);
    return diff_rate_line(diff, mover, line, error);
}

/* The partner's own line whose duty changed by most money: a customer's sales, a supplier's purchases. */
static enum tol_status find_partner_line(const struct diff *diff, const struct diff_mover *mover,
                                         struct diff_cause *cause, struct tol_error *error)
{
    const struct diff_item *partner = &cause->item[0];
    const uint64_t *start = partner->book->side[partner->kind == DIFF_CUSTOMER ? TOL_SALES : TOL_PURCHASES].line_start;
    double most = 0;
    enum tol_status status = TOL_OK;
    for (uint64_t i = start[partner->firm]; i < start[partner->firm + 1] && status == TOL_OK; i++) {
        struct diff_item line;
        status = read_line(diff, mover, partner, i, &line, error);
        double size = line.value_eur[0] * fabs(line.rate[1] - line.rate[0]);
        if (status == TOL_OK && size > most) {
            most = size;
            cause->line = line;
            cause->has_line = cause->of_partner = true;
        }
    }
    return status;
}

/* The line whose measures are told: that of the partner or of the sector when most came through one, else the firm's own. */
static enum tol_status choose_line(const struct diff *diff, const struct diff_mover *mover, struct diff_cause *cause,
                                   struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    if (cause->item_count > 0 && cause->item[0].book != NULL && cause->item[0].change_eur != 0) {
        status = find_partner_line(diff, mover, cause, error);
    } else if (cause->item_count > 0 && cause->item[0].kind >= DIFF_BUYING_SECTOR && cause->item[0].change_eur != 0) {
        status = diff_find_flow(diff, mover, &cause->item[0], &cause->line, &cause->of_sector, error);
        cause->has_line = cause->of_sector;
    }
    for (size_t i = 0; i < cause->item_count && !cause->has_line && status == TOL_OK; i++) {
        cause->has_line = cause->item[i].kind <= DIFF_PURCHASE && cause->item[i].change_eur != 0;
        cause->line = cause->item[i];
    }
    return status;
}

enum tol_status diff_find_measures(const struct diff *diff, const struct diff_mover *mover, struct tol_error *error)
{
    struct diff_cause *cause = &mover->cause[DIFF_LAW];
    enum tol_status status = choose_line(diff, mover, cause, error);
    if (status != TOL_OK || !cause->has_line) {
        return status;
    }
    cause->measure = calloc(DIFF_MEASURES, sizeof *cause->measure);
    if (cause->measure == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    cause->measure_count = 0;
    const struct diff_side *side = diff->side;
    const struct tol_scenario *const scenario[2] = {&side[TOL_RUN_BEFORE].scenario[mover->pair],
                                                    &side[TOL_RUN_AFTER].scenario[mover->pair]};
    const struct tol_scenario *const baseline[2] = {&side[TOL_RUN_BEFORE].worlds.baseline,
                                                    &side[TOL_RUN_AFTER].worlds.baseline};
    status = compare_laws(diff, cause, scenario, false, error);
    if (status == TOL_OK) {
        status = compare_laws(diff, cause, baseline, true, error);
    }
    keep_changed(cause);
    return status;
}

/* ---- data ------------------------------------------------------------------------------------------------------ */

static void number_text(double value, char *text)
{
    text[isnan(value) ? 0 : number_format(value, text)] = '\0';
}

static void add_figure(struct diff_cause *cause, const char *name, const char *before, const char *after)
{
    if (strcmp(before, after) == 0) {
        return;
    }
    struct diff_figure *figure = &cause->figure[cause->figure_count++];
    figure->name = name;
    snprintf(figure->text[TOL_RUN_BEFORE], sizeof figure->text[TOL_RUN_BEFORE], "%s", before);
    snprintf(figure->text[TOL_RUN_AFTER], sizeof figure->text[TOL_RUN_AFTER], "%s", after);
}

enum tol_status diff_find_figures(const struct diff *diff, const struct diff_mover *mover, struct tol_error *error)
{
    struct diff_cause *cause = &mover->cause[DIFF_DATA];
    const struct tol_book *book[2] = {diff->side[TOL_RUN_BEFORE].book, diff->side[TOL_RUN_AFTER].book};
    uint64_t firm[2];
    if (!tol_book_find(book[TOL_RUN_BEFORE], mover->firm_id, &firm[TOL_RUN_BEFORE]) ||
        !tol_book_find(book[TOL_RUN_AFTER], mover->firm_id, &firm[TOL_RUN_AFTER])) {
        return TOL_OK;
    }
    cause->figure = calloc(DIFF_FIGURES, sizeof *cause->figure);
    if (cause->figure == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    char text[2][NUMBER_TEXT_SIZE], country[2][TOL_COUNTRY_TEXT_SIZE];
    for (int number = 0; number < TOL_FIRM_NUMBER_COUNT; number++) {
        for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
            number_text(book[side]->firm_number[number][firm[side]], text[side]);
        }
        add_figure(cause, tol_firm_number_name((enum tol_firm_number)number), text[TOL_RUN_BEFORE],
                   text[TOL_RUN_AFTER]);
    }
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        tol_country_format(book[side]->firm_country[firm[side]], country[side]);
    }
    add_figure(cause, "country", country[TOL_RUN_BEFORE], country[TOL_RUN_AFTER]);
    add_figure(cause, "sector",
               tol_book_sector(book[TOL_RUN_BEFORE], book[TOL_RUN_BEFORE]->firm_sector[firm[TOL_RUN_BEFORE]]),
               tol_book_sector(book[TOL_RUN_AFTER], book[TOL_RUN_AFTER]->firm_sector[firm[TOL_RUN_AFTER]]));
    return TOL_OK;
}
