#include "csv_read.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum tol_status parse(const struct csv_reading *reading, FILE *file, bool *sound, struct tol_error *error)
{
    struct csv_parser parser;
    char buffer[1 << 14];
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    size_t count;
    *sound = true;
    while (*sound && (reading->stop == NULL || !*reading->stop) &&
           (count = fread(buffer, 1, sizeof buffer, file)) > 0) {
        *sound = csv_parse(&parser, buffer, count, reading->take_field, reading->take_row, reading->context) == count;
    }
    *sound = *sound && csv_fini(&parser, reading->take_field, reading->take_row, reading->context) == 0;
    csv_free(&parser);
    return ferror(file) ? tol_fail(error, TOL_IO, "cannot be read: %s", strerror(errno)) : TOL_OK;
}

enum tol_status csv_read(const struct csv_reading *reading, const char *path, bool *sound, struct tol_error *error)
{
    *sound = false;
    FILE *file = fopen(path, "re");
    enum tol_status status =
        file != NULL ? parse(reading, file, sound, error)
                     : tol_fail(error, errno == ENOENT ? TOL_NO_INPUT : TOL_IO, "cannot be read: %s", strerror(errno));
    if (file != NULL) {
        fclose(file);
    }
    return status == TOL_OK ? TOL_OK : tol_fail_at(error, status, path, 0, NULL, NULL);
}
