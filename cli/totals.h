/* Portfolio totals: exact until they are shown, so that they do not depend on threads, blocks or shards. */
#ifndef CLI_TOTALS_H
#define CLI_TOTALS_H

#include "exact_sum.h"
#include "json_writer.h"
#include "render_table.h"
#include "worlds.h"

struct total {
    uint64_t firms;
    uint64_t in_band[TOL_BAND_NONE + 1];
    struct exact_sum revenue_eur;
    struct exact_sum duty_export_eur;
    struct exact_sum duty_import_eur;
    struct exact_sum ebitda_change_eur;
    struct exact_sum ebitda_change_low_eur;
    struct exact_sum ebitda_change_high_eur;
    struct exact_sum loan_eur;                /* of firms with a loan and a score */
    struct exact_sum loan_score;              /* loan x score */
    struct exact_sum loan_margin_at_risk_eur; /* loan x margin at risk */
};

/* The whole portfolio's draws in a scenario. */
struct drawn_total {
    bool known; /* set by the caller, with the statistics, before rendering */
    struct tol_draw_statistics statistics;
};

/* What the rows of a table of totals stand for. */
enum totals_by { TOTALS_ALL = 0, TOTALS_BY_SECTOR, TOTALS_BY_COUNTRY, TOTALS_BY_BAND, TOTALS_BY_COUNT };
/* "sector", "country", "band"; that of TOTALS_ALL is "sector" too, since its one row is called "all". */
const char *totals_by_name(enum totals_by by);
/* --by; TOTALS_ALL without it. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status totals_by_read(const struct options *options, enum totals_by *by,
                                              struct tol_error *error);
/* Of one group: its sector, its country, its band, "all". text: room for a name that is made. */
const char *totals_group_name(enum totals_by by, const struct tol_book *book, size_t group,
                              char text[TOL_COUNTRY_TEXT_SIZE]);

struct totals {
    size_t scenario_count;
    enum totals_by by;
    size_t group_count;
    struct total *group;       /* [group_count][scenario_count] */
    struct drawn_total *drawn; /* [scenario_count]; shown where the rows are whole scenarios */
};
/* Several tables over the same rows. */
struct totals_set {
    struct totals of[TOTALS_BY_COUNT]; /* scenario_count 0: that one is not kept */
};

TOL_MUST_CHECK enum tol_status totals_open(struct totals *totals, size_t scenario_count, enum totals_by by,
                                           const struct tol_book *book, struct tol_error *error);
void totals_add(struct totals *totals, const struct tol_book *book, const struct tol_score_row *row);
/* Of all groups together. */
double totals_ebitda_change(const struct totals *totals, size_t scenario);
/* Firms and sums of another total on top. */
void totals_join(struct total *total, const struct total *other);
/* The exact sums of a total in a fixed order, with the names of their columns; NULL past the last. */
struct exact_sum *totals_sum(struct total *total, size_t sum);
const char *totals_sum_name(size_t sum);
void totals_release(struct totals *totals);
void totals_set_release(struct totals_set *set);

/* Figures of a group of firms, by number: columns of the totals from `firms` on, the bands' shares of firms (band_a_share ...) and, last, those of
 * the draws. The name; NULL past the last. */
const char *totals_figure_name(size_t figure);
bool totals_figure_is_drawn(size_t figure);
/* Its value; those of the draws belong to TOTALS_ALL, whose one group is 0. NaN: not known. */
double totals_figure(const struct totals *totals, size_t group, size_t scenario, size_t figure);

/* One row of a table of totals and what it is called. */
struct totals_row {
    const char *by;   /* of one group: totals_by_name */
    const char *name; /* of the group */
    const char *scenario;
    const char *on;
    const char *law_version;
    const struct total *total;
    const struct drawn_total *drawn; /* NULL: none */
};

/* Rows as they come, in the format of look. */
struct totals_table {
    struct sink *sink;
    const struct look *look;
    struct view *view;
    struct json_writer json;
};
void totals_table_open(struct totals_table *table, struct sink *sink, const struct look *look, enum totals_by by,
                       bool with_draws);
void totals_table_row(struct totals_table *table, const struct totals_row *row);
void totals_table_close(struct totals_table *table);

/* One row per group that has firms, and scenario, in the format of look. */
void totals_render(struct sink *sink, const struct look *look, const struct totals *totals, const struct tol_book *book,
                   const struct worlds *worlds);

/* All tables of the set as one CSV table: column `by` (all, sector, country, band), column `name`, then those of the totals. Columns of draws are empty but for
 * the rows of all firms. */
void totals_render_set(struct sink *sink, const struct totals_set *set, const struct tol_book *book,
                       const struct worlds *worlds);

/* The same table in parts: `all` stands for the group of all firms in column `by`. */
void totals_set_header(struct sink *sink, bool with_draws);
void totals_set_row(struct sink *sink, enum totals_by by, const struct totals_row *row, bool with_draws);

#endif
