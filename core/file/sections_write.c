#include "file/sections.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "file/checksum.h"

/* A reserved section's mapping starts on a page boundary at or before the section. */
struct mapping {
    uint8_t *base;
    size_t size;
    uint64_t before; /* bytes from base to the section */
};

struct head {
    struct tol_sections_header header;
    struct tol_section_entry entry[TOL_SECTIONS_MAX];
};
_Static_assert(sizeof(struct head) == TOL_SECTIONS_DATA_START, "header and table leave no gap");

struct tol_sections_writer {
    struct head head;
    struct mapping mapping[TOL_SECTIONS_MAX]; /* base NULL: appended from memory */
    XXH3_state_t *hash;
    uint64_t end;    /* where the next section starts */
    uint64_t pushed; /* what the system was asked to begin with */
    struct tol_whole_file *file;
    bool borrowed; /* the caller ends the file */
};

static uint64_t padded(uint64_t size)
{
    return (size + TOL_SECTION_ALIGNMENT - 1) / TOL_SECTION_ALIGNMENT * TOL_SECTION_ALIGNMENT;
}

static enum tol_status io_fault(const struct tol_sections_writer *writer, struct tol_error *error, const char *what,
                                int reason)
{
    tol_fail(error, TOL_IO, "cannot %s: %s", what, strerror(reason));
    return tol_fail_at(error, TOL_IO, tol_whole_file_path(writer->file), 0, NULL, NULL);
}

enum tol_status tol_sections_writer_fill(struct tol_whole_file *file, const char kind[4], uint32_t version,
                                         struct tol_sections_writer **writer, struct tol_error *error)
{
    struct tol_sections_writer *created = calloc(1, sizeof *created);
    if (created == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while creating a file");
    }
    created->hash = XXH3_createState();
    if (created->hash == NULL) {
        tol_sections_abort(created);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while creating a file");
    }
    created->file = file;
    created->borrowed = true;
    memcpy(created->head.header.magic, "TOLMUUR", 8);
    memcpy(created->head.header.kind, kind, 4);
    created->head.header.version = version;
    created->head.header.byte_order = TOL_SECTIONS_BYTE_ORDER;
    created->end = TOL_SECTIONS_DATA_START;
    *writer = created;
    return TOL_OK;
}

enum tol_status tol_sections_writer_create(const char *path, const char kind[4], uint32_t version,
                                           struct tol_sections_writer **writer, struct tol_error *error)
{
    struct tol_whole_file *file = NULL;
    enum tol_status status = tol_whole_file_create(path, &file, error);
    if (status == TOL_OK) {
        status = tol_sections_writer_fill(file, kind, version, writer, error);
        if (status != TOL_OK) {
            tol_whole_file_abandon(file);
        } else {
            (*writer)->borrowed = false;
        }
    }
    return status;
}

static struct tol_section_entry *next_entry(struct tol_sections_writer *writer, const char *name, uint64_t size)
{
    uint32_t index = writer->head.header.section_count;
    assert(index < TOL_SECTIONS_MAX);
    assert(name[0] != '\0' && strlen(name) < TOL_SECTION_NAME_SIZE);
    for (uint32_t i = 0; i < index; i++) {
        assert(strcmp(writer->head.entry[i].name, name) != 0);
    }
    struct tol_section_entry *entry = &writer->head.entry[index];
    snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->offset = writer->end;
    entry->size = size;
    return entry;
}

static enum tol_status write_all(const struct tol_sections_writer *writer, const void *content, uint64_t size,
                                 uint64_t offset, struct tol_error *error)
{
    const uint8_t *from = content;
    while (size > 0) {
        ssize_t written =
            pwrite(tol_whole_file_descriptor(writer->file), from, size < (1u << 30) ? size : (1u << 30), (off_t)offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return io_fault(writer, error, "write the file", written < 0 ? errno : EIO);
        }
        from += written;
        offset += (uint64_t)written;
        size -= (uint64_t)written;
    }
    return TOL_OK;
}

enum tol_status tol_sections_append(struct tol_sections_writer *writer, const char *name, const void *content,
                                    uint64_t size, struct tol_error *error)
{
    static const uint8_t zeros[TOL_SECTION_ALIGNMENT];
    struct tol_section_entry *entry = next_entry(writer, name, size);
    uint64_t padding = padded(size) - size;
    enum tol_status status = write_all(writer, content, size, entry->offset, error);
    if (status == TOL_OK) {
        status = write_all(writer, zeros, padding, entry->offset + size, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    XXH3_64bits_reset(writer->hash);
    if (size > 0) {
        XXH3_64bits_update(writer->hash, content, size);
    }
    XXH3_64bits_update(writer->hash, zeros, padding);
    entry->checksum = XXH3_64bits_digest(writer->hash);
    writer->end += padded(size);
    writer->head.header.section_count++;
    return TOL_OK;
}

enum tol_status tol_sections_reserve(struct tol_sections_writer *writer, const char *name, uint64_t size,
                                     void **content, struct tol_error *error)
{
    static const _Alignas(TOL_SECTION_ALIGNMENT) uint8_t nothing[TOL_SECTION_ALIGNMENT];
    struct tol_section_entry *entry = next_entry(writer, name, size);
    if (size == 0) {
        *content = (void *)(uintptr_t)nothing; /* never written: it has no bytes */
        return tol_sections_append(writer, name, NULL, 0, error);
    }
    int reason = posix_fallocate(tol_whole_file_descriptor(writer->file), (off_t)entry->offset, (off_t)padded(size));
    if (reason != 0) {
        return io_fault(writer, error, "take disk space for the file", reason);
    }
    struct mapping *mapping = &writer->mapping[writer->head.header.section_count];
    mapping->before = entry->offset % (uint64_t)sysconf(_SC_PAGESIZE);
    mapping->size = mapping->before + padded(size);
    void *base = mmap(NULL, mapping->size, PROT_READ | PROT_WRITE, MAP_SHARED, tol_whole_file_descriptor(writer->file),
                      (off_t)(entry->offset - mapping->before));
    if (base == MAP_FAILED) {
        return io_fault(writer, error, "map the file", errno);
    }
    mapping->base = base;
    *content = mapping->base + mapping->before;
    writer->end += padded(size);
    writer->head.header.section_count++;
    return TOL_OK;
}

void tol_sections_push(struct tol_sections_writer *writer)
{
    /* A wish: what it does not do the sync at the end will. */
    (void)sync_file_range(tol_whole_file_descriptor(writer->file), (off_t)writer->pushed,
                          (off_t)(writer->end - writer->pushed), SYNC_FILE_RANGE_WRITE);
    writer->pushed = writer->end;
}

static void unmap(struct mapping *mapping)
{
    if (mapping->base != NULL) {
        munmap(mapping->base, mapping->size);
        mapping->base = NULL;
    }
}

static enum tol_status write_head(struct tol_sections_writer *writer, struct tol_error *error)
{
    struct head *head = &writer->head;
    for (uint32_t i = 0; i < head->header.section_count; i++) {
        struct mapping *mapping = &writer->mapping[i];
        if (mapping->base != NULL) {
            head->entry[i].checksum = tol_checksum(mapping->base + mapping->before, padded(head->entry[i].size));
            unmap(mapping);
        }
    }
    head->header.file_size = writer->end;
    head->header.checksum = 0;
    head->header.checksum = XXH3_64bits(head, sizeof *head);
    return write_all(writer, head, sizeof *head, 0, error);
}

enum tol_status tol_sections_finish(struct tol_sections_writer *writer, struct tol_error *error)
{
    enum tol_status status = write_head(writer, error);
    if (status == TOL_OK && !writer->borrowed) {
        status = tol_whole_file_publish(writer->file, error);
        writer->file = NULL;
    }
    tol_sections_abort(writer);
    return status;
}

void tol_sections_abort(struct tol_sections_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    for (uint32_t i = 0; i < TOL_SECTIONS_MAX; i++) {
        unmap(&writer->mapping[i]);
    }
    if (!writer->borrowed) {
        tol_whole_file_abandon(writer->file);
    }
    XXH3_freeState(writer->hash);
    free(writer);
}
