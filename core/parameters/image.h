/* What the parameter sections of a tables file hold. */
#ifndef TOLMUUR_PARAMETERS_IMAGE_H
#define TOLMUUR_PARAMETERS_IMAGE_H

#include <stdint.h>

#define PARAMETERS_META_SECTION "parameter.meta"
#define PARAMETERS_ELASTICITY_SECTION "parameter.elasticity"
#define PARAMETERS_MARGIN_SECTION "parameter.margin"
#define PARAMETERS_RESPONSE_SECTION "parameter.response"
#define PARAMETERS_HUB_SECTION "parameter.hub" /* struct tol_hub, in the order of the table */

struct parameters_meta {
    double sigma_median; /* over the estimated products; NaN when there are none */
};

/* Sorted by product, six digits each, none twice. */
struct parameters_elasticity {
    uint64_t product;
    double sigma;
    uint64_t estimated;
};

/* Sorted by horizon, then product, none twice. */
struct parameters_response {
    uint64_t product; /* 2 to 10 digits; 0: any */
    uint64_t horizon; /* enum tol_horizon */
    double border_pass_through;
    double market_elasticity;
    double cost_pass_through;
    double substitution_scale;
};

/* Sorted by country, then sector, none twice. */
struct parameters_margin {
    uint16_t country; /* 0: any country */
    uint16_t sector;  /* division 1 to 99, or TOL_SECTION_CODE */
    uint32_t reserved;
    double margin;
};

#endif
