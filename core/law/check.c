/* Faults that compiling the tables lets pass: runs the steps and tells what they find. */
#include "law/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *tol_law_fault_kind_name(enum tol_law_fault_kind kind)
{
    static const char *const names[] = {
        [TOL_LAW_OVERLAP] = "overlap", [TOL_LAW_ORPHAN] = "orphan",         [TOL_LAW_VOID] = "void",
        [TOL_LAW_UNCITED] = "uncited", [TOL_LAW_STRAY_CODE] = "stray_code", [TOL_LAW_GAP] = "gap",
    };
    return names[kind];
}

enum tol_status tol_check_no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while checking the law tables");
}

const char *tol_check_id(const struct law_check *check, uint32_t measure)
{
    return check->law->strings + check->law->measure[measure].id;
}

bool tol_check_has_word(const char *column, const char *word)
{
    char next[128];
    while (tol_build_word(&column, next, sizeof next)) {
        if (strcmp(next, word) == 0) {
            return true;
        }
    }
    return false;
}

static enum tol_status tell(const struct law_check *check, enum tol_law_fault_kind kind,
                            const struct check_place *place, struct tol_error *error, const char *format,
                            va_list arguments)
{
    char message[512];
    vsnprintf(message, sizeof message, format, arguments);
    struct law_source_row row;
    /* A hole may be law, and a fact may be named for the sake of claims that change no rate. */
    bool hint = kind == TOL_LAW_GAP || (kind == TOL_LAW_ORPHAN && place->table == LAW_TABLE_FACTS);
    struct tol_law_fault fault = {.kind = kind, .hint = hint, .message = message};
    tol_browse_row(check->browser, place->table, place->row, &row, &fault.place);
    fault.column = tol_law_tables[place->table].column[place->column];
    fault.value = place->value != NULL ? place->value : row.field[place->column];
    return check->function(check->context, &fault, error);
}

enum tol_status tol_check_tell(const struct law_check *check, enum tol_law_fault_kind kind,
                               const struct check_place *place, struct tol_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum tol_status status = tell(check, kind, place, error, format, arguments);
    va_end(arguments);
    return status;
}

enum tol_status tol_check_tell_measure(const struct law_check *check, enum tol_law_fault_kind kind, uint32_t measure,
                                       unsigned column, const char *value, struct tol_error *error, const char *format,
                                       ...)
{
    uint32_t row = *(const uint32_t *)tol_buffer_at(&check->browser->measure_row, measure);
    struct check_place place = {LAW_TABLE_MEASURES, row, column, value};
    va_list arguments;
    va_start(arguments, format);
    enum tol_status status = tell(check, kind, &place, error, format, arguments);
    va_end(arguments);
    return status;
}

enum tol_status tol_law_check(const struct tol_law_browser *browser, tol_law_fault_function function, void *context,
                              struct tol_error *error)
{
    static enum tol_status (*const steps[])(const struct law_check *, struct tol_error *) = {
        tol_check_overlaps, tol_check_voids,       tol_check_orphans, tol_check_citations,
        tol_check_codes,    tol_check_concordance, tol_check_gaps,
    };
    struct law_check check = {.browser = browser, .law = browser->law, .function = function, .context = context};
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == TOL_OK; i++) {
        status = steps[i](&check, error);
    }
    return status;
}
