/* Tariff law as it stood on a day: what duty a product from a country pays, and why. */
#ifndef TOLMUUR_LAW_H
#define TOLMUUR_LAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/allocator.h"
#include "tolmuur/code.h"
#include "tolmuur/day.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Legal authority of a layer. Pinned values; names in tol_authority_name. */
enum tol_authority {
    TOL_MFN = 0,
    TOL_SECTION_232,
    TOL_SECTION_301,
    TOL_IEEPA_FENTANYL,
    TOL_IEEPA_RECIPROCAL,
    TOL_SECTION_122,
    TOL_SECTION_201,
    TOL_SECTION_338,
    TOL_ANTI_DUMPING,
    TOL_RETALIATION,
    TOL_OTHER, /* other country orders (Brazil +40, the India oil duty) */
    TOL_AUTHORITY_COUNT
};

/* "mfn", "section_232", ... Static storage. */
const char *tol_authority_name(enum tol_authority authority);

/* Does a measure's condition hold? UNKNOWN: a fact it asks for is missing. */
enum tol_verdict { TOL_SKIP = 0, TOL_APPLY, TOL_UNKNOWN };
const char *tol_verdict_name(enum tol_verdict verdict);

/* What is known about the goods beyond product and origin: pairs of fact and value, checked against the facts that the law
 * knows. A value type; copy freely. */
#define TOL_FACTS_MAX 16
struct tol_facts {
    uint32_t count;
    struct {
        uint16_t fact;     /* index into the law's fact table */
        uint16_t choice;   /* for yes/no and named values: index of the value; unused for numbers and days */
        double number;     /* for shares and rates (fractions) and days (tol_day) */
    } item[TOL_FACTS_MAX]; /* ascending by fact, none twice */
};

struct tol_law; /* immutable once opened: any number of threads may read it */

/* Opens the compiled tables (a mapped file, nothing is parsed) and compares the checksums of header and of every section that answers are made from.
 * Caller owns *law. TOL_NO_INPUT no such file, TOL_BAD_DATA damaged or of another format version, TOL_IO. Checksums tell damage from what was
 * written, not who wrote it: of a file that tolmuur's compiler may not have written, ask tol_law_verify before any question. */
TOL_MUST_CHECK enum tol_status tol_law_open(const char *path, struct tol_law **law, struct tol_error *error);
void tol_law_close(struct tol_law *law); /* NULL allowed */

/* Goes through all codes, their rows and the concordance of an opened law: every index and text lies inside its section, codes ascend and form
 * the tree they should, numbers are finite and in range. Afterwards no question reads outside the tables, whatever they are. Time is
 * linear in the tables; may run beside questions of other threads. TOL_BAD_DATA names the section. */
TOL_MUST_CHECK enum tol_status tol_law_verify(const struct tol_law *law, struct tol_error *error);

/* The default place of the compiled tables: TOLMUUR_TABLES, else beside the running program, else the install prefix of the program or of the
 * library that this is in.
 * Writes a path and returns true when such a file exists. */
bool tol_tables_find(char *path, size_t size);

/* Hash over the source tables, 16 lower-case hex digits; an overlay has its own. Lives as long as the law. */
const char *tol_law_version(const struct tol_law *law);
/* First and last day that the tables cover, whatever the importer. */
void tol_law_coverage(const struct tol_law *law, tol_day *first, tol_day *last);
/* Last day that the tables of one importer cover; TOL_DAY_MAX when they are open or there are none. */
tol_day tol_law_last_day(const struct tol_law *law, tol_country into);

/* Reads "usmca=yes;us_content=0.3" (also separated by '&' or ','), any order. "" gives no facts. TOL_BAD_DATA names an unknown fact or
 * value, or a fact given twice, and lists what is allowed. */
TOL_MUST_CHECK enum tol_status tol_facts_parse(const struct tol_law *law, const char *text, struct tol_facts *facts,
                                               struct tol_error *error);
/* Canonical text (facts in table order, shortest round-trip numbers). size >= 1. */
void tol_facts_format(const struct tol_law *law, const struct tol_facts *facts, char *text, size_t size);
/* A fact's name by index; NULL past the end. */
const char *tol_fact_name(const struct tol_law *law, size_t fact);

/* What the central reading takes for a fact that is not given. ENTRY: one customs entry, the convention of the facts table: nothing is claimed. TRADE: a
 * flow of goods, the fact's average for the product and origin, where the tables have one. low and high are the same in both. */
enum tol_assume { TOL_ASSUME_ENTRY = 0, TOL_ASSUME_TRADE };
const char *tol_assume_name(enum tol_assume assume); /* "entry", "trade" */

struct tol_rate_query {
    tol_country into;
    tol_country from;
    tol_product product;           /* 4 to 10 digits */
    tol_day on;                    /* day of entry for consumption */
    const struct tol_facts *facts; /* NULL: none known */
    enum tol_assume assume;
};

enum tol_base_kind {
    TOL_BASE_UNKNOWN = 0, /* no table for this importer or product: not zero */
    TOL_BASE_FREE,
    TOL_BASE_AD_VALOREM,
    TOL_BASE_SPECIFIC, /* an amount per unit: rate_fraction is 0 unless the fact `ave` or `unit_value` is given, and the text says what is due */
    TOL_BASE_COMPOUND, /* ad valorem part in rate_fraction, specific part in the text */
    TOL_BASE_INTERNAL, /* inside one customs territory: no duty */
    TOL_BASE_MIXED,    /* a code of fewer digits than the tariff line, whose lines differ in kind */
};
const char *tol_base_kind_name(enum tol_base_kind kind);

/* Notes on an answer; bits. */
enum tol_rate_flag {
    TOL_RATE_NO_LAW = 1,     /* importer not in the tables: total is UNKNOWN */
    TOL_RATE_AGGREGATE = 2,  /* fewer digits than the tariff line: mean over the lines beneath, weighted by trade */
    TOL_RATE_BASE_DATED = 4, /* base taken from a schedule of another date */
    TOL_RATE_SPECIFIC_EXCLUDED = 8, /* a specific amount is due on top of the ad valorem total */
    TOL_RATE_UNCONFIRMED = 16,      /* a row marked `unconfirmed` took part */
    TOL_RATE_PAST_COVERAGE = 32,    /* day after the last day the tables cover */
    TOL_RATE_CODE_UNKNOWN = 64,     /* the product was never in this importer's schedule */
    TOL_RATE_CODE_OTHER_DATE = 128, /* the product is in the schedule, but not on that day */
    TOL_RATE_NO_SCHEDULE = 256,     /* the tables hold measures of this importer but no base rates: total is UNKNOWN */
    TOL_RATE_CODE_MAPPED =
        512, /* not in the schedule on that day: answered by the codes that stand for it, by concordance */
};

/* One measure that was looked at. Strings live as long as the law. A measure of a relief programme stands under TOL_MFN with rate 0. */
struct tol_rate_layer {
    enum tol_authority authority;
    enum tol_verdict verdict;
    const char *measure;   /* id in the tables */
    const char *programme; /* programme name */
    double stated_rate;    /* as the law states it (fraction) */
    double share;          /* part of the customs value it stands on after stacking, central reading [0,1] */
    double rate_fraction;  /* contribution to the full customs value, central reading */
    double trade_share;    /* part of the trade for which its conditions hold, where an average tells; else 1 */
    const char *base;      /* "customs_value", "mfn" for a top-up, "steel_content" ... */
    const char *source;    /* legal source */
    const char *reason;    /* why it applies, yields or is skipped: static or law-owned text */
    const char *detail;    /* name of the programme it yields to, or of the missing fact; "" when none */
};

#define TOL_LAYERS_MAX 48
#define TOL_MAPPED_MAX 64
#define TOL_UNKNOWN_FACTS_MAX 8

/* An answer. Rates are fractions of the full customs value. low <= central <= high. NaN in low, central and high (and only there)
 * when the base is UNKNOWN. by_authority (central) adds up to central: base first, then authorities in order. */
struct tol_rate_answer {
    struct {
        enum tol_base_kind kind;
        double rate_fraction;
        const char *text; /* as printed in the schedule ("4.4¢/kg + 6%") */
        const char *
            unit; /* what its amount stands on ("kg"), for the fact `unit_value`; "" when it is not one amount per unit */
        const char *source;
    } base;
    size_t
        layer_count; /* APPLY and UNKNOWN layers, and those that yield, are relieved or that a given fact rules out, in stacking
                           order (SKIP); a measure that only conventions rule out is not listed */
    struct tol_rate_layer layer[TOL_LAYERS_MAX];
    double by_authority[TOL_AUTHORITY_COUNT];
    double low;
    double central;
    double high;
    const char *specific_duty; /* text of the specific part that is not in the totals; "" when none */
    uint32_t flags;            /* enum tol_rate_flag */
    size_t mapped_count;       /* codes that stood for the product, ascending; 0 when it stood for itself */
    tol_product mapped[TOL_MAPPED_MAX];
    size_t unknown_fact_count;
    struct {
        uint16_t fact;
        double narrowing;                  /* how much high - low would shrink at best if the fact were known */
    } unknown_fact[TOL_UNKNOWN_FACTS_MAX]; /* widest first */
};

/* The whole answer for one product. Pure; thread safe. TOL_BAD_DATA for a country that does not exist. */
TOL_MUST_CHECK enum tol_status tol_law_rate(const struct tol_law *law, const struct tol_rate_query *query,
                                            struct tol_rate_answer *answer, struct tol_error *error);

/* Only the totals, for pricing cells: low, central, high as tol_law_rate gives them, to the bit. Returns the flags. */
struct tol_rate_total {
    double low;
    double central;
    double high;
    uint32_t flags;
};
void tol_law_total(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_total *total);
/* The same for several days, ascending or not: total[i] is what tol_law_total gives for on[i], to the bit; query->on is not read. What the days
 * have in common is looked up once. */
void tol_law_totals(const struct tol_law *law, const struct tol_rate_query *query, size_t day_count, const tol_day *on,
                    struct tol_rate_total *total);

/* The same for several origins too: total[k stride + i] is what tol_law_total gives for from[k] and on[i], to the bit; query->from is not read.
 * Origins that no list, group or average tells apart on a day are asked about once. stride >= day_count. */
void tol_law_totals_by_origin(const struct tol_law *law, const struct tol_rate_query *query, size_t origin_count,
                              const tol_country *from, size_t day_count, const tol_day *on, size_t stride,
                              struct tol_rate_total *total);

/* A law changed by an overlay: measures added, replaced (same id, stated in full) or removed. Field texts are those of the measure table's
 * columns (docs/law.md); one more column, `importer`, may say where an added measure stands (else US). Where several changes name a measure
 * the last one counts; removing a programme or authority that has no measures is no fault. Fact indices stay those of the base. The base must
 * outlive the result. TOL_BAD_DATA: row is the change (from 1), column and value the field. Takes some tens of milliseconds. */
struct tol_law_change {
    enum { TOL_CHANGE_ADD, TOL_CHANGE_REPLACE, TOL_CHANGE_REMOVE } action;
    const char *id; /* for REMOVE also "programme:NAME" or "authority:NAME" for all of them */
    size_t field_count;
    struct {
        const char *column;
        const char *value;
    } field[24];
};
TOL_MUST_CHECK enum tol_status tol_law_overlay(const struct tol_law *base, const struct tol_law_change *changes,
                                               size_t change_count, const struct tol_allocator *allocator,
                                               struct tol_law **law, struct tol_error *error);

#pragma GCC visibility pop

#endif
