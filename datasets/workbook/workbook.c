#include "datasets/workbook.h"

#include <stdio.h>
#include <stdlib.h>

#include "module/library.h"
#include "tolmuur/whole_file.h"
#include "workbook/api.h"
#include "write/output_file.h"

#define LIBRARY_FILE "tolmuur_workbook.so"

struct tol_workbook {
    const struct tol_workbook_api *api;
    struct tol_workbook_session *session;
    struct tol_output_file *output;
};

static enum tol_status load(const struct tol_workbook_api **api, struct tol_error *error)
{
    const void *found;
    enum tol_status status = tol_module_symbol(LIBRARY_FILE, TOL_WORKBOOK_API_SYMBOL, "an Excel workbook",
                                               "write .csv or .parquet", &found, error);
    if (status != TOL_OK) {
        return status;
    }
    *api = found;
    return (*api)->version == TOL_WORKBOOK_API_VERSION ? TOL_OK : tol_module_other_version(LIBRARY_FILE, error);
}

enum tol_status tol_workbook_check(const char *path, struct tol_error *error)
{
    const struct tol_workbook_api *api;
    enum tol_status status = load(&api, error);
    return status == TOL_OK ? tol_whole_file_check(path, error) : status;
}

enum tol_status tol_workbook_version(char *text, size_t size, struct tol_error *error)
{
    const struct tol_workbook_api *api;
    enum tol_status status = load(&api, error);
    if (status == TOL_OK) {
        snprintf(text, size, "%s", api->library_version());
    }
    return status;
}

enum tol_status tol_workbook_create(const char *path, const char *title, tol_day created,
                                    struct tol_workbook **workbook, struct tol_error *error)
{
    struct tol_workbook *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for a workbook");
    }
    enum tol_status status = load(&made->api, error);
    if (status == TOL_OK) {
        status = tol_output_file_create(path, &made->output, error);
    }
    if (status == TOL_OK) {
        status = made->api->open(title, created, &made->session, error);
    }
    if (status != TOL_OK) {
        tol_workbook_abandon(made);
        return status;
    }
    *workbook = made;
    return TOL_OK;
}

enum tol_status tol_workbook_sheet(struct tol_workbook *workbook, const char *name, const char *caption,
                                   const struct tol_workbook_column *columns, size_t count, struct tol_error *error)
{
    return workbook->api->sheet(workbook->session, name, caption, columns, count, error);
}

enum tol_status tol_workbook_row(struct tol_workbook *workbook, const struct tol_workbook_cell *cells,
                                 struct tol_error *error)
{
    return workbook->api->row(workbook->session, cells, error);
}

enum tol_status tol_workbook_publish(struct tol_workbook *workbook, struct tol_error *error)
{
    const void *bytes;
    size_t size;
    enum tol_status status = workbook->api->finish(workbook->session, &bytes, &size, error);
    if (status == TOL_OK) {
        status = tol_output_file_write(workbook->output, bytes, size, error);
    }
    if (status == TOL_OK) {
        struct tol_output_file *output = workbook->output;
        workbook->output = NULL;
        status = tol_output_file_commit(output, error);
    }
    tol_workbook_abandon(workbook);
    return status;
}

void tol_workbook_abandon(struct tol_workbook *workbook)
{
    if (workbook != NULL) {
        if (workbook->session != NULL) {
            workbook->api->close(workbook->session);
        }
        tol_output_file_abandon(workbook->output);
        free(workbook);
    }
}
