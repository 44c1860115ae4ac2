#include "firm_answer.h"

#include <string.h>

static enum tol_status rate_cell(const struct firm_answer *answer, const struct tol_scenario *world,
                                 const struct tol_cell *cell, struct tol_rate_answer *rate, struct tol_error *error)
{
    struct tol_facts facts;
    enum tol_status status = tol_facts_parse(world->law, tol_book_facts(answer->book, cell->facts), &facts, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_rate_query query = {.into = cell->importer,
                                   .from = cell->origin,
                                   .product = cell->product,
                                   .on = world->on,
                                   .facts = &facts,
                                   .assume = answer->assume};
    return tol_law_rate(world->law, &query, rate, error);
}

static void add_source(struct line_cause *cause, const char *source)
{
    if (source[0] == '\0' || strstr(cause->sources, source) != NULL) {
        return;
    }
    size_t used = strlen(cause->sources);
    snprintf(cause->sources + used, sizeof cause->sources - used, "%s%s", used > 0 ? "; " : "", source);
}

static void add_sources(struct line_cause *cause, const struct tol_rate_answer *rate)
{
    if (cause->authority == TOL_MFN) {
        add_source(cause, rate->base.source);
    }
    for (size_t i = 0; i < rate->layer_count; i++) {
        if (rate->layer[i].authority == cause->authority && rate->layer[i].rate_fraction != 0) {
            add_source(cause, rate->layer[i].source);
        }
    }
}

enum tol_status line_causes_read(const struct firm_answer *answer, size_t scenario,
                                 const struct tol_explained_line *line, struct line_causes *causes,
                                 struct tol_error *error)
{
    *causes = (struct line_causes){0};
    struct tol_rate_answer before, after;
    const struct tol_scenario *world = &answer->worlds->scenario[scenario];
    enum tol_status status = rate_cell(answer, &answer->worlds->baseline, &line->cell, &before, error);
    if (status == TOL_OK) {
        status = rate_cell(answer, world, &line->cell, &after, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    for (size_t i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        if (line->authority_duty_eur[i] == 0) {
            continue;
        }
        struct line_cause *cause = &causes->cause[causes->count++];
        *cause = (struct line_cause){.authority = (enum tol_authority)i, .duty_eur = line->authority_duty_eur[i]};
        cause->ended = after.by_authority[i] == 0;
        add_sources(cause, cause->ended ? &before : &after);
    }
    causes->unknown_count = after.unknown_fact_count;
    for (size_t i = 0; i < after.unknown_fact_count; i++) {
        causes->unknown[i] = tol_fact_name(world->law, after.unknown_fact[i].fact);
    }
    return TOL_OK;
}

void line_rest_read(const struct firm_answer *answer, size_t scenario, enum tol_side side, struct line_rest *rest)
{
    *rest = (struct line_rest){0};
    const struct tol_explanation *explanation = answer->explanation[scenario];
    for (size_t i = answer->top; i < explanation->line_count; i++) {
        const struct tol_explained_line *line = &explanation->line[i];
        if (line->side == side) {
            rest->count += 1;
            rest->value_eur += line->value_eur;
            rest->duty_eur += line->duty_eur;
            rest->ebitda_eur += line->ebitda_eur;
        }
    }
}
