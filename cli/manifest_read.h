/* Reads the manifest of a run: strictly, and nothing else. */
#ifndef CLI_MANIFEST_READ_H
#define CLI_MANIFEST_READ_H

#include "run_identity.h"
#include "shard.h"

#define MANIFEST_FORMAT "tolmuur run"
#define MANIFEST_VERSION 1
#define MANIFEST_DAY_SIZE 11

struct manifest_option {
    char *name;
    struct text_list value;
};

/* An input or an output. */
struct manifest_file {
    char *role; /* of inputs: book, tables, scenarios; NULL: an output */
    char *path; /* of outputs: inside the run, without "." or ".." */
    uint64_t bytes;
    char sha256[TOL_SHA256_TEXT_SIZE];
};

struct manifest {
    struct run_identity identity;
    char day[MANIFEST_DAY_SIZE]; /* that questions without a day were asked of; "": there were none */
    struct shard shard;          /* count 0: the run is whole */
    size_t option_count;
    struct manifest_option *option;
    size_t input_count;
    struct manifest_file *input;
    size_t output_count;
    struct manifest_file *output;
};

/* From size bytes of JSON. Release also after a failure. TOL_BAD_DATA says what is wrong; TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status manifest_parse(const char *text, size_t size, struct manifest *manifest,
                                              struct tol_error *error);
/* The same from a file. TOL_NO_INPUT, TOL_IO. */
TOL_MUST_CHECK enum tol_status manifest_read(const char *path, struct manifest *manifest, struct tol_error *error);
/* The same, and all of it as JSON, which the caller releases (json_decref); NULL after a failure. */
TOL_MUST_CHECK enum tol_status manifest_read_all(const char *path, struct manifest *manifest, struct json_t **all,
                                                 struct tol_error *error);
void manifest_release(struct manifest *manifest);

#endif
