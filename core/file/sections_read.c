#include "file/sections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/checksum.h"

_Static_assert(sizeof(struct tol_sections_header) == 64, "the header is 64 bytes");
_Static_assert(sizeof(struct tol_section_entry) == 64, "a table entry is 64 bytes");

struct tol_sections {
    const uint8_t *base;
    uint64_t size;
    uint32_t count;
    bool sparse; /* until tol_sections_expect_all */
    char *path;
};

static enum tol_status bad(const struct tol_sections *sections, struct tol_error *error, const char *message)
{
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, sections->path, 0, NULL, NULL);
}

static const struct tol_section_entry *entries(const struct tol_sections *sections)
{
    return (const struct tol_section_entry *)(sections->base + sizeof(struct tol_sections_header));
}

static uint64_t padded(uint64_t size)
{
    return (size + TOL_SECTION_ALIGNMENT - 1) / TOL_SECTION_ALIGNMENT * TOL_SECTION_ALIGNMENT;
}

/* The header is hashed as if its checksum field were 0, so it is copied first. */
static uint64_t head_checksum(const uint8_t *base)
{
    uint8_t head[TOL_SECTIONS_DATA_START];
    memcpy(head, base, sizeof head);
    memset(head + offsetof(struct tol_sections_header, checksum), 0, sizeof(uint64_t));
    return tol_checksum(head, sizeof head);
}

static enum tol_status check_header(const struct tol_sections *sections, const char kind[4], uint32_t version,
                                    struct tol_error *error)
{
    const struct tol_sections_header *header = (const struct tol_sections_header *)sections->base;
    if (memcmp(header->magic, "TOLMUUR", 8) != 0) {
        return bad(sections, error, "not a tolmuur file; give a file that tolmuur itself wrote");
    }
    if (header->byte_order != TOL_SECTIONS_BYTE_ORDER) {
        return bad(sections, error, "written on a machine of another byte order; build it again on this one");
    }
    if (memcmp(header->kind, kind, 4) != 0) {
        tol_fail(error, TOL_BAD_DATA, "this is a tolmuur file of kind %.4s, and %.4s is wanted", header->kind, kind);
        return tol_fail_at(error, TOL_BAD_DATA, sections->path, 0, NULL, NULL);
    }
    if (header->version != version) {
        tol_fail(error, TOL_BAD_DATA, "format version %u, and this program reads %u; build the file again",
                 header->version, version);
        return tol_fail_at(error, TOL_BAD_DATA, sections->path, 0, NULL, NULL);
    }
    if (header->file_size != sections->size) {
        return bad(sections, error, "the file was cut short or has bytes appended; build it again");
    }
    if (head_checksum(sections->base) != header->checksum) {
        return bad(sections, error, "the header is damaged; build the file again");
    }
    return TOL_OK;
}

static enum tol_status check_table(struct tol_sections *sections, struct tol_error *error)
{
    const struct tol_sections_header *header = (const struct tol_sections_header *)sections->base;
    if (header->section_count > TOL_SECTIONS_MAX) {
        return bad(sections, error, "the section table is damaged; build the file again");
    }
    sections->count = header->section_count;
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct tol_section_entry *entry = &entries(sections)[i];
        if (entry->name[TOL_SECTION_NAME_SIZE - 1] != '\0' || entry->offset < TOL_SECTIONS_DATA_START ||
            entry->offset % TOL_SECTION_ALIGNMENT != 0 || entry->offset > sections->size ||
            entry->size > sections->size - entry->offset || padded(entry->size) > sections->size - entry->offset) {
            return bad(sections, error, "a section lies outside the file; build the file again");
        }
    }
    return TOL_OK;
}

static enum tol_status map(struct tol_sections *sections, struct tol_error *error)
{
    int file = open(sections->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        tol_fail(error, TOL_NO_INPUT, "cannot open the file: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, sections->path, 0, NULL, NULL);
    }
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(file);
        tol_fail(error, TOL_NO_INPUT, "not a regular file; give a file that tolmuur wrote");
        return tol_fail_at(error, TOL_NO_INPUT, sections->path, 0, NULL, NULL);
    }
    sections->size = (uint64_t)about.st_size;
    if (sections->size < TOL_SECTIONS_DATA_START) {
        close(file);
        return bad(sections, error, "too short to be a tolmuur file; give a file that tolmuur itself wrote");
    }
    void *base = mmap(NULL, sections->size, PROT_READ, MAP_PRIVATE, file, 0);
    int reason = errno;
    close(file);
    if (base == MAP_FAILED) {
        sections->size = 0;
        tol_fail(error, TOL_IO, "cannot map the file: %s", strerror(reason));
        return tol_fail_at(error, TOL_IO, sections->path, 0, NULL, NULL);
    }
    sections->base = base;
    /* Before the first byte is read: reading ahead would fetch megabytes beside each. */
    sections->sparse = true;
    (void)madvise(base, sections->size, MADV_RANDOM);
    return TOL_OK;
}

enum tol_status tol_sections_open(const char *path, const char kind[4], uint32_t version,
                                  struct tol_sections **sections, struct tol_error *error)
{
    struct tol_sections *opened = calloc(1, sizeof *opened);
    if (opened == NULL || (opened->path = strdup(path)) == NULL) {
        free(opened);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    enum tol_status status = map(opened, error);
    if (status == TOL_OK) {
        status = check_header(opened, kind, version, error);
    }
    if (status == TOL_OK) {
        status = check_table(opened, error);
    }
    if (status != TOL_OK) {
        tol_sections_close(opened);
        return status;
    }
    *sections = opened;
    return TOL_OK;
}

void tol_sections_expect_all(struct tol_sections *sections)
{
    sections->sparse = false;
    /* A wish: without it the answers are the same. */
    (void)madvise((void *)(uintptr_t)sections->base, sections->size, MADV_NORMAL);
}

/* All of a section in one go, where the rest of the file is not wanted. */
static void fetch(const struct tol_sections *sections, const struct tol_section_entry *entry)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t first = entry->offset / page * page;
    if (sections->sparse) {
        (void)madvise((void *)(uintptr_t)(sections->base + first), entry->offset + entry->size - first, MADV_WILLNEED);
    }
}

void tol_sections_close(struct tol_sections *sections)
{
    if (sections == NULL) {
        return;
    }
    if (sections->base != NULL) {
        munmap((void *)(uintptr_t)sections->base, sections->size);
    }
    free(sections->path);
    free(sections);
}

const char *tol_sections_path(const struct tol_sections *sections)
{
    return sections->path;
}

uint64_t tol_sections_identity(const struct tol_sections *sections)
{
    return ((const struct tol_sections_header *)sections->base)->checksum;
}

const void *tol_sections_file(const struct tol_sections *sections)
{
    return sections->base;
}

uint64_t tol_sections_bytes(const struct tol_sections *sections)
{
    return sections->size;
}

const void *tol_sections_find(const struct tol_sections *sections, const char *name, uint64_t *size)
{
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct tol_section_entry *entry = &entries(sections)[i];
        if (strcmp(entry->name, name) == 0) {
            *size = entry->size;
            return sections->base + entry->offset;
        }
    }
    *size = 0;
    return NULL;
}

enum tol_status tol_sections_array(const struct tol_sections *sections, const char *name, size_t element_size,
                                   const void **array, uint64_t *count, struct tol_error *error)
{
    uint64_t size;
    *array = tol_sections_find(sections, name, &size);
    if (*array == NULL || size % element_size != 0) {
        tol_fail(error, TOL_BAD_DATA, "section %s is %s; build the file again", name,
                 *array == NULL ? "missing" : "of a wrong size");
        return tol_fail_at(error, TOL_BAD_DATA, sections->path, 0, NULL, NULL);
    }
    *count = size / element_size;
    return TOL_OK;
}

uint32_t tol_sections_count(const struct tol_sections *sections)
{
    return sections->count;
}

enum tol_status tol_sections_verify_at(const struct tol_sections *sections, uint32_t i, struct tol_error *error)
{
    const struct tol_section_entry *entry = &entries(sections)[i];
    fetch(sections, entry);
    if (tol_checksum(sections->base + entry->offset, padded(entry->size)) != entry->checksum) {
        tol_fail(error, TOL_BAD_DATA, "section %s is damaged; build the file again", entry->name);
        return tol_fail_at(error, TOL_BAD_DATA, sections->path, 0, NULL, NULL);
    }
    return TOL_OK;
}

enum tol_status tol_sections_verify(const struct tol_sections *sections, const char *name, struct tol_error *error)
{
    for (uint32_t i = 0; i < sections->count; i++) {
        bool named = name != NULL && strcmp(entries(sections)[i].name, name) == 0;
        enum tol_status status = name == NULL || named ? tol_sections_verify_at(sections, i, error) : TOL_OK;
        if (status != TOL_OK || named) {
            return status;
        }
    }
    if (name != NULL) {
        tol_fail(error, TOL_BAD_DATA, "section %s is missing; build the file again", name);
        return tol_fail_at(error, TOL_BAD_DATA, sections->path, 0, NULL, NULL);
    }
    return TOL_OK;
}
