/* The sector network's CSV files into the sections of a tables file. */
#ifndef TOLMUUR_DATASETS_ECONOMY_TABLES_H
#define TOLMUUR_DATASETS_ECONOMY_TABLES_H

#include "economy/image.h"
#include "file/sections.h"
#include "law/buffer.h"

struct economy_flow {
    uint32_t seller; /* node */
    uint32_t buyer;  /* node; node_count + region: that region's final demand */
    double musd;
};

struct economy_tables {
    struct tol_buffer section[ECONOMY_SECTION_COUNT]; /* what will be written */
    struct tol_buffer flow;                           /* economy_flow; by seller, then buyer, once all are read */
};

/* Empty tables, to be freed in any case. */
void tol_economy_tables_start(struct economy_tables *tables);
void tol_economy_tables_free(struct economy_tables *tables);

/* folder/economy/regions.csv, industries.csv, flows/REGION.csv, folder/sectors/nace_isic3.csv and folder/nomenclature/hs_isic4.csv. An absent
 * file has no rows; without industries nothing has an industry. TOL_BAD_DATA: file, row, column, value and how to mend it. */
TOL_MUST_CHECK enum tol_status tol_economy_tables_read(const char *folder, struct economy_tables *tables,
                                                       struct tol_error *error);

/* Every section, the markets' too. */
TOL_MUST_CHECK enum tol_status tol_economy_tables_write(const struct economy_tables *tables,
                                                        struct tol_sections_writer *writer, struct tol_error *error);

#endif
