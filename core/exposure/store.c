#include "exposure/store.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define STORE_KIND "STOR"
/* Goes up with every change of a formula on the way to what is kept. */
#define STORE_VERSION 5u
#define STORE_KEY_SECTION "key"
#define STORE_ROWS_SECTION "rows"
#define PATH_SIZE 4096

bool tol_store_key(const struct tol_plan *plan, size_t scenario, char key[TOL_STORE_KEY_SIZE])
{
    const struct tol_settings *s = &plan->settings;
    const struct tol_world *base = &plan->world[0];
    const struct tol_world *world = &plan->world[plan->scenario_world[scenario]];
    int length =
        snprintf(key, TOL_STORE_KEY_SIZE, "tables %016llx, %s on %d, %s on %d, %s, %s, %a %a %a %a %a %a",
                 (unsigned long long)(plan->economy != NULL ? tol_economy_identity(plan->economy) : 0),
                 tol_law_version(base->law), (int)base->on, tol_law_version(world->law), (int)world->on,
                 tol_assume_name(s->assume), tol_horizon_name(s->horizon), s->border_pass_through, s->market_elasticity,
                 s->cost_pass_through, s->elasticity_default, s->elasticity_scale, s->home_gain);
    return length > 0 && length < TOL_STORE_KEY_SIZE;
}

bool tol_store_book_key(const struct tol_plan *plan, size_t scenario, char key[TOL_STORE_KEY_SIZE])
{
    if (!tol_store_key(plan, scenario, key)) {
        return false;
    }
    size_t used = strlen(key);
    int more = snprintf(key + used, TOL_STORE_KEY_SIZE - used, ", book %016llx, %u tiers",
                        (unsigned long long)tol_book_identity(plan->book), plan->settings.tiers);
    return more > 0 && (size_t)more < TOL_STORE_KEY_SIZE - used;
}

static bool make_path(const char *folder, const char *name, const char *key, char path[PATH_SIZE])
{
    XXH128_hash_t hash = XXH3_128bits(key, strlen(key));
    int length = snprintf(path, PATH_SIZE, "%s/%s-%016llx%016llx", folder, name, (unsigned long long)hash.high64,
                          (unsigned long long)hash.low64);
    return length > 0 && length < PATH_SIZE;
}

const void *tol_store_find(const char *folder, const char *name, const char *key, uint64_t bytes,
                           enum tol_store_check check, struct tol_sections **sections)
{
    char path[PATH_SIZE];
    *sections = NULL;
    if (!make_path(folder, name, key, path) ||
        tol_sections_open(path, STORE_KIND, STORE_VERSION, sections, NULL) != TOL_OK) {
        *sections = NULL;
        return NULL;
    }
    uint64_t size;
    const char *text = tol_sections_find(*sections, STORE_KEY_SECTION, &size);
    if (text == NULL || size != strlen(key) || memcmp(text, key, size) != 0 ||
        tol_sections_verify(*sections, check == TOL_STORE_CHECKS ? NULL : STORE_KEY_SECTION, NULL) != TOL_OK) {
        return NULL;
    }
    const void *rows = tol_sections_find(*sections, STORE_ROWS_SECTION, &size);
    return size == bytes ? rows : NULL;
}

enum tol_status tol_store_begin(const char *folder, const char *name, const char *key, uint64_t bytes,
                                struct tol_sections_writer **writer, void **rows, struct tol_error *error)
{
    char path[PATH_SIZE];
    *writer = NULL;
    *rows = NULL;
    if (!make_path(folder, name, key, path)) {
        return tol_fail(error, TOL_CANNOT_CREATE, "the name of the folder %.200s... is too long", folder);
    }
    enum tol_status status = tol_sections_writer_create(path, STORE_KIND, STORE_VERSION, writer, error);
    if (status != TOL_OK) {
        *writer = NULL;
        return status;
    }
    status = tol_sections_append(*writer, STORE_KEY_SECTION, key, strlen(key), error);
    if (status == TOL_OK) {
        status = tol_sections_reserve(*writer, STORE_ROWS_SECTION, bytes, rows, error);
    }
    if (status != TOL_OK) {
        tol_sections_abort(*writer);
        *writer = NULL;
        *rows = NULL;
    }
    return status;
}

void *tol_store_try(const char *folder, const char *name, const char *key, uint64_t bytes,
                    struct tol_sections_writer **writer)
{
    void *rows;
    return tol_store_begin(folder, name, key, bytes, writer, &rows, NULL) == TOL_OK ? rows : NULL;
}

void tol_store_end(struct tol_sections_writer *writer)
{
    enum tol_status kept_or_not = tol_sections_finish(writer, NULL);
    (void)kept_or_not;
}
