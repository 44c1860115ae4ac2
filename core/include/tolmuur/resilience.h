/* How well a firm stands a blow: resilience indicators into one factor V. docs/model.md, Vulnerability. */
#ifndef TOLMUUR_RESILIENCE_H
#define TOLMUUR_RESILIENCE_H

#include <stdbool.h>

#include "tolmuur/parameters.h"

#pragma GCC visibility push(default)

/* Terms of ln V. The first TOL_RESILIENCE_INDICATOR_COUNT are the firm columns from TOL_VACANCY_DIFFICULTY on, in that order; then what
 * only a sector has. */
enum {
    TOL_RESILIENCE_INDICATOR_COUNT = 8,
    TOL_SECTOR_MOMENTUM = TOL_RESILIENCE_INDICATOR_COUNT,
    TOL_RESILIENCE_TERM_COUNT
};
const char *tol_resilience_term_name(unsigned term); /* "vacancy_difficulty" ... "sector_momentum"; NULL past the end */

enum tol_resilience_origin { TOL_RESILIENCE_UNKNOWN = 0, TOL_RESILIENCE_OF_FIRM, TOL_RESILIENCE_OF_SECTOR };
const char *tol_resilience_origin_name(enum tol_resilience_origin origin); /* "unknown", "firm", "sector" */

struct tol_resilience_term {
    enum tol_resilience_origin origin; /* TOL_RESILIENCE_UNKNOWN: no part in V; value and z are NaN, contribution 0 */
    double value;                      /* as given, a fraction (liquidity: a ratio) */
    double z;                          /* (value - mean) / deviation, clipped to [-3, 3] */
    double contribution;               /* to ln V: vulnerability_scale * beta * z */
};

struct tol_vulnerability {
    double factor; /* V: exp of the sum of contributions, clipped to [0.5, 2]; exactly 1 when nothing is known */
    bool known;    /* some term has a value */
    bool clipped;
    struct tol_resilience_term term[TOL_RESILIENCE_TERM_COUNT];
};

/* V of a firm. indicator [TOL_RESILIENCE_INDICATOR_COUNT]: the firm's own values, NaN where not given: then the sector's (country and
 * division, country and section, any country's division, its section). A sector that is no NACE code has none. Same bits everywhere. */
struct tol_vulnerability tol_vulnerability_of(const struct tol_parameters *parameters,
                                              const struct tol_settings *settings, tol_country country,
                                              const char *sector, const double *indicator);

#pragma GCC visibility pop

#endif
