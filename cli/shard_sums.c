#include "shard_sums.h"

const char *shard_sums_column(size_t column, bool draws)
{
    static const char *const names[] = {"by",     "group",       "name",   "scenario_number", "scenario",
                                        "on",     "law_version", "firms",  "band_a",          "band_b",
                                        "band_c", "band_d",      "band_e", "band_none"};
    static const char *const drawn[SHARD_SUMS_DRAW_COUNT] = {"draw_mean_eur", "p05", "p50", "p95",
                                                             "expected_shortfall"};
    _Static_assert(sizeof names / sizeof names[0] == SHARD_SUMS_FIRST, "names of all columns before the sums");
    if (column < SHARD_SUMS_FIRST) {
        return names[column];
    }
    if (column < SHARD_SUMS_DRAWS) {
        return totals_sum_name(column - SHARD_SUMS_FIRST);
    }
    return draws && column < SHARD_SUMS_DRAWS + SHARD_SUMS_DRAW_COUNT ? drawn[column - SHARD_SUMS_DRAWS] : NULL;
}

double *shard_sums_draw(struct tol_draw_statistics *statistics, size_t number)
{
    double *const all[SHARD_SUMS_DRAW_COUNT] = {&statistics->mean, &statistics->p05, &statistics->p50, &statistics->p95,
                                                &statistics->expected_shortfall};
    return all[number];
}

static void write_total(struct sink *sink, const struct total *total)
{
    struct total copy = *total;
    sink_format(sink, ",%llu", (unsigned long long)total->firms);
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        sink_format(sink, ",%llu", (unsigned long long)total->in_band[i]);
    }
    for (size_t i = 0; totals_sum(&copy, i) != NULL; i++) {
        char text[EXACT_SUM_TEXT_SIZE];
        exact_sum_format(totals_sum(&copy, i), text);
        sink_format(sink, ",%s", text);
    }
}

static void write_draws(struct sink *sink, const struct drawn_total *drawn)
{
    struct tol_draw_statistics statistics = drawn == NULL ? (struct tol_draw_statistics){0} : drawn->statistics;
    for (size_t i = 0; i < SHARD_SUMS_DRAW_COUNT; i++) {
        sink_text(sink, ",");
        if (drawn != NULL) {
            sink_number(sink, *shard_sums_draw(&statistics, i), "");
        }
    }
}

static void write_row(struct sink *sink, const struct totals *totals, size_t place, const struct tol_book *book,
                      const struct worlds *worlds)
{
    char name[TOL_COUNTRY_TEXT_SIZE], on[TOL_DAY_TEXT_SIZE];
    size_t group = place / totals->scenario_count, number = place % totals->scenario_count;
    const struct tol_scenario *scenario = &worlds->scenario[number];
    tol_day_format(scenario->on, on);
    sink_format(sink, "%s,%zu,", totals->by == TOTALS_ALL ? "all" : totals_by_name(totals->by), group);
    sink_csv(sink, totals_group_name(totals->by, book, group, name));
    sink_format(sink, ",%zu,", number);
    sink_csv(sink, scenario->name);
    sink_format(sink, ",%s,", on);
    sink_csv(sink, tol_law_version(scenario->law));
    write_total(sink, &totals->group[place]);
}

void shard_sums_write(struct sink *sink, const struct totals_set *set, const struct tol_book *book,
                      const struct worlds *worlds)
{
    const struct totals *all = &set->of[TOTALS_ALL];
    bool draws = all->drawn[0].known;
    sink->keep_formulas = true; /* what is read back is not changed on the way */
    for (size_t i = 0; shard_sums_column(i, draws) != NULL; i++) {
        sink_format(sink, "%s%s", i > 0 ? "," : "", shard_sums_column(i, draws));
    }
    sink_text(sink, "\n");
    for (size_t by = 0; by < TOTALS_BY_COUNT; by++) {
        const struct totals *totals = &set->of[by];
        for (size_t i = 0; i < totals->group_count * totals->scenario_count; i++) {
            if (totals->group[i].firms == 0) {
                continue;
            }
            write_row(sink, totals, i, book, worlds);
            if (draws) {
                write_draws(sink, by == TOTALS_ALL ? &totals->drawn[i] : NULL);
            }
            sink_text(sink, "\n");
        }
    }
}
