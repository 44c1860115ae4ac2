#include "run_identity.h"

#include "json_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool run_identity_add(struct run_identity *identity, const char *name, const char *value)
{
    void *grown = realloc(identity->pair, (identity->count + 1) * sizeof *identity->pair);
    if (grown == NULL) {
        return false;
    }
    identity->pair = grown;
    struct run_pair *pair = &identity->pair[identity->count++];
    pair->name = strdup(name);
    pair->value = strdup(value);
    return pair->name != NULL && pair->value != NULL;
}

bool run_identity_close(struct run_identity *identity)
{
    size_t size = 0, used = 0;
    for (size_t i = 0; i < identity->count; i++) {
        size += strlen(identity->pair[i].name) + strlen(identity->pair[i].value) + 2;
    }
    char *text = malloc(size + 1);
    for (size_t i = 0; text != NULL && i < identity->count; i++) {
        used += (size_t)sprintf(text + used, "%s", identity->pair[i].name) + 1;
        used += (size_t)sprintf(text + used, "%s", identity->pair[i].value) + 1;
    }
    if (text != NULL) {
        tol_sha256(text, size, identity->sha256);
    }
    free(text);
    return text != NULL;
}

void run_identity_release(struct run_identity *identity)
{
    for (size_t i = 0; i < identity->count; i++) {
        free(identity->pair[i].name);
        free(identity->pair[i].value);
    }
    free(identity->pair);
    *identity = (struct run_identity){0};
}

void run_identity_json(struct json_writer *json, const char *key, const struct run_identity *identity)
{
    json_object(json, key);
    for (size_t i = 0; i < identity->count; i++) {
        json_text(json, identity->pair[i].name, identity->pair[i].value);
    }
    json_end_object(json);
}

enum tol_status run_identity_of_whole(const struct run_identity *shard, struct run_identity *whole,
                                      struct tol_error *error)
{
    bool good = true;
    *whole = (struct run_identity){0};
    for (size_t i = 0; good && i < shard->count; i++) {
        const struct run_pair *pair = &shard->pair[i];
        good = strcmp(pair->name, RUN_SHARD_PAIR) == 0 || run_identity_add(whole, pair->name, pair->value);
    }
    return good && run_identity_close(whole) ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory");
}

static const char *value_of(const struct run_identity *identity, const char *name)
{
    for (size_t i = 0; i < identity->count; i++) {
        if (strcmp(identity->pair[i].name, name) == 0) {
            return identity->pair[i].value;
        }
    }
    return NULL;
}

const char *run_identity_difference(const struct run_identity *old_run, const struct run_identity *new_run,
                                    const char **old_value, const char **new_value)
{
    if (strcmp(old_run->sha256, new_run->sha256) == 0) {
        return NULL;
    }
    for (size_t i = 0; i < old_run->count; i++) {
        *old_value = old_run->pair[i].value;
        *new_value = value_of(new_run, old_run->pair[i].name);
        if (*new_value == NULL || strcmp(*old_value, *new_value) != 0) {
            return old_run->pair[i].name;
        }
    }
    for (size_t i = 0; i < new_run->count; i++) {
        *old_value = value_of(old_run, new_run->pair[i].name);
        *new_value = new_run->pair[i].value;
        if (*old_value == NULL) {
            return new_run->pair[i].name;
        }
    }
    *old_value = *new_value = NULL;
    return "order";
}

enum tol_status run_identity_compare(const struct run_identity *old_run, const struct run_identity *new_run,
                                     const char *where, struct tol_error *error)
{
    static const char *const not_options[] = {"program", "parquet_writer", "law", "input."};
    const char *was, *is;
    const char *name = run_identity_difference(old_run, new_run, &was, &is);
    if (name == NULL) {
        return TOL_OK;
    }
    enum tol_status status = TOL_USAGE;
    for (size_t i = 0; i < sizeof not_options / sizeof not_options[0]; i++) {
        status = strncmp(name, not_options[i], strlen(not_options[i])) == 0 ? TOL_BAD_DATA : status;
    }
    tol_fail(error, status, "another run is here: its %s is %.100s, now %.100s; run it as it was, or without --resume",
             name, was == NULL ? "not there" : was, is == NULL ? "not there" : is);
    return tol_fail_at(error, status, where, 0, NULL, NULL);
}
