/* The resilience sections of a tables file. */
#ifndef TOLMUUR_PARAMETERS_RESILIENCE_H
#define TOLMUUR_PARAMETERS_RESILIENCE_H

#include "file/sections.h"
#include "tolmuur/resilience.h"

#define RESILIENCE_SCALE_SECTION "resilience.scale"
#define RESILIENCE_COUNTRY_SECTION "resilience.country"
#define RESILIENCE_VALUE_SECTION "resilience.value"

/* Codes of sectors run from 0 (none) over divisions to TOL_SECTION_CODE('U'). */
#define RESILIENCE_SECTOR_SLOTS 121

struct resilience_scale {
    double mean, deviation, beta; /* deviation > 0; NaN where the term has no scale: it takes no part */
};

struct resilience_values {
    double term[TOL_RESILIENCE_TERM_COUNT]; /* NaN: not known */
};

struct resilience_tables {
    const struct resilience_scale *scale; /* [TOL_RESILIENCE_TERM_COUNT] */
    const uint64_t *country;              /* [country_count] ascending; 0, any country, is the first */
    /* [country_count][RESILIENCE_SECTOR_SLOTS], gaps already filled from the section and from any country, so that a firm is one look. */
    const struct resilience_values *value;
    uint64_t country_count;
};

/* TOL_BAD_DATA when a section is missing or its size does not fit. */
TOL_MUST_CHECK enum tol_status tol_resilience_bind(const struct tol_sections *sections,
                                                   struct resilience_tables *tables, struct tol_error *error);

/* Those of opened parameters. */
const struct resilience_tables *tol_parameters_resilience(const struct tol_parameters *parameters);

#endif
