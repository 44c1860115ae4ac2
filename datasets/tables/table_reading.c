#include "tables/table_reading.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum tol_status tol_table_fault(struct tol_error *error, const char *file, uint64_t row, const char *column,
                                const char *value, const char *message)
{
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, file, row, column, value);
}

enum tol_status tol_table_no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a table");
}

enum tol_status tol_table_path(char path[TABLE_PATH_SIZE], const char *folder, const char *name,
                               struct tol_error *error)
{
    if (snprintf(path, TABLE_PATH_SIZE, "%s/%s", folder, name) >= TABLE_PATH_SIZE) {
        return tol_fail(error, TOL_BAD_DATA, "a path is longer than %d bytes; use a shorter folder",
                        TABLE_PATH_SIZE - 1);
    }
    return TOL_OK;
}

enum tol_status tol_table_read_if_there(const char *folder, const char *name, const struct csv_shape *shape,
                                        csv_row_function function, void *context, struct tol_error *error)
{
    char path[TABLE_PATH_SIZE];
    enum tol_status status = tol_table_path(path, folder, name, error);
    if (status != TOL_OK) {
        return status;
    }
    return access(path, F_OK) != 0 ? TOL_OK : tol_csv_table_read(path, shape, function, context, error);
}

bool tol_table_digits(const char *text, size_t count)
{
    return strlen(text) == count && strspn(text, "0123456789") == count;
}
