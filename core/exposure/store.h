/* Answers kept between runs, in a folder that may be emptied at any time: one file for each question, named by the hash of the question's text and
 * holding the text itself, so that nothing is ever taken for the answer to another question. */
#ifndef TOLMUUR_EXPOSURE_STORE_H
#define TOLMUUR_EXPOSURE_STORE_H

#include "exposure/plan.h"
#include "file/sections.h"

#define TOL_STORE_KEY_SIZE 768

/* What a scenario's answers depend on besides a book: both laws and days, the tables, the settings of markets and sectors. Numbers are written with
 * all their bits. False when the text does not fit. */
bool tol_store_key(const struct tol_plan *plan, size_t scenario, char key[TOL_STORE_KEY_SIZE]);

/* The same for answers about a whole book: also the book, and how many tiers its network is followed over. */
bool tol_store_book_key(const struct tol_plan *plan, size_t scenario, char key[TOL_STORE_KEY_SIZE]);

/* Who finds out whether the bytes are whole: the store, reading all of them, or the caller, where he reads few. */
enum tol_store_check { TOL_STORE_CHECKS, TOL_STORE_CALLER_CHECKS };

/* The bytes stored for the key, when they are of this size and, where the store checks, whole; NULL otherwise. *sections keeps them mapped: the
 * caller closes it. */
const void *tol_store_find(const char *folder, const char *name, const char *key, uint64_t bytes,
                           enum tol_store_check check, struct tol_sections **sections);

/* Starts a file for the key and gives its bytes, all 0, to be filled; tol_sections_finish ends it. *writer and *rows are NULL when it cannot be written.
 * TOL_CANNOT_CREATE, TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_store_begin(const char *folder, const char *name, const char *key, uint64_t bytes,
                                               struct tol_sections_writer **writer, void **rows,
                                               struct tol_error *error);

/* The same for an answer whose failure to be kept is no failure, since the next run makes it again. NULL: it cannot be. */
void *tol_store_try(const char *folder, const char *name, const char *key, uint64_t bytes,
                    struct tol_sections_writer **writer);
void tol_store_end(struct tol_sections_writer *writer);

#endif
