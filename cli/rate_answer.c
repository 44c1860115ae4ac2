#include "rate_answer.h"

#include "json_codes.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const flag_names[] = {"no_law",      "aggregate",     "base_dated",   "specific_excluded",
                                         "unconfirmed", "past_coverage", "code_unknown", "code_other_date",
                                         "no_schedule", "code_mapped"};

const char *rate_flag_name(unsigned bit)
{
    return bit < sizeof flag_names / sizeof flag_names[0] ? flag_names[bit] : NULL;
}

const char *rate_refusal(const struct rate_case *rate)
{
    if (!isnan(rate->answer.central)) {
        return NULL;
    }
    if (rate->answer.flags & TOL_RATE_NO_LAW) {
        return "the tables hold no law of this importer on that day";
    }
    if (rate->answer.flags & TOL_RATE_NO_SCHEDULE) {
        return NULL; /* the layers are an answer */
    }
    if (rate->answer.flags & TOL_RATE_CODE_OTHER_DATE) {
        return "this product is not in the importer's schedule on that day";
    }
    if (rate->answer.flags & TOL_RATE_CODE_UNKNOWN) {
        return "this product is not in the importer's schedule";
    }
    return NULL;
}

const char *rate_unknown_reason(const struct rate_case *rate)
{
    const char *refusal = rate_refusal(rate);
    if (refusal != NULL || !isnan(rate->answer.central)) {
        return refusal;
    }
    return rate->answer.flags & TOL_RATE_NO_SCHEDULE
               ? "the tables hold no base rates of this importer, only the layers shown"
               : "the base rate is not known";
}

void rate_numbers(const struct rate_case *rate, struct rate_number columns[RATE_NUMBERS])
{
    const struct tol_rate_answer *answer = &rate->answer;
    const double *part = answer->by_authority;
    /* Authorities without a column of their own, so that base and layers still add up to the total. */
    double other = part[TOL_ANTI_DUMPING] + part[TOL_RETALIATION] + part[TOL_OTHER];
    const struct rate_number filled[RATE_NUMBERS] = {
        {"base_rate", part[TOL_MFN]}, /* the column that applies: a claimed preference is in it */
        {"section_232", part[TOL_SECTION_232]},
        {"section_301", part[TOL_SECTION_301]},
        {"ieepa_fentanyl", part[TOL_IEEPA_FENTANYL]},
        {"ieepa_reciprocal", part[TOL_IEEPA_RECIPROCAL]},
        {"section_122", part[TOL_SECTION_122]},
        {"section_201", part[TOL_SECTION_201]},
        {"section_338", part[TOL_SECTION_338]},
        {"other", other},
        {"total_low", answer->low},
        {"total_central", answer->central},
        {"total_high", answer->high},
    };
    memcpy(columns, filled, sizeof filled);
    if (rate->error != NULL) {
        for (size_t i = 0; i < RATE_NUMBERS; i++) {
            columns[i].value = NAN;
        }
    }
}

void rate_missing_facts(const struct rate_case *rate, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; rate->error == NULL && i < rate->answer.unknown_fact_count && used < size; i++) {
        const char *name = tol_fact_name(rate->law, rate->answer.unknown_fact[i].fact);
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ";" : "", name);
    }
}

void rate_csv_header(struct sink *sink, const char *scenario)
{
    struct rate_case none = {.error = ""};
    struct rate_number columns[RATE_NUMBERS];
    rate_numbers(&none, columns);
    sink_text(sink, "id");
    for (size_t i = 0; i < RATE_NUMBERS; i++) {
        sink_format(sink, ",%s", columns[i].name);
    }
    sink_format(sink, ",specific_duty,unknown_facts,error,law_version%s\n", scenario != NULL ? ",scenario" : "");
}

void rate_csv_row(struct sink *sink, const struct rate_case *rate)
{
    struct rate_number columns[RATE_NUMBERS];
    char missing[512];
    rate_numbers(rate, columns);
    rate_missing_facts(rate, missing, sizeof missing);
    sink_csv(sink, rate->id);
    for (size_t i = 0; i < RATE_NUMBERS; i++) {
        sink_bytes(sink, ",", 1);
        sink_number(sink, columns[i].value, "");
    }
    sink_bytes(sink, ",", 1);
    sink_csv(sink, rate->error == NULL ? rate->answer.specific_duty : "");
    sink_bytes(sink, ",", 1);
    sink_csv(sink, missing);
    sink_bytes(sink, ",", 1);
    sink_csv(sink, rate->error != NULL ? rate->error : "");
    sink_format(sink, ",%s", tol_law_version(rate->law));
    if (rate->scenario != NULL) {
        sink_bytes(sink, ",", 1);
        sink_csv(sink, rate->scenario);
    }
    sink_bytes(sink, "\n", 1);
}

static void json_duty(struct json_writer *json, const struct rate_case *rate)
{
    if (!rate->has_value) {
        return;
    }
    json_object(json, "duty");
    json_number(json, "value", rate->value);
    json_number(json, "low", rate->value * rate->answer.low);
    json_number(json, "central", rate->value * rate->answer.central);
    json_number(json, "high", rate->value * rate->answer.high);
    json_end_object(json);
}

void rate_json_row(struct json_writer *json, const struct rate_case *rate)
{
    struct rate_number columns[RATE_NUMBERS];
    char missing[512];
    rate_numbers(rate, columns);
    rate_missing_facts(rate, missing, sizeof missing);
    json_object(json, NULL);
    json_text(json, "id", rate->id);
    for (size_t i = 0; i < RATE_NUMBERS; i++) {
        json_number(json, columns[i].name, columns[i].value);
    }
    json_text(json, "specific_duty", rate->error == NULL ? rate->answer.specific_duty : "");
    json_text(json, "unknown_facts", missing);
    json_text(json, "error", rate->error != NULL ? rate->error : "");
    json_text(json, "law_version", tol_law_version(rate->law));
    if (rate->scenario != NULL) {
        json_text(json, "scenario", rate->scenario);
    }
    if (rate->error == NULL) {
        json_duty(json, rate);
    }
    json_end_object(json);
}

static void json_layers(struct json_writer *json, const struct tol_rate_answer *answer)
{
    json_array(json, "layers");
    for (size_t i = 0; i < answer->layer_count; i++) {
        const struct tol_rate_layer *layer = &answer->layer[i];
        json_object(json, NULL);
        json_text(json, "authority", tol_authority_name(layer->authority));
        json_text(json, "programme", layer->programme);
        json_text(json, "verdict", tol_verdict_name(layer->verdict));
        json_number(json, "rate", layer->rate_fraction);
        json_text(json, "base", layer->base);
        json_text(json, "source", layer->source);
        json_text(json, "reason", layer->reason);
        json_text(json, "detail", layer->detail);
        json_text(json, "measure", layer->measure);
        json_number(json, "stated_rate", layer->stated_rate);
        json_number(json, "share", layer->share);
        json_number(json, "trade_share", layer->trade_share);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_by_authority(struct json_writer *json, const struct tol_rate_answer *answer)
{
    json_object(json, "by_authority");
    for (size_t i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        json_number(json, tol_authority_name((enum tol_authority)i), answer->by_authority[i]);
    }
    json_end_object(json);
}

static void json_missing(struct json_writer *json, const struct rate_case *rate)
{
    const struct tol_rate_answer *answer = &rate->answer;
    json_array(json, "unknown_facts");
    for (size_t i = 0; i < answer->unknown_fact_count; i++) {
        json_text(json, NULL, tol_fact_name(rate->law, answer->unknown_fact[i].fact));
    }
    json_end_array(json);
    json_object(json, "narrowing");
    for (size_t i = 0; i < answer->unknown_fact_count; i++) {
        json_number(json, tol_fact_name(rate->law, answer->unknown_fact[i].fact), answer->unknown_fact[i].narrowing);
    }
    json_end_object(json);
    json_array(json, "flags");
    for (unsigned bit = 0; rate_flag_name(bit) != NULL; bit++) {
        if (answer->flags & (1u << bit)) {
            json_text(json, NULL, rate_flag_name(bit));
        }
    }
    json_end_array(json);
}

static void json_mapped(struct json_writer *json, const struct tol_rate_answer *answer)
{
    json_array(json, "mapped_to");
    for (size_t i = 0; i < answer->mapped_count; i++) {
        json_product(json, NULL, answer->mapped[i]);
    }
    json_end_array(json);
}

void rate_json_full(struct json_writer *json, const struct rate_case *rate)
{
    const struct tol_rate_answer *answer = &rate->answer;
    json_object(json, NULL);
    json_country(json, "into", rate->query.into);
    json_country(json, "from", rate->query.from);
    json_product(json, "hts", rate->query.product);
    json_day(json, "on", rate->query.on);
    json_text(json, "assume", tol_assume_name(rate->query.assume));
    json_text(json, "law_version", tol_law_version(rate->law));
    if (rate->scenario != NULL) {
        json_text(json, "scenario", rate->scenario);
    }
    json_object(json, "base");
    json_number(json, "rate", answer->base.rate_fraction);
    json_text(json, "kind", tol_base_kind_name(answer->base.kind));
    json_text(json, "text", answer->base.text);
    json_text(json, "unit", answer->base.unit);
    json_text(json, "source", answer->base.source);
    json_end_object(json);
    json_layers(json, answer);
    json_by_authority(json, answer);
    json_object(json, "total");
    json_number(json, "low", answer->low);
    json_number(json, "central", answer->central);
    json_number(json, "high", answer->high);
    json_end_object(json);
    json_text(json, "specific_duty", answer->specific_duty);
    json_missing(json, rate);
    json_mapped(json, answer);
    json_duty(json, rate);
    json_end_object(json);
}
