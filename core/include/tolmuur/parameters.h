/* Economic parameters: shipped tables and the knobs a user may turn. */
#ifndef TOLMUUR_PARAMETERS_H
#define TOLMUUR_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/code.h"
#include "tolmuur/law.h"
#include "tolmuur/status.h"

/* Knobs; tol_settings_default fills in model defaults. */
struct tol_settings {
    double half_margin;         /* h: share of EBITDA at risk that scores 50; > 0; default 0.25 */
    double band_edge[4];        /* ascending; default 5, 15, 35, 65 */
    double border_pass_through; /* rho in [0,1]; default 1 */
    double elasticity_default;  /* sigma of products without an estimate; > 0; NaN (the default): the table's median */
    double elasticity_scale;    /* multiplies every sigma; > 0; default 1 */
    double vulnerability_scale; /* multiplies ln V before it is clipped; 0: V = 1 for all; at most 100; default 1 */
    enum tol_assume assume;     /* of facts not given; default trade: a firm's line is a flow of goods, not one entry */
};
struct tol_settings tol_settings_default(void);

struct tol_parameters; /* immutable, thread safe */

/* From the same compiled tables file as the law. Caller owns *parameters. */
TOL_MUST_CHECK enum tol_status tol_parameters_open(const char *path, struct tol_parameters **parameters,
                                                   struct tol_error *error);
void tol_parameters_close(struct tol_parameters *parameters);

/* Elasticity of substitution sigma of an HS6 (longer codes are cut; shorter ones take the mean of the HS6 beneath). *estimated is
 * false where the table imputed it or has none (settings default). */
double tol_elasticity(const struct tol_parameters *parameters, const struct tol_settings *settings, tol_product product,
                      bool *estimated);

/* Contribution margin (fraction of revenue left after variable cost) of a NACE Rev. 2 sector, nearest parent section; NaN when
 * the tables have none. */
double tol_sector_margin(const struct tol_parameters *parameters, tol_country country, const char *sector);

/* US imports of 2024 of a code and all beneath it, USD; 0 when none. Lines of different days stand side by side in the table. */
double tol_trade_weight_usd(const struct tol_parameters *parameters, tol_product product);

#endif
