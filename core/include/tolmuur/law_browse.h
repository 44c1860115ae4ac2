/* The law tables read rather than applied: their measures and lists as the rows say them, what changed from day to day, and their faults. */
#ifndef TOLMUUR_LAW_BROWSE_H
#define TOLMUUR_LAW_BROWSE_H

#include "tolmuur/law.h"

#pragma GCC visibility push(default)

struct tol_law_browser; /* immutable once opened: any number of threads may read it */

/* Indexes the rows that the law was compiled from, which the compiled tables keep. The law must outlive the browser, and the browser owns
 * nothing that its answers point to: all texts live as long as the law. TOL_BAD_DATA: the rows are damaged or missing; TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_law_browser_open(const struct tol_law *law, struct tol_law_browser **browser,
                                                    struct tol_error *error);
void tol_law_browser_close(struct tol_law_browser *browser); /* NULL allowed */

/* Where a row stands: the file beneath the folder of the law tables, the data row from 1. "" and 0 when the tables do not say. */
struct tol_law_place {
    const char *file;
    uint64_t row;
};

/* A measure as its row says it; the columns are those of docs/law.md. Days that are open are TOL_DAY_MIN and TOL_DAY_MAX. */
struct tol_law_measure {
    const char *importer;
    const char *id;
    const char *programme;
    const char *authority; /* "section_232" ... or "relief" */
    const char *partners, *partners_except;
    const char *products, *products_except;
    const char *effect;
    const char *rate; /* a fraction; for a specific duty its amount; "" for a relief */
    const char *base; /* "customs_value", "mfn", "content:steel_share" ... */
    tol_day from, until;
    tol_day collected_from, collected_until; /* as from and until where later law changed nothing backwards */
    const char *conditions;
    const char *yields_to;
    const char *source;
    const char *status;
    const char *note;
    struct tol_law_place place;
};

/* Measures of all importers: by importer, then in stacking order (every programme after those it yields to), then by id. */
size_t tol_law_measure_count(const struct tol_law_browser *browser);
void tol_law_measure_get(const struct tol_law_browser *browser, size_t index, struct tol_law_measure *measure);

/* True when the measure names the origin and the product on the day, whatever its own dates. 0 stands for any. A product that is not a whole
 * tariff line is named when some line beneath it is. */
bool tol_law_measure_names(const struct tol_law_browser *browser, size_t index, tol_country partner,
                           tol_product product, tol_day day);

/* The same for an origin on some day while the measure is in force. */
bool tol_law_measure_ever_names(const struct tol_law_browser *browser, size_t index, tol_country partner);

/* The origins that a measure names on a day, ascending: assigned ISO codes only. Returns their number. */
#define TOL_PARTNERS_MAX 676
size_t tol_law_measure_partners(const struct tol_law_browser *browser, size_t index, tol_day day,
                                tol_country partner[TOL_PARTNERS_MAX]);

/* The facts that a measure's conditions and base ask for, ascending indices (tol_law_fact_get). Returns their number. */
size_t tol_law_measure_facts(const struct tol_law_browser *browser, size_t index, size_t fact[TOL_FACTS_MAX]);

/* A row of facts.csv. */
struct tol_law_fact {
    const char *name, *type, *values, *central, *missing, *meaning;
};
void tol_law_fact_get(const struct tol_law_browser *browser, size_t fact, struct tol_law_fact *row);

/* A row of programmes.csv. */
struct tol_law_programme {
    const char *programme, *authority, *title;
};
size_t tol_law_programme_count(const struct tol_law_browser *browser);
void tol_law_programme_get(const struct tol_law_browser *browser, size_t index, struct tol_law_programme *row);

/* The rows of a product list, which stand together: *first and their number; 0 when the importer has no such list. */
struct tol_law_code {
    const char *hs, *from, *until, *source;
    struct tol_law_place place;
};
size_t tol_law_list_find(const struct tol_law_browser *browser, const char *importer, const char *list, size_t *first);
void tol_law_code_get(const struct tol_law_browser *browser, size_t index, struct tol_law_code *code);

/* ---- what changed ---------------------------------------------------------------------------------------------- */

enum tol_law_event_kind {
    TOL_LAW_BEGINS,
    TOL_LAW_ENDS,
    TOL_LAW_CHANGES,       /* takes the place of `before`, a measure of its programme for some of the same goods */
    TOL_LAW_PARTNERS_JOIN, /* the measure goes on, and from this day names more origins */
    TOL_LAW_PARTNERS_LEAVE,
    TOL_LAW_CODES_JOIN, /* its list `list` holds `count` rows more from this day on */
    TOL_LAW_CODES_LEAVE,
};
const char *tol_law_event_kind_name(enum tol_law_event_kind kind);

#define TOL_LAW_NO_MEASURE SIZE_MAX

struct tol_law_event {
    enum tol_law_event_kind kind;
    tol_day day; /* the first day of the new state: for an end the first day no longer in force */
    size_t measure;
    size_t before;    /* TOL_LAW_NO_MEASURE except for TOL_LAW_CHANGES */
    const char *list; /* "" except for codes */
    size_t count;     /* origins or rows that join or leave; else 0 */
};

/* With an origin or a product a measure begins and ends for that question: when its dates do, and when it comes to name it. */
struct tol_law_changes_query {
    tol_country into;
    tol_country partner; /* 0: any */
    tol_product product; /* 0: any */
    tol_day first, last; /* both count */
};

typedef enum tol_status (*tol_law_event_function)(void *context, const struct tol_law_event *event,
                                                  struct tol_error *error);

/* Events in order of day, then measure. What the function returns other than TOL_OK ends the walk. TOL_BAD_DATA: no tables of that importer. */
TOL_MUST_CHECK enum tol_status tol_law_changes(const struct tol_law_browser *browser,
                                               const struct tol_law_changes_query *query,
                                               tol_law_event_function function, void *context, struct tol_error *error);

/* ---- faults ---------------------------------------------------------------------------------------------------- */

enum tol_law_fault_kind {
    TOL_LAW_OVERLAP, /* two measures of a programme on the same goods, origin and day, that add up */
    TOL_LAW_ORPHAN, /* a list, group, fact or programme that nothing uses; a fact is a hint: claims may be named that change no rate */
    TOL_LAW_VOID,       /* a measure that can never apply, or relieves from nothing */
    TOL_LAW_UNCITED,    /* a source that names no document */
    TOL_LAW_STRAY_CODE, /* a code that the schedule never held */
    TOL_LAW_GAP,        /* a hint: a measure ends and its like begins some days later */
};
const char *tol_law_fault_kind_name(enum tol_law_fault_kind kind);

struct tol_law_fault {
    enum tol_law_fault_kind kind;
    bool hint; /* may be law, and is no reason to fail */
    struct tol_law_place place;
    const char *column;
    const char *value;
    const char *message; /* what is wrong and how to mend it; valid during the call only, like value */
};

typedef enum tol_status (*tol_law_fault_function)(void *context, const struct tol_law_fault *fault,
                                                  struct tol_error *error);

/* Tells every fault that compiling the tables lets pass. What the function returns other than TOL_OK ends the walk. */
TOL_MUST_CHECK enum tol_status tol_law_check(const struct tol_law_browser *browser, tol_law_fault_function function,
                                             void *context, struct tol_error *error);

#pragma GCC visibility pop

#endif
