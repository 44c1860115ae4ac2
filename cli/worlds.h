/* The baseline and the scenarios of a command line. */
#ifndef CLI_WORLDS_H
#define CLI_WORLDS_H

#include "session.h"

#include "tolmuur/exposure.h"

/* Programmes of a scenario that may fall. */
struct world_doubts {
    size_t count;
    char *programme[TOL_DOUBTS_MAX];
    double probability[TOL_DOUBTS_MAX]; /* that it stands */
};

struct worlds {
    struct tol_scenario baseline;
    struct tol_scenario *scenario; /* --on days in their order, then the scenarios of the files */
    struct world_doubts *doubts;   /* [count] what the draws are told of each */
    size_t count;
    struct tol_law **overlay; /* laws with changes, each after the one it builds on */
    size_t overlay_count;
    bool took_today; /* some scenario is asked of the session's today, since no day was given */
};

/* From --on, --scenarios and --baseline. Without any, today's law, said on stderr. A scenario that names no day takes the last --on day, else today. Release
 * also after a failure. */
TOL_MUST_CHECK enum tol_status worlds_read(struct worlds *worlds, const struct options *options,
                                           const struct session *session, struct tol_error *error);
/* Only the scenarios of --scenarios; those that name no day take `on`. There is no baseline. Release also after a failure. */
TOL_MUST_CHECK enum tol_status worlds_read_files(struct worlds *worlds, const struct options *options,
                                                 const struct session *session, tol_day on, struct tol_error *error);
void worlds_release(struct worlds *worlds);

/* The question to a plan: these worlds under these settings, with the session's tables; no draws and no store. Points into worlds and session. */
struct tol_plan_options worlds_plan_options(const struct worlds *worlds, const struct session *session,
                                            const struct tol_settings *settings, const char *isa);

/* --settings NAME=VALUE and --assume over the defaults. */
TOL_MUST_CHECK enum tol_status settings_read(const struct options *options, struct tol_settings *settings,
                                             struct tol_error *error);
/* The i-th setting that is one number: its name and value (NaN: the tables'). NULL past the last. */
const char *settings_number(const struct tol_settings *settings, size_t i, double *value);

#endif
