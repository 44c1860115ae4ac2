/* The rows behind the compiled law, which browsing and overlays go through. */
#include <string.h>

#include "law/builder.h"
#include "law/verify.h"

static unsigned column_count_of(char letter)
{
    for (unsigned table = 0; table < LAW_TABLE_COUNT; table++) {
        if (tol_law_tables[table].letter == letter) {
            return tol_law_tables[table].column_count;
        }
    }
    return 0;
}

/* Where the record at `at` ends; 0: it is no whole record. Its letter, importer, list and columns each end with a zero. */
static uint64_t record_end(const struct tol_law *law, uint64_t at)
{
    unsigned columns = column_count_of(law->source[at]);
    if (columns == 0 || law->source_size - at < 2 || law->source[at + 1] != '\0') {
        return 0;
    }
    for (unsigned i = 0; i < columns + 3; i++) {
        const char *zero = at < law->source_size ? memchr(law->source + at, '\0', law->source_size - at) : NULL;
        if (zero == NULL) {
            return 0;
        }
        at = (uint64_t)(zero - law->source) + 1;
    }
    return at;
}

static bool places_hold(const struct tol_law *law)
{
    bool good = true;
    for (uint64_t i = 0; i < law->place_count; i++) {
        good = good && law_is_text(law, law->place[i].file);
    }
    return good;
}

enum tol_status tol_law_verify_source(const struct tol_law *law, struct tol_error *error)
{
    uint64_t facts = 0;
    for (uint64_t at = 0; at < law->source_size;) {
        facts += law->source[at] == tol_law_tables[LAW_TABLE_FACTS].letter;
        at = record_end(law, at);
        if (at == 0) {
            return tol_law_damaged(law, LAW_SOURCE_SECTION, error);
        }
    }
    if (facts != law->count[LAW_FACTS]) {
        return tol_law_damaged(law, LAW_SOURCE_SECTION, error);
    }
    return places_hold(law) ? TOL_OK : tol_law_damaged(law, LAW_PLACES_SECTION, error);
}
