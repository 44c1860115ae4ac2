#include <stdlib.h>
#include <string.h>

#include "economy/economy.h"
#include "law/image.h"

const struct economy_section_shape tol_economy_sections[ECONOMY_SECTION_COUNT] = {
#define X(name, text, size) [ECONOMY_##name] = {text, size},
    ECONOMY_SECTIONS(X)
#undef X
};

static enum tol_status misfit(const struct tol_economy *economy, struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA, "the lengths of the economy's sections do not fit together; build the file again");
    return tol_fail_at(error, TOL_BAD_DATA, tol_sections_path(economy->sections), 0, NULL, NULL);
}

uint64_t tol_economy_identity(const struct tol_economy *economy)
{
    return tol_sections_identity(economy->sections);
}

static enum tol_status bind_sections(struct tol_economy *economy, const struct economy_meta **meta,
                                     struct tol_error *error)
{
    const void **const where[ECONOMY_SECTION_COUNT] = {
        [ECONOMY_META] = (const void **)meta,
        [ECONOMY_REGION] = (const void **)&economy->region,
        [ECONOMY_INDUSTRY] = (const void **)&economy->industry,
        [ECONOMY_DIVISION] = (const void **)&economy->division,
        [ECONOMY_PRODUCT] = (const void **)&economy->product,
        [ECONOMY_OUTPUT] = (const void **)&economy->output,
        [ECONOMY_INPUTS] = (const void **)&economy->inputs,
        [ECONOMY_FINAL_SHARE] = (const void **)&economy->final_share,
        [ECONOMY_HOME_SHARE] = (const void **)&economy->home_share,
        [ECONOMY_SALES_START] = (const void **)&economy->sales.start,
        [ECONOMY_SALES_NODE] = (const void **)&economy->sales.node,
        [ECONOMY_SALES_SHARE] = (const void **)&economy->sales.share,
        [ECONOMY_PURCHASES_START] = (const void **)&economy->purchases.start,
        [ECONOMY_PURCHASES_NODE] = (const void **)&economy->purchases.node,
        [ECONOMY_PURCHASES_SHARE] = (const void **)&economy->purchases.share,
        [ECONOMY_MARKET] = (const void **)&economy->market,
        [ECONOMY_MARKET_ORIGIN] = (const void **)&economy->origin,
    };
    enum tol_status status = TOL_OK;
    for (unsigned i = 0; i < ECONOMY_SECTION_COUNT && status == TOL_OK; i++) {
        const struct economy_section_shape *shape = &tol_economy_sections[i];
        status = tol_sections_array(economy->sections, shape->name, shape->element_size, where[i], &economy->count[i],
                                    error);
    }
    return status;
}

static bool links_fit(const struct tol_economy *economy, enum economy_section first,
                      const struct tol_economy_links *links)
{
    uint64_t count = economy->count[first + 1];
    return economy->count[first] == (uint64_t)economy->node_count + 1 && economy->count[first + 2] == count &&
           links->start[economy->node_count] == count;
}

/* Only lengths: how long it takes does not depend on them. */
static bool lengths_fit(const struct tol_economy *economy, const struct economy_meta *meta)
{
    const uint64_t *count = economy->count;
    uint64_t nodes = (uint64_t)meta->region_count * meta->industry_count;
    return nodes == economy->node_count && nodes < TOL_ECONOMY_NONE && count[ECONOMY_REGION] == meta->region_count &&
           count[ECONOMY_INDUSTRY] == meta->industry_count && count[ECONOMY_DIVISION] == ECONOMY_DIVISIONS &&
           (nodes == 0 || meta->rest < meta->region_count) && count[ECONOMY_OUTPUT] == nodes &&
           count[ECONOMY_INPUTS] == nodes && count[ECONOMY_FINAL_SHARE] == nodes * meta->region_count &&
           count[ECONOMY_HOME_SHARE] == ((uint64_t)meta->region_count + 1) * meta->industry_count &&
           links_fit(economy, ECONOMY_SALES_START, &economy->sales) &&
           links_fit(economy, ECONOMY_PURCHASES_START, &economy->purchases);
}

static enum tol_status bind(struct tol_economy *economy, struct tol_error *error)
{
    const struct economy_meta *meta;
    enum tol_status status = bind_sections(economy, &meta, error);
    if (status == TOL_OK && economy->count[ECONOMY_META] != 1) {
        status = misfit(economy, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    economy->region_count = meta->region_count;
    economy->industry_count = meta->industry_count;
    economy->node_count = meta->region_count * meta->industry_count;
    economy->rest = meta->rest;
    return lengths_fit(economy, meta) ? TOL_OK : misfit(economy, error);
}

enum tol_status tol_economy_open(const char *path, struct tol_economy **economy, struct tol_error *error)
{
    struct tol_economy *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening the economy");
    }
    enum tol_status status = tol_sections_open(path, LAW_KIND, LAW_FORMAT_VERSION, &opened->sections, error);
    if (status == TOL_OK) {
        status = bind(opened, error);
    }
    if (status != TOL_OK) {
        tol_economy_close(opened);
        return status;
    }
    *economy = opened;
    return TOL_OK;
}

void tol_economy_close(struct tol_economy *economy)
{
    if (economy == NULL) {
        return;
    }
    tol_sections_close(economy->sections);
    free(economy);
}
