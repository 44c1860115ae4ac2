#include "rate_memo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rate_answer.h"

#include "tolmuur/text.h"

enum { FACT_TEXTS = 64, FACTS_SIZE = 1024, CODE_SIZE = 32, QUESTIONS = 1 << 14 };

/* A facts text with what it says. */
struct known_facts {
    uint32_t number; /* that no other text in this memo ever had; 0: the place is empty */
    uint32_t length;
    char text[FACTS_SIZE];
    struct tol_facts facts;
};

/* A country's text as it was read last: most rows repeat the one before. */
struct known_country {
    uint32_t length;
    char text[8];
    tol_country country;
};

struct known_answer {
    tol_product product; /* 0: the place is empty */
    tol_day on;
    uint32_t facts;
    tol_country into, from;
    uint16_t assume;
    struct tol_rate_total total;
};

struct rate_memo {
    const struct tol_law *law;
    struct rate_memo *next;
    uint32_t facts_given; /* numbers */
    struct known_country into, from;
    struct known_facts facts[FACT_TEXTS];  /* by hash; a later text takes the place of an earlier one */
    struct known_answer answer[QUESTIONS]; /* likewise */
};

struct rate_memo *rate_memo_create(const struct tol_law *law)
{
    struct rate_memo *memo = calloc(1, sizeof *memo);
    if (memo != NULL) {
        memo->law = law;
    }
    return memo;
}

void rate_memo_destroy(struct rate_memo *memo)
{
    free(memo);
}

struct rate_memo *rate_memo_next(const struct rate_memo *memo)
{
    return memo->next;
}

void rate_memo_set_next(struct rate_memo *memo, struct rate_memo *next)
{
    memo->next = next;
}

void rate_memo_fault(const struct tol_error *error, char *text, size_t size)
{
    char words[sizeof error->column + sizeof error->value + sizeof error->message + 8];
    if (error->column[0] != '\0') {
        snprintf(words, sizeof words, "%s '%.100s': %.500s", error->column, error->value, error->message);
    } else {
        snprintf(words, sizeof words, "%s", error->message);
    }
    tol_text_visible(words, text, size);
}

static enum tol_status refuse(struct tol_error *error, const char *argument, struct sql_text text, const char *message)
{
    char value[128];
    uint32_t length = text.length < sizeof value ? text.length : (uint32_t)sizeof value - 1;
    memcpy(value, text.bytes, length);
    value[length] = '\0';
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, argument, value);
}

/* Zero-terminated; false when it does not fit or a zero stands inside, which no code has. */
static bool copy_text(struct sql_text text, char *copy, size_t size)
{
    if (text.length >= size || memchr(text.bytes, '\0', text.length) != NULL) {
        return false;
    }
    memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    return true;
}

static bool read_country(struct known_country *known, struct sql_text text,
                         bool (*read)(const char *text, tol_country *country), tol_country *country)
{
    if (known->country != 0 && known->length == text.length && memcmp(known->text, text.bytes, text.length) == 0) {
        *country = known->country;
        return true;
    }
    known->country = 0;
    if (!copy_text(text, known->text, sizeof known->text) || !read(known->text, country)) {
        return false;
    }
    known->country = *country;
    known->length = text.length;
    return true;
}

/* FNV-1a. */
static uint32_t hash_text(struct sql_text text)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < text.length; i++) {
        hash = (hash ^ (unsigned char)text.bytes[i]) * 16777619u;
    }
    return hash;
}

static enum tol_status read_facts(struct rate_memo *memo, struct sql_text text, struct known_facts **found,
                                  struct tol_error *error)
{
    struct known_facts *known = &memo->facts[hash_text(text) % FACT_TEXTS];
    *found = known;
    if (known->number != 0 && known->length == text.length && memcmp(known->text, text.bytes, text.length) == 0) {
        return TOL_OK;
    }
    known->number = 0;
    if (!copy_text(text, known->text, sizeof known->text)) {
        return refuse(error, "facts", text, "longer than 1023 bytes, or with a zero byte inside");
    }
    enum tol_status status = tol_facts_parse(memo->law, known->text, &known->facts, error);
    if (status != TOL_OK) {
        return tol_fail_at(error, status, NULL, 0, "facts", NULL);
    }
    known->length = text.length;
    known->number = ++memo->facts_given;
    return TOL_OK;
}

static enum tol_status read_assume(struct sql_text text, enum tol_assume *assume, struct tol_error *error)
{
    for (int mode = TOL_ASSUME_ENTRY; text.length > 0 && mode <= TOL_ASSUME_TRADE; mode++) {
        const char *name = tol_assume_name((enum tol_assume)mode);
        if (text.length == strlen(name) && memcmp(text.bytes, name, text.length) == 0) {
            *assume = (enum tol_assume)mode;
            return TOL_OK;
        }
    }
    return text.length == 0 ? TOL_OK : refuse(error, "assume", text, "write entry or trade");
}

/* DuckDB's days reach farther than ours, and two of them stand for infinity. */
static enum tol_status read_day(tol_day on, struct tol_error *error)
{
    enum { FIRST = -25567, LAST = 84005, YEAR_ONE = -719162, YEAR_9999 = 2932896 }; /* 1900-01-01, 2199-12-31 */
    if (on >= FIRST && on <= LAST) {
        return TOL_OK;
    }
    char day[TOL_DAY_TEXT_SIZE] = "far away";
    if (on >= YEAR_ONE && on <= YEAR_9999) {
        tol_day_format(on, day);
    }
    return refuse(error, "on", (struct sql_text){day, (uint32_t)strlen(day)}, RATE_FAULT_DAY ", from 1900 to 2199");
}

static enum tol_status read_question(struct rate_memo *memo, const struct rate_words *words,
                                     struct tol_rate_query *query, uint32_t *facts, struct tol_error *error)
{
    char code[CODE_SIZE];
    *query = (struct tol_rate_query){.on = words->on};
    if (!read_country(&memo->into, words->into, tol_importer_from_any, &query->into)) {
        return refuse(error, "into", words->into, RATE_FAULT_COUNTRY);
    }
    if (!read_country(&memo->from, words->from, tol_country_from_any, &query->from)) {
        return refuse(error, "from", words->from, RATE_FAULT_COUNTRY);
    }
    if (!copy_text(words->hts, code, sizeof code) || !tol_product_parse(code, 4, &query->product)) {
        return refuse(error, "hts", words->hts, RATE_FAULT_PRODUCT);
    }
    if (tol_product_lacks_zero(query->product)) {
        return refuse(error, "hts", words->hts, RATE_FAULT_ZERO "; store the column as text");
    }
    enum tol_status status = read_day(words->on, error);
    if (status == TOL_OK) {
        status = read_assume(words->assume, &query->assume, error);
    }
    *facts = 0;
    if (status == TOL_OK && words->facts.length > 0) {
        struct known_facts *known;
        status = read_facts(memo, words->facts, &known, error);
        query->facts = &known->facts;
        *facts = known->number;
    }
    return status;
}

enum tol_status rate_memo_read(struct rate_memo *memo, const struct rate_words *words, struct tol_rate_query *query,
                               struct tol_error *error)
{
    uint32_t facts;
    return read_question(memo, words, query, &facts, error);
}

/* The place of a question: multiplication spreads the low digits of the code, which differ most, over the high bits. */
static size_t place_of(const struct tol_rate_query *query, uint32_t facts)
{
    uint64_t key = query->product ^ (uint64_t)query->from << 44 ^ (uint64_t)query->into << 20;
    key ^= (uint64_t)(uint32_t)query->on * UINT64_C(0x9e3779b1) ^ (uint64_t)facts << 32 ^ (uint64_t)query->assume << 63;
    key *= UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(key >> 40) % QUESTIONS;
}

static enum tol_status price(const struct rate_memo *memo, const struct tol_rate_query *query,
                             struct tol_rate_total *total, struct tol_error *error)
{
    if (query->into != TOL_COUNTRY_EU) {
        tol_law_total(memo->law, query, total);
        return TOL_OK;
    }
    /* Whether the union is an importer is the tables' to say. */
    struct tol_rate_answer answer;
    enum tol_status status = tol_law_rate(memo->law, query, &answer, error);
    if (status == TOL_OK) {
        *total = (struct tol_rate_total){answer.low, answer.central, answer.high, answer.flags};
    }
    return status;
}

enum tol_status rate_memo_total(struct rate_memo *memo, const struct rate_words *words, struct tol_rate_total *total,
                                struct tol_error *error)
{
    struct tol_rate_query query;
    uint32_t facts;
    enum tol_status status = read_question(memo, words, &query, &facts, error);
    if (status != TOL_OK) {
        return status;
    }
    struct known_answer *known = &memo->answer[place_of(&query, facts)];
    bool same = known->product == query.product && known->on == query.on && known->facts == facts &&
                known->into == query.into && known->from == query.from && known->assume == (uint16_t)query.assume;
    if (!same) {
        known->product = 0;
        status = price(memo, &query, &known->total, error);
        if (status != TOL_OK) {
            return status;
        }
        known->on = query.on;
        known->facts = facts;
        known->into = query.into;
        known->from = query.from;
        known->assume = (uint16_t)query.assume;
        known->product = query.product;
    }
    *total = known->total;
    return TOL_OK;
}
