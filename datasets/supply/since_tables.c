/* Asks the tables of lines, through DuckDB, which rows each firm has. */
#include "supply/since_tables.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "supply/byte_source.h"

/* Where the firms of an answer stand, in asking->arrival. TOL_BAD_DATA: one is not there, which is a fault that reading will tell. */
static enum tol_status find_firms(struct tol_asking *asking, size_t count, const char *const *key,
                                  const uint32_t *length, struct tol_error *error)
{
    if (count > asking->capacity) {
        uint32_t *grown = realloc(asking->arrival, count * sizeof *grown);
        if (grown == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory while comparing the tables with an older book");
        }
        asking->arrival = grown;
        asking->capacity = count;
    }
    tol_book_builder_find_all(asking->builder, count, key, length, asking->arrival);
    for (size_t i = 0; i < count; i++) {
        if (asking->arrival[i] == TOL_BOOK_NO_FIRM) {
            return tol_fail(error, TOL_BAD_DATA, "lines of a firm that is not in the firms table");
        }
    }
    return TOL_OK;
}

static enum tol_status take_digests(void *context, size_t count, const char *const *key, const uint32_t *length,
                                    const uint64_t *row_count, const uint64_t *sum, struct tol_error *error)
{
    struct tol_asking *asking = context;
    enum tol_status status = find_firms(asking, count, key, length, error);
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct tol_rows_digest *digest = &asking->side->digest[asking->arrival[i]];
        uint64_t rows = digest->row_count + row_count[i];
        digest->row_count = rows > UINT32_MAX ? UINT32_MAX : (uint32_t)rows;
        digest->sum += sum[i];
    }
    return status;
}

/* Their lines are made of the same rows, and yet differ: a firm that they name came or went. */
static enum tol_status take_naming(void *context, size_t count, const char *const *key, const uint32_t *length,
                                   const uint64_t *row_count, const uint64_t *sum, struct tol_error *error)
{
    (void)row_count;
    (void)sum;
    struct tol_asking *asking = context;
    enum tol_status status = find_firms(asking, count, key, length, error);
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        asking->side->older_firm[asking->arrival[i]] = TOL_BOOK_NO_FIRM;
    }
    return status;
}

static struct tol_parquet_place place_of(const struct tol_asking *asking, const struct tol_supply_file *file,
                                         int open_file)
{
    return (struct tol_parquet_place){
        .file = open_file,
        .path = file->name,
        .table = file->format == TOL_SUPPLY_DATABASE ? tol_supply_table_name(asking->table) : NULL,
        .threads = asking->options->threads,
        .memory_limit_bytes = asking->options->memory_limit_bytes,
    };
}

/* Of what the names of folders say. */
static uint64_t salt_of(const struct tol_supply_file *file)
{
    uint64_t salt = 0;
    for (size_t i = 0; i < file->key_count; i++) {
        salt = XXH3_64bits_withSeed(file->key[i].name, strlen(file->key[i].name) + 1, salt);
        salt = XXH3_64bits_withSeed(file->key[i].value, strlen(file->key[i].value) + 1, salt);
    }
    return salt;
}

/* named NULL: digests; else which firms name one of the texts in that column. */
static enum tol_status ask_file(struct tol_asking *asking, const struct tol_supply_file *file, const char *named,
                                const struct tol_text_list *texts, struct tol_error *error)
{
    int open_file;
    enum tol_status status = tol_open_regular(file->path, &open_file, error);
    if (status != TOL_OK) {
        return status;
    }
    const struct tol_parquet_place place = place_of(asking, file, open_file);
    status = named == NULL ? asking->api->rows_digest(&place, asking->key, salt_of(file), take_digests, asking, error)
                           : asking->api->rows_naming(&place, asking->key, named, texts, take_naming, asking, error);
    close(open_file);
    return status;
}

static enum tol_status ask_files(struct tol_asking *asking, const char *named, const struct tol_text_list *texts,
                                 struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < asking->files->count && status == TOL_OK; i++) {
        status = ask_file(asking, &asking->files->file[i], named, texts, error);
    }
    return status;
}

const char *tol_cannot_tell(const struct tol_supply_table_files *files, const struct tol_schema *schema)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct tol_supply_file *file = &files->file[i];
        bool tells = file->format == TOL_SUPPLY_PARQUET || file->format == TOL_SUPPLY_DATABASE;
        for (size_t k = 0; tells && k < file->key_count; k++) {
            size_t column = tol_schema_find(schema, file->key[k].name);
            tells = column != TOL_LINE_FIRM_ID && column != TOL_LINE_COUNTERPART;
        }
        if (!tells) {
            return file->name;
        }
    }
    return NULL;
}

enum tol_status tol_ask_digests(struct tol_asking *asking, struct tol_error *error)
{
    return ask_files(asking, NULL, NULL, error);
}

enum tol_status tol_ask_naming(struct tol_asking *asking, const char *counterpart, const struct tol_text_list *texts,
                               struct tol_error *error)
{
    return ask_files(asking, counterpart, texts, error);
}
