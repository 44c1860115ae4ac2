#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "file/sections.h"

const char *fuzz_file(const void *data, size_t size)
{
    static char path[64];
    static int file = -1;
    if (file < 0) {
        file = memfd_create("fuzz", MFD_CLOEXEC);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    fuzz_require(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    return path;
}

const char *fuzz_law_path(void)
{
    return FUZZ_FOLDER "/law.tables";
}

const char *fuzz_tables_path(void)
{
    return FUZZ_FOLDER "/small.tables";
}

const struct tol_law *fuzz_law(void)
{
    static struct tol_law *law;
    if (law == NULL) {
        fuzz_require(tol_law_open(fuzz_tables_path(), &law, NULL) == TOL_OK);
    }
    return law;
}

const struct tol_parameters *fuzz_parameters(void)
{
    static struct tol_parameters *parameters;
    if (parameters == NULL) {
        fuzz_require(tol_parameters_open(fuzz_tables_path(), &parameters, NULL) == TOL_OK);
    }
    return parameters;
}

static uint64_t padded(uint64_t size)
{
    return (size + TOL_SECTION_ALIGNMENT - 1) / TOL_SECTION_ALIGNMENT * TOL_SECTION_ALIGNMENT;
}

bool fuzz_mend_sections(uint8_t *data, size_t size, const char kind[4], uint32_t version)
{
    if (size < TOL_SECTIONS_DATA_START) {
        return false;
    }
    struct tol_sections_header header;
    memcpy(&header, data, sizeof header);
    memcpy(header.magic, "TOLMUUR", sizeof header.magic);
    memcpy(header.kind, kind, sizeof header.kind);
    header.version = version;
    header.byte_order = TOL_SECTIONS_BYTE_ORDER;
    header.file_size = size;
    header.checksum = 0;
    for (uint32_t i = 0; i < TOL_SECTIONS_MAX && i < header.section_count; i++) {
        struct tol_section_entry entry;
        memcpy(&entry, data + sizeof header + i * sizeof entry, sizeof entry);
        if (entry.offset <= size && entry.size <= size && padded(entry.size) <= size - entry.offset) {
            entry.checksum = XXH3_64bits(data + entry.offset, padded(entry.size));
            memcpy(data + sizeof header + i * sizeof entry, &entry, sizeof entry);
        }
    }
    memcpy(data, &header, sizeof header);
    header.checksum = XXH3_64bits(data, TOL_SECTIONS_DATA_START);
    memcpy(data, &header, sizeof header);
    return true;
}
