/* `firm` for machines. */
#include "firm_answer.h"
#include "json_codes.h"

static void json_head(struct json_writer *json, const struct firm_answer *answer)
{
    const struct tol_book *book = answer->book;
    json_object(json, "firm");
    json_firm(json, book, answer->firm);
    for (size_t i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        json_number(json, tol_firm_number_name((enum tol_firm_number)i), book->firm_number[i][answer->firm]);
    }
    json_end_object(json);
}

static void json_causes(struct json_writer *json, const struct line_causes *causes)
{
    json_array(json, "authorities");
    for (size_t i = 0; i < causes->count; i++) {
        json_object(json, NULL);
        json_text(json, "authority", tol_authority_name(causes->cause[i].authority));
        json_number(json, "duty_eur", causes->cause[i].duty_eur);
        json_text(json, "source", causes->cause[i].sources);
        json_boolean(json, "ended", causes->cause[i].ended);
        json_end_object(json);
    }
    json_end_array(json);
    json_array(json, "unknown_facts");
    for (size_t i = 0; i < causes->unknown_count; i++) {
        json_text(json, NULL, causes->unknown[i]);
    }
    json_end_array(json);
}

static void json_line(struct json_writer *json, const struct firm_answer *answer, const struct tol_explained_line *line,
                      const struct line_causes *causes)
{
    json_object(json, NULL);
    json_text(json, "side", line->side == TOL_SALES ? "sales" : "purchases");
    json_cell(json, &line->cell);
    json_text(json, "facts", tol_book_facts(answer->book, line->cell.facts));
    json_number(json, "value_eur", line->value_eur);
    json_number(json, "base_rate", line->base_rate);
    json_number(json, "new_rate", line->new_rate);
    json_number(json, "duty_eur", line->duty_eur);
    json_number(json, "price_cut_eur", line->price_cut_eur);
    json_number(json, "volume_eur", line->volume_eur);
    json_number(json, "cost_rise_eur", line->cost_rise_eur);
    json_number(json, "revenue_change_eur", line->revenue_change_eur);
    json_number(json, "revenue_own_duty_eur", line->revenue_own_duty_eur);
    json_number(json, "revenue_price_cut_eur", line->revenue_price_cut_eur);
    json_number(json, "revenue_diversion_eur", line->revenue_diversion_eur);
    json_number(json, "ebitda_eur", line->ebitda_eur);
    json_causes(json, causes);
    json_end_object(json);
}

static void json_rest(struct json_writer *json, const struct firm_answer *answer, size_t scenario)
{
    json_object(json, "other_lines");
    for (int side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        struct line_rest rest;
        line_rest_read(answer, scenario, (enum tol_side)side, &rest);
        json_object(json, side == TOL_SALES ? "sales" : "purchases");
        json_integer(json, "count", rest.count);
        json_number(json, "value_eur", rest.value_eur);
        json_number(json, "duty_eur", rest.duty_eur);
        json_number(json, "ebitda_eur", rest.ebitda_eur);
        json_end_object(json);
    }
    json_end_object(json);
}

static void json_draws(struct json_writer *json, const struct firm_answer *answer, const struct tol_score_row *row)
{
    if (answer->draws == NULL) {
        return;
    }
    json_object(json, "draws");
    json_integer(json, "count", answer->draws->options.count);
    json_integer(json, "seed", answer->draws->options.seed);
    json_number(json, "draw_mean_eur", row->draw_mean_eur);
    json_number(json, "p05", row->p05);
    json_number(json, "p50", row->p50);
    json_number(json, "p95", row->p95);
    json_number(json, "expected_shortfall", row->expected_shortfall);
    json_end_object(json);
}

static enum tol_status json_scenario(struct json_writer *json, const struct firm_answer *answer, size_t scenario,
                                     struct tol_error *error)
{
    const struct tol_explanation *explanation = answer->explanation[scenario];
    json_object(json, NULL);
    score_json(json, "row", answer->texts, &explanation->row);
    json_draws(json, answer, &explanation->row);
    json_object(json, "parts");
    json_number(json, "sales_eur", explanation->sales_eur);
    json_number(json, "purchases_eur", explanation->purchases_eur);
    json_number(json, "lost_orders_eur", explanation->chain[TOL_SALES].ebitda_eur);
    json_number(json, "dearer_inputs_eur", explanation->chain[TOL_PURCHASES].ebitda_eur);
    json_number(json, "rounding_eur", explanation->rounding_eur);
    json_end_object(json);
    json_array(json, "lines");
    for (size_t i = 0; i < explanation->line_count && i < answer->top; i++) {
        struct line_causes causes;
        enum tol_status status = line_causes_read(answer, scenario, &explanation->line[i], &causes, error);
        if (status != TOL_OK) {
            return status;
        }
        json_line(json, answer, &explanation->line[i], &causes);
    }
    json_end_array(json);
    json_rest(json, answer, scenario);
    firm_chain_json(json, answer, scenario, TOL_SALES);
    firm_chain_json(json, answer, scenario, TOL_PURCHASES);
    firm_beside_json(json, answer, scenario);
    json_end_object(json);
    return TOL_OK;
}

enum tol_status firm_json(struct json_writer *json, const struct firm_answer *answer, struct tol_error *error)
{
    json_object(json, NULL);
    json_head(json, answer);
    json_text(json, "assume", tol_assume_name(answer->assume));
    json_text(json, "baseline", answer->worlds->baseline.name);
    firm_vulnerability_json(json, answer);
    json_array(json, "scenarios");
    for (size_t i = 0; i < answer->worlds->count; i++) {
        enum tol_status status = json_scenario(json, answer, i, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    json_end_array(json);
    json_end_object(json);
    sink_text(json->sink, "\n");
    return TOL_OK;
}
