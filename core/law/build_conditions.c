/* The conditions column: facts joined by '&'. */
#include <stdio.h>
#include <string.h>

#include "law/build.h"
#include "law/facts.h"

struct condition {
    char fact[64];
    char value[64];
    uint16_t operation;
};

static void copy_trimmed(char *to, size_t size, const char *from, size_t length)
{
    while (length > 0 && from[0] == ' ') {
        from++;
        length--;
    }
    while (length > 0 && from[length - 1] == ' ') {
        length--;
    }
    snprintf(to, size, "%.*s", (int)length, from);
}

/* Splits "us_content < 0.2"; false when there is no operator. */
static bool split(const char *text, size_t length, struct condition *condition)
{
    static const struct {
        const char *text;
        uint16_t operation;
    } operators[] = {{"!=", LAW_NOT_EQUAL}, {"<=", LAW_LESS_EQUAL}, {">=", LAW_GREATER_EQUAL},
                     {"=", LAW_EQUAL},      {"<", LAW_LESS},        {">", LAW_GREATER}};
    size_t at = strcspn(text, "!<>=");
    if (at >= length) {
        return false;
    }
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t size = strlen(operators[i].text);
        if (strncmp(text + at, operators[i].text, size) == 0) {
            condition->operation = operators[i].operation;
            copy_trimmed(condition->fact, sizeof condition->fact, text, at);
            copy_trimmed(condition->value, sizeof condition->value, text + at + size, length - at - size);
            return true;
        }
    }
    return false;
}

static enum tol_status add_term(struct tol_law_builder *builder, const struct build_row *row, const char *text,
                                size_t length, struct law_measure *measure, struct tol_error *error)
{
    const struct tol_law *law = builder->law;
    struct condition condition;
    uint32_t fact = 0;
    struct law_term term = {.fact = 0};
    char shown[128];
    copy_trimmed(shown, sizeof shown, text, length);
    if (!split(text, length, &condition)) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_CONDITIONS, shown, error,
                               "a condition is fact, operator (= != < <= > >=) and value");
    }
    while (fact < law->count[LAW_FACTS] && strcmp(tol_fact_name(law, fact), condition.fact) != 0) {
        fact++;
    }
    if (fact == law->count[LAW_FACTS]) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_CONDITIONS, condition.fact, error,
                               "no such fact; add it to facts.csv or write one that is there");
    }
    bool equality = condition.operation == LAW_EQUAL || condition.operation == LAW_NOT_EQUAL;
    if (!tol_law_fact_value_parse(law, fact, condition.value, &term.number) ||
        (law->fact[fact].type == LAW_CHOICE && !equality)) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, MEASURE_CONDITIONS, shown, error,
                               "the fact cannot be compared with this; see its type and values in facts.csv");
    }
    struct law_term *added = tol_buffer_add(&builder->section[LAW_TERMS], 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    term.fact = (uint16_t)fact;
    term.operation = condition.operation;
    *added = term;
    measure->term_count++;
    measure->condition_facts |= (uint64_t)1 << fact;
    return TOL_OK;
}

enum tol_status tol_build_conditions(struct tol_law_builder *builder, const struct build_row *row,
                                     struct law_measure *measure, struct tol_error *error)
{
    const char *text = tol_build_field(builder, row, MEASURE_CONDITIONS);
    measure->term_first = (uint32_t)builder->section[LAW_TERMS].count;
    if (text[strspn(text, " ")] == '\0') {
        return TOL_OK;
    }
    for (;;) {
        size_t length = strcspn(text, "&");
        enum tol_status status = add_term(builder, row, text, length, measure, error);
        if (status != TOL_OK || text[length] == '\0') {
            return status;
        }
        text += length + 1;
    }
}
