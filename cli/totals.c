#include "totals.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Two letters as a number. */
enum { LETTERS = 26, COUNTRIES = LETTERS * LETTERS };

const char *totals_by_name(enum totals_by by)
{
    static const char *const names[TOTALS_BY_COUNT] = {"sector", "sector", "country", "band"};
    return names[by];
}

enum tol_status totals_by_read(const struct options *options, enum totals_by *by, struct tol_error *error)
{
    const char *text = options_text(options, OPTION_BY);
    *by = TOTALS_ALL;
    for (int i = TOTALS_BY_SECTOR; text != NULL && i < TOTALS_BY_COUNT; i++) {
        if (strcmp(text, totals_by_name((enum totals_by)i)) == 0) {
            *by = (enum totals_by)i;
        }
    }
    return text == NULL || *by != TOTALS_ALL
               ? TOL_OK
               : tol_fail(error, TOL_USAGE, "--by %.40s: totals are made by sector, country or band", text);
}

static size_t count_groups(enum totals_by by, const struct tol_book *book)
{
    const size_t counts[TOTALS_BY_COUNT] = {1, book->sector_count, COUNTRIES, TOL_BAND_NONE + 1};
    return counts[by];
}

static size_t group_of(enum totals_by by, const struct tol_book *book, const struct tol_score_row *row)
{
    tol_country country = book->firm_country[row->firm];
    switch (by) {
    case TOTALS_BY_SECTOR:
        return book->firm_sector[row->firm];
    case TOTALS_BY_COUNTRY:
        return (size_t)((country >> 8) - 'A') * LETTERS + (size_t)((country & 0xff) - 'A');
    case TOTALS_BY_BAND:
        return row->band <= TOL_BAND_NONE ? row->band : TOL_BAND_NONE;
    default:
        return 0;
    }
}

const char *totals_group_name(enum totals_by by, const struct tol_book *book, size_t group,
                              char text[TOL_COUNTRY_TEXT_SIZE])
{
    static const char *const bands[] = {"A", "B", "C", "D", "E", "none"};
    switch (by) {
    case TOTALS_BY_SECTOR:
        return tol_book_sector(book, (uint32_t)group);
    case TOTALS_BY_COUNTRY:
        text[0] = (char)('A' + group / LETTERS);
        text[1] = (char)('A' + group % LETTERS);
        text[2] = '\0';
        return text;
    case TOTALS_BY_BAND:
        return bands[group];
    default:
        return "all";
    }
}

enum tol_status totals_open(struct totals *totals, size_t scenario_count, enum totals_by by,
                            const struct tol_book *book, struct tol_error *error)
{
    *totals = (struct totals){.scenario_count = scenario_count, .by = by, .group_count = count_groups(by, book)};
    totals->group = calloc(totals->group_count * scenario_count + 1, sizeof *totals->group);
    totals->drawn = calloc(scenario_count, sizeof *totals->drawn);
    if (totals->group == NULL || totals->drawn == NULL) {
        totals_release(totals);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the totals");
    }
    return TOL_OK;
}

static const struct {
    const char *name;
    size_t offset;
} sums[] = {
    {"revenue_eur", offsetof(struct total, revenue_eur)},
    {"duty_export_eur", offsetof(struct total, duty_export_eur)},
    {"duty_import_eur", offsetof(struct total, duty_import_eur)},
    {"ebitda_change_eur", offsetof(struct total, ebitda_change_eur)},
    {"ebitda_change_low_eur", offsetof(struct total, ebitda_change_low_eur)},
    {"ebitda_change_high_eur", offsetof(struct total, ebitda_change_high_eur)},
    {"loan_eur", offsetof(struct total, loan_eur)},
    {"loan_score", offsetof(struct total, loan_score)},
    {"loan_margin_at_risk_eur", offsetof(struct total, loan_margin_at_risk_eur)},
};
enum { SUM_COUNT = sizeof sums / sizeof sums[0] };

struct exact_sum *totals_sum(struct total *total, size_t sum)
{
    return sum < SUM_COUNT ? (struct exact_sum *)(void *)((char *)total + sums[sum].offset) : NULL;
}

const char *totals_sum_name(size_t sum)
{
    return sum < SUM_COUNT ? sums[sum].name : NULL;
}

static void settle(struct total *total)
{
    for (size_t i = 0; i < SUM_COUNT; i++) {
        exact_sum_settle(totals_sum(total, i));
    }
}

/* What stands against the firm's score: nothing where either is unknown. */
static void add_loan(struct total *total, double loan_eur, const struct tol_score_row *row)
{
    if (loan_eur > 0 && !isnan(row->score)) {
        exact_sum_add(&total->loan_eur, loan_eur);
        exact_sum_add(&total->loan_score, loan_eur * row->score);
        exact_sum_add(&total->loan_margin_at_risk_eur, loan_eur * row->margin_at_risk);
    }
}

void totals_add(struct totals *totals, const struct tol_book *book, const struct tol_score_row *row)
{
    struct total *total = &totals->group[group_of(totals->by, book, row) * totals->scenario_count + row->scenario];
    total->firms += 1;
    total->in_band[row->band <= TOL_BAND_NONE ? row->band : TOL_BAND_NONE] += 1;
    exact_sum_add(&total->revenue_eur, row->revenue_eur);
    exact_sum_add(&total->duty_export_eur, row->duty_export_eur);
    exact_sum_add(&total->duty_import_eur, row->duty_import_eur);
    exact_sum_add(&total->ebitda_change_eur, row->ebitda_change_eur);
    exact_sum_add(&total->ebitda_change_low_eur, row->ebitda_change_low_eur);
    exact_sum_add(&total->ebitda_change_high_eur, row->ebitda_change_high_eur);
    add_loan(total, book->firm_number[TOL_LOAN][row->firm], row);
    if (total->firms % EXACT_SUM_TERMS == 0) {
        settle(total);
    }
}

void totals_join(struct total *total, const struct total *other)
{
    struct total settled = *other;
    total->firms += other->firms;
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        total->in_band[i] += other->in_band[i];
    }
    for (size_t i = 0; i < SUM_COUNT; i++) {
        exact_sum_join(totals_sum(total, i), totals_sum(&settled, i));
    }
}

double totals_ebitda_change(const struct totals *totals, size_t scenario)
{
    struct exact_sum all = {0};
    for (size_t group = 0; group < totals->group_count; group++) {
        exact_sum_join(&all, &totals->group[group * totals->scenario_count + scenario].ebitda_change_eur);
    }
    return exact_sum_get(&all);
}

void totals_release(struct totals *totals)
{
    free(totals->group);
    free(totals->drawn);
    *totals = (struct totals){0};
}

void totals_set_release(struct totals_set *set)
{
    for (size_t i = 0; i < TOTALS_BY_COUNT; i++) {
        totals_release(&set->of[i]);
    }
}
