#include "tolmuur/exposure.h"

const char *tol_stage_name(enum tol_stage stage)
{
    static const char *const name[TOL_STAGE_COUNT] = {"open",  "verify", "markets", "tables", "network",
                                                      "draws", "lines",  "write",   "totals"};
    return (unsigned)stage < TOL_STAGE_COUNT ? name[stage] : NULL;
}
