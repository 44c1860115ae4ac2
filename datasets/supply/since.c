#include "supply/since.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "duckdb/load.h"
#include "supply/since_tables.h"

/* Of the firms, that came or went: with more, most firms name one of them, and all may as well be read. */
#define NEW_SHARE 0.1

/* Goes up when the same rows, law and firms give other lines than before. */
#define READING_VERSION 1

__attribute__((format(printf, 2, 3))) static void note(const struct tol_supply_options *options, const char *format,
                                                       ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (options->note != NULL) {
        options->note(options->context, text);
    }
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while comparing the tables with an older book");
}

void tol_since_open(struct tol_since *since, const struct tol_supply_options *options)
{
    struct tol_error error;
    *since = (struct tol_since){.asked = true};
    if (access(options->since_path, F_OK) != 0 && errno == ENOENT) {
        note(options, "%s is not there yet: all rows are read", options->since_path);
    } else if (tol_book_open(options->since_path, &since->older, &error) != TOL_OK) {
        note(options, "%s: %s: all rows are read", options->since_path, error.message);
        since->older = NULL;
    }
}

/* What the older book gives; digests stay. */
static void forget_older(struct tol_since_side *side)
{
    free(side->older_firm);
    free(side->filter.keep.text);
    free(side->filter.keep.length);
    *side = (struct tol_since_side){.digest = side->digest};
}

void tol_since_close(struct tol_since *since)
{
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        forget_older(&since->side[i]);
        free(since->side[i].digest);
    }
    free(since->older_of);
    free(since->arrival);
    tol_book_close(since->older);
    *since = (struct tol_since){0};
}

static enum tol_supply_table table_of(enum tol_side side)
{
    return side == TOL_SALES ? TOL_SUPPLY_SALES : TOL_SUPPLY_PURCHASES;
}

/* ---- which firm is which ---------------------------------------------------------------------------------------- */

static bool make_arrays(struct tol_since *since)
{
    since->older_of = malloc(since->firm_count * sizeof *since->older_of);
    since->arrival = malloc((since->older->firm_count + 1) * sizeof *since->arrival);
    return since->older_of != NULL && since->arrival != NULL;
}

static void match_firms(struct tol_since *since, const struct tol_book_builder *builder)
{
    enum { AT_ONCE = 1024 };
    const struct tol_book *older = since->older;
    const char *id[AT_ONCE];
    uint32_t length[AT_ONCE];
    memset(since->older_of, 0xff, since->firm_count * sizeof *since->older_of); /* TOL_BOOK_NO_FIRM */
    for (uint64_t from = 0; from < older->firm_count; from += AT_ONCE) {
        size_t count = older->firm_count - from < AT_ONCE ? (size_t)(older->firm_count - from) : AT_ONCE;
        for (size_t i = 0; i < count; i++) {
            id[i] = older->firm_id_text + older->firm_id_start[from + i];
            length[i] = (uint32_t)(older->firm_id_start[from + i + 1] - older->firm_id_start[from + i]);
        }
        tol_book_builder_find_all(builder, count, id, length, since->arrival + from);
        for (size_t i = 0; i < count; i++) {
            if (since->arrival[from + i] != TOL_BOOK_NO_FIRM) {
                since->older_of[since->arrival[from + i]] = (uint32_t)(from + i);
            }
        }
    }
}

static bool list_room(struct tol_text_list *list, uint64_t count)
{
    list->text = malloc((count + 1) * sizeof *list->text);
    list->length = malloc((count + 1) * sizeof *list->length);
    return list->text != NULL && list->length != NULL;
}

/* Firms that came or went, as lines may name them. list has room for all. */
static void list_new_and_gone(const struct tol_since *since, const struct tol_book_builder *builder,
                              struct tol_text_list *list)
{
    const struct tol_book *older = since->older;
    for (uint64_t f = 0; f < since->firm_count; f++) {
        if (since->older_of[f] == TOL_BOOK_NO_FIRM) {
            list->text[list->count] = tol_book_builder_firm_id(builder, f, &list->length[list->count]);
            list->count++;
        }
    }
    for (uint64_t f = 0; f < older->firm_count; f++) {
        if (since->arrival[f] == TOL_BOOK_NO_FIRM) {
            list->text[list->count] = older->firm_id_text + older->firm_id_start[f];
            list->length[list->count++] = (uint32_t)(older->firm_id_start[f + 1] - older->firm_id_start[f]);
        }
    }
}

/* ---- what is kept ------------------------------------------------------------------------------------------------ */

/* Firms with the same rows and the same country. */
static bool keep_same(const struct tol_since *since, const struct tol_book_builder *builder, enum tol_side which,
                      struct tol_since_side *side)
{
    const struct tol_rows_digest *before = tol_book_digests(since->older, which);
    side->older_firm = malloc(since->firm_count * sizeof *side->older_firm);
    if (side->older_firm == NULL) {
        return false;
    }
    for (uint64_t f = 0; f < since->firm_count; f++) {
        uint32_t o = since->older_of[f];
        const struct tol_rows_digest *now = &side->digest[f];
        bool same = o != TOL_BOOK_NO_FIRM && before[o].sum == now->sum && before[o].row_count == now->row_count &&
                    now->row_count != UINT32_MAX &&
                    since->older->firm_country[o] == tol_book_builder_country(builder, f);
        side->older_firm[f] = same ? o : TOL_BOOK_NO_FIRM;
    }
    return true;
}

/* Counts what is kept and lists the firms whose rows are to be read. */
static bool list_others(const struct tol_since *since, const struct tol_book_builder *builder, enum tol_side which,
                        struct tol_since_side *side)
{
    const struct tol_rows_digest *before = tol_book_digests(since->older, which);
    struct tol_text_list *list = &side->filter.keep;
    uint64_t others = 0;
    for (uint64_t f = 0; f < since->firm_count; f++) {
        others += side->older_firm[f] == TOL_BOOK_NO_FIRM && side->digest[f].row_count > 0;
    }
    if (!list_room(list, others)) {
        return false;
    }
    for (uint64_t f = 0; f < since->firm_count; f++) {
        uint32_t o = side->older_firm[f];
        if (o != TOL_BOOK_NO_FIRM) {
            side->kept_rows += before[o].row_count;
            side->kept_unnamed += before[o].unnamed_count;
        } else if (side->digest[f].row_count > 0) {
            list->text[list->count] = tol_book_builder_firm_id(builder, f, &list->length[list->count]);
            list->count++;
        }
    }
    return true;
}

static enum tol_status compare_side(const struct tol_since *since, struct tol_asking *asking, enum tol_side which,
                                    const struct tol_text_list *new_and_gone, const char *counterpart,
                                    struct tol_error *error)
{
    struct tol_since_side *side = asking->side;
    if (!keep_same(since, asking->builder, which, side)) {
        return no_memory(error);
    }
    enum tol_status status =
        new_and_gone->count == 0 ? TOL_OK : tol_ask_naming(asking, counterpart, new_and_gone, error);
    if (status == TOL_OK && !list_others(since, asking->builder, which, side)) {
        status = no_memory(error);
    }
    return status;
}

/* Why a table is read in full, unless it is being written. If something is wrong with it, reading tells what and where. */
static enum tol_status read_in_full(const struct tol_asking *asking, enum tol_status status, const char *what_else,
                                    const struct tol_error *fault)
{
    if (status == TOL_OK || status == TOL_TRY_AGAIN) {
        return status;
    }
    note(asking->options, "%s: %s: all of it is read%s", tol_supply_table_name(asking->table), fault->message,
         what_else);
    return TOL_OK;
}

/* Without digests if the table cannot be asked. */
static enum tol_status take_digests(const struct tol_since *since, struct tol_asking *asking, struct tol_error *fault)
{
    struct tol_since_side *side = asking->side;
    side->digest = calloc(since->firm_count + 1, sizeof *side->digest);
    enum tol_status status = side->digest == NULL ? no_memory(fault) : tol_ask_digests(asking, fault);
    if (status != TOL_OK) {
        free(side->digest);
        side->digest = NULL;
    }
    return read_in_full(asking, status, ", and the book holds no hashes of its rows", fault);
}

/* new_and_gone NULL: there is nothing to compare with. */
static enum tol_status ask_side(const struct tol_since *since, struct tol_asking *asking, enum tol_side which,
                                const struct tol_text_list *new_and_gone, const struct tol_schema *schema,
                                struct tol_error *fault)
{
    struct tol_since_side *side = asking->side;
    asking->key = side->filter.column = schema->name[TOL_LINE_FIRM_ID];
    enum tol_status status = take_digests(since, asking, fault);
    if (status != TOL_OK || side->digest == NULL || new_and_gone == NULL) {
        return status;
    }
    if (tol_book_digests(since->older, which) == NULL) {
        note(asking->options, "%s holds no hashes of the rows of %s: all of it is read", asking->options->since_path,
             tol_supply_table_name(asking->table));
        return TOL_OK;
    }
    status = compare_side(since, asking, which, new_and_gone, schema->name[TOL_LINE_COUNTERPART], fault);
    if (status != TOL_OK) {
        forget_older(side);
    }
    return read_in_full(asking, status, "", fault);
}

static uint64_t stamp_of(const struct tol_supply_input *input)
{
    uint64_t stamp = 0;
    for (int i = TOL_SUPPLY_SALES; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        for (size_t k = 0; k < input->table[i].count; k++) {
            struct stat about = {0};
            const char *path = input->table[i].file[k].path;
            uint64_t said[7] = {0};
            if (stat(path, &about) == 0) {
                said[0] = about.st_dev;
                said[1] = about.st_ino;
                said[2] = (uint64_t)about.st_size;
                said[3] = (uint64_t)about.st_mtim.tv_sec;
                said[4] = (uint64_t)about.st_mtim.tv_nsec;
                said[5] = (uint64_t)about.st_ctim.tv_sec;
                said[6] = (uint64_t)about.st_ctim.tv_nsec;
            }
            stamp = XXH3_64bits_withSeed(said, sizeof said, stamp);
        }
    }
    return stamp;
}

bool tol_since_keeps(const struct tol_since *since)
{
    return since->side[TOL_SALES].older_firm != NULL || since->side[TOL_PURCHASES].older_firm != NULL;
}

bool tol_since_same_files(const struct tol_since *since, const struct tol_supply_input *input)
{
    return stamp_of(input) == since->stamp;
}

/* Whether lines of the older book can be taken: it is sound, and its digests mean what those of today do. */
static bool is_usable(const struct tol_since *since, const struct tol_supply_options *options, struct tol_run *run)
{
    struct tol_error error;
    const char *made_by = tol_book_digest_maker(since->older);
    if (made_by[0] == '\0') {
        note(options, "%s holds no hashes of the rows that it was built from: all rows are read", options->since_path);
    } else if (strcmp(made_by, since->maker) != 0) {
        note(options, "%s was built by %s, and this is %s: all rows are read", options->since_path, made_by,
             since->maker);
    } else if (tol_book_verify(since->older, run, &error) != TOL_OK) {
        note(options, "%s: %s: all rows are read", options->since_path, error.message);
    } else {
        return true;
    }
    return false;
}

/* The file because of which a table cannot tell which rows changed; NULL: it can. */
static const char *mute_file(const struct tol_supply_input *input, enum tol_supply_table table,
                             const struct tol_supply_options *options, struct tol_schema *schema)
{
    tol_schema_init(schema, table, options->law);
    return tol_cannot_tell(&input->table[table], schema);
}

static enum tol_status compare_tables(struct tol_since *since, const struct tol_supply_input *input,
                                      struct tol_asking *asking, const struct tol_text_list *new_and_gone,
                                      struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    struct tol_error fault;
    for (int i = 0; i < TOL_SIDE_COUNT && status == TOL_OK; i++) {
        struct tol_schema schema;
        asking->table = table_of((enum tol_side)i);
        asking->files = &input->table[asking->table];
        asking->side = &since->side[i];
        const char *mute = mute_file(input, asking->table, asking->options, &schema);
        if (mute != NULL) {
            note(asking->options, "%s: only Parquet and DuckDB can tell which rows changed: all of %s is read", mute,
                 tol_supply_table_name(asking->table));
        } else if (asking->api != NULL) { /* without DuckDB reading will say so */
            status = ask_side(since, asking, (enum tol_side)i, new_and_gone, &schema, &fault);
        }
    }
    if (status != TOL_OK && error != NULL) {
        *error = fault;
    }
    return status;
}

/* Loads DuckDB if there is a table to ask with it. */
static void load(struct tol_since *since, const struct tol_supply_input *input, struct tol_asking *asking)
{
    const struct tol_supply_options *options = asking->options;
    bool wanted = false;
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        struct tol_schema schema;
        enum tol_supply_table table = table_of((enum tol_side)i);
        wanted |= input->table[table].count > 0 && mute_file(input, table, options, &schema) == NULL;
    }
    if (wanted && tol_duckdb_load(&asking->api, NULL) == TOL_OK) {
        snprintf(since->maker, sizeof since->maker, "tolmuur %s (rows %d), law %s, DuckDB %s", TOLMUUR_VERSION,
                 READING_VERSION, options->law == NULL ? "none" : tol_law_version(options->law),
                 asking->api->library_version());
    }
}

/* Matches firms and lists who came or went. False, with a note: too many, or too little memory. */
static bool look_for_new_and_gone(struct tol_since *since, const struct tol_book_builder *builder,
                                  const struct tol_supply_options *options, struct tol_text_list *list)
{
    if (!make_arrays(since) || !list_room(list, since->firm_count + since->older->firm_count)) {
        note(options, "too little memory to compare the tables with %s: all rows are read", options->since_path);
        return false;
    }
    match_firms(since, builder);
    list_new_and_gone(since, builder, list);
    if ((double)list->count > NEW_SHARE * (double)since->firm_count) {
        note(options,
             "%zu firms are in %s or in these tables and not in both, more than a tenth of them: all rows are read",
             list->count, options->since_path);
        return false;
    }
    return true;
}

enum tol_status tol_since_compare(struct tol_since *since, const struct tol_supply_input *input,
                                  const struct tol_supply_options *options, const struct tol_book_builder *builder,
                                  struct tol_run *run, struct tol_error *error)
{
    struct tol_asking asking = {.options = options, .builder = builder};
    struct tol_text_list new_and_gone = {0};
    struct tol_book_builder_counts counts;
    tol_book_builder_counts(builder, &counts);
    since->firm_count = counts.firms;
    since->stamp = stamp_of(input);
    load(since, input, &asking);
    bool comparable = asking.api != NULL && since->older != NULL && is_usable(since, options, run) &&
                      look_for_new_and_gone(since, builder, options, &new_and_gone);
    enum tol_status status = compare_tables(since, input, &asking, comparable ? &new_and_gone : NULL, error);
    free(asking.arrival);
    free(new_and_gone.text);
    free(new_and_gone.length);
    return status;
}

enum tol_status tol_since_keep(const struct tol_since *since, struct tol_book_builder *builder, enum tol_side which,
                               const struct tol_row_filter **filter, struct tol_error *error)
{
    const struct tol_since_side *side = &since->side[which];
    *filter = side->older_firm == NULL ? NULL : &side->filter;
    if (side->digest == NULL) {
        return TOL_OK;
    }
    const struct tol_book_kept_side kept = {
        .digest = side->digest,
        .older = side->older_firm == NULL ? NULL : since->older,
        .older_firm = side->older_firm,
        .arrival = since->arrival,
    };
    return tol_book_builder_keep(builder, which, &kept, error);
}
