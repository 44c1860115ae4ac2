/* Portfolio totals: added in firm order with Neumaier's compensation, so that they do not depend on threads or blocks. */
#ifndef CLI_TOTALS_H
#define CLI_TOTALS_H

#include "json_writer.h"
#include "render_table.h"
#include "sum.h"
#include "worlds.h"

struct total {
    uint64_t firms;
    uint64_t in_band[TOL_BAND_NONE + 1];
    struct sum revenue_eur;
    struct sum duty_export_eur;
    struct sum duty_import_eur;
    struct sum ebitda_change_eur;
    struct sum ebitda_change_low_eur;
    struct sum ebitda_change_high_eur;
    bool has_draws; /* of a scenario that was drawn; set by the caller before rendering */
    struct tol_draw_statistics drawn;
};

struct totals {
    size_t scenario_count;
    uint32_t sector_count;
    struct total *scenario; /* [scenario_count] */
    struct total *sector;   /* [sector_count], last scenario */
};
TOL_MUST_CHECK enum tol_status totals_open(struct totals *totals, size_t scenario_count, uint32_t sector_count,
                                           struct tol_error *error);
void totals_add(struct totals *totals, const struct tol_book *book, const struct tol_score_row *row);
void totals_release(struct totals *totals);

/* One row per scenario, or per sector in the last scenario, in the format of look. */
void totals_render(struct sink *sink, const struct look *look, const struct totals *totals, const struct tol_book *book,
                   const struct worlds *worlds, bool by_sector);

#endif
