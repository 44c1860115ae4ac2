/* A file of named sections, mapped for reading: what a book and the compiled tables are kept in.
 *
 * Layout, little things first: a header of 64 bytes, a section table of fixed capacity, then the sections, each on a 64-byte boundary and
 * padded with zeros to the next one. Numbers are in the byte order of the machine that wrote them; another order is refused. The header's
 * XXH3-64 covers header and table; each section has its own, over its bytes and padding: no byte of the file is outside some checksum. */
#ifndef TOLMUUR_FILE_SECTIONS_H
#define TOLMUUR_FILE_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"
#include "tolmuur/whole_file.h"

#define TOL_SECTION_NAME_SIZE 24 /* with the final zero */
#define TOL_SECTIONS_MAX 127
#define TOL_SECTION_ALIGNMENT 64

struct tol_sections_header {
    char magic[8]; /* "TOLMUUR" and a zero */
    char kind[4];  /* "BOOK", "TABL" */
    uint32_t version;
    uint32_t byte_order; /* TOL_SECTIONS_BYTE_ORDER as the writer's machine stores it */
    uint32_t section_count;
    uint64_t file_size;
    uint64_t checksum; /* XXH3-64 of header (this field 0) and the whole section table */
    uint8_t reserved[24];
};

struct tol_section_entry {
    char name[TOL_SECTION_NAME_SIZE];
    uint64_t offset;
    uint64_t size;     /* bytes, without padding */
    uint64_t checksum; /* XXH3-64 of content and padding */
    uint8_t reserved[16];
};

#define TOL_SECTIONS_BYTE_ORDER 0x01020304u
#define TOL_SECTIONS_DATA_START                                                                                        \
    (sizeof(struct tol_sections_header) + TOL_SECTIONS_MAX * sizeof(struct tol_section_entry))

/* ---- reading ------------------------------------------------------------------------------------------------- */

struct tol_sections;

/* Maps path read-only and checks header, table checksum and that every section lies inside the file: cost does not depend on the file's size.
 * Caller owns *sections. TOL_NO_INPUT: no such file. TOL_BAD_DATA: not such a file, another kind, format version or byte order, cut short or
 * damaged. TOL_IO: it cannot be read. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_sections_open(const char *path, const char kind[4], uint32_t version,
                                                 struct tol_sections **sections, struct tol_error *error);
void tol_sections_close(struct tol_sections *sections);             /* NULL allowed */
uint64_t tol_sections_bytes(const struct tol_sections *sections);   /* of the whole file */
const void *tol_sections_file(const struct tol_sections *sections); /* those bytes */
const char *tol_sections_path(const struct tol_sections *sections);
/* The header's checksum: it covers every section's, so files of the same content have the same. */
uint64_t tol_sections_identity(const struct tol_sections *sections);

/* Of an open file little is expected to be read: pages come from the disk one by one, and sections at once when they are verified. This says that
 * all of it will be. */
void tol_sections_expect_all(struct tol_sections *sections);

/* The section's bytes (64-byte aligned, as long as `sections` is open) and their count; NULL when there is no such section. An empty
 * section gives a pointer that is not NULL and size 0. */
const void *tol_sections_find(const struct tol_sections *sections, const char *name, uint64_t *size);

/* The same for a section that must be there and hold whole elements; *count is their number. TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status tol_sections_array(const struct tol_sections *sections, const char *name,
                                                  size_t element_size, const void **array, uint64_t *count,
                                                  struct tol_error *error);

/* Reads the named section (NULL: all of them) through and compares checksums. TOL_BAD_DATA names the section. */
TOL_MUST_CHECK enum tol_status tol_sections_verify(const struct tol_sections *sections, const char *name,
                                                   struct tol_error *error);

/* The same for the i-th section, i < count: for who reads several at once. */
uint32_t tol_sections_count(const struct tol_sections *sections);
TOL_MUST_CHECK enum tol_status tol_sections_verify_at(const struct tol_sections *sections, uint32_t i,
                                                      struct tol_error *error);

/* ---- writing ------------------------------------------------------------------------------------------------- */

struct tol_sections_writer;

/* Starts a tol_whole_file at path, which must not be there or be a regular file. Caller must end with finish or abort.
 * TOL_CANNOT_CREATE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_sections_writer_create(const char *path, const char kind[4], uint32_t version,
                                                          struct tol_sections_writer **writer, struct tol_error *error);

/* The same into a file of the caller's, which finish leaves to be published and abort to be abandoned; it must live until then. */
TOL_MUST_CHECK enum tol_status tol_sections_writer_fill(struct tol_whole_file *file, const char kind[4],
                                                        uint32_t version, struct tol_sections_writer **writer,
                                                        struct tol_error *error);

/* Writes a section from memory. Names: 1 to 23 bytes, none twice (a programmer's fault: asserts). TOL_IO (disk full too). */
TOL_MUST_CHECK enum tol_status tol_sections_append(struct tol_sections_writer *writer, const char *name,
                                                   const void *content, uint64_t size, struct tol_error *error);

/* Reserves a section of known size, zero-filled, and maps it for filling in place. Disk space is taken here, so that a full disk is an error
 * and not a signal. *content is 64-byte aligned and valid until finish or abort; several may be open at once. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_sections_reserve(struct tol_sections_writer *writer, const char *name, uint64_t size,
                                                    void **content, struct tol_error *error);

/* Asks the system to begin with what was written so far, so that less is left to wait for at the end. */
void tol_sections_push(struct tol_sections_writer *writer);

/* Checksums the reserved sections, writes the header and publishes the file (tol_whole_file_publish) unless it is the caller's. Always ends the writer: on failure the
 * temporary file is gone and an older file at path is untouched (unless only the folder's sync failed: then the new file is in place and
 * TOL_IO is returned). */
TOL_MUST_CHECK enum tol_status tol_sections_finish(struct tol_sections_writer *writer, struct tol_error *error);
void tol_sections_abort(struct tol_sections_writer *writer); /* NULL allowed; removes the temporary file */

#endif
