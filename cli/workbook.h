/* score -o summary.xlsx: a portfolio's summary as an Excel workbook. docs/workbook.md. */
#ifndef CLI_WORKBOOK_H
#define CLI_WORKBOOK_H

#include "score_stream.h"

struct score_job;
struct tol_workbook;

/* Is it the name of a workbook: .xlsx in any case. */
bool workbook_is_named(const char *output);

/* --top; before the inputs are read. TOL_USAGE: --top without a workbook. TOL_CANNOT_CREATE, TOL_UNAVAILABLE. */
TOL_MUST_CHECK enum tol_status workbook_read(struct score_job *job, struct tol_error *error);
/* Whether the sheets hold what will be put into them, for the book and the scenarios that were read; settles the number of firms. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status workbook_check(struct score_job *job, struct tol_error *error);

/* Begins the workbook, takes all rows and keeps what it needs of them. */
TOL_MUST_CHECK enum tol_status workbook_rows(struct score_job *job, struct score_stream *stream,
                                             struct tol_error *error);
/* Writes the workbook, once the totals are whole. */
TOL_MUST_CHECK enum tol_status workbook_publish(struct score_job *job, struct tol_error *error);
/* Removes one that is not published. */
void workbook_release(struct score_job *job);

/* The sheet Run: what the numbers were made from and what the columns mean. */
TOL_MUST_CHECK enum tol_status workbook_run_sheet(struct tol_workbook *workbook, const struct score_job *job,
                                                  struct tol_error *error);

#endif
