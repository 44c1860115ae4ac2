#include "file/umask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mode_t tol_umask_read(void)
{
    static const char field[] = "Umask:";
    unsigned long mask = 077;
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, sizeof field - 1) == 0) {
            char *end;
            unsigned long read = strtoul(line + sizeof field - 1, &end, 8);
            mask = *end == '\n' && read <= 0777 ? read : mask;
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return (mode_t)mask;
}
