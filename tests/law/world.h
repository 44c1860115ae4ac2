/* A small law of our own, written to a temporary folder and compiled: what the tests of the engine stand on. */
#ifndef TOLMUUR_TESTS_LAW_WORLD_H
#define TOLMUUR_TESTS_LAW_WORLD_H

#include "datasets/tables.h"
#include "tolmuur/law.h"

/* A file of the world given other content; path NULL ends the list. content NULL leaves the file out. */
struct world_file {
    const char *path;
    const char *content;
};

#define MEASURE_HEADER                                                                                                 \
    "id,programme,partners,partners_except,products,products_except,effect,rate,base,from,until,collected_from,"       \
    "collected_until,conditions,yields_to,source,status,note\n"

/* Writes the world with some files changed; the folder's name is copied to folder. */
void world_write(const struct world_file *changed, char folder[64]);
void world_remove(const char *folder);

/* The world with these rows as the US measures; ends the test when it does not compile. */
struct tol_law *world_law(const char *measure_rows);
struct tol_law *world_law_with(const struct world_file *changed);

/* Compiles and expects TOL_BAD_DATA with exactly this place. file is the end of the path. */
void world_fault(const char *path, const char *content, const char *file, uint64_t row, const char *column,
                 const char *value);

/* Answers; end the test on a fault. facts "" for none. */
struct tol_rate_answer world_rate(const struct tol_law *law, const char *into, const char *from, const char *product,
                                  const char *on, const char *facts);
/* The same for a flow of goods. */
struct tol_rate_answer world_trade(const struct tol_law *law, const char *into, const char *from, const char *product,
                                   const char *on, const char *facts);
const struct tol_rate_layer *world_layer(const struct tol_rate_answer *answer, const char *measure);

#endif
