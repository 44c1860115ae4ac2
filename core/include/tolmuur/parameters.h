/* Economic parameters: shipped tables and the knobs a user may turn. */
#ifndef TOLMUUR_PARAMETERS_H
#define TOLMUUR_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/code.h"
#include "tolmuur/law.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* How much time trade has had to answer: orders postponed now, or chains laid anew later. */
enum tol_horizon { TOL_HORIZON_SHORT = 0, TOL_HORIZON_LONG, TOL_HORIZON_COUNT };
const char *tol_horizon_name(enum tol_horizon horizon); /* "short", "long" */

/* Tiers of customers and suppliers: as many as there are. */
#define TOL_TIERS_ALL UINT32_MAX

/* Knobs; tol_settings_default fills in model defaults. */
struct tol_settings {
    double half_margin;         /* h: share of EBITDA at risk that scores 50; > 0; default 0.25 */
    double band_edge[4];        /* ascending; default 5, 15, 35, 65 */
    double border_pass_through; /* rho in [0,1]; NaN (the default): by product and horizon from the table */
    double
        market_elasticity; /* eta >= 0: how a market's whole demand answers its price; NaN (the default): the table's */
    double
        cost_pass_through; /* kappa in [0,1] of firms that state none, and of sectors; NaN (the default): the table's */
    double elasticity_default; /* sigma of products without an estimate; > 0; NaN (the default): the table's median */
    double elasticity_scale;   /* multiplies every sigma; > 0; default 1 */
    enum tol_horizon horizon;  /* default long */
    double
        home_gain; /* part of what home producers gain behind a duty that reaches their suppliers; [0,1]; default 0 */
    double origin_content; /* Chinese content from which a sale may be given Chinese origin; in (0,1]; default 0.35 */
    double hub_share;      /* part of the purchases from China that a hub takes over; [0,1]; default 0.5 */
    double interest_cover_floor; /* what the reverse stress test asks for; > 0; default 2 */
    double elasticity_spread;    /* of draws: standard deviation of ln(sigma - 1) of a chapter; [0,1]; default 0.3 */
    double pass_through_spread;  /* of draws: standard deviation of the log odds of rho; [0,1]; default 0.5 */
    uint32_t tiers;              /* of named customers and suppliers that are followed; default TOL_TIERS_ALL */
    double vulnerability_scale;  /* multiplies ln V before it is clipped; 0: V = 1 for all; at most 100; default 1 */
    enum tol_assume assume; /* of facts not given; default trade: a firm's line is a flow of goods, not one entry */
};
struct tol_settings tol_settings_default(void);

struct tol_parameters; /* immutable, thread safe */

/* From the same compiled tables file as the law. Caller owns *parameters. */
TOL_MUST_CHECK enum tol_status tol_parameters_open(const char *path, struct tol_parameters **parameters,
                                                   struct tol_error *error);
void tol_parameters_close(struct tol_parameters *parameters);

/* Elasticity of substitution sigma of an HS6 (longer codes are cut; shorter ones take the mean of the HS6 beneath), for the horizon:
 * 1 + scale (sigma - 1) with the table's scale. *estimated is false where the table imputed it or has none (settings default). */
double tol_elasticity(const struct tol_parameters *parameters, const struct tol_settings *settings, tol_product product,
                      bool *estimated);

/* How the market of a product answers, for the settings' horizon: the table's row of the longest prefix, each number replaced by the
 * setting where one is given. Without any row: rho 1, eta 1, kappa 0. */
struct tol_market_response {
    double border_pass_through;
    double market_elasticity;
    double cost_pass_through;
};
struct tol_market_response tol_market_response(const struct tol_parameters *parameters,
                                               const struct tol_settings *settings, tol_product product);

/* A country that purchases could move to. */
struct tol_hub {
    tol_country country;
    double cost_premium; /* dearer than the present origin before duty, fraction > -1 */
};
/* At most TOL_HUBS_MAX, in the table's order. Owned by the parameters. */
#define TOL_HUBS_MAX 8
const struct tol_hub *tol_hubs(const struct tol_parameters *parameters, size_t *count);

/* Contribution margin (fraction of revenue left after variable cost) of a NACE Rev. 2 sector, nearest parent section; NaN when
 * the tables have none. */
double tol_sector_margin(const struct tol_parameters *parameters, tol_country country, const char *sector);

/* US imports of 2024 of a code and all beneath it, USD; 0 when none. Lines of different days stand side by side in the table. */
double tol_trade_weight_usd(const struct tol_parameters *parameters, tol_product product);

#pragma GCC visibility pop

#endif
