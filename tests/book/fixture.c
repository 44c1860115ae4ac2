#include "fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steele, Lea, Flood: SplitMix64. */
uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static tol_country country(const char *text)
{
    tol_country parsed = 0;
    cr_assert(text[0] == '\0' || tol_country_parse(text, &parsed));
    return parsed;
}

struct tol_firm_row firm_row(const char *id)
{
    struct tol_firm_row row = {.firm_id = id, .name = "", .sector = "C28", .country = country("NL")};
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        row.number[i] = NAN;
    }
    row.number[TOL_REVENUE] = 1e6;
    return row;
}

struct tol_line_row line_row(const char *id, const char *hs, const char *importer, const char *origin, double value)
{
    struct tol_line_row row = {.firm_id = id, .counterpart_id = "", .facts = "", .value_eur = value};
    cr_assert(tol_product_parse(hs, 2, &row.product));
    row.importer = country(importer);
    row.origin = country(origin);
    return row;
}

static struct tol_line_row random_line(const struct portfolio *portfolio, uint64_t *state)
{
    static const char *const land[] = {"US", "CN", "DE", "MX", ""};
    static const char *const product[] = {"8703", "870323", "0101", "8471300100", "7208"};
    static const char *const facts[] = {"", "", "", "usmca=yes", "steel_share=0.5"};
    struct tol_line_row row =
        line_row(portfolio->id[random_next(state) % portfolio->firm_count], product[random_next(state) % 5],
                 land[random_next(state) % 5], land[random_next(state) % 5], (double)(random_next(state) % 100000) / 7);
    row.facts = facts[random_next(state) % 5];
    if (random_next(state) % 2 == 0) {
        row.counterpart_id = portfolio->id[random_next(state) % portfolio->firm_count];
    } else if (random_next(state) % 2 == 0) {
        row.counterpart_id = "somebody else";
    }
    return row;
}

struct portfolio portfolio_create(size_t firms, size_t lines, uint64_t seed)
{
    static const char *const sector[] = {"C28", "29.1", "A", "4711"};
    struct portfolio made = {.firm_count = firms};
    made.firm = keep_to_the_end(calloc(firms, sizeof *made.firm));
    made.id = keep_to_the_end(calloc(firms, sizeof *made.id));
    for (size_t i = 0; i < firms; i++) {
        snprintf(made.id[i], sizeof made.id[i], "firm-%llu", (unsigned long long)(random_next(&seed) % 1000000007));
        made.firm[i] = firm_row(made.id[i]);
        made.firm[i].sector = sector[random_next(&seed) % 4];
        made.firm[i].name = i % 3 == 0 ? "A name" : "";
        made.firm[i].number[TOL_EBITDA] = (double)(random_next(&seed) % 1000) - 500;
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        made.line_count[side] = lines;
        made.line[side] = keep_to_the_end(calloc(lines + 1, sizeof *made.line[side]));
        for (size_t i = 0; i < lines; i++) {
            made.line[side][i] = random_line(&made, &seed);
        }
    }
    return made;
}

static void shuffle(void *array, size_t count, size_t size, uint64_t *state)
{
    char swap[512];
    char *element = array;
    cr_assert(size <= sizeof swap);
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(random_next(state) % i);
        memcpy(swap, element + (i - 1) * size, size);
        memcpy(element + (i - 1) * size, element + j * size, size);
        memcpy(element + j * size, swap, size);
    }
}

void portfolio_shuffle(struct portfolio *portfolio, uint64_t seed)
{
    shuffle(portfolio->firm, portfolio->firm_count, sizeof *portfolio->firm, &seed);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        shuffle(portfolio->line[side], portfolio->line_count[side], sizeof *portfolio->line[side], &seed);
    }
}

static enum tol_status add_rows(struct tol_book_builder *builder, const struct portfolio *portfolio,
                                struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < portfolio->firm_count; i++) {
        status = tol_book_builder_add_firm(builder, &portfolio->firm[i], error);
    }
    for (int side = 0; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        status = tol_book_builder_begin_lines(builder, (enum tol_side)side, error);
        for (size_t i = 0; status == TOL_OK && i < portfolio->line_count[side]; i++) {
            status = tol_book_builder_add_line(builder, &portfolio->line[side][i], error);
        }
    }
    return status;
}

enum tol_status portfolio_try(const struct portfolio *portfolio, const struct tol_allocator *allocator,
                              const char *path, struct tol_error *error)
{
    struct tol_book_builder *builder;
    enum tol_status status = tol_book_builder_create(allocator, &builder, error);
    if (status != TOL_OK) {
        return status;
    }
    status = add_rows(builder, portfolio, error);
    if (status == TOL_OK) {
        status = tol_book_builder_finish(builder, path, error);
    }
    tol_book_builder_destroy(builder);
    return status;
}

void portfolio_build(const struct portfolio *portfolio, const char *path)
{
    struct tol_error error = {0};
    cr_assert_eq(portfolio_try(portfolio, tol_allocator_default(), path, &error), TOL_OK, "%s", error.message);
}

struct tol_book *book_open(const char *path)
{
    struct tol_book *book = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_book_open(path, &book, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_book_verify(book, NULL, &error), TOL_OK, "%s", error.message);
    return book;
}

unsigned char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = keep_to_the_end(malloc(*size + 1));
    cr_assert_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    cr_assert_eq(fclose(file), 0);
}
