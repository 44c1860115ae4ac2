/* One company as a JSON document, turned into a book of one firm. */
#ifndef DATASETS_COMPANY_H
#define DATASETS_COMPANY_H

#include "tolmuur/law.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Reads a company (datasets/scenario/company.schema.json; "-" is stdin) and writes it as a book at book_path. The law checks and
 * canonicalises facts. Strict: an unknown key, a wrong type or a value out of range is TOL_BAD_DATA with the file, the JSON path as
 * column, and how to mend it. */
TOL_MUST_CHECK enum tol_status tol_company_build(const char *path, const struct tol_law *law, const char *book_path,
                                                 struct tol_error *error);

#pragma GCC visibility pop

#endif
