#include "exposure/sector_store.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "file/sections.h"

#define STORE_KIND "SECT"
#define STORE_VERSION 1u
#define STORE_KEY_SECTION "key"
#define STORE_ROWS_SECTION "rows"
#define PATH_SIZE 4096

/* Of one node in one scenario, by side and reading. */
struct stored_node {
    double direct[TOL_SIDE_COUNT][TOL_READING_COUNT];
    double indirect[TOL_SIDE_COUNT][TOL_READING_COUNT];
};

struct store_key {
    char text[512];
    char path[PATH_SIZE];
};

/* All that the numbers depend on. Numbers are written with all their bits. */
static bool make_key(const struct tol_plan *plan, const char *folder, size_t scenario, struct store_key *key)
{
    const struct tol_settings *s = &plan->settings;
    const struct tol_world *base = &plan->world[0];
    const struct tol_world *world = &plan->world[plan->scenario_world[scenario]];
    int length = snprintf(key->text, sizeof key->text, "%016llx %s@%d %s@%d %s %s %a %a %a %a %a %a",
                          (unsigned long long)tol_economy_identity(plan->economy), tol_law_version(base->law),
                          (int)base->on, tol_law_version(world->law), (int)world->on, tol_assume_name(s->assume),
                          tol_horizon_name(s->horizon), s->border_pass_through, s->market_elasticity,
                          s->cost_pass_through, s->elasticity_default, s->elasticity_scale, s->home_gain);
    XXH128_hash_t hash = XXH3_128bits(key->text, strlen(key->text));
    int path = snprintf(key->path, sizeof key->path, "%s/sectors-%016llx%016llx", folder,
                        (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    return length > 0 && length < (int)sizeof key->text && path > 0 && path < (int)sizeof key->path;
}

static size_t place_in_tile(const struct tol_plan *plan, uint32_t node, size_t lane, const struct tol_tile **tile)
{
    struct tol_lane_place place = tol_lane_place(lane);
    *tile = &plan->tile[place.tile];
    return node * (*tile)->row_count * TOL_LANES + place.offset;
}

static void spread(const struct tol_plan *plan, size_t scenario, const struct stored_node *rows)
{
    const struct tol_tile *tile;
    for (uint32_t n = 0; n < tol_economy_node_count(plan->economy); n++) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            for (int r = 0; r < TOL_READING_COUNT; r++) {
                size_t at = place_in_tile(plan, n, scenario * TOL_READING_COUNT + (size_t)r, &tile);
                tile->node_direct[side][at] = rows[n].direct[side][r];
                tile->node_indirect[side][at] = rows[n].indirect[side][r];
            }
        }
    }
}

static void gather(const struct tol_plan *plan, size_t scenario, struct stored_node *rows)
{
    const struct tol_tile *tile;
    for (uint32_t n = 0; n < tol_economy_node_count(plan->economy); n++) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            for (int r = 0; r < TOL_READING_COUNT; r++) {
                size_t at = place_in_tile(plan, n, scenario * TOL_READING_COUNT + (size_t)r, &tile);
                rows[n].direct[side][r] = tile->node_direct[side][at];
                rows[n].indirect[side][r] = tile->node_indirect[side][at];
            }
        }
    }
}

/* The stored rows, when the file is whole and answers just this question. */
static const struct stored_node *find_rows(const struct tol_plan *plan, const struct tol_sections *sections,
                                           const struct store_key *key)
{
    uint64_t size;
    const char *text = tol_sections_find(sections, STORE_KEY_SECTION, &size);
    if (text == NULL || size != strlen(key->text) || memcmp(text, key->text, size) != 0 ||
        tol_sections_verify(sections, NULL, NULL) != TOL_OK) {
        return NULL;
    }
    const struct stored_node *rows = tol_sections_find(sections, STORE_ROWS_SECTION, &size);
    return rows != NULL && size == tol_economy_node_count(plan->economy) * sizeof *rows ? rows : NULL;
}

static bool load_scenario(const struct tol_plan *plan, const char *folder, size_t scenario)
{
    struct store_key key;
    struct tol_sections *sections;
    if (!make_key(plan, folder, scenario, &key) ||
        tol_sections_open(key.path, STORE_KIND, STORE_VERSION, &sections, NULL) != TOL_OK) {
        return false;
    }
    const struct stored_node *rows = find_rows(plan, sections, &key);
    if (rows != NULL) {
        spread(plan, scenario, rows);
    }
    tol_sections_close(sections);
    return rows != NULL;
}

bool tol_sector_store_load(const struct tol_plan *plan, const char *folder)
{
    for (size_t s = 0; s < plan->scenario_count; s++) {
        if (!load_scenario(plan, folder, s)) {
            return false;
        }
    }
    return true;
}

static void save_scenario(const struct tol_plan *plan, const char *folder, size_t scenario)
{
    struct store_key key;
    struct tol_sections_writer *writer;
    if (!make_key(plan, folder, scenario, &key) ||
        tol_sections_writer_create(key.path, STORE_KIND, STORE_VERSION, &writer, NULL) != TOL_OK) {
        return;
    }
    void *rows;
    uint64_t bytes = tol_economy_node_count(plan->economy) * sizeof(struct stored_node);
    bool written = tol_sections_append(writer, STORE_KEY_SECTION, key.text, strlen(key.text), NULL) == TOL_OK &&
                   tol_sections_reserve(writer, STORE_ROWS_SECTION, bytes, &rows, NULL) == TOL_OK;
    if (!written) {
        tol_sections_abort(writer);
        return;
    }
    gather(plan, scenario, rows);
    enum tol_status ignored = tol_sections_finish(writer, NULL);
    (void)ignored;
}

void tol_sector_store_save(const struct tol_plan *plan, const char *folder)
{
    for (size_t s = 0; s < plan->scenario_count; s++) {
        save_scenario(plan, folder, s);
    }
}
