/* A book file. What passes the checks is then read by all that reads books: names, rows, a score. */
#include <stdlib.h>
#include <string.h>

#include "book/format.h"
#include "book/reader.h"
#include "fuzz.h"
#include "tolmuur/explain.h"
#include "tolmuur/exposure.h"

#define FIRMS_MOST 64

static void read_names(const struct tol_book *book)
{
    char text[256];
    uint64_t firm;
    for (uint64_t f = 0; f < book->firm_count && f < FIRMS_MOST; f++) {
        tol_book_firm_id(book, f, text, sizeof text);
        (void)tol_book_find(book, text, &firm);
        tol_book_firm_name(book, f, text, sizeof text);
        (void)tol_book_sector(book, book->firm_sector[f]);
        (void)tol_book_label_checksum(book, f);
        (void)!tol_book_verify_firm(book, f, NULL);
    }
}

/* One firm whose rows are sound, as `firm` reads it: its partners may be anything. */
static void plan_firm(const struct tol_book *book, const struct tol_plan_options *options)
{
    struct tol_plan *plan = NULL;
    struct tol_explanation *explanation = NULL;
    struct tol_error error;
    if (book->firm_count == 0 || tol_book_verify_firm(book, 0, &error) != TOL_OK ||
        tol_plan_create_for_firm(book, 0, fuzz_parameters(), options, &plan, &error) != TOL_OK) {
        return;
    }
    if (tol_explain(plan, 0, 0, &explanation, &error) == TOL_OK) {
        tol_explanation_destroy(explanation);
    }
    tol_plan_destroy(plan);
}

static void score(const struct tol_book *book, const struct tol_plan_options *options)
{
    struct tol_plan *plan = NULL;
    struct tol_error error;
    if (tol_plan_create(book, fuzz_parameters(), options, NULL, &plan, &error) != TOL_OK) {
        return;
    }
    for (uint64_t b = 0; b < tol_plan_block_count(plan); b++) {
        uint64_t first, count;
        tol_plan_block(plan, b, &first, &count);
        struct tol_score_row *rows = calloc(count + 1, sizeof *rows);
        fuzz_require(rows != NULL);
        (void)!tol_plan_score(plan, 0, first, count, rows, &error);
        free(rows);
    }
    tol_plan_destroy(plan);
}

static void read_book(const struct tol_book *book)
{
    struct tol_scenario day = {.name = "day", .law = fuzz_law()};
    const struct tol_plan_options options = {.baseline = {.law = fuzz_law(), .on = 20089},
                                             .scenario = &day,
                                             .scenario_count = 1,
                                             .settings = tol_settings_default()};
    day.on = 20307;
    read_names(book);
    plan_firm(book, &options);
    if (tol_book_verify(book, NULL, NULL) == TOL_OK) {
        for (uint64_t f = 0; f < book->firm_count; f++) {
            (void)tol_book_firm_checksum(book, f);
        }
        score(book, &options);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tol_book *book = NULL;
    struct tol_error error;
    uint8_t *mended = malloc(size + 1);
    fuzz_require(mended != NULL);
    memcpy(mended, data, size);
    bool long_enough = fuzz_mend_sections(mended, size, TOL_BOOK_KIND, TOL_BOOK_VERSION);
    if (tol_book_open(fuzz_file(long_enough ? mended : data, size), &book, &error) == TOL_OK) {
        read_book(book);
        tol_book_close(book);
    }
    free(mended);
    return 0;
}
