/* What each stage of a run takes: measured while it runs, or forecast. */
#ifndef CLI_STAGES_H
#define CLI_STAGES_H

#include <stdbool.h>

#include "render_table.h"

#include "tolmuur/forecast.h"

struct stages {
    struct tol_stage_use of[TOL_STAGE_COUNT];
    bool measures; /* otherwise stages_enter does nothing */
    bool peaks;    /* memory too, which the system forgets at each stage */
    enum tol_stage stage;
    double since;
    double cpu_since;
};

/* From now on in the first stage. peaks: measure memory too; what the process held in all is then lost. */
void stages_begin(struct stages *stages, bool peaks);
/* The stage under way ends, another begins. A stage may be entered many times: its seconds add up. */
void stages_enter(struct stages *stages, enum tol_stage stage);
/* The last stage ends. */
void stages_end(struct stages *stages);

/* One row a stage that takes any time, then their total. tiers: of sales and purchases, 0 when there are none; NULL: not known. */
void stages_render(struct sink *sink, const struct look *look, const struct stages *stages, const double *tiers);

#endif
