/* What the tables of lines say of themselves: which rows each firm has, and which firms name others. */
#ifndef TOLMUUR_SUPPLY_SINCE_TABLES_H
#define TOLMUUR_SUPPLY_SINCE_TABLES_H

#include "supply/schema.h"
#include "supply/since.h"

/* One table under question. */
struct tol_asking {
    const struct tol_duckdb_api *api;
    const struct tol_supply_options *options;
    const struct tol_book_builder *builder;
    enum tol_supply_table table;
    const struct tol_supply_table_files *files;
    const char *key; /* the column of the firm */
    struct tol_since_side *side;
    uint32_t *arrival; /* [capacity] work space */
    size_t capacity;
};

/* Adds up side->digest. TOL_BAD_DATA: a firm is not there, which is a fault that reading will tell;
 * and as reading. */
TOL_MUST_CHECK enum tol_status tol_ask_digests(struct tol_asking *asking, struct tol_error *error);
/* Sets side->older_firm of firms with a row that names one of the texts to TOL_BOOK_NO_FIRM. */
TOL_MUST_CHECK enum tol_status tol_ask_naming(struct tol_asking *asking, const char *counterpart,
                                              const struct tol_text_list *texts, struct tol_error *error);

/* Only DuckDB hashes faster than rows are read. NULL: the table can tell which rows changed; else the file of it that cannot. */
const char *tol_cannot_tell(const struct tol_supply_table_files *files, const struct tol_schema *schema);

#endif
