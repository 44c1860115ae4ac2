/* tolmuur-compile-tables DATASETS_DIR OUT: run by the build. */
#include <stdio.h>

#include "datasets/tables.h"

int main(int count, char **argument)
{
    struct tol_error error = {.status = TOL_OK};
    if (count != 3) {
        fputs("usage: tolmuur-compile-tables DATASETS_DIR OUT\n", stderr);
        return TOL_USAGE;
    }
    enum tol_status status = tol_tables_compile(argument[1], argument[2], &error);
    if (status != TOL_OK) {
        fprintf(stderr, "%s:%llu: column %s, value '%s': %s\n", error.file, (unsigned long long)error.row, error.column,
                error.value, error.message);
    }
    return (int)status;
}
