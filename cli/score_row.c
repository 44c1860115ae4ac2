#include "score_row.h"

#include <stdlib.h>
#include <string.h>

enum { FLAG_SETS = 1 << 20, LETTERS = 26 };

enum tol_status score_texts_open(struct score_texts *texts, const struct tol_book *book, const struct worlds *worlds,
                                 struct tol_error *error)
{
    *texts = (struct score_texts){.book = book, .worlds = worlds};
    texts->day = calloc(worlds->count, sizeof *texts->day);
    texts->flags = calloc(FLAG_SETS, sizeof *texts->flags);
    if (texts->day == NULL || texts->flags == NULL) {
        score_texts_release(texts);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < sizeof texts->country / sizeof texts->country[0]; i++) {
        texts->country[i][0] = (char)('A' + i / LETTERS);
        texts->country[i][1] = (char)('A' + i % LETTERS);
    }
    for (size_t i = 0; i < worlds->count; i++) {
        tol_day_format(worlds->scenario[i].on, texts->day[i]);
    }
    return TOL_OK;
}

void score_texts_release(struct score_texts *texts)
{
    for (size_t i = 0; i < texts->made_count; i++) {
        free(texts->flags[texts->made[i]]);
    }
    free(texts->made);
    free(texts->flags);
    free(texts->day);
    *texts = (struct score_texts){0};
}

const char *score_band_text(uint8_t band)
{
    static const char *const names[] = {"A", "B", "C", "D", "E", NULL};
    return names[band <= TOL_BAND_NONE ? band : TOL_BAND_NONE];
}

const char *score_confidence_text(uint8_t confidence)
{
    static const char *const names[] = {"high", "medium", "low"};
    return names[confidence <= TOL_CONFIDENCE_LOW ? confidence : TOL_CONFIDENCE_LOW];
}

/* Which sets were made, so that a release need not look through all that could be. */
static bool note_made(struct score_texts *texts, uint32_t flags)
{
    if (texts->made_count == texts->made_capacity) {
        size_t capacity = 2 * texts->made_capacity + 64;
        uint32_t *made = realloc(texts->made, capacity * sizeof *made);
        if (made == NULL) {
            return false;
        }
        texts->made = made;
        texts->made_capacity = capacity;
    }
    texts->made[texts->made_count++] = flags;
    return true;
}

const char *score_flags_text(struct score_texts *texts, uint32_t flags)
{
    char **kept = &texts->flags[flags % FLAG_SETS];
    if (*kept != NULL) {
        return *kept;
    }
    char joined[1024];
    size_t used = 0;
    joined[0] = '\0';
    for (unsigned bit = 0; tol_score_flag_name(bit) != NULL && used < sizeof joined; bit++) {
        if (flags & (1u << bit)) {
            used += (size_t)snprintf(joined + used, sizeof joined - used, "%s%s", used > 0 ? ";" : "",
                                     tol_score_flag_name(bit));
        }
    }
    *kept = note_made(texts, flags % FLAG_SETS) ? strdup(joined) : NULL;
    return *kept;
}

const struct tol_score_column *score_columns(const struct score_texts *texts, size_t *count)
{
    return texts->draws ? tol_score_columns_with_draws(count) : tol_score_columns(count);
}

double score_number(const struct tol_score_row *row, const struct tol_score_column *column)
{
    double value;
    memcpy(&value, (const char *)row + column->offset, sizeof value);
    return value;
}

static const char *country_text(const struct score_texts *texts, tol_country country)
{
    return country == 0 ? NULL : texts->country[((country >> 8) - 'A') * LETTERS + ((country & 0xff) - 'A')];
}

const char *score_text(struct score_texts *texts, const struct tol_score_row *row,
                       const struct tol_score_column *column)
{
    switch (column->kind) {
    case TOL_COLUMN_SCENARIO:
        return texts->worlds->scenario[row->scenario].name;
    case TOL_COLUMN_ON:
        return texts->day[row->scenario];
    case TOL_COLUMN_LAW_VERSION:
        return tol_law_version(texts->worlds->scenario[row->scenario].law);
    case TOL_COLUMN_BAND:
        return score_band_text(row->band);
    case TOL_COLUMN_COUNTRY: {
        tol_country country;
        memcpy(&country, (const char *)row + column->offset, sizeof country);
        return country_text(texts, country);
    }
    case TOL_COLUMN_FACT: {
        uint16_t fact;
        memcpy(&fact, (const char *)row + column->offset, sizeof fact);
        return fact == 0 ? NULL : tol_fact_name(texts->worlds->scenario[row->scenario].law, fact - 1u);
    }
    case TOL_COLUMN_CONFIDENCE:
        return score_confidence_text(row->confidence);
    case TOL_COLUMN_FLAGS:
        return score_flags_text(texts, row->flags);
    default:
        return "";
    }
}

void score_json(struct json_writer *json, const char *key, struct score_texts *texts, const struct tol_score_row *row)
{
    size_t count;
    const struct tol_score_column *columns = score_columns(texts, &count);
    json_object(json, key);
    for (size_t i = 0; i < count; i++) {
        if (columns[i].kind == TOL_COLUMN_NUMBER) {
            json_number(json, columns[i].name, score_number(row, &columns[i]));
        } else if (columns[i].kind == TOL_COLUMN_FIRM_ID) {
            char id[256];
            tol_book_firm_id(texts->book, row->firm, id, sizeof id);
            json_text(json, columns[i].name, id);
        } else {
            json_text(json, columns[i].name, score_text(texts, row, &columns[i]));
        }
    }
    json_end_object(json);
}
