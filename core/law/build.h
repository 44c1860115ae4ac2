/* What the steps of a compilation share. */
#ifndef TOLMUUR_LAW_BUILD_H
#define TOLMUUR_LAW_BUILD_H

#include "law/builder.h"

struct build_row {
    uint64_t record; /* offset into text: letter, importer, list and fields, each ended by a zero */
    uint64_t length;
    uint64_t file; /* offset into text */
    uint64_t row;
};

struct build_group {
    const char *name;
    unsigned slot;
    int32_t from, until;
};

struct build_list {
    const char *importer;
    const char *name; /* "" for products written in a measure itself */
    uint32_t importer_index;
    uint32_t index; /* within the importer */
};

/* A code that a list holds. */
struct build_entry {
    uint64_t product;
    uint32_t importer_index;
    uint32_t list;
    int32_t from, until;
    bool unconfirmed;
};

/* Which lists bring a measure in and take it away. */
struct build_use {
    uint32_t measure; /* within the importer */
    uint32_t importer_index;
    uint32_t list;
    uint8_t exclude;
    uint8_t star;
};

struct build_base {
    uint64_t product;
    struct law_base_row row;
    const struct build_row *at;
};

struct build_line {
    uint64_t product;
    struct law_line_row row;
};

struct build_average {
    uint64_t product;
    struct law_average row;
    const struct build_row *at;
};

struct tol_law_builder {
    const struct tol_allocator *allocator;
    struct tol_buffer text; /* char: records and file names */
    struct tol_buffer rows; /* build_row */
    uint64_t last_file;
    struct tol_buffer weight_product, weight_usd;
    struct tol_buffer *section;     /* [LAW_BUFFER_COUNT]: becomes the law's memory */
    struct tol_buffer string_slots; /* uint32: hash table over the string pool */
    uint64_t string_count;
    struct tol_buffer groups, lists, entries, uses, bases, lines;
    struct tol_buffer averages;     /* of the importer whose tree is being made */
    struct tol_buffer measure_rows; /* build_row pointers, as section LAW_MEASURES */
    struct tol_buffer ranks;        /* uint32 by programme */
    struct tol_law *law;            /* facts are read through it while measures are compiled */
};

static inline void *build_at(const struct tol_buffer *buffer, size_t index)
{
    return tol_buffer_at(buffer, index);
}

/* First row of a table and their number; rows are sorted by the time steps run. */
const struct build_row *tol_build_rows_of(const struct tol_law_builder *builder, enum law_table table, size_t *count);
const char *tol_build_importer(const struct tol_law_builder *builder, const struct build_row *row);
const char *tol_build_list(const struct tol_law_builder *builder, const struct build_row *row);
const char *tol_build_field(const struct tol_law_builder *builder, const struct build_row *row, unsigned column);

enum tol_status tol_build_no_memory(struct tol_error *error);

/* A fault in a field. `value` NULL: the whole field. */
enum tol_status tol_build_fault(const struct tol_law_builder *builder, const struct build_row *row,
                                enum law_table table, unsigned column, const char *value, struct tol_error *error,
                                const char *format, ...) __attribute__((format(printf, 7, 8)));

/* Offset of a text in the string pool, each text once. False when out of memory. */
bool tol_build_string(struct tol_law_builder *builder, const char *text, uint32_t *offset);

/* Reads two date columns into a period; both may be empty. empty_allowed: from == until is taken. */
enum tol_status tol_build_period(const struct tol_law_builder *builder, const struct build_row *row,
                                 enum law_table table, unsigned from_column, unsigned until_column, bool empty_allowed,
                                 int32_t *from, int32_t *until, struct tol_error *error);

/* Takes the next space-separated word of *text into word; false at the end. Words that do not fit are cut. */
bool tol_build_word(const char **text, char *word, size_t size);

/* Rate fields: finite and in [-1, 10]. */
enum tol_status tol_build_rate(const struct tol_law_builder *builder, const struct build_row *row, enum law_table table,
                               unsigned column, double *rate, struct tol_error *error);

/* A code of 2 to 10 digits without dots. */
bool tol_build_product(const char *text, tol_product *product);

/* Index of an importer in LAW_IMPORTERS, LAW_NONE. */
uint32_t tol_build_importer_index(const struct tol_law_builder *builder, const char *importer);

/* Index of a fact, LAW_NONE. */
uint32_t tol_build_fact(const struct tol_law_builder *builder, const char *name);

/* Index of a programme, LAW_NONE. */
uint32_t tol_build_programme(const struct tol_law_builder *builder, const char *name);

/* The steps, in this order. */
enum tol_status tol_build_facts(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_programmes(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_groups(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_coverage(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_ranks(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_lists(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_measures(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_schedule(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_nodes(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_product_bits(struct tol_law_builder *builder, struct tol_error *error);
enum tol_status tol_build_partner_bits(struct tol_law_builder *builder, struct tol_error *error);

/* The importer's average rows into builder->averages, sorted by product. */
enum tol_status tol_build_averages(struct tol_law_builder *builder, uint32_t importer_index, struct tol_error *error);

/* Hands them to the importer's nodes. */
enum tol_status tol_build_averages_attach(struct tol_law_builder *builder, const struct law_importer *importer,
                                          struct tol_error *error);

/* "4.4¢/kg + 6%": the amount in USD and its unit. False when the text is anything but one amount per unit, with or without a percentage of the value. */
bool tol_build_amount(const char *text, double *usd, char *unit, size_t size);

/* The concordance as links of every importer, in both directions. */
enum tol_status tol_build_links(struct tol_law_builder *builder, struct tol_error *error);

/* The conditions column of a measure into LAW_TERMS. */
enum tol_status tol_build_conditions(struct tol_law_builder *builder, const struct build_row *row,
                                     struct law_measure *measure, struct tol_error *error);

#endif
