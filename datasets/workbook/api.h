/* What the program asks of libxlsxwriter. The functions live in a library of their own (tolmuur_workbook.so), loaded only where a workbook is
 * written: libxlsxwriter comes with libcrypto and minizip, which would cost every other start of the program 2 ms. */
#ifndef TOLMUUR_WORKBOOK_API_H
#define TOLMUUR_WORKBOOK_API_H

#include "datasets/workbook.h"

#define TOL_WORKBOOK_API_VERSION 1u
#define TOL_WORKBOOK_API_SYMBOL "tol_workbook_api"

struct tol_workbook_session;

/* As the functions of datasets/workbook.h that have the same names, but for `finish`: the bytes of the whole workbook, which live until `close`. */
struct tol_workbook_api {
    uint32_t version; /* TOL_WORKBOOK_API_VERSION */
    const char *(*library_version)(void);
    enum tol_status (*open)(const char *title, tol_day created, struct tol_workbook_session **session,
                            struct tol_error *error);
    enum tol_status (*sheet)(struct tol_workbook_session *session, const char *name, const char *caption,
                             const struct tol_workbook_column *columns, size_t count, struct tol_error *error);
    enum tol_status (*row)(struct tol_workbook_session *session, const struct tol_workbook_cell *cells,
                           struct tol_error *error);
    enum tol_status (*finish)(struct tol_workbook_session *session, const void **bytes, size_t *size,
                              struct tol_error *error);
    void (*close)(struct tol_workbook_session *session);
};

#endif
