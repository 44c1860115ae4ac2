/* What a tables file may not say, whatever its checksums: one number of a sound law at a time is made to point astray. */
#include <criterion/criterion.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "datasets/tables.h"
#include "law/builder.h"
#include "law/verify.h"

static struct tol_law *law;

static void begin(void)
{
    struct tol_error error;
    cr_assert_eq(tol_tables_read(TEST_SOURCE_DIR "/datasets", &law, &error), TOL_OK, "%s", error.message);
}

static void end(void)
{
    tol_law_close(law);
}

TestSuite(law_verify, .init = begin, .fini = end);

/* TOL_OK, or the section that is named. */
static const char *verdict(void)
{
    static struct tol_error error;
    enum tol_status status = tol_law_verify_rules(law, &error);
    status = status == TOL_OK ? tol_law_verify(law, &error) : status;
    status = status == TOL_OK ? tol_law_verify_source(law, &error) : status;
    if (status == TOL_OK) {
        return "";
    }
    cr_assert_eq(status, TOL_BAD_DATA);
    return error.message;
}

/* Puts bytes into an element of a section, hears that section named, and takes them out again. */
static void astray(enum law_section section, uint64_t element, size_t offset, const void *bytes, size_t size,
                   enum law_section named)
{
    const struct tol_buffer *buffer = &law->memory[section];
    char kept[64], wanted[64];
    cr_assert_lt(element, buffer->count, "%s", tol_law_sections[section].name);
    char *at = (char *)buffer->data + element * buffer->element_size + offset;
    memcpy(kept, at, size);
    memcpy(at, bytes, size);
    snprintf(wanted, sizeof wanted, "section %s ", tol_law_sections[named].name);
    cr_assert_not_null(strstr(verdict(), wanted), "%s + %zu: '%s' does not name %s", tol_law_sections[section].name,
                       offset, verdict(), wanted);
    memcpy(at, kept, size);
}

#define ASTRAY(section, element, type, field, value, named)                                                            \
    do {                                                                                                               \
        const __typeof__(((type *)0)->field) wrong = (value);                                                          \
        astray(section, element, offsetof(type, field), &wrong, sizeof wrong, named);                                  \
    } while (0)

/* The first node with rows of a kind, by the offset of their count. */
static uint64_t node_with(size_t count_offset)
{
    uint64_t node = 0;
    uint32_t count = 0;
    for (; node < law->count[LAW_NODES]; node++) {
        memcpy(&count, (const char *)&law->node[node] + count_offset, sizeof count);
        if (count > 0) {
            break;
        }
    }
    return node;
}

/* The first measure with conditions. */
static uint64_t measure_with_terms(void)
{
    uint64_t at = 0;
    while (law->measure[at].term_count == 0) {
        at++;
    }
    return at;
}

static uint64_t fact_of_type(enum law_fact_type type)
{
    uint64_t at = 0;
    while (law->fact[at].type != type || !law->fact[at].has_central) {
        at++;
    }
    return at;
}

Test(law_verify, a_sound_law_holds)
{
    cr_assert_str_eq(verdict(), "");
}

Test(law_verify, texts)
{
    const char letter = 'x';
    const uint32_t pool = (uint32_t)law->count[LAW_STRINGS];
    astray(LAW_STRINGS, law->count[LAW_STRINGS] - 1, 0, &letter, 1, LAW_STRINGS);
    astray(LAW_META, 0, 16, &letter, 1, LAW_META);
    astray(LAW_META, 0, 3, "\033", 1, LAW_META);
    astray(LAW_FACT_VALUES, 1, 0, &pool, sizeof pool, LAW_FACTS);
    ASTRAY(LAW_FACTS, 0, struct law_fact, name, pool, LAW_FACTS);
    ASTRAY(LAW_FACTS, 0, struct law_fact, meaning, UINT32_MAX, LAW_FACTS);
    ASTRAY(LAW_PROGRAMMES, 0, struct law_programme, name, pool, LAW_PROGRAMMES);
    ASTRAY(LAW_PROGRAMMES, 0, struct law_programme, title, pool, LAW_PROGRAMMES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, id, pool, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, base_text, pool, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, source, pool, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, amount_text, pool, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, conditions_text, pool, LAW_MEASURES);
    ASTRAY(LAW_BASE_ROWS, 5, struct law_base_row, text, pool, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 5, struct law_base_row, column2_text, pool, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 5, struct law_base_row, special, pool, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 5, struct law_base_row, source, pool, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 5, struct law_base_row, unit, pool, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 5, struct law_base_row, column2_unit, LAW_NONE, LAW_BASE_ROWS);
}

Test(law_verify, facts_and_programmes)
{
    const uint64_t choice = fact_of_type(LAW_CHOICE);
    const uint8_t programme = (uint8_t)law->count[LAW_PROGRAMMES];
    ASTRAY(LAW_FACTS, choice, struct law_fact, type, LAW_POSITIVE + 1, LAW_FACTS);
    ASTRAY(LAW_FACTS, choice, struct law_fact, type, LAW_SHARE, LAW_FACTS);
    ASTRAY(LAW_FACTS, choice, struct law_fact, value_count, UINT32_MAX, LAW_FACTS);
    ASTRAY(LAW_FACTS, choice, struct law_fact, value_first, (uint32_t)law->count[LAW_FACT_VALUES], LAW_FACTS);
    ASTRAY(LAW_FACTS, choice, struct law_fact, central, law->fact[choice].value_count, LAW_FACTS);
    ASTRAY(LAW_FACTS, choice, struct law_fact, central, 0.5, LAW_FACTS);
    ASTRAY(LAW_FACTS, choice, struct law_fact, central, (double)NAN, LAW_FACTS);
    ASTRAY(LAW_PROGRAMMES, 1, struct law_programme, authority, TOL_AUTHORITY_COUNT, LAW_PROGRAMMES);
    astray(LAW_YIELDS, 0, 0, &programme, 1, LAW_YIELDS);
}

Test(law_verify, measures)
{
    const uint64_t with_terms = measure_with_terms();
    const uint16_t facts = (uint16_t)law->count[LAW_FACTS];
    ASTRAY(LAW_TERMS, 0, struct law_term, fact, facts, LAW_TERMS);
    ASTRAY(LAW_TERMS, 0, struct law_term, operation, LAW_GREATER_EQUAL + 1, LAW_TERMS);
    ASTRAY(LAW_TERMS, 0, struct law_term, number, (double)INFINITY, LAW_TERMS);
    ASTRAY(LAW_MEASURES, with_terms, struct law_measure, condition_facts, UINT64_MAX, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, with_terms, struct law_measure, term_first, (uint32_t)law->count[LAW_TERMS], LAW_MEASURES);
    ASTRAY(LAW_MEASURES, with_terms, struct law_measure, term_count, UINT16_MAX, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, yield_first, UINT32_MAX, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, yield_count, UINT16_MAX, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, programme, (uint8_t)law->count[LAW_PROGRAMMES], LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, effect, LAW_SPECIFIC + 1, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, base, LAW_BASE_COLUMN + 1, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, rate, 11.0, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, until, TOL_DAY_MIN, LAW_MEASURES);
    ASTRAY(LAW_MEASURES, 0, struct law_measure, collected_until, TOL_DAY_MIN, LAW_MEASURES);
}

Test(law_verify, importers)
{
    const struct law_importer *us = &law->importer[0];
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, country, 0, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, until, TOL_DAY_MIN, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 1, struct law_importer, country, us->country, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, words, (uint16_t)(us->words + 1), LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, measure_count, LAW_MEASURES_LIMIT, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, measure_first, 1, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, node_count, us->node_count + 1, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, node_first, 1, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, epoch_count, 0, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, list_count, UINT32_MAX, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, star_bits, UINT32_MAX, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, include_bits, UINT32_MAX, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, exclude_bits, (uint32_t)law->count[LAW_BITS], LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, partner_bits, (uint32_t)law->count[LAW_BITS], LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, gap_count, UINT32_MAX, LAW_IMPORTERS);
    ASTRAY(LAW_IMPORTERS, 0, struct law_importer, link_count, UINT32_MAX, LAW_IMPORTERS);
    const uint64_t all = UINT64_MAX;
    astray(LAW_BITS, us->star_bits + us->words - 1u, 0, &all, sizeof all, LAW_IMPORTERS);
    astray(LAW_BITS, us->include_bits + us->words - 1u, 0, &all, sizeof all, LAW_IMPORTERS);
    const int32_t late = TOL_DAY_MAX;
    astray(LAW_EPOCHS, us->epoch_first, 0, &late, sizeof late, LAW_IMPORTERS);
    astray(LAW_EPOCHS, us->epoch_first + 1, 0, &late, sizeof late, LAW_IMPORTERS);
}

Test(law_verify, codes)
{
    const uint64_t huge = UINT64_MAX, again = law->product[20];
    astray(LAW_PRODUCTS, 20, 0, &huge, sizeof huge, LAW_NODES);
    astray(LAW_PRODUCTS, 21, 0, &again, sizeof again, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, parent, 20, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, parent, UINT32_MAX - 1, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, next, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, next, 20, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, end, 0, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, weight, (double)NAN, LAW_NODES);
    ASTRAY(LAW_NODES, 20, struct law_node, weight, -1.0, LAW_NODES);
}

Test(law_verify, rows_of_codes)
{
    const uint64_t entry = node_with(offsetof(struct law_node, entry_count));
    const uint64_t base = node_with(offsetof(struct law_node, base_count));
    const uint64_t line = node_with(offsetof(struct law_node, line_count));
    const uint64_t average = node_with(offsetof(struct law_node, average_count));
    ASTRAY(LAW_NODES, entry, struct law_node, entry_count, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, entry, struct law_node, entry_first, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, base, struct law_node, base_count, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, base, struct law_node, base_first, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, line, struct law_node, line_count, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, line, struct law_node, line_first, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, average, struct law_node, average_count, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_NODES, average, struct law_node, average_first, UINT32_MAX, LAW_NODES);
    ASTRAY(LAW_ENTRIES, 0, struct law_entry, list, UINT32_MAX, LAW_ENTRIES);
    ASTRAY(LAW_BASE_ROWS, 0, struct law_base_row, kind, TOL_BASE_MIXED, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 0, struct law_base_row, column2_kind, 255, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 0, struct law_base_row, rate, (double)NAN, LAW_BASE_ROWS);
    ASTRAY(LAW_BASE_ROWS, 0, struct law_base_row, amount_usd, (double)INFINITY, LAW_BASE_ROWS);
    ASTRAY(LAW_AVERAGES, 0, struct law_average, fact, (uint16_t)law->count[LAW_FACTS], LAW_AVERAGES);
    ASTRAY(LAW_AVERAGES, 0, struct law_average, value, 1.5, LAW_AVERAGES);
    ASTRAY(LAW_LINKS, 0, struct law_link, code, UINT64_MAX, LAW_LINKS);
    ASTRAY(LAW_LINKS, 0, struct law_link, stands_as, 11, LAW_LINKS);
}

/* Records without their end, an unknown letter, one fact too many. */
Test(law_verify, rows_behind_the_law)
{
    char *source = (char *)(uintptr_t)law->source;
    const uint64_t size = law->source_size;
    source[size - 1] = 'x';
    cr_assert_not_null(strstr(verdict(), LAW_SOURCE_SECTION));
    source[size - 1] = '\0';
    law->source_size = size - 1;
    cr_assert_not_null(strstr(verdict(), LAW_SOURCE_SECTION));
    law->source_size = size;
    const char letter = source[0];
    source[0] = '?';
    cr_assert_not_null(strstr(verdict(), LAW_SOURCE_SECTION));
    source[0] = letter;
    struct law_place *place = (struct law_place *)(uintptr_t)law->place;
    const uint32_t file = place[0].file;
    place[0].file = UINT32_MAX;
    cr_assert_not_null(strstr(verdict(), LAW_PLACES_SECTION));
    place[0].file = file;
    cr_assert_str_eq(verdict(), "");
}

/* More yes/no facts with averages than a mixture has room for: each average is of another one. */
Test(law_verify, mixtures_have_their_limit)
{
    struct law_average *average = (struct law_average *)(uintptr_t)law->average;
    struct law_fact *fact = (struct law_fact *)(uintptr_t)law->fact;
    unsigned mixed = 0;
    for (uint16_t f = 0; f < law->count[LAW_FACTS]; f++) {
        if (fact[f].type == LAW_CHOICE && fact[f].value_count == 2) {
            average[mixed++].fact = f;
            cr_assert_eq(verdict()[0] == '\0', mixed <= LAW_MIXED_LIMIT, "%u", mixed);
        }
    }
    cr_assert_gt(mixed, LAW_MIXED_LIMIT);
}

/* ---- files with right checksums -------------------------------------------------------------------------------- */

static void write_law(const char *path)
{
    struct tol_sections_writer *writer;
    struct tol_error error;
    cr_assert_eq(tol_sections_writer_create(path, LAW_KIND, LAW_FORMAT_VERSION, &writer, &error), TOL_OK);
    cr_assert_eq(tol_law_write(law, writer, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_sections_finish(writer, &error), TOL_OK, "%s", error.message);
}

/* What `tolmuur rate` ends with when the file is named by an option, and by a variable. */
static void rate_ends_with(const char *path, int wanted)
{
    static const char *const question = "rate --into US --from CN --hts 3926909989 --on 2025-04-12";
    char command[512];
    snprintf(command, sizeof command, "%s/tolmuur %s --tables %s >/dev/null 2>&1", TEST_BINARY_DIR, question, path);
    int ended = system(command);
    cr_assert(WIFEXITED(ended) && WEXITSTATUS(ended) == wanted, "--tables: %d", ended);
    snprintf(command, sizeof command, "TOLMUUR_TABLES=%s %s/tolmuur %s >/dev/null 2>&1", path, TEST_BINARY_DIR,
             question);
    ended = system(command);
    cr_assert(WIFEXITED(ended) && WEXITSTATUS(ended) == wanted, "TOLMUUR_TABLES: %d", ended);
}

static enum tol_status open_and_verify(const char *path, enum tol_status *opened)
{
    struct tol_law *file = NULL;
    *opened = tol_law_open(path, &file, NULL);
    enum tol_status status = *opened == TOL_OK ? tol_law_verify(file, NULL) : *opened;
    tol_law_close(file);
    return status;
}

Test(law_verify, files_that_are_named)
{
    char path[] = "/tmp/tolmuur-verify-XXXXXX";
    struct law_node *node = (struct law_node *)(uintptr_t)law->node;
    struct law_measure *measure = (struct law_measure *)(uintptr_t)law->measure;
    enum tol_status opened;
    const int file = mkstemp(path);
    cr_assert_geq(file, 0);
    close(file);
    write_law(path);
    cr_assert_eq(open_and_verify(path, &opened), TOL_OK);
    rate_ends_with(path, 0);
    node[20].parent = 1u << 30;
    write_law(path);
    cr_assert_eq(open_and_verify(path, &opened), TOL_BAD_DATA);
    cr_assert_eq(opened, TOL_OK, "codes are left to tol_law_verify");
    rate_ends_with(path, 65);
    node[20].parent = 19;
    measure[3].id = UINT32_MAX;
    write_law(path);
    cr_assert_eq(open_and_verify(path, &opened), TOL_BAD_DATA);
    cr_assert_eq(opened, TOL_BAD_DATA, "rules are verified at opening");
    cr_assert_eq(unlink(path), 0);
}
