/* Random numbers of the draws, by lane. */
#include "exposure/draws.h"

#include <string.h>

uint64_t tol_stream_of_programme(const char *programme)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *byte = (const unsigned char *)programme; *byte != '\0'; byte++) {
        hash = (hash ^ *byte) * UINT64_C(0x100000001b3);
    }
    return hash | UINT64_C(1) << 63;
}

void tol_draws_masks(const struct tol_draw_options *options, const struct tol_scenario_doubts *scenario,
                     uint32_t first_draw, uint32_t count, uint32_t *fallen)
{
    double draw[TOL_DRAW_MASKS_AT_ONCE];
    memset(fallen, 0, count * sizeof *fallen);
    for (size_t i = 0; i < scenario->count; i++) {
        uint64_t stream = tol_stream_of_programme(scenario->doubt[i].programme);
        tol_kernels_best()->uniform_draws(options->seed, stream, first_draw, count, draw);
        for (uint32_t n = 0; n < count; n++) {
            fallen[n] |= draw[n] < scenario->doubt[i].probability ? 0 : UINT32_C(1) << i;
        }
    }
}

uint64_t tol_draws_fallen(const struct tol_draw_options *options, const struct tol_scenario_doubts *scenario)
{
    uint64_t found = 0;
    for (uint32_t first = 0; first < options->count; first += TOL_DRAW_MASKS_AT_ONCE) {
        uint32_t left = options->count - first;
        uint32_t count = left < TOL_DRAW_MASKS_AT_ONCE ? left : TOL_DRAW_MASKS_AT_ONCE;
        uint32_t fallen[TOL_DRAW_MASKS_AT_ONCE];
        tol_draws_masks(options, scenario, first, count, fallen);
        for (uint32_t n = 0; n < count; n++) {
            found |= UINT64_C(1) << fallen[n];
        }
    }
    return found;
}

bool tol_draw_lanes_make(const struct tol_plan *plan, const struct tol_draw_options *options, struct tol_keep *keep,
                         struct tol_draw_lanes *lanes)
{
    const struct tol_kernels *kernels = plan->kernels;
    /* One lane more than draws: the central one. */
    lanes->draw_count = options->count;
    lanes->row_count = options->count / TOL_LANES + 1;
    lanes->lane_count = lanes->row_count * TOL_LANES;
    lanes->tile_count = (lanes->row_count + TOL_DRAW_TILE_ROWS - 1) / TOL_DRAW_TILE_ROWS;
    lanes->normal = tol_keep_zeroed(keep, lanes->lane_count, sizeof(double));
    for (unsigned c = 0; c < TOL_DRAW_CHAPTERS; c++) {
        lanes->scale[c] = tol_keep_zeroed(keep, lanes->lane_count, sizeof(double));
        if (lanes->normal == NULL || lanes->scale[c] == NULL) {
            return false;
        }
        kernels->normal_draws(options->seed, TOL_STREAM_ELASTICITY + c, 0, options->count, lanes->scale[c]);
        kernels->scale_lognormal(lanes->row_count, plan->settings.elasticity_spread, lanes->scale[c], lanes->scale[c]);
    }
    kernels->normal_draws(options->seed, TOL_STREAM_PASS_THROUGH, 0, options->count, lanes->normal);
    return true;
}

static bool grow(struct tol_keep *keep, struct tol_draw_lanes *lanes)
{
    uint32_t room = lanes->rho_room == 0 ? 16 : 2 * lanes->rho_room;
    double *centre = tol_keep_array(keep, room, sizeof *centre);
    const double **rho = tol_keep_array(keep, room, sizeof *rho);
    if (centre == NULL || rho == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < lanes->rho_count; i++) {
        centre[i] = lanes->rho_centre[i];
        rho[i] = lanes->rho[i];
    }
    lanes->rho_centre = centre;
    lanes->rho = rho;
    lanes->rho_room = room;
    return true;
}

const double *tol_draw_lanes_rho(const struct tol_plan *plan, struct tol_keep *keep, struct tol_draw_lanes *lanes,
                                 double centre)
{
    for (uint32_t i = 0; i < lanes->rho_count; i++) {
        if (lanes->rho_centre[i] == centre) {
            return lanes->rho[i];
        }
    }
    if (lanes->rho_count == lanes->rho_room && !grow(keep, lanes)) {
        return NULL;
    }
    double *made = tol_keep_array(keep, lanes->lane_count, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    plan->kernels->scale_logit_normal(lanes->row_count, centre, plan->settings.pass_through_spread, lanes->normal,
                                      made);
    lanes->rho_centre[lanes->rho_count] = centre;
    lanes->rho[lanes->rho_count++] = made;
    return made;
}
