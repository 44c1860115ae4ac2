#include "supply/quick_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/text.h"

enum { PRODUCTS = 1 << 13, COUNTRIES = 1 << 9, SHORT_TEXT = 12, NO_COLUMN = -1 };

/* A text of at most 12 bytes in two words. */
struct short_text {
    uint64_t low;
    uint64_t high; /* length and the last four bytes */
};

struct known_code {
    struct short_text text;
    uint64_t code; /* 0: no entry */
};

struct known_facts {
    uint32_t facts;
    char raw[256]; /* "": no entry */
};

struct tol_quick_reader {
    const struct tol_table_reader *reader;
    bool sales;
    int column[TOL_SCHEMA_COLUMNS_MAX]; /* of the source, by place in the schema; NO_COLUMN */
    /* A block's lines in columns; lines that are not plain are taken out before they go into the book. */
    size_t capacity;
    bool *plain;
    uint32_t *id_length;
    uint32_t *firm;
    uint32_t *counterpart;
    uint32_t *facts;
    tol_product *product;
    tol_country *importer;
    tol_country *origin;
    double *value_eur;
    struct known_facts known_facts[TOL_FACTS_CACHE_SIZE];
    struct known_code product_known[PRODUCTS];
    struct known_code country_known[COUNTRIES];
};

void tol_quick_rows_free(struct tol_quick_rows *rows)
{
    free(rows->firm);
    free(rows->value_eur);
    *rows = (struct tol_quick_rows){0};
}

static bool rows_room(struct tol_quick_rows *rows, size_t count)
{
    if (count <= rows->capacity) {
        return true;
    }
    tol_quick_rows_free(rows);
    rows->firm = malloc(count * sizeof *rows->firm);
    rows->value_eur = malloc(count * sizeof *rows->value_eur);
    rows->capacity = count;
    return rows->firm != NULL && rows->value_eur != NULL;
}

struct tol_quick_reader *tol_quick_reader_create(const struct tol_table_reader *reader, const size_t *place,
                                                 size_t column_count)
{
    struct tol_quick_reader *quick = calloc(1, sizeof *quick);
    if (quick == NULL) {
        return NULL;
    }
    quick->reader = reader;
    quick->sales = reader->schema.table == TOL_SUPPLY_SALES;
    for (size_t i = 0; i < TOL_SCHEMA_COLUMNS_MAX; i++) {
        quick->column[i] = NO_COLUMN;
    }
    for (size_t i = 0; i < column_count; i++) {
        quick->column[place[i]] = (int)i;
    }
    return quick;
}

static void free_columns(struct tol_quick_reader *quick)
{
    free(quick->plain);
    free(quick->id_length);
    free(quick->firm);
    free(quick->counterpart);
    free(quick->facts);
    free(quick->product);
    free(quick->importer);
    free(quick->origin);
    free(quick->value_eur);
}

void tol_quick_reader_free(struct tol_quick_reader *quick)
{
    if (quick != NULL) {
        free_columns(quick);
        free(quick);
    }
}

static bool make_columns(struct tol_quick_reader *quick, size_t count)
{
    if (count <= quick->capacity) {
        return true;
    }
    free_columns(quick);
    quick->capacity = count;
    quick->plain = malloc(count * sizeof *quick->plain);
    quick->id_length = malloc(count * sizeof *quick->id_length);
    quick->firm = malloc(count * sizeof *quick->firm);
    quick->counterpart = malloc(count * sizeof *quick->counterpart);
    quick->facts = malloc(count * sizeof *quick->facts);
    quick->product = malloc(count * sizeof *quick->product);
    quick->importer = malloc(count * sizeof *quick->importer);
    quick->origin = malloc(count * sizeof *quick->origin);
    quick->value_eur = malloc(count * sizeof *quick->value_eur);
    return quick->plain != NULL && quick->id_length != NULL && quick->firm != NULL && quick->counterpart != NULL &&
           quick->facts != NULL && quick->product != NULL && quick->importer != NULL && quick->origin != NULL &&
           quick->value_eur != NULL;
}

/* NULL when the table has no such column. */
static const struct tol_block_column *column_of(const struct tol_quick_reader *quick, const struct tol_row_block *block,
                                                size_t place)
{
    return quick->column[place] == NO_COLUMN ? NULL : &block->column[quick->column[place]];
}

/* length <= SHORT_TEXT; reads all 12 bytes. */
static struct short_text short_text_of(const char *text, uint32_t length)
{
    uint32_t tail;
    struct short_text key;
    memcpy(&key.low, text, 8);
    memcpy(&tail, text + 8, 4);
    if (length < 8) {
        key.low &= (UINT64_C(1) << 8 * length) - 1;
        tail = 0;
    } else if (length < SHORT_TEXT) {
        tail &= (UINT32_C(1) << 8 * (length - 8)) - 1;
    }
    key.high = (uint64_t)tail << 32 | length;
    return key;
}

static size_t place_of(struct short_text text, size_t places)
{
    uint64_t mixed = (text.low ^ text.high * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    return (size_t)(mixed >> 40) % places;
}

static uint64_t read_product(const char *text)
{
    tol_product product;
    return tol_hs_read(text, &product) == NULL ? product : 0;
}

static uint64_t read_country(const char *text)
{
    tol_country country;
    return tol_country_from_any(text, &country) ? country : 0;
}

/* The code for a text, 0 when it is none: read once, then remembered. */
static uint64_t code_of(struct known_code *known, size_t places, uint64_t (*read)(const char *text), const char *text,
                        uint32_t length)
{
    if (length > SHORT_TEXT) {
        return 0;
    }
    struct short_text key = short_text_of(text, length);
    struct known_code *entry = &known[place_of(key, places)];
    if (entry->code == 0 || entry->text.low != key.low || entry->text.high != key.high) {
        char copy[SHORT_TEXT + 1];
        memcpy(copy, text, length);
        copy[length] = '\0';
        uint64_t code = strlen(copy) == length ? read(copy) : 0;
        if (code == 0) {
            return 0;
        }
        *entry = (struct known_code){key, code};
    }
    return entry->code;
}

static void read_products(struct tol_quick_reader *quick, const struct tol_block_column *column, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t code = column->kind == TOL_CELL_TEXT
                            ? code_of(quick->product_known, PRODUCTS, read_product, column->text[i], column->length[i])
                            : 0;
        quick->product[i] = code;
        quick->plain[i] &= code != 0;
    }
}

/* A column that may be missing gives 0: the firm's country. */
static void read_countries(struct tol_quick_reader *quick, const struct tol_block_column *column, bool required,
                           tol_country *country, size_t count)
{
    if (column == NULL) {
        memset(country, 0, count * sizeof *country);
        return;
    }
    bool text = column->kind == TOL_CELL_TEXT;
    for (size_t i = 0; i < count; i++) {
        uint64_t code = 0;
        bool given = !text || column->length[i] > 0;
        if (text && given) {
            code = code_of(quick->country_known, COUNTRIES, read_country, column->text[i], column->length[i]);
        }
        country[i] = (tol_country)code;
        quick->plain[i] &= code != 0 || (!required && !given);
    }
}

/* The number of a short plain text; NaN: read it the careful way. */
static double short_number(const struct tol_quick_reader *quick, const char *text, uint32_t length)
{
    char copy[32];
    double number;
    if (length == 0 || length >= sizeof copy) {
        return NAN;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return strlen(copy) == length && tol_number_read(copy, quick->reader->c_locale, &number) == NULL ? number : NAN;
}

static void read_values(struct tol_quick_reader *quick, const struct tol_block_column *column, double *value_eur,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double value = column->kind == TOL_CELL_DOUBLE  ? column->number[i]
                       : column->kind == TOL_CELL_OTHER ? NAN
                                                        : short_number(quick, column->text[i], column->length[i]);
        value_eur[i] = value + 0.0; /* no -0 */
        quick->plain[i] &= (value >= 1e-6 && value <= 1e18) || value == 0;
    }
}

static bool same_text(const struct tol_block_column *column, size_t i, size_t j)
{
    uint32_t length = column->length[i];
    if (length != column->length[j]) {
        return false;
    }
    if (length > SHORT_TEXT) {
        return memcmp(column->text[i], column->text[j], length) == 0;
    }
    struct short_text a = short_text_of(column->text[i], length);
    struct short_text b = short_text_of(column->text[j], length);
    return a.low == b.low && a.high == b.high;
}

/* Firms that come line after line are looked up once. */
static void read_firms(struct tol_quick_reader *quick, const struct tol_block_column *column, uint32_t *firm,
                       size_t count)
{
    if (column->kind != TOL_CELL_TEXT) {
        memset(quick->plain, 0, count * sizeof *quick->plain);
        return;
    }
    quick->id_length[0] = column->length[0];
    for (size_t i = 1; i < count; i++) {
        quick->id_length[i] = same_text(column, i, i - 1) ? 0 : column->length[i];
    }
    tol_book_builder_find_all(quick->reader->builder, count, column->text, quick->id_length, firm);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && quick->id_length[i] == 0 && column->length[i] > 0) {
            firm[i] = firm[i - 1];
        }
        quick->plain[i] &= firm[i] != TOL_BOOK_NO_FIRM;
    }
}

static void read_counterparts(struct tol_quick_reader *quick, const struct tol_block_column *column, size_t count)
{
    if (column == NULL) {
        memset(quick->counterpart, 0xff, count * sizeof *quick->counterpart);
        return;
    }
    if (column->kind != TOL_CELL_TEXT) {
        memset(quick->plain, 0, count * sizeof *quick->plain);
        return;
    }
    tol_book_builder_find_all(quick->reader->builder, count, column->text, column->length, quick->counterpart);
    for (size_t i = 0; i < count; i++) {
        if (quick->counterpart[i] == TOL_BOOK_NO_FIRM && memchr(column->text[i], '\0', column->length[i]) != NULL) {
            quick->plain[i] = false;
        }
    }
}

/* The row's facts as "name=value;...". False: read them the careful way. */
static bool join_facts(const struct tol_quick_reader *quick, const struct tol_row_block *block, size_t i, char *raw,
                       size_t size)
{
    const struct tol_schema *schema = &quick->reader->schema;
    size_t used = 0;
    for (size_t place = TOL_LINE_FACTS; place < schema->count; place++) {
        const struct tol_block_column *column = column_of(quick, block, place);
        if (column == NULL || (column->kind == TOL_CELL_TEXT && column->length[i] == 0)) {
            continue;
        }
        size_t name = strlen(schema->name[place]);
        if (column->kind != TOL_CELL_TEXT || used + name + column->length[i] + 3 > size) {
            return false;
        }
        if (used > 0) {
            raw[used++] = ';';
        }
        memcpy(raw + used, schema->name[place], name);
        used += name;
        raw[used++] = '=';
        for (uint32_t k = 0; k < column->length[i]; k++) {
            char letter = column->text[i][k];
            if (letter == '\0' || letter == ';' || letter == ',' || letter == '&' || letter == '=') {
                return false;
            }
            raw[used++] = letter;
        }
    }
    raw[used] = '\0';
    return true;
}

static uint32_t facts_place(const char *raw)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *raw != '\0'; raw++) {
        hash = (hash ^ (unsigned char)*raw) * 16777619u;
    }
    return hash % TOL_FACTS_CACHE_SIZE;
}

static enum tol_status read_facts_of(struct tol_quick_reader *quick, const struct tol_row_block *block, size_t i,
                                     struct tol_error *error)
{
    char raw[sizeof quick->known_facts[0].raw];
    quick->facts[i] = 0;
    if (!join_facts(quick, block, i, raw, sizeof raw)) {
        quick->plain[i] = false;
        return TOL_OK;
    }
    if (raw[0] == '\0') {
        return TOL_OK;
    }
    struct known_facts *known = &quick->known_facts[facts_place(raw)];
    if (strcmp(known->raw, raw) != 0) {
        char canonical[512];
        struct tol_facts facts;
        if (tol_facts_parse(quick->reader->options->law, raw, &facts, NULL) != TOL_OK) {
            quick->plain[i] = false;
            return TOL_OK;
        }
        tol_facts_format(quick->reader->options->law, &facts, canonical, sizeof canonical);
        enum tol_status status = tol_book_builder_facts(quick->reader->builder, canonical, &known->facts, error);
        if (status != TOL_OK) {
            return status;
        }
        memcpy(known->raw, raw, sizeof raw);
    }
    quick->facts[i] = known->facts;
    return TOL_OK;
}

static bool has_facts(const struct tol_quick_reader *quick)
{
    bool has = false;
    for (size_t place = TOL_LINE_FACTS; place < quick->reader->schema.count; place++) {
        has = has || quick->column[place] != NO_COLUMN;
    }
    return has;
}

static enum tol_status read_facts(struct tol_quick_reader *quick, const struct tol_row_block *block,
                                  struct tol_error *error)
{
    if (!has_facts(quick)) {
        memset(quick->facts, 0, block->row_count * sizeof *quick->facts);
        return TOL_OK;
    }
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < block->row_count && status == TOL_OK; i++) {
        status = read_facts_of(quick, block, i, error);
    }
    return status;
}

/* Moves the plain lines together and adds them to the book; rows keeps them by row. */
static enum tol_status add_plain(struct tol_quick_reader *quick, unsigned worker, size_t count,
                                 struct tol_quick_rows *rows, struct tol_error *error)
{
    size_t kept = 0;
    rows->unnamed = 0;
    for (size_t i = 0; i < count; i++) {
        if (!quick->plain[i]) {
            rows->firm[i] = TOL_BOOK_NO_FIRM;
            continue;
        }
        rows->unnamed += quick->counterpart[i] == TOL_BOOK_NO_FIRM || quick->counterpart[i] == rows->firm[i];
        quick->firm[kept] = rows->firm[i];
        quick->value_eur[kept] = rows->value_eur[i];
        quick->counterpart[kept] = quick->counterpart[i];
        quick->facts[kept] = quick->facts[i];
        quick->product[kept] = quick->product[i];
        quick->importer[kept] = quick->importer[i];
        quick->origin[kept] = quick->origin[i];
        kept++;
    }
    if (!quick->reader->keep_lines) {
        return TOL_OK;
    }
    const struct tol_line_block lines = {.count = kept,
                                         .firm = quick->firm,
                                         .counterpart = quick->counterpart,
                                         .facts = quick->facts,
                                         .product = quick->product,
                                         .importer = quick->importer,
                                         .origin = quick->origin,
                                         .value_eur = quick->value_eur};
    return tol_book_builder_add_block(quick->reader->builder, worker, &lines, error);
}

enum tol_status tol_quick_lines(struct tol_quick_reader *quick, unsigned worker, const struct tol_row_block *block,
                                struct tol_quick_rows *rows, struct tol_error *error)
{
    size_t count = block->row_count;
    if (count == 0) {
        rows->unnamed = 0;
        return TOL_OK;
    }
    if (!make_columns(quick, count) || !rows_room(rows, count)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    for (size_t i = 0; i < count; i++) {
        quick->plain[i] = !block->faulty[i];
    }
    tol_country *country = quick->sales ? quick->importer : quick->origin;
    tol_country *other = quick->sales ? quick->origin : quick->importer;
    read_firms(quick, column_of(quick, block, TOL_LINE_FIRM_ID), rows->firm, count);
    read_products(quick, column_of(quick, block, TOL_LINE_HS), count);
    read_countries(quick, column_of(quick, block, TOL_LINE_COUNTRY), true, country, count);
    read_countries(quick, column_of(quick, block, TOL_LINE_OTHER_COUNTRY), false, other, count);
    read_values(quick, column_of(quick, block, TOL_LINE_VALUE), rows->value_eur, count);
    read_counterparts(quick, column_of(quick, block, TOL_LINE_COUNTERPART), count);
    enum tol_status status = read_facts(quick, block, error);
    return status == TOL_OK ? add_plain(quick, worker, count, rows, error) : status;
}
