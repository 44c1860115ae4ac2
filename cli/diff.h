/* What a call of `diff` holds: two runs, the scenarios that are compared, the firms that moved, and why. */
#ifndef CLI_DIFF_H
#define CLI_DIFF_H

#include "manifest_read.h"
#include "render_table.h"
#include "sum.h"
#include "worlds.h"

#include "datasets/run_compare.h"
#include "tolmuur/explain.h"

#define DIFF_THRESHOLD 5.0 /* points of the score */
#define DIFF_TOP 20        /* movers whose causes are named */
enum { DIFF_ITEMS = 10 };  /* parts of a step that are named */

/* From the first run to the second one thing after the other is put in the place of what it was, in this order. */
enum diff_step {
    DIFF_LAW = 0,   /* tables of the law, days, scenarios, baseline */
    DIFF_DATA,      /* the book */
    DIFF_PARAMETER, /* tables of parameters and of the economy, settings, horizon, tiers, facts that are assumed */
    DIFF_STEPS
};
const char *diff_step_name(enum diff_step step); /* "law", "data", "parameter" */

struct diff_world {
    char name[64];
    char day[MANIFEST_DAY_SIZE];
};

struct diff_run {
    const char *path;
    struct manifest manifest;
    size_t world_count;
    struct diff_world *world; /* the run's scenarios */
    size_t part_count;
    int *part; /* open files */
};

/* What is not the same in both runs. Values are NULL where a run has none; they live as long as the manifests. */
struct diff_difference {
    enum diff_step step;
    const char *name;
    const char *value[TOL_RUN_SIDE_COUNT];
};

/* A scenario of each run. */
struct diff_pair {
    size_t world[TOL_RUN_SIDE_COUNT];
    char name[140]; /* "NAME", or "NAME -> NAME" */
    uint64_t firms[TOL_RUN_SIDE_COUNT];
    uint64_t moved[5]; /* by enum diff_move */
    struct sum change_eur;
    struct sum step_eur[DIFF_STEPS];
};

/* UP: a later band, or a higher score in the same one. OTHER: band and score are known in one run only. */
enum diff_move { DIFF_UP = 0, DIFF_DOWN, DIFF_NEW, DIFF_GONE, DIFF_OTHER };
const char *diff_move_name(enum diff_move move); /* "up", "down", "new", "gone", "other" */

/* ---- causes ---------------------------------------------------------------------------------------------------- */

enum diff_item_kind {
    DIFF_SALE = 0,
    DIFF_PURCHASE,
    DIFF_CUSTOMER,
    DIFF_SUPPLIER,
    DIFF_BUYING_SECTOR,
    DIFF_SELLING_SECTOR
};
enum { DIFF_ITEM_KINDS = DIFF_SELLING_SECTOR + 1 };
const char *diff_item_kind_name(enum diff_item_kind kind);

/* A part of the firm's number before and after a step. Texts are of the book and the economy. */
struct diff_item {
    enum diff_item_kind kind;
    struct tol_cell cell;        /* lines */
    const char *facts;           /* lines */
    const struct tol_book *book; /* partners */
    uint64_t firm;               /* partners */
    tol_country country;         /* sectors */
    const char *industry;        /* sectors */
    bool in[2];
    double value_eur[2]; /* NaN where it is not in */
    double rate[2];      /* lines: duty in the scenario, central; NaN: not known */
    double ebitda_eur[2];
    double change_eur;
};

/* A measure whose part in the duty of a line is another one. Texts are of the laws. */
struct diff_measure {
    const char *measure; /* id; "base_rate": what the schedule says */
    const char *programme;
    const char *source;
    bool baseline;  /* in the baseline, not in the scenario */
    double rate[2]; /* of the customs value; 0: it does not apply */
};
enum { DIFF_MEASURES = 32 };

/* A figure of the firm itself. */
struct diff_figure {
    const char *name;
    char text[2][64]; /* "": not given */
};
enum { DIFF_FIGURES = TOL_FIRM_NUMBER_COUNT + 2 };

struct diff_cause {
    size_t item_count; /* until they are ranked: all; then the greatest */
    struct diff_item *item;
    double kind_eur[DIFF_ITEM_KINDS]; /* all items, exact */
    size_t other_count;               /* items that are not named, though they changed */
    double other_eur;
    double rounding_eur; /* items, others and this add up to the step, exactly */
    bool has_line;       /* law: the line whose measures are told */
    struct diff_item line;
    bool of_partner; /* the line is that of the partner through whom most came */
    bool of_sector;  /* the line is a flow of trade of the sector through which most came */
    size_t measure_count;
    struct diff_measure *measure;
    size_t figure_count; /* data */
    struct diff_figure *figure;
};

struct diff_mover {
    char *firm_id;
    size_t pair;
    bool in[TOL_RUN_SIDE_COUNT];
    char band[TOL_RUN_SIDE_COUNT]; /* '-': none */
    double score[TOL_RUN_SIDE_COUNT];
    double eur[TOL_RUN_SIDE_COUNT]; /* ebitda_change_eur, as stored */
    double change_eur;              /* of a firm that is not in a run: from or to 0 */
    double change_score;
    /* NaN: causes are not known. */
    double step_eur[DIFF_STEPS], rounding_eur;     /* add up to change_eur in any order, exactly */
    double step_score[DIFF_STEPS], rounding_score; /* likewise; NaN where a score is not known */
    struct diff_cause *cause;                      /* [DIFF_STEPS]; NULL: not among the first */
};
enum diff_move diff_move_of(const struct diff_mover *mover);
/* The step with the greatest part; DIFF_STEPS: none, or not known. */
enum diff_step diff_main_step(const struct diff_mover *mover);

/* ---- the whole ------------------------------------------------------------------------------------------------- */

/* What a run was made from, opened again. */
struct diff_side {
    struct options options;
    struct session session;
    struct worlds worlds;
    struct tol_settings settings;
    struct tol_book *book;         /* both sides may have the same */
    struct tol_scenario *scenario; /* [pair_count] */
};

struct diff_flows;

struct diff {
    const struct options *options;
    struct look look;
    double threshold;
    size_t top;
    struct tol_run *workers;
    struct diff_run run[TOL_RUN_SIDE_COUNT];
    size_t pair_count;
    struct diff_pair *pair;
    size_t difference_count;
    struct diff_difference *difference;
    size_t mover_count;
    struct diff_mover *mover; /* greatest change first */
    struct diff_side side[TOL_RUN_SIDE_COUNT];
    struct diff_flows *flows;
    bool differs[DIFF_STEPS];
    bool explained;
    char reason[600]; /* why not */
};

/* --threshold; left alone when not given. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status diff_read_threshold(const struct options *options, double *threshold,
                                                   struct tol_error *error);

/* Opens both runs and finds who moved and why. options, threshold, top and workers are set, and nothing else. Release also after a failure; the workers stay the caller's. */
TOL_MUST_CHECK enum tol_status diff_make(struct diff *diff, const char *const run[TOL_RUN_SIDE_COUNT],
                                         struct tol_error *error);
void diff_release(struct diff *diff);

/* Reads the manifest of the run in a folder, opens its parts and compares their SHA-256, on all workers. Close also after a failure. TOL_NO_INPUT: no run, or a part is
 * missing. TOL_BAD_DATA: no run, or a part was changed. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status diff_run_open(struct diff_run *run, const char *path, struct tol_run *workers,
                                             struct tol_error *error);
void diff_run_close(struct diff_run *run);

/* Which scenarios are compared: those of --pair, else those of one name, and days that are left by their places; else, when both runs have as many, all by their places. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status diff_pair_up(struct diff *diff, struct tol_error *error);
/* Compares what the runs were made from. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status diff_find_differences(struct diff *diff, struct tol_error *error);

/* Who moved, by the stored rows. */
TOL_MUST_CHECK enum tol_status diff_find_movers(struct diff *diff, struct tol_error *error);

/* Why. Where an input of a run is not there as it was, or this program gives other numbers than those stored, diff->reason says so and nothing else happens. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status diff_explain(struct diff *diff, struct tol_error *error);
/* Opens what a run was made from. Any status: the side cannot be had, *error says why. */
TOL_MUST_CHECK enum tol_status diff_side_open(struct diff *diff, enum tol_run_side side, struct tol_error *error);
void diff_side_close(struct diff *diff, enum tol_run_side side);

/* Makes parts add up to total in any order, exactly, and returns what cannot be given to any of them: 0 but where the total is finer than their grid. */
double diff_fit(double *part, size_t count, double total);

/* The parts of a firm's number in two states, matched. A NULL explanation has none. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status diff_match(struct diff_cause *cause, const struct tol_explanation *const explanation[2],
                                          const struct tol_book *const book[2], const struct tol_economy *economy,
                                          struct tol_error *error);
/* Lets them add up to the step, ranks them and keeps the greatest. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status diff_rank(struct diff_cause *cause, double step_eur, struct tol_error *error);
/* Measures of the line that the law changed most. TOL_NO_MEMORY, TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status diff_find_measures(const struct diff *diff, const struct diff_mover *mover,
                                                  struct tol_error *error);
/* The duties of a line in the scenarios of the mover's pair. TOL_NO_MEMORY, TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status diff_rate_line(const struct diff *diff, const struct diff_mover *mover,
                                              struct diff_item *line, struct tol_error *error);

/* Of a sector through which a mover moved: of what it sells abroad (a buying sector) or of what its country imports that it needs (a selling one) the flow
 * of greatest trade times change of duty, as a line. *found false: no duty changed. TOL_NO_MEMORY, TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status diff_find_flow(const struct diff *diff, const struct diff_mover *mover,
                                              const struct diff_item *sector, struct diff_item *line, bool *found,
                                              struct tol_error *error);
bool diff_flows_create(struct diff *diff);
void diff_flows_release(struct diff *diff);

/* The firm's own figures in both books. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status diff_find_figures(const struct diff *diff, const struct diff_mover *mover,
                                                 struct tol_error *error);
void diff_cause_release(struct diff_cause *cause);

/* Causes in words: empty where they are not known. */
void diff_words(const struct diff *diff, const struct diff_mover *mover, char *text, size_t size);
/* "sales 7326908688 NL->US", "customer B2". */
void diff_item_words(const struct diff_item *item, char *text, size_t size);

void diff_table(const struct diff *diff, struct sink *sink);
void diff_csv(const struct diff *diff, struct sink *sink);
void diff_json(const struct diff *diff, struct sink *sink);

#endif
