/* Whatever happens to a book's bytes, it is refused or read without leaving the mapping. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "file/sections.h"
#include "fixture.h"

static unsigned char *small_book(size_t *size)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(13, 300, 77);
    portfolio_build(&portfolio, scratch_path(path, "sound.book"));
    return file_read(path, size);
}

/* Everything a reader may do with a book that opened: none of it may crash. Returns whether verify let it pass. */
static bool use(const char *path)
{
    struct tol_book *book;
    struct tol_error error = {0};
    if (tol_book_open(path, &book, &error) != TOL_OK) {
        cr_assert_eq(error.status, TOL_BAD_DATA);
        cr_assert(error.message[0] != '\0');
        return false;
    }
    bool sound = tol_book_verify(book, NULL, &error) == TOL_OK;
    for (uint64_t firm = 0; firm < book->firm_count; firm++) {
        char text[32];
        uint64_t found;
        tol_book_firm_id(book, firm, text, sizeof text);
        tol_book_find(book, text, &found);
        tol_book_firm_name(book, firm, text, sizeof text);
        if (tol_book_verify_firm(book, firm, &error) == TOL_OK) {
            for (int side = 0; side < TOL_SIDE_COUNT; side++) {
                const struct tol_book_side *rows = &book->side[side];
                for (uint64_t i = rows->line_start[firm]; i < rows->line_start[firm + 1]; i++) {
                    cr_assert_leq(strlen(tol_book_facts(book, rows->cell[rows->line_cell[i]].facts)), 100);
                }
            }
        }
        cr_assert_leq(strlen(tol_book_sector(book, book->firm_sector[firm])), 100);
    }
    tol_book_close(book);
    return sound;
}

Test(damage, every_flipped_byte_of_every_section_is_seen)
{
    char path[512];
    size_t size;
    unsigned char *bytes = small_book(&size);
    scratch_path(path, "flipped.book");
    const char *wish = getenv("TOLMUUR_LONG"); /* then a hundred thousand flips, each bit in its turn */
    bool thorough = wish != NULL && strcmp(wish, "1") == 0;
    size_t tried = 0;
    for (unsigned bit = 0; bit < 8 && (bit == 0 || (thorough && tried < 100000)); bit++) {
        for (size_t at = 0; at < size; at += thorough ? 1 : at < TOL_SECTIONS_DATA_START ? 61 : 13) {
            unsigned char sound = bytes[at];
            bytes[at] ^= (unsigned char)(1u << (at + bit) % 8);
            file_write(path, bytes, size);
            cr_assert_not(use(path), "byte %zu of %zu", at, size);
            bytes[at] = sound;
            tried++;
        }
    }
}

Test(damage, every_cut_is_seen)
{
    char path[512];
    size_t size;
    unsigned char *bytes = small_book(&size);
    struct tol_error error;
    struct tol_book *book;
    scratch_path(path, "cut.book");
    for (size_t length = 0; length < size; length += 509) {
        file_write(path, bytes, length);
        cr_assert_eq(tol_book_open(path, &book, &error), TOL_BAD_DATA, "cut at %zu", length);
    }
    file_write(path, bytes, size);
    cr_assert(use(path));
}

static struct tol_section_entry *section(unsigned char *bytes, uint32_t index)
{
    return (struct tol_section_entry *)(void *)(bytes + sizeof(struct tol_sections_header)) + index;
}

/* Makes checksums fit again, as a hostile writer would. */
static void forge(unsigned char *bytes)
{
    struct tol_sections_header *header = (struct tol_sections_header *)(void *)bytes;
    for (uint32_t i = 0; i < header->section_count; i++) {
        struct tol_section_entry *entry = section(bytes, i);
        entry->checksum = XXH3_64bits(bytes + entry->offset, (entry->size + 63) / 64 * 64);
    }
    header->checksum = 0;
    header->checksum = XXH3_64bits(bytes, TOL_SECTIONS_DATA_START);
}

/* Sections that the answer about a firm does not read by themselves, or only in part. */
static bool shared_section(const char *name)
{
    return strcmp(name, "counts") == 0 || strncmp(name, "facts_", 6) == 0;
}

Test(damage, a_flipped_byte_of_a_firm_is_seen_without_reading_the_book_through)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(1, 60, 5);
    portfolio_build(&portfolio, scratch_path(path, "one.book"));
    size_t size;
    unsigned char *bytes = file_read(path, &size);
    struct tol_sections_header header;
    memcpy(&header, bytes, sizeof header);
    size_t flipped = 0;
    for (uint32_t i = 0; i < header.section_count; i++) {
        struct tol_section_entry entry = *section(bytes, i);
        for (size_t at = entry.offset; !shared_section(entry.name) && at < entry.offset + entry.size; at++, flipped++) {
            struct tol_book *book;
            bytes[at] ^= (unsigned char)(1u << at % 8);
            file_write(path, bytes, size);
            if (tol_book_open(path, &book, NULL) == TOL_OK) {
                cr_assert_eq(tol_book_verify_firm(book, 0, NULL), TOL_BAD_DATA, "%s, byte %zu", entry.name, at);
                tol_book_close(book);
            }
            bytes[at] ^= (unsigned char)(1u << at % 8);
        }
    }
    cr_assert_gt(flipped, 500);
}

Test(damage, forged_indices_never_lead_outside)
{
    char path[512];
    size_t size;
    uint64_t seed = 5;
    unsigned char *sound = small_book(&size);
    unsigned char *bytes = malloc(size);
    struct tol_sections_header *header = (struct tol_sections_header *)(void *)bytes;
    scratch_path(path, "forged.book");
    memcpy(bytes, sound, size);
    uint32_t sections = header->section_count;
    for (uint32_t i = 0; i < 12 * sections; i++) {
        memcpy(bytes, sound, size);
        const struct tol_section_entry *entry = section(bytes, i % sections);
        if (entry->size < 8) {
            continue;
        }
        uint64_t value = i / sections % 2 == 0 ? random_next(&seed) : random_next(&seed) % 4096;
        memcpy(bytes + entry->offset + random_next(&seed) % (entry->size / 4 - 1) * 4, &value, 8);
        forge(bytes);
        file_write(path, bytes, size);
        use(path);
    }
    free(bytes);
}

static size_t offset_of(unsigned char *bytes, const char *name)
{
    for (uint32_t i = 0; i < ((struct tol_sections_header *)(void *)bytes)->section_count; i++) {
        if (strcmp(section(bytes, i)->name, name) == 0) {
            return section(bytes, i)->offset;
        }
    }
    cr_assert_fail("no section %s", name);
    return 0;
}

static void check_forged(const char *name, size_t at, uint32_t value, const char *expected)
{
    char path[512];
    size_t size;
    struct tol_book *book;
    struct tol_error error;
    unsigned char *bytes = small_book(&size);
    memcpy(bytes + offset_of(bytes, name) + at, &value, sizeof value);
    forge(bytes);
    file_write(scratch_path(path, "forged.book"), bytes, size);
    cr_assert_eq(tol_book_open(path, &book, &error), TOL_OK);
    cr_assert_eq(tol_book_verify(book, NULL, &error), TOL_BAD_DATA);
    cr_assert(strstr(error.message, expected) != NULL, "%s", error.message);
    cr_assert_str_eq(error.file, path);
    cr_assert_eq(tol_book_verify_firm(book, 0, &error), TOL_BAD_DATA);
    tol_book_close(book);
}

Test(damage, a_cell_index_out_of_range_is_named)
{
    check_forged("sales_line_cell", 0, UINT32_MAX, "sales_line_cell");
}

Test(damage, a_link_out_of_range_is_named)
{
    check_forged("purchases_link_firm", 0, 13, "purchases_link_firm");
}

Test(damage, a_line_start_out_of_range_is_named)
{
    check_forged("sales_line_start", 12, 7, "sales_line_start");
}

Test(damage, a_sector_out_of_range_is_named)
{
    check_forged("firm_sector", 0, UINT32_MAX, "firm_sector");
}

Test(damage, a_negative_value_is_named)
{
    check_forged("sales_line_value", 4, 0xbff00000u, "sales_line_cell");
}

Test(damage, no_such_file_and_not_a_book)
{
    char path[512];
    struct tol_book *book;
    struct tol_error error;
    char text[20000];
    memset(text, 'x', sizeof text);
    cr_assert_eq(tol_book_open(scratch_path(path, "none.book"), &book, &error), TOL_NO_INPUT);
    file_write(scratch_path(path, "text.book"), text, sizeof text);
    cr_assert_eq(tol_book_open(path, &book, &error), TOL_BAD_DATA);
    cr_assert_eq(tol_book_open(scratch_folder(), &book, &error), TOL_NO_INPUT);
}
