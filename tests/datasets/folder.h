/* Supply folders written by a test, and what reading them says. */
#ifndef TOLMUUR_TESTS_DATASETS_FOLDER_H
#define TOLMUUR_TESTS_DATASETS_FOLDER_H

#include <stddef.h>

#include "datasets/supply.h"
#include "datasets/table_writer.h"
#include "scratch.h"
#include "tolmuur/book.h"

#define FAULTS_KEPT 64

struct checked {
    enum tol_status status;
    struct tol_error error;
    struct tol_supply_report report;
    size_t fault_count;
    struct tol_error fault[FAULTS_KEPT];
    size_t warning_count;
    struct tol_error warning[FAULTS_KEPT];
    char note[2048]; /* a line each */
};

/* A path in the scratch folder; static, so one at a time is enough for most: rotates over eight. */
const char *folder_file(const char *name);

void put_bytes(const char *name, const void *bytes, size_t size);
void put_text(const char *name, const char *text);
void put_gzip(const char *name, const char *text);
char *get_bytes(const char *name, size_t *size);
void drop(const char *name);

/* One sound firm "A" of NL and no other tables; one sound sale of it. */
void put_firms(void);
void put_sales(void);

/* With the facts of the compiled tables. */
struct checked check_folder(void);
struct checked build_folder(const char *book, const struct tol_supply_options *options);
/* The same for another input. */
struct checked check_input(const char *input);
struct checked build_input(const char *input, const char *book, const struct tol_supply_options *options);

/* Fails the test unless exactly one fault was found, at this place. NULL: not looked at. */
void expect_fault(const struct checked *checked, const char *file, uint64_t row, const char *column, const char *value,
                  const char *message);

/* A table given as text: rows of cells separated by '|'; a column whose name begins with '#' is a double. */
enum tol_status write_cells(const char *path, const char *header, const char *const *row, size_t row_count,
                            struct tol_error *error);

#endif
