/* What a run's rows and totals are made from, as names and values: runs that have the same give the same bytes. */
#ifndef CLI_RUN_IDENTITY_H
#define CLI_RUN_IDENTITY_H

#include "draws.h"
#include "worlds.h"

#include "tolmuur/sha256.h"

#define RUN_VALUE_SIZE 512
#define RUN_SHARD_PAIR "shard"

/* Their makers' headers do not go together. */
struct json_t;
struct json_writer;

struct run_pair {
    char *name;
    char *value;
};

struct run_identity {
    size_t count;
    struct run_pair *pair;
    char sha256[TOL_SHA256_TEXT_SIZE]; /* of all names and values in their order */
};

struct run_made_from {
    const struct options *options;
    const struct session *session;
    const struct worlds *worlds;
    const struct draws *draws;
    const struct tol_settings *settings;
    const struct tol_book *book;
    uint64_t part_rows;
    const char *shard; /* "3/7"; NULL: the run is whole */
};

/* Release also after a failure. TOL_NO_MEMORY, and what reading a scenario file may give. */
TOL_MUST_CHECK enum tol_status run_identity_make(struct run_identity *identity, const struct run_made_from *from,
                                                 struct tol_error *error);
/* From an object of texts. Release also after a failure. TOL_BAD_DATA, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_identity_read(struct run_identity *identity, const struct json_t *object,
                                                 struct tol_error *error);
/* The same from a file. TOL_NO_INPUT: there is none that holds JSON. */
TOL_MUST_CHECK enum tol_status run_identity_read_file(struct run_identity *identity, const char *path,
                                                      struct tol_error *error);
/* The same run as a whole: without the pair that says which shard it is. Release also after a failure. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_identity_of_whole(const struct run_identity *shard, struct run_identity *whole,
                                                     struct tol_error *error);
/* For who makes one pair by pair. False: out of memory. */
TOL_MUST_CHECK bool run_identity_add(struct run_identity *identity, const char *name, const char *value);
TOL_MUST_CHECK bool run_identity_close(struct run_identity *identity);
void run_identity_release(struct run_identity *identity);

void run_identity_json(struct json_writer *json, const char *key, const struct run_identity *identity);

/* NULL: the same. Else the first name whose value differs; *old and *new are its values, NULL where one has none. They live as long as both do. */
const char *run_identity_difference(const struct run_identity *old_run, const struct run_identity *new_run,
                                    const char **old_value, const char **new_value);
/* TOL_OK: the same. Else the difference in words, of the run in the folder or file `where` to this one: TOL_BAD_DATA for an input, a program or a law, TOL_USAGE
 * for an option. */
TOL_MUST_CHECK enum tol_status run_identity_compare(const struct run_identity *old_run,
                                                    const struct run_identity *new_run, const char *where,
                                                    struct tol_error *error);

#endif
