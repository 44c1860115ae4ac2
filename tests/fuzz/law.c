/* The law's part of a tables file. What opens and passes tol_law_verify is asked for rates, browsed and checked. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "law/image.h"
#include "questions.h"
#include "tolmuur/law_browse.h"

static enum tol_status take_event(void *context, const struct tol_law_event *event, struct tol_error *error)
{
    (void)context;
    (void)event;
    (void)error;
    return TOL_OK;
}

static enum tol_status take_fault(void *context, const struct tol_law_fault *fault, struct tol_error *error)
{
    size_t *bytes = context;
    (void)error;
    *bytes += strlen(fault->message) + strlen(fault->value) + strlen(fault->place.file);
    return TOL_OK;
}

static void browse(const struct tol_law *law)
{
    struct tol_law_browser *browser = NULL;
    struct tol_error error;
    size_t fact[TOL_FACTS_MAX], bytes = 0;
    tol_country partner[TOL_PARTNERS_MAX];
    char day[TOL_DAY_TEXT_SIZE];
    if (tol_law_browser_open(law, &browser, &error) != TOL_OK) {
        return;
    }
    for (size_t i = 0; i < tol_law_measure_count(browser); i++) {
        struct tol_law_measure measure;
        tol_law_measure_get(browser, i, &measure);
        tol_day_format(measure.from, day);
        bytes += strlen(measure.id) + strlen(measure.note) + tol_law_measure_facts(browser, i, fact) +
                 tol_law_measure_partners(browser, i, measure.from, partner);
    }
    for (size_t i = 0; tol_fact_name(law, i) != NULL; i++) {
        struct tol_law_fact text;
        tol_law_fact_get(browser, i, &text);
        bytes += strlen(text.meaning);
    }
    const struct tol_law_changes_query query = {.into = 'U' << 8 | 'S', .first = 20089, .last = 20400};
    (void)!tol_law_changes(browser, &query, take_event, NULL, &error);
    (void)!tol_law_check(browser, take_fault, &bytes, &error);
    tol_law_browser_close(browser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tol_law *law = NULL;
    struct tol_error error;
    uint8_t *mended = malloc(size + 1);
    fuzz_require(mended != NULL);
    memcpy(mended, data, size);
    bool long_enough = fuzz_mend_sections(mended, size, LAW_KIND, LAW_FORMAT_VERSION);
    if (tol_law_open(fuzz_file(long_enough ? mended : data, size), &law, &error) == TOL_OK) {
        (void)strlen(tol_law_version(law));
        (void)tol_law_last_day(law, 'U' << 8 | 'S');
        if (tol_law_verify(law, &error) == TOL_OK) {
            fuzz_ask(law);
            browse(law);
        }
        tol_law_close(law);
    }
    free(mended);
    return 0;
}

/* Half of the time a number of the tables is what changes: any byte of so large a file rarely says something. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct tol_sections_header header;
    struct tol_section_entry entry;
    if (seed % 2 == 0 || size < TOL_SECTIONS_DATA_START) {
        return LLVMFuzzerMutate(data, size, most);
    }
    memcpy(&header, data, sizeof header);
    uint32_t count = header.section_count < TOL_SECTIONS_MAX ? header.section_count : TOL_SECTIONS_MAX;
    uint32_t chosen = count == 0 ? 0 : seed / 2 % (count < LAW_BUFFER_COUNT ? count : LAW_BUFFER_COUNT);
    memcpy(&entry, data + sizeof header + chosen * sizeof entry, sizeof entry);
    if (count == 0 || entry.offset > size || entry.size > size - entry.offset || entry.size < 4) {
        return LLVMFuzzerMutate(data, size, most);
    }
    uint8_t *number = data + entry.offset + (seed / 64) % (entry.size / 4) * 4;
    (void)LLVMFuzzerMutate(number, 4, 4);
    return size;
}
