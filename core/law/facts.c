#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/facts.h"

/* Nothing is worth less; a quotient by it stays finite. */
#define POSITIVE_LEAST 1e-100

const char *tol_fact_name(const struct tol_law *law, size_t fact)
{
    return fact < law->count[LAW_FACTS] ? law->strings + law->fact[fact].name : NULL;
}

/* Digits, at most one point, an optional exponent: what strtod takes beyond that (hexadecimal, inf, nan, locale) is refused,
 * and so is a number too small to be told from 0. */
bool tol_law_number_parse(const char *text, double *number)
{
    if (text[0] == '\0' || strspn(text, "0123456789.eE+-") != strlen(text)) {
        return false;
    }
    char *end;
    errno = 0;
    *number = strtod(text, &end);
    bool written_zero = strcspn(text, "123456789") >= strcspn(text, "eE");
    return *end == '\0' && isfinite(*number) && (errno == 0 || fabs(*number) < 1) && (*number != 0 || written_zero);
}

static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

static enum tol_status unknown_fact(const struct tol_law *law, const char *name, struct tol_error *error)
{
    char known[400] = "";
    for (size_t i = 0; i < law->count[LAW_FACTS]; i++) {
        append(known, sizeof known, i == 0 ? "" : ", ");
        append(known, sizeof known, law->strings + law->fact[i].name);
    }
    tol_fail(error, TOL_BAD_DATA, "no such fact; known are: %s", known);
    return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "facts", name);
}

static enum tol_status bad_value(const struct tol_law *law, size_t index, const char *value, struct tol_error *error)
{
    const struct law_fact *fact = &law->fact[index];
    char allowed[400] = "";
    if (fact->type == LAW_CHOICE) {
        for (uint32_t i = 0; i < fact->value_count; i++) {
            append(allowed, sizeof allowed, i == 0 ? "" : ", ");
            append(allowed, sizeof allowed, law->strings + law->fact_value[fact->value_first + i]);
        }
    } else {
        static const char *const kinds[] = {"", "a fraction from 0 to 1", "a number from 0 up", "a date YYYY-MM-DD",
                                            "a number above 0"};
        append(allowed, sizeof allowed, kinds[fact->type]);
    }
    tol_fail(error, TOL_BAD_DATA, "the fact %s cannot have this value; give %s%s", law->strings + fact->name,
             fact->type == LAW_CHOICE ? "one of: " : "", allowed);
    return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "facts", value);
}

bool tol_law_fact_value_parse(const struct tol_law *law, size_t index, const char *text, double *value)
{
    const struct law_fact *fact = &law->fact[index];
    tol_day day;
    switch ((enum law_fact_type)fact->type) {
    case LAW_CHOICE:
        for (uint32_t i = 0; i < fact->value_count; i++) {
            if (strcmp(law->strings + law->fact_value[fact->value_first + i], text) == 0) {
                *value = i;
                return true;
            }
        }
        return false;
    case LAW_SHARE:
        return tol_law_number_parse(text, value) && *value >= 0 && *value <= 1;
    case LAW_NUMBER:
        return tol_law_number_parse(text, value) && *value >= 0;
    case LAW_POSITIVE:
        return tol_law_number_parse(text, value) && *value >= POSITIVE_LEAST;
    case LAW_DAY:
        if (!tol_day_parse(text, &day)) {
            return false;
        }
        *value = day;
        return true;
    }
    return false;
}

/* Keeps items ascending by fact. */
static enum tol_status insert(struct tol_facts *facts, const struct tol_law *law, size_t fact, double value,
                              struct tol_error *error)
{
    uint32_t at = 0;
    while (at < facts->count && facts->item[at].fact < fact) {
        at++;
    }
    if (at < facts->count && facts->item[at].fact == fact) {
        const char *name = law->strings + law->fact[fact].name;
        tol_fail(error, TOL_BAD_DATA, "the fact %s is given twice; give it once", name);
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "facts", name);
    }
    if (facts->count == TOL_FACTS_MAX) {
        return tol_fail(error, TOL_BAD_DATA, "more than %d facts; leave out those that do not matter", TOL_FACTS_MAX);
    }
    memmove(&facts->item[at + 1], &facts->item[at], (facts->count - at) * sizeof facts->item[0]);
    facts->item[at].fact = (uint16_t)fact;
    bool choice = law->fact[fact].type == LAW_CHOICE;
    facts->item[at].choice = choice ? (uint16_t)value : 0;
    facts->item[at].number = choice ? 0 : value;
    facts->count++;
    return TOL_OK;
}

static void trim(char **text)
{
    *text += strspn(*text, " \t");
    size_t length = strlen(*text);
    while (length > 0 && strchr(" \t", (*text)[length - 1]) != NULL) {
        (*text)[--length] = '\0';
    }
}

static enum tol_status parse_pair(const struct tol_law *law, char *pair, struct tol_facts *facts,
                                  struct tol_error *error)
{
    char *equals = strchr(pair, '=');
    if (equals == NULL) {
        tol_fail(error, TOL_BAD_DATA, "a fact is written name=value, as in usmca=yes");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "facts", pair);
    }
    *equals = '\0';
    char *value = equals + 1;
    trim(&pair);
    trim(&value);
    for (size_t i = 0; i < law->count[LAW_FACTS]; i++) {
        if (strcmp(law->strings + law->fact[i].name, pair) == 0) {
            double number;
            if (!tol_law_fact_value_parse(law, i, value, &number)) {
                return bad_value(law, i, value, error);
            }
            return insert(facts, law, i, number, error);
        }
    }
    return unknown_fact(law, pair, error);
}

enum tol_status tol_facts_parse(const struct tol_law *law, const char *text, struct tol_facts *facts,
                                struct tol_error *error)
{
    struct tol_facts parsed;
    memset(&parsed, 0, sizeof parsed);
    while (*text != '\0') {
        char pair[256];
        size_t length = strcspn(text, ";&,");
        if (length >= sizeof pair) {
            return tol_fail(error, TOL_BAD_DATA, "a fact is longer than %zu bytes; facts are written name=value",
                            sizeof pair - 1);
        }
        memcpy(pair, text, length);
        pair[length] = '\0';
        text += length;
        text += *text != '\0';
        if (pair[strspn(pair, " \t")] == '\0') {
            continue;
        }
        enum tol_status status = parse_pair(law, pair, &parsed, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    *facts = parsed;
    return TOL_OK;
}

/* The shortest decimal that reads back as the same double. */
static void shortest(double number, char *text, size_t size)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            return;
        }
    }
}

void tol_facts_format(const struct tol_law *law, const struct tol_facts *facts, char *text, size_t size)
{
    text[0] = '\0';
    for (uint32_t i = 0; i < facts->count; i++) {
        char value[64];
        const struct law_fact *fact = &law->fact[facts->item[i].fact];
        const char *shown = value;
        if (fact->type == LAW_CHOICE) {
            shown = law->strings + law->fact_value[fact->value_first + facts->item[i].choice];
        } else if (fact->type == LAW_DAY) {
            tol_day_format((tol_day)facts->item[i].number, value);
        } else {
            shortest(facts->item[i].number, value, sizeof value);
        }
        append(text, size, i == 0 ? "" : ";");
        append(text, size, law->strings + fact->name);
        append(text, size, "=");
        append(text, size, shown);
    }
}
