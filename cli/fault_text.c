#include "fault_text.h"

#include <stdio.h>
#include <string.h>

#include "tolmuur/text.h"

void fault_text(const struct tol_error *error, char *text, size_t size)
{
    char row[32] = "";
    if (error->row > 0) {
        snprintf(row, sizeof row, "row %llu: ", (unsigned long long)error->row);
    }
    const char *value = error->value, *quote = value[0] != '\0' ? "'" : "";
    int used =
        snprintf(text, size, "%s%s%s%s%s%s%s%s%s", error->file, error->file[0] != '\0' ? ": " : "", row, error->column,
                 error->column[0] != '\0' ? ": " : "", quote, value, quote, value[0] != '\0' ? ": " : "");
    /* A message may quote the user. */
    if (used >= 0 && (size_t)used < size) {
        tol_text_visible(error->message, text + used, size - (size_t)used);
    }
}
