/* What `report` knows when it writes a page: a run or a book, sums over all firms, the worst firms, flows of duty, firms explained, movers. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "diff.h"
#include "draws.h"
#include "sink.h"
#include "totals_read.h"
#include "worst_firms.h"

#define REPORT_ROWS 10000  /* rows of the table of firms, of all scenarios together */
#define REPORT_POINTS 500  /* firms of a scenario in the scatter of concentration and opportunity */
#define REPORT_SPREADS 15  /* firms of a scenario whose draws are shown */
#define REPORT_MOVERS 200  /* movers that are shown, of all scenarios together */
#define REPORT_CAUSES 40   /* movers whose causes are named */
#define REPORT_FIRMS 12    /* firms that have a page, unless told otherwise */
#define REPORT_PARTS 10    /* greatest parts of each branch of a firm's tree, unless told otherwise */
#define REPORT_FLOW_TOP 10 /* nodes of a layer of the flows; the others are added up */

/* Effects on firms, EUR a year, negative where the firm loses. */
enum report_channel {
    REPORT_DIRECT_DEMAND = 0, /* price_cut_eur + volume_loss_eur: of revenue */
    REPORT_PRICE_CUT,         /* part of it: price_cut_eur */
    REPORT_DIVERSION,         /* part of it: diversion_gain_eur */
    REPORT_INDIRECT_DEMAND,   /* -R indirect_demand_loss: of revenue */
    REPORT_DIRECT_COST,       /* -C direct_cost_rise: of purchases */
    REPORT_INDIRECT_COST,     /* -C indirect_cost_rise: of purchases */
    REPORT_EBITDA,            /* ebitda_change_eur */
    REPORT_CHANNEL_COUNT
};
const char *report_channel_name(enum report_channel channel); /* "direct_demand" ... */

/* Of a group of firms in a scenario, added in firm order. */
struct report_sums {
    uint64_t firms;
    struct sum revenue_eur, loan_eur;
    struct sum at_risk_eur;      /* max(0, -ebitda_change_eur) */
    struct sum at_risk_low_eur;  /* max(0, -ebitda_change_high_eur) */
    struct sum at_risk_high_eur; /* max(0, -ebitda_change_low_eur) */
    struct sum gain_eur;         /* max(0, ebitda_change_eur) */
    struct sum opportunity_eur, hub_gain_eur;
    struct sum channel[REPORT_CHANNEL_COUNT];
};

/* Classes of the concentration of purchases by origin. */
enum { REPORT_HHI_LOW = 0, REPORT_HHI_MIDDLE, REPORT_HHI_HIGH, REPORT_HHI_UNKNOWN, REPORT_HHI_CLASSES };
extern const double report_hhi_edges[2]; /* 0.15, 0.25 */

/* ---- flows of duty --------------------------------------------------------------------------------------------- */

enum report_layer { REPORT_SECTOR = 0, REPORT_CHAPTER, REPORT_DESTINATION, REPORT_AUTHORITY, REPORT_LAYERS };

/* EUR a year from a node of a layer to one of the next. Nodes of a layer are numbered by size; the last one, "", is all others when there are more. */
struct report_link {
    uint32_t from, to;
    double eur;
};
struct report_flow {
    size_t node_count[REPORT_LAYERS];
    char (*node[REPORT_LAYERS])[64];
    size_t link_count[REPORT_LAYERS - 1];
    struct report_link *link[REPORT_LAYERS - 1];
    double rise_eur; /* of all duties that rise: what the flows add up to */
    double fall_eur; /* of those that fall, negative */
};

/* ---- the whole ------------------------------------------------------------------------------------------------- */

struct report_firm {
    uint64_t firm; /* in the book */
    char id[256];
    char *json; /* what `firm --format json` says, on one line */
    size_t size;
};

struct report {
    const struct options *options;
    const char *path;   /* of the run or the book, as given */
    bool of_run;        /* else of a book */
    struct diff base;   /* run[TOL_RUN_BEFORE] and side[TOL_RUN_BEFORE]: the run, and what it was made from */
    bool have_book;     /* always so without a run */
    char reason[1100];  /* why not */
    struct draws draws; /* of the side */
    uint64_t top;       /* parts of a branch of a firm's tree */

    size_t scenario_count;
    size_t scenario; /* the one that is shown first, and printed */
    uint64_t firm_count;
    bool drawn; /* rows have columns of draws */
    struct totals_read totals;
    struct report_sums *all;           /* [scenario] */
    struct report_sums *band;          /* [scenario][TOL_BAND_NONE + 1] */
    struct report_sums *concentration; /* [scenario][REPORT_HHI_CLASSES] */
    size_t sector_count;               /* industries of the economy, and those of none; 0 without a book */
    struct report_sums *sector;        /* [scenario][sector_count] */
    uint32_t *sector_of;               /* [sectors of the book] */
    struct worst_firms worst;
    char *id_text; /* of all firms, without a book: rows name firms by their place in the run */
    size_t id_used, id_capacity;
    uint64_t *id_start; /* [firm_count + 1] */

    struct report_flow *flow; /* [scenario]; NULL without a book */
    bool have_movers;
    struct diff since;
    size_t page_count;
    struct report_firm *page;
};

static inline struct diff_run *report_run(struct report *report)
{
    return &report->base.run[TOL_RUN_BEFORE];
}
static inline const struct diff_side *report_side(const struct report *report)
{
    return &report->base.side[TOL_RUN_BEFORE];
}
/* Scenarios, of a run or of a book. */
const char *report_scenario(const struct report *report, size_t scenario);
void report_scenario_day(const struct report *report, size_t scenario, char text[TOL_DAY_TEXT_SIZE]);
/* A firm of a row; text is cut to size. */
void report_firm_id(const struct report *report, uint64_t firm, char *text, size_t size);
void report_firm_name(const struct report *report, uint64_t firm, char *text, size_t size); /* "" without a book */
/* Title of a sector of the sums: "" for the last one, of firms without an industry. */
const char *report_sector_title(const struct report *report, size_t sector);

/* Opens a run, or a book with the options of the command line. report->have_book and reason say whether what a run was made from is there. */
TOL_MUST_CHECK enum tol_status report_open(struct report *report, struct tol_error *error);
/* Reads all rows of the run. */
TOL_MUST_CHECK enum tol_status report_gather(struct report *report, struct tol_error *error);
/* Duties of all sales of the book, per scenario. */
TOL_MUST_CHECK enum tol_status report_flows(struct report *report, struct tol_error *error);
/* Chooses the firms that have a page, and explains them. */
TOL_MUST_CHECK enum tol_status report_explain_firms(struct report *report, struct tol_error *error);
/* --since. */
TOL_MUST_CHECK enum tol_status report_movers(struct report *report, struct tol_error *error);
void report_release(struct report *report);

/* All of it as JSON on one line, without the firms' pages. */
void report_data(const struct report *report, struct sink *sink);
/* What is seen where scripts are off: tables and a chart. */
void report_static(const struct report *report, struct sink *sink);
/* The page. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status report_page(const struct report *report, struct sink *sink, struct tol_error *error);

/* Text as HTML, also inside quotes. Bytes that are not UTF-8, and control characters, become U+FFFD. */
void report_html(struct sink *sink, const char *text);
/* JSON as the content of a script element: nothing in it can end the element. */
void report_json_in_html(struct sink *sink, const char *json, size_t size);

enum report_format { REPORT_HTML = 0, REPORT_PDF, REPORT_PNG };
/* Finds a Chromium. TOL_UNAVAILABLE: there is none. */
TOL_MUST_CHECK enum tol_status report_browser_find(char *path, size_t size, struct tol_error *error);
/* Lets it print a page into the sink. TOL_UNAVAILABLE: it did not. TOL_IO. */
TOL_MUST_CHECK enum tol_status report_browser_print(const char *browser, struct sink *page, enum report_format format,
                                                    struct sink *to, struct tol_error *error);

#endif
