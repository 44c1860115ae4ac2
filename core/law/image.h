/* The compiled law: what the sections of a tables file hold, and the opened form of it. Indices instead of pointers, texts as offsets into
 * one pool, so that a mapped file is ready as it lies. */
#ifndef TOLMUUR_LAW_IMAGE_H
#define TOLMUUR_LAW_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/sections.h"
#include "law/buffer.h"
#include "tolmuur/law.h"

#define LAW_KIND "TABL"
#define LAW_FORMAT_VERSION 5u

#define LAW_FACTS_LIMIT 64       /* a set of facts is one 64-bit word */
#define LAW_PROGRAMMES_LIMIT 255 /* share tables are small and live on the stack */
#define LAW_MEASURES_LIMIT 1024  /* per importer: candidates are a set of this many bits */
#define LAW_WORDS_LIMIT (LAW_MEASURES_LIMIT / 64)
#define LAW_MIXED_LIMIT                                                                                                \
    6 /* facts of type choice with averages: a mixture looks at every combination of their answers */
#define LAW_NONE UINT32_MAX
#define LAW_COUNTRY_SLOTS 677 /* 26 x 26 letter pairs, and the last for anything else */

enum law_section {
    LAW_META,
    LAW_STRINGS,
    LAW_FACTS,
    LAW_FACT_VALUES,
    LAW_PROGRAMMES,
    LAW_IMPORTERS,
    LAW_GAPS,
    LAW_MEASURES,
    LAW_TERMS,
    LAW_YIELDS,
    LAW_PRODUCTS,
    LAW_NODES,
    LAW_ENTRIES,
    LAW_BASE_ROWS,
    LAW_LINE_ROWS,
    LAW_AVERAGES,
    LAW_LINKS,
    LAW_EPOCHS,
    LAW_BITS,
    LAW_SECTION_COUNT
};

struct law_meta {
    char version[24]; /* 16 hex digits and a zero */
    int32_t first_day;
    int32_t last_day;
};

enum law_fact_type { LAW_CHOICE, LAW_SHARE, LAW_NUMBER, LAW_DAY, LAW_POSITIVE };

struct law_fact {
    uint32_t name;
    uint32_t meaning;
    uint32_t value_first; /* names of a choice's values */
    uint32_t value_count;
    uint8_t type;
    uint8_t assume; /* a missing fact takes `central` in every reading */
    uint8_t has_central;
    uint8_t reserved[5];
    double central; /* a choice's is the index of its value */
};

struct law_programme {
    uint32_t name;
    uint32_t title;
    uint8_t authority; /* a relief programme counts under TOL_MFN */
    uint8_t relief;
    uint8_t reserved[6];
};

enum law_effect { LAW_ADD, LAW_TOP_UP, LAW_REPLACE, LAW_RELIEVE, LAW_SPECIFIC };
enum law_base { LAW_CUSTOMS_VALUE, LAW_CONTENT, LAW_REST, LAW_MFN_COLUMN, LAW_BASE_COLUMN };
enum law_operator { LAW_EQUAL, LAW_NOT_EQUAL, LAW_LESS, LAW_LESS_EQUAL, LAW_GREATER, LAW_GREATER_EQUAL };

struct law_term {
    uint16_t fact;
    uint16_t operation;
    uint32_t reserved;
    double number;
};

/* Sorted by importer, then in stacking order: every programme stands after those it yields to. */
struct law_measure {
    double rate;              /* NaN for a specific amount */
    uint64_t condition_facts; /* facts its conditions ask for */
    int32_t from, until;
    int32_t collected_from, collected_until;
    uint32_t id, base_text, source, amount_text, conditions_text;
    uint32_t term_first, yield_first;
    uint16_t term_count, yield_count;
    uint16_t base_fact;
    uint8_t programme, effect, base, unconfirmed;
    uint8_t reserved[2];
};

/* Days between two periods of coverage: the tables hold no law. */
struct law_gap {
    int32_t from, until;
};

/* The tables of one importer. Bit sets are rows of `words` words in LAW_BITS. */
struct law_importer {
    uint16_t country;
    uint16_t words;
    uint32_t measure_first, measure_count;
    uint32_t node_first, node_count;
    uint32_t epoch_first, epoch_count; /* days on which membership of a group changes; the first is TOL_DAY_MIN */
    uint32_t list_count;
    uint32_t star_bits;    /* measures for all products */
    uint32_t include_bits; /* [list_count]: measures that the list brings in */
    uint32_t exclude_bits; /* [list_count]: measures that the list takes away */
    uint32_t partner_bits; /* [epoch_count][LAW_COUNTRY_SLOTS] */
    uint32_t gap_first, gap_count;
    uint32_t link_first, link_count;
    int32_t from, until, base_from, base_until; /* first and last period of coverage; gaps lie between */
    uint16_t has_lines, has_bases;
};

/* A product code that some table names. Sorted within an importer; [index, next) is the code and all beneath it. */
struct law_node {
    uint64_t end;    /* first product value past those beneath */
    double weight;   /* US imports, USD */
    uint32_t parent; /* LAW_NONE at the top; all indices count from the importer's first node */
    uint32_t next;
    uint32_t entry_first, entry_count;
    uint32_t base_first, base_count;
    uint32_t line_first, line_count;
    uint32_t average_first, average_count;
};

struct law_entry {
    uint32_t list; /* within the importer */
    int32_t from, until;
    uint32_t unconfirmed;
};

struct law_base_row {
    double rate, column2_rate;
    double amount_usd, column2_amount_usd; /* per unit; 0: the text is no single amount per unit */
    int32_t from, until;
    uint32_t text, column2_text, special, source;
    uint32_t unit, column2_unit;
    uint8_t kind, column2_kind; /* enum tol_base_kind */
    uint8_t unconfirmed;
    uint8_t reserved[5];
};

struct law_line_row {
    int32_t from, until;
};

/* Where a row of the source was written, in the order of the source. */
struct law_place {
    uint32_t file; /* text of the pool: the path beneath the folder that all files share */
    uint32_t row;
};

/* What a fact is on average in the trade of a product from an origin: the share itself, or how much of the value answers yes. */
struct law_average {
    double value;
    int32_t from, until;
    tol_country origin; /* 0: any */
    uint16_t fact;
    uint32_t reserved;
};

/* One code stands for another since a day (forward: it took its place) or before one (backward: it was its forerunner). Sorted within an
 * importer by code, direction, day and what it stands for. */
struct law_link {
    uint64_t code;
    uint64_t stands_as;
    int32_t day; /* first day of the newer code */
    uint8_t backward;
    uint8_t reserved[3];
};

struct tol_law {
    struct tol_sections *sections; /* NULL: the sections are in `memory` */
    struct tol_buffer *memory;     /* [LAW_SECTION_COUNT], the source and its places; NULL when mapped */
    const struct tol_allocator *allocator;
    const char *source; /* the rows it was compiled from; see builder.h */
    uint64_t source_size;
    const struct law_place *place; /* one per row of the source */
    uint64_t place_count;
    const uint64_t *weight_product; /* US imports by code, ascending; copied into the nodes */
    const double *weight_usd;
    uint64_t weight_count;
    const struct law_meta *meta;
    const char *strings;
    const struct law_fact *fact;
    const uint32_t *fact_value;
    const struct law_programme *programme;
    const struct law_importer *importer;
    const struct law_gap *gap;
    const struct law_measure *measure;
    const struct law_term *term;
    const uint8_t *yield;
    const uint64_t *product;
    const struct law_node *node;
    const struct law_entry *entry;
    const struct law_base_row *base_row;
    const struct law_line_row *line_row;
    const struct law_average *average;
    const struct law_link *link;
    const int32_t *epoch;
    const uint64_t *bits;
    uint64_t count[LAW_SECTION_COUNT];
    /* Resolved at opening, so that an answer compares no text. */
    double assumed[LAW_FACTS_LIMIT]; /* central values */
    uint64_t assumed_facts;
    uint32_t ave_fact, unit_value_fact, view_fact; /* LAW_NONE when the tables have no such fact */
    double view_on_the_day;
    int16_t importer_of[LAW_COUNTRY_SLOTS]; /* index into importer, -1: none */
    bool in_eu[LAW_COUNTRY_SLOTS];
};

#define LAW_SOURCE_SECTION "law.source"
#define LAW_PLACES_SECTION "law.places"
#define LAW_SOURCE_INDEX LAW_SECTION_COUNT
#define LAW_PLACES_INDEX (LAW_SECTION_COUNT + 1)
#define LAW_BUFFER_COUNT (LAW_SECTION_COUNT + 2)
#define LAW_IMPORT_PRODUCT_SECTION "market.product"
#define LAW_IMPORT_USD_SECTION "market.imports_usd"

struct law_section_shape {
    const char *name;
    size_t element_size;
};
extern const struct law_section_shape tol_law_sections[LAW_SECTION_COUNT];

static inline unsigned law_country_slot(tol_country country)
{
    unsigned first = (country >> 8) - 'A';
    unsigned second = (country & 0xffu) - 'A';
    return first < 26 && second < 26 ? first * 26 + second : LAW_COUNTRY_SLOTS - 1;
}

static inline bool law_in_force(int32_t from, int32_t until, tol_day day)
{
    return from <= day && day < until;
}

/* First product value past those beneath `product`. */
uint64_t tol_law_product_end(tol_product product);

/* Points the law at its sections (mapped or in memory) and fills in what is resolved at opening. TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status tol_law_bind(struct tol_law *law, struct tol_error *error);

#endif
