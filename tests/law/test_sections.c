#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "file/checksum.h"
#include "file/sections.h"

#define KIND "TEST"

static char folder[64];
static char path[128];

static void start(void)
{
    snprintf(folder, sizeof folder, "/tmp/tolmuur-sections-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
}

static void stop(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(sections, .init = start, .fini = stop);

static const uint32_t numbers[5] = {1, 2, 3, 4, 5};

static void write_sample(void)
{
    struct tol_sections_writer *writer;
    void *reserved;
    cr_assert_eq(tol_sections_writer_create(path, KIND, 7, &writer, NULL), TOL_OK);
    cr_assert_eq(tol_sections_append(writer, "numbers", numbers, sizeof numbers, NULL), TOL_OK);
    cr_assert_eq(tol_sections_append(writer, "nothing", NULL, 0, NULL), TOL_OK);
    cr_assert_eq(tol_sections_reserve(writer, "filled", 10000, &reserved, NULL), TOL_OK);
    cr_assert_eq(tol_sections_append(writer, "last", "abc", 3, NULL), TOL_OK);
    cr_assert_eq((uintptr_t)reserved % 64, 0);
    memset(reserved, 0x5a, 10000);
    cr_assert_eq(tol_sections_finish(writer, NULL), TOL_OK);
}

static size_t read_file(uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file);
    size_t read = fread(bytes, 1, size, file);
    fclose(file);
    return read;
}

static void write_bytes(const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static size_t files_in_folder(void)
{
    char pattern[128];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

/* Opens and verifies: TOL_OK only when both are. */
static enum tol_status open_and_verify(struct tol_error *error)
{
    struct tol_sections *sections;
    enum tol_status status = tol_sections_open(path, KIND, 7, &sections, error);
    if (status == TOL_OK) {
        status = tol_sections_verify(sections, NULL, error);
        tol_sections_close(sections);
    }
    return status;
}

Test(sections, what_is_written_is_read)
{
    struct tol_sections *sections;
    uint64_t size;
    write_sample();
    cr_assert_eq(tol_sections_open(path, KIND, 7, &sections, NULL), TOL_OK);
    const uint32_t *read = tol_sections_find(sections, "numbers", &size);
    cr_assert_eq(size, sizeof numbers);
    cr_assert_eq(memcmp(read, numbers, sizeof numbers), 0);
    const uint8_t *filled = tol_sections_find(sections, "filled", &size);
    cr_assert_eq(size, 10000);
    cr_assert_eq(filled[0], 0x5a);
    cr_assert_eq(filled[9999], 0x5a);
    cr_assert_eq((uintptr_t)filled % 64, 0);
    cr_assert_not_null(tol_sections_find(sections, "nothing", &size));
    cr_assert_eq(size, 0);
    cr_assert_null(tol_sections_find(sections, "absent", &size));
    cr_assert_eq(tol_sections_verify(sections, NULL, NULL), TOL_OK);
    cr_assert_eq(tol_sections_verify(sections, "absent", NULL), TOL_BAD_DATA);
    tol_sections_close(sections);
}

Test(sections, arrays_hold_whole_elements)
{
    struct tol_sections *sections;
    const void *array;
    uint64_t count;
    struct tol_error error;
    write_sample();
    cr_assert_eq(tol_sections_open(path, KIND, 7, &sections, NULL), TOL_OK);
    cr_assert_eq(tol_sections_array(sections, "numbers", 4, &array, &count, NULL), TOL_OK);
    cr_assert_eq(count, 5);
    cr_assert_eq(tol_sections_array(sections, "last", 2, &array, &count, &error), TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "last"));
    cr_assert_eq(tol_sections_array(sections, "absent", 4, &array, &count, &error), TOL_BAD_DATA);
    tol_sections_close(sections);
}

Test(sections, same_content_same_bytes)
{
    static uint8_t first[40000];
    static uint8_t second[40000];
    write_sample();
    size_t size = read_file(first, sizeof first);
    write_sample();
    cr_assert_eq(read_file(second, sizeof second), size);
    cr_assert_eq(memcmp(first, second, size), 0);
}

Test(sections, every_cut_is_seen)
{
    static uint8_t bytes[40000];
    write_sample();
    size_t size = read_file(bytes, sizeof bytes);
    for (size_t cut = 0; cut < size; cut += 97) {
        write_bytes(bytes, cut);
        cr_assert_eq(open_and_verify(NULL), TOL_BAD_DATA, "cut to %zu", cut);
    }
    bytes[size] = 0;
    write_bytes(bytes, size + 1);
    cr_assert_eq(open_and_verify(NULL), TOL_BAD_DATA);
}

Test(sections, every_flipped_bit_is_seen)
{
    static uint8_t bytes[40000];
    write_sample();
    size_t size = read_file(bytes, sizeof bytes);
    for (size_t at = 0; at < size; at += at < 9000 ? 13 : 101) {
        bytes[at] ^= (uint8_t)(1u << at % 8);
        write_bytes(bytes, size);
        cr_assert_eq(open_and_verify(NULL), TOL_BAD_DATA, "flip in byte %zu", at);
        bytes[at] ^= (uint8_t)(1u << at % 8);
    }
    write_bytes(bytes, size);
    cr_assert_eq(open_and_verify(NULL), TOL_OK);
}

Test(sections, damage_names_the_section)
{
    static uint8_t bytes[40000];
    struct tol_error error;
    write_sample();
    size_t size = read_file(bytes, sizeof bytes);
    bytes[TOL_SECTIONS_DATA_START + 2] ^= 1;
    write_bytes(bytes, size);
    cr_assert_eq(open_and_verify(&error), TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "numbers"));
    cr_assert_str_eq(error.file, path);
}

Test(sections, other_kinds_and_versions_are_refused)
{
    struct tol_sections *sections;
    struct tol_error error;
    write_sample();
    cr_assert_eq(tol_sections_open(path, "BOOK", 7, &sections, &error), TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "TEST"));
    cr_assert_eq(tol_sections_open(path, KIND, 8, &sections, &error), TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "version 7"));
}

Test(sections, what_is_no_file_is_refused)
{
    struct tol_sections *sections;
    struct tol_error error;
    cr_assert_eq(tol_sections_open(path, KIND, 7, &sections, &error), TOL_NO_INPUT);
    cr_assert_eq(tol_sections_open(folder, KIND, 7, &sections, &error), TOL_NO_INPUT);
    write_bytes((const uint8_t *)"hello", 5);
    cr_assert_eq(tol_sections_open(path, KIND, 7, &sections, &error), TOL_BAD_DATA);
}

Test(sections, abort_leaves_nothing_and_keeps_the_old)
{
    static uint8_t before[40000];
    static uint8_t after[40000];
    struct tol_sections_writer *writer;
    write_sample();
    size_t size = read_file(before, sizeof before);
    cr_assert_eq(tol_sections_writer_create(path, KIND, 7, &writer, NULL), TOL_OK);
    cr_assert_eq(tol_sections_append(writer, "other", "x", 1, NULL), TOL_OK);
    cr_assert_eq(files_in_folder(), 2);
    tol_sections_abort(writer);
    cr_assert_eq(files_in_folder(), 1);
    cr_assert_eq(read_file(after, sizeof after), size);
    cr_assert_eq(memcmp(before, after, size), 0);
}

Test(sections, a_folder_that_is_not_there)
{
    struct tol_sections_writer *writer;
    struct tol_error error;
    cr_assert_eq(tol_sections_writer_create("/nonexistent/folder/file", KIND, 7, &writer, &error), TOL_CANNOT_CREATE);
    cr_assert_str_eq(error.file, "/nonexistent/folder/file");
}

Test(sections, a_link_at_the_target_is_replaced_not_followed)
{
    char victim[128];
    struct stat about;
    snprintf(victim, sizeof victim, "%s/victim", folder);
    cr_assert_eq(symlink(victim, path), 0);
    write_sample();
    cr_assert_neq(access(victim, F_OK), 0);
    cr_assert_eq(lstat(path, &about), 0);
    cr_assert(S_ISREG(about.st_mode));
}

Test(sections, mode_obeys_the_umask)
{
    struct stat about;
    umask(027);
    write_sample();
    cr_assert_eq(stat(path, &about), 0);
    cr_assert_eq(about.st_mode & 0777, 0640);
}

Test(sections, a_full_disk_is_an_error)
{
    struct tol_sections_writer *writer;
    struct tol_error error;
    void *content;
    cr_assert_eq(tol_sections_writer_create(path, KIND, 7, &writer, NULL), TOL_OK);
    cr_assert_eq(tol_sections_reserve(writer, "huge", (uint64_t)1 << 60, &content, &error), TOL_IO);
    tol_sections_abort(writer);
    cr_assert_eq(files_in_folder(), 0);
}

/* Everything that a rename would destroy: a pipe, a folder, a device through a link. */
Test(sections, what_is_no_regular_file_is_not_replaced)
{
    struct tol_sections_writer *writer;
    struct tol_error error;
    struct stat about;
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_eq(tol_sections_writer_create(path, KIND, 7, &writer, &error), TOL_CANNOT_CREATE);
    cr_assert_str_eq(error.file, path);
    cr_assert(lstat(path, &about) == 0 && S_ISFIFO(about.st_mode));
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_assert_eq(tol_sections_writer_create(path, KIND, 7, &writer, &error), TOL_CANNOT_CREATE);
    cr_assert_eq(rmdir(path), 0);
    cr_assert_eq(symlink("/dev/null", path), 0);
    cr_assert_eq(tol_sections_writer_create(path, KIND, 7, &writer, &error), TOL_CANNOT_CREATE);
    cr_assert(lstat(path, &about) == 0 && S_ISLNK(about.st_mode));
    cr_assert_eq(files_in_folder(), 1, "a temporary file was left behind");
}

/* Files that this CPU writes are read by one with narrower registers. */
Test(sections, checksums_are_the_librarys_whatever_the_registers)
{
    static uint8_t bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37 + i / 251);
    }
    for (size_t size = 0; size < sizeof bytes; size++) {
        const uint8_t *from = bytes + size % 7 % (sizeof bytes - size);
        cr_assert_eq(tol_checksum(from, size), XXH3_64bits(from, size), "%zu bytes", size);
    }
}
