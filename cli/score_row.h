/* Texts of a score row, for every format. */
#ifndef CLI_SCORE_ROW_H
#define CLI_SCORE_ROW_H

#include "json_writer.h"
#include "worlds.h"

/* What the texts are made from. */
struct score_texts {
    bool draws;         /* rows have the columns of draws; set by the caller */
    bool keep_formulas; /* in CSV; set by the caller */
    const struct tol_book *book;
    const struct worlds *worlds;
    char (*day)[TOL_DAY_TEXT_SIZE]; /* [worlds->count] */
    char **flags;                   /* by the flag bits, made when first seen */
    uint32_t *made;                 /* [made_count] the flag bits seen */
    size_t made_count;
    size_t made_capacity;
    char country[26 * 26][TOL_COUNTRY_TEXT_SIZE]; /* AA, AB ... ZZ */
};
TOL_MUST_CHECK enum tol_status score_texts_open(struct score_texts *texts, const struct tol_book *book,
                                                const struct worlds *worlds, struct tol_error *error);
void score_texts_release(struct score_texts *texts);

/* "A".."E", NULL for none; "high", "medium", "low". Static storage. */
const char *score_band_text(uint8_t band);
const char *score_confidence_text(uint8_t confidence);
/* Names joined by ';'. Lives as long as texts; NULL when out of memory. Not thread safe. */
const char *score_flags_text(struct score_texts *texts, uint32_t flags);
/* The columns of these rows. */
const struct tol_score_column *score_columns(const struct score_texts *texts, size_t *count);
double score_number(const struct tol_score_row *row, const struct tol_score_column *column);
/* The text of a column that is not a number and not the firm's id; NULL for no band, no hub and no fact. */
const char *score_text(struct score_texts *texts, const struct tol_score_row *row,
                       const struct tol_score_column *column);

/* All columns as one object under key (NULL in an array). */
void score_json(struct json_writer *json, const char *key, struct score_texts *texts, const struct tol_score_row *row);

#endif
