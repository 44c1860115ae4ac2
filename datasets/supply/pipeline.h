/* Lines of a table through several threads: worker 0 takes blocks from the file and counts their rows in the order of the file, all workers
 * read them. */
#ifndef TOLMUUR_SUPPLY_PIPELINE_H
#define TOLMUUR_SUPPLY_PIPELINE_H

#include "supply/quick_lines.h"

/* Called for each block in the order of the file, on the calling thread. */
typedef enum tol_status (*tol_block_counter)(void *context, const struct tol_row_block *block,
                                             const struct tol_quick_rows *rows, struct tol_error *error);

/* Reads all of the source (which must have blocks) with quick[worker]. What one block fails with ends the file, after the blocks before it
 * were counted. */
TOL_MUST_CHECK enum tol_status tol_pipeline_run(struct tol_run *run, struct tol_row_source *source,
                                                struct tol_quick_reader *const *quick, tol_block_counter counter,
                                                void *context, struct tol_error *error);

#endif
