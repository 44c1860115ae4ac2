/* From candidates to totals for one tariff line: verdicts, shares, contributions, and the range that missing facts leave. */
#ifndef TOLMUUR_LAW_STACK_H
#define TOLMUUR_LAW_STACK_H

#include "law/lookup.h"

#define LAW_VALUES_MAX 48 /* values of one missing fact that a line's measures tell apart */
#define LAW_LISTED_KEPT                                                                                                \
    64 /* lines whose lists are kept: by the last bits of their number, as those of a product are neighbours */
#define LAW_COMBINATIONS_MAX 4096 /* beyond this the range is searched one fact at a time */

/* What a query fixes before any product is looked at. Facts as numbers: choices by index. */
struct law_question {
    const struct tol_law *law;
    const struct law_importer *importer; /* NULL: no tables */
    bool internal;                       /* inside one customs territory */
    tol_country origin;
    tol_product product;
    uint32_t node; /* deepest code at or above the product; LAW_NONE: no table names any */
    tol_day day;
    tol_day base_day; /* `day`, or the first day with base rates when that is later */
    bool column2;
    bool on_the_day;
    bool trade;     /* missing facts take their averages in the central reading */
    uint64_t given; /* facts the query states */
    uint64_t known; /* and those that convention settles */
    double value[LAW_FACTS_LIMIT];
    struct law_listed *
        kept; /* [LAW_LISTED_KEPT] lists of lines looked at, for questions about several days or origins; NULL: not kept */
};

/* A measure that takes part on the day. */
struct law_active {
    const struct law_measure *measure;
    enum tol_verdict verdict; /* APPLY or UNKNOWN; SKIP ones are only kept when `skipped` asks for them */
    uint32_t fact;            /* LAW_NONE, or the fact that is missing or that a failed condition asks for */
    double share, part;       /* central reading */
    double holds;             /* of the trade for which its conditions hold; 0 or 1 without a mixture */
    int yields_to;            /* programme that takes something away in the central reading, -1: none */
    bool relieved;            /* that programme is a relief */
};

struct law_missing {
    uint32_t fact;
    unsigned count; /* of values */
    int central;    /* index of the central value, -1: the value that costs most */
    double average; /* in trade; NaN: none, or one customs entry is asked for */
    double value[LAW_VALUES_MAX];
    double low[LAW_VALUES_MAX]; /* least and greatest total with this value */
    double high[LAW_VALUES_MAX];
};

struct law_line {
    const struct law_base_row *base_row; /* NULL: base unknown */
    enum tol_base_kind base_kind;
    double base_rate; /* printed column that applies, with `ave` when given */
    double mfn_rate;  /* column 1 */
    const char *base_text;
    uint32_t base_unit; /* text in the string pool; LAW_NONE: no base */
    bool base_specific; /* a specific part is due and not in the rate */
    bool mfn_specific;
    bool base_replaced; /* a measure that certainly applies puts another rate in the place of the printed column */
    unsigned active_count;
    struct law_active active[LAW_MEASURES_LIMIT];
    uint64_t averaged; /* missing facts that have an average */
    unsigned missing_count;
    struct law_missing missing[LAW_FACTS_LIMIT];
    double by_authority[TOL_AUTHORITY_COUNT]; /* central */
    double low, central, high;
    const char *specific_duty; /* NULL: none */
    uint32_t flags;
};

/* The sum in the order that every total is made in. */
static inline double law_authority_sum(const double by_authority[TOL_AUTHORITY_COUNT])
{
    double sum = by_authority[0];
    for (unsigned i = 1; i < TOL_AUTHORITY_COUNT; i++) {
        sum += by_authority[i];
    }
    return sum;
}

/* Fills `line` for the product at the node. with_skipped keeps measures that a stated fact rules out. */
void tol_law_line_answer(const struct law_question *question, uint32_t node, bool with_skipped, struct law_line *line);

/* Candidates in force with their verdicts, and the base: the first half of the above. */
void tol_law_line_collect(const struct law_question *question, uint32_t node, bool with_skipped, struct law_line *line);

/* One pass over the active measures with every fact fixed. Fills share and part of each measure and by_authority; returns the total. */
double tol_law_line_pass(const struct law_question *question, struct law_line *line,
                         const double value[LAW_FACTS_LIMIT], double ave_beyond);

/* Does the condition hold with these facts? `known` says which are fixed. *fact: the one it fails on or misses. */
enum tol_verdict tol_law_condition(const struct tol_law *law, const struct law_measure *measure,
                                   const double value[LAW_FACTS_LIMIT], uint64_t known, uint32_t *fact);

/* Does the measure put a rate of its own in the place of the whole printed column (a claimed preference, Russia's 35 %)? */
bool tol_law_sets_base(const struct tol_law *law, const struct law_measure *measure);

bool tol_law_term_holds(const struct law_term *term, double value);

/* Lists the missing facts of the node's product, the values worth trying, and their averages where trade is asked for. */
void tol_law_missing_collect(const struct law_question *question, uint32_t node, struct law_line *line);

#endif
