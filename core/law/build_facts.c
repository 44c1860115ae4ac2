/* Facts, programmes, groups and coverage. */
#include <math.h>
#include <string.h>

#include "law/build.h"
#include "law/facts.h"

#define WORD_SIZE 128

static bool plain_name(const char *name)
{
    return name[0] != '\0' && strlen(name) < WORD_SIZE &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+") == strlen(name);
}

static enum tol_status fact_values(struct tol_law_builder *builder, const struct build_row *row, struct law_fact *fact,
                                   struct tol_error *error)
{
    const char *text = tol_build_field(builder, row, FACT_VALUES);
    char word[WORD_SIZE];
    fact->value_first = (uint32_t)builder->section[LAW_FACT_VALUES].count;
    while (tol_build_word(&text, word, sizeof word)) {
        uint32_t offset;
        if (!tol_build_string(builder, word, &offset)) {
            return tol_build_no_memory(error);
        }
        for (uint32_t i = 0; i < fact->value_count; i++) {
            if (*(uint32_t *)build_at(&builder->section[LAW_FACT_VALUES], fact->value_first + i) == offset) {
                return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_VALUES, word, error,
                                       "the value stands here twice; write it once");
            }
        }
        uint32_t *value = tol_buffer_add(&builder->section[LAW_FACT_VALUES], 1);
        if (value == NULL) {
            return tol_build_no_memory(error);
        }
        *value = offset;
        fact->value_count++;
    }
    if ((fact->type == LAW_CHOICE) != (fact->value_count > 0)) {
        return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_VALUES, NULL, error,
                               "a choice, and only a choice, lists its values, separated by spaces");
    }
    return TOL_OK;
}

static enum tol_status fact_type(const struct tol_law_builder *builder, const struct build_row *row,
                                 struct law_fact *fact, struct tol_error *error)
{
    static const char *const types[] = {"choice", "share", "number", "day", "positive"};
    const char *type = tol_build_field(builder, row, FACT_TYPE);
    unsigned at = 0;
    while (at < 5 && strcmp(types[at], type) != 0) {
        at++;
    }
    if (at == 5) {
        return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_TYPE, NULL, error,
                               "not a type of fact; write choice, share, number, day or positive");
    }
    fact->type = (uint8_t)at;
    const char *missing = tol_build_field(builder, row, FACT_MISSING);
    fact->assume = strcmp(missing, "assume") == 0;
    if (!fact->assume && strcmp(missing, "range") != 0) {
        return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_MISSING, NULL, error, "write assume or range");
    }
    return TOL_OK;
}

static enum tol_status fact_central(struct tol_law_builder *builder, const struct build_row *row, size_t index,
                                    struct tol_error *error)
{
    struct law_fact *fact = build_at(&builder->section[LAW_FACTS], index);
    const char *central = tol_build_field(builder, row, FACT_CENTRAL);
    builder->law->fact = builder->section[LAW_FACTS].data;
    builder->law->fact_value = builder->section[LAW_FACT_VALUES].data;
    builder->law->strings = builder->section[LAW_STRINGS].data;
    builder->law->count[LAW_FACTS] = builder->section[LAW_FACTS].count;
    fact->has_central = central[0] != '\0';
    if (fact->has_central && !tol_law_fact_value_parse(builder->law, index, central, &fact->central)) {
        return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_CENTRAL, NULL, error,
                               "not a value this fact can have; write one of its values");
    }
    if (!fact->has_central && fact->assume) {
        fact->central = NAN; /* no value at all: no condition on the fact holds */
    }
    return TOL_OK;
}

static enum tol_status one_fact(struct tol_law_builder *builder, const struct build_row *row, struct tol_error *error)
{
    const char *name = tol_build_field(builder, row, FACT_NAME);
    size_t index = builder->section[LAW_FACTS].count;
    if (!plain_name(name)) {
        return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_NAME, NULL, error,
                               "a fact's name is letters, digits and underscores");
    }
    if (index == LAW_FACTS_LIMIT) {
        return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_NAME, NULL, error,
                               "more than %d facts; leave some out", LAW_FACTS_LIMIT);
    }
    struct law_fact fact = {.value_count = 0};
    enum tol_status status = fact_type(builder, row, &fact, error);
    if (status == TOL_OK) {
        status = fact_values(builder, row, &fact, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    struct law_fact *added = NULL;
    if (!tol_build_string(builder, name, &fact.name) ||
        !tol_build_string(builder, tol_build_field(builder, row, FACT_MEANING), &fact.meaning) ||
        (added = tol_buffer_add(&builder->section[LAW_FACTS], 1)) == NULL) {
        return tol_build_no_memory(error);
    }
    *added = fact;
    for (size_t i = 0; i < index; i++) {
        if (((struct law_fact *)build_at(&builder->section[LAW_FACTS], i))->name == fact.name) {
            return tol_build_fault(builder, row, LAW_TABLE_FACTS, FACT_NAME, NULL, error, "the fact stands here twice");
        }
    }
    return fact_central(builder, row, index, error);
}

enum tol_status tol_build_facts(struct tol_law_builder *builder, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_FACTS, &count);
    for (size_t i = 0; i < count; i++) {
        enum tol_status status = one_fact(builder, &row[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

uint32_t tol_build_programme(const struct tol_law_builder *builder, const char *name)
{
    const struct tol_buffer *programmes = &builder->section[LAW_PROGRAMMES];
    for (size_t i = 0; i < programmes->count; i++) {
        const struct law_programme *programme = build_at(programmes, i);
        if (strcmp(build_at(&builder->section[LAW_STRINGS], programme->name), name) == 0) {
            return (uint32_t)i;
        }
    }
    return LAW_NONE;
}

static enum tol_status one_programme(struct tol_law_builder *builder, const struct build_row *row,
                                     struct tol_error *error)
{
    const char *name = tol_build_field(builder, row, PROGRAMME_NAME);
    const char *authority = tol_build_field(builder, row, PROGRAMME_AUTHORITY);
    if (!plain_name(name) || tol_build_programme(builder, name) != LAW_NONE ||
        builder->section[LAW_PROGRAMMES].count == LAW_PROGRAMMES_LIMIT) {
        return tol_build_fault(
            builder, row, LAW_TABLE_PROGRAMMES, PROGRAMME_NAME, NULL, error,
            "a programme needs a name without spaces that stands here once, and there are at most %d",
            LAW_PROGRAMMES_LIMIT);
    }
    struct law_programme programme = {.relief = strcmp(authority, "relief") == 0};
    unsigned at = 0;
    while (!programme.relief && at < TOL_AUTHORITY_COUNT &&
           strcmp(tol_authority_name((enum tol_authority)at), authority) != 0) {
        at++;
    }
    if (at == TOL_AUTHORITY_COUNT) {
        return tol_build_fault(builder, row, LAW_TABLE_PROGRAMMES, PROGRAMME_AUTHORITY, NULL, error,
                               "no such authority; write mfn, section_232 ..., other, or relief");
    }
    programme.authority = (uint8_t)at;
    struct law_programme *added = NULL;
    if (!tol_build_string(builder, name, &programme.name) ||
        !tol_build_string(builder, tol_build_field(builder, row, PROGRAMME_TITLE), &programme.title) ||
        (added = tol_buffer_add(&builder->section[LAW_PROGRAMMES], 1)) == NULL) {
        return tol_build_no_memory(error);
    }
    *added = programme;
    return TOL_OK;
}

enum tol_status tol_build_programmes(struct tol_law_builder *builder, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_PROGRAMMES, &count);
    for (size_t i = 0; i < count; i++) {
        enum tol_status status = one_programme(builder, &row[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

static bool group_name(const char *name)
{
    return strlen(name) >= 3 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

enum tol_status tol_build_groups(struct tol_law_builder *builder, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_GROUPS, &count);
    for (size_t i = 0; i < count; i++) {
        struct build_group group = {.name = tol_build_field(builder, &row[i], GROUP_NAME)};
        tol_country country;
        if (!group_name(group.name)) {
            return tol_build_fault(
                builder, &row[i], LAW_TABLE_GROUPS, GROUP_NAME, NULL, error,
                "a group's name is three or more capital letters and digits, so that it is no country");
        }
        if (!tol_country_parse(tol_build_field(builder, &row[i], GROUP_COUNTRY), &country) ||
            !tol_country_exists(country)) {
            return tol_build_fault(builder, &row[i], LAW_TABLE_GROUPS, GROUP_COUNTRY, NULL, error,
                                   "no such country; write an ISO 3166 two-letter code");
        }
        group.slot = law_country_slot(country);
        enum tol_status status = tol_build_period(builder, &row[i], LAW_TABLE_GROUPS, GROUP_FROM, GROUP_UNTIL, false,
                                                  &group.from, &group.until, error);
        if (status != TOL_OK) {
            return status;
        }
        struct build_group *added = tol_buffer_add(&builder->groups, 1);
        if (added == NULL) {
            return tol_build_no_memory(error);
        }
        *added = group;
    }
    return TOL_OK;
}

uint32_t tol_build_importer_index(const struct tol_law_builder *builder, const char *importer)
{
    tol_country country;
    if (!tol_country_parse(importer, &country)) {
        return LAW_NONE;
    }
    const struct tol_buffer *importers = &builder->section[LAW_IMPORTERS];
    for (size_t i = 0; i < importers->count; i++) {
        if (((struct law_importer *)build_at(importers, i))->country == country) {
            return (uint32_t)i;
        }
    }
    return LAW_NONE;
}

/* A further period of an importer that has one: the days since the one before are a gap. */
static enum tol_status further_coverage(struct tol_law_builder *builder, const struct build_row *row, uint32_t index,
                                        struct tol_error *error)
{
    struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], index);
    struct law_gap gap = {.from = importer->until};
    int32_t until;
    enum tol_status status = tol_build_period(builder, row, LAW_TABLE_COVERAGE, COVERAGE_FROM, COVERAGE_UNTIL, false,
                                              &gap.until, &until, error);
    if (status != TOL_OK) {
        return status;
    }
    if (gap.until <= gap.from) {
        return tol_build_fault(builder, row, LAW_TABLE_COVERAGE, COVERAGE_FROM, NULL, error,
                               "the periods of one importer are apart; join periods that touch in one row");
    }
    if (*tol_build_field(builder, row, COVERAGE_BASE_FROM) != '\0' ||
        *tol_build_field(builder, row, COVERAGE_BASE_UNTIL) != '\0') {
        return tol_build_fault(builder, row, LAW_TABLE_COVERAGE, COVERAGE_BASE_FROM, NULL, error,
                               "the days of the base rates stand in the importer's first period only");
    }
    struct law_gap *added = tol_buffer_add(&builder->section[LAW_GAPS], 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    *added = gap;
    importer->gap_first =
        importer->gap_count > 0 ? importer->gap_first : (uint32_t)(builder->section[LAW_GAPS].count - 1);
    importer->gap_count++;
    importer->until = until;
    return TOL_OK;
}

/* Rows come sorted, so that the periods of one importer stand together and in order. */
static enum tol_status one_coverage(struct tol_law_builder *builder, const struct build_row *row,
                                    struct tol_error *error)
{
    const char *importer = tol_build_field(builder, row, COVERAGE_IMPORTER);
    tol_country country;
    if (!tol_country_parse(importer, &country) || (!tol_country_exists(country) && strcmp(importer, "EU") != 0)) {
        return tol_build_fault(builder, row, LAW_TABLE_COVERAGE, COVERAGE_IMPORTER, NULL, error,
                               "an importer is an ISO 3166 two-letter code or EU");
    }
    uint32_t index = tol_build_importer_index(builder, importer);
    if (index != LAW_NONE) {
        return further_coverage(builder, row, index, error);
    }
    struct law_importer *added = tol_buffer_add(&builder->section[LAW_IMPORTERS], 1);
    if (added == NULL) {
        return tol_build_no_memory(error);
    }
    added->country = country;
    enum tol_status status = tol_build_period(builder, row, LAW_TABLE_COVERAGE, COVERAGE_FROM, COVERAGE_UNTIL, false,
                                              &added->from, &added->until, error);
    if (status == TOL_OK) {
        status = tol_build_period(builder, row, LAW_TABLE_COVERAGE, COVERAGE_BASE_FROM, COVERAGE_BASE_UNTIL, false,
                                  &added->base_from, &added->base_until, error);
    }
    return status;
}

enum tol_status tol_build_coverage(struct tol_law_builder *builder, struct tol_error *error)
{
    size_t count;
    const struct build_row *row = tol_build_rows_of(builder, LAW_TABLE_COVERAGE, &count);
    struct law_meta *meta = tol_buffer_add(&builder->section[LAW_META], 1);
    if (meta == NULL) {
        return tol_build_no_memory(error);
    }
    if (count == 0) {
        return tol_fail(error, TOL_BAD_DATA, "no importer is covered; add a row to law/coverage.csv");
    }
    meta->first_day = TOL_DAY_MAX;
    meta->last_day = TOL_DAY_MIN;
    for (size_t i = 0; i < count; i++) {
        enum tol_status status = one_coverage(builder, &row[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    const struct tol_buffer *importers = &builder->section[LAW_IMPORTERS];
    for (size_t i = 0; i < importers->count; i++) {
        const struct law_importer *importer = build_at(importers, i);
        int32_t last = importer->until == TOL_DAY_MAX ? TOL_DAY_MAX : importer->until - 1;
        meta->first_day = importer->from < meta->first_day ? importer->from : meta->first_day;
        meta->last_day = last > meta->last_day ? last : meta->last_day;
    }
    return TOL_OK;
}
