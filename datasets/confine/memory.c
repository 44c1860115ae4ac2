#include "confine/confine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A number of bytes, or UINT64_MAX where the file is not there or says "max". */
static uint64_t read_limit(const char *path)
{
    unsigned long long bytes = UINT64_MAX;
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%llu", &bytes) != 1) { /* NOLINT(cert-err34-c): the kernel wrote it */
            bytes = UINT64_MAX;
        }
        fclose(file);
    }
    return bytes;
}

uint64_t tol_memory_mapped(void)
{
    uint64_t pages = read_limit("/proc/self/statm");
    return pages == UINT64_MAX ? 0 : pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The group of this process below /sys/fs/cgroup; false where there is none. */
static bool find_group(char *group, size_t size)
{
    char line[512];
    FILE *file = fopen("/proc/self/cgroup", "re");
    bool found = false;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "0::", 3) == 0) {
            line[strcspn(line, "\n")] = '\0';
            found = snprintf(group, size, "%s", line + 3) < (int)size;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

uint64_t tol_memory_of_machine(void)
{
    uint64_t bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    char group[512], path[sizeof group + 32];
    if (!find_group(group, sizeof group)) {
        return bytes;
    }
    for (;;) { /* the limit of every group above holds too */
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", group);
        uint64_t limit = read_limit(path);
        bytes = limit < bytes ? limit : bytes;
        char *slash = strrchr(group, '/');
        if (slash == NULL || group[1] == '\0') {
            return bytes;
        }
        *slash = '\0';
    }
}
