#include "network_job.h"

#include "talk.h"

#include <stdlib.h>
#include <string.h>

/* What a configuration says of the rows of every run is not for a job that writes none: it is ignored. */
static bool is_asked(const struct score_job *job, enum option_id id)
{
    return options_given(job->options, id) && job->options->origin[id] == NULL;
}

enum tol_status network_job_read(struct score_job *job, struct tol_error *error)
{
    static const enum option_id of_rows[] = {OPTION_OUTPUT,  OPTION_SHARD,  OPTION_RESUME,
                                             OPTION_REPLACE, OPTION_REPLAY, OPTION_FAIL_IF};
    const char *text = options_text(job->options, OPTION_NETWORK);
    enum tol_status status = shard_parse("--network", text, &job->network, error);
    if (status != TOL_OK || text == NULL) {
        return status;
    }
    if (job->dry_run && options_given(job->options, OPTION_SHARD)) {
        job->network = (struct shard){0};
        job->network_promised = true;
        return TOL_OK;
    }
    for (size_t i = 0; i < sizeof of_rows / sizeof of_rows[0]; i++) {
        if (is_asked(job, of_rows[i])) {
            return tol_fail(error, TOL_USAGE,
                            "--network writes no rows, it keeps what the firms' network comes to; give --%s to the "
                            "call that writes them",
                            option_spec(of_rows[i])->name);
        }
    }
    return TOL_OK;
}

static enum tol_status check_share(const struct score_job *job, const char *store, struct tol_error *error)
{
    char text[SHARD_TEXT_SIZE];
    shard_format(&job->network, text);
    if (store == NULL) {
        const char *named = getenv("TOLMUUR_CACHE");
        return tol_fail(error, TOL_USAGE,
                        "--network %s: there is no folder to keep answers in%s%.200s; name one in TOLMUUR_CACHE that "
                        "the shards see too",
                        text, named != NULL && named[0] != '\0' ? ", nor can one be made of " : "",
                        named != NULL ? named : "");
    }
    if (job->session.economy == NULL) {
        return tol_fail(error, TOL_USAGE,
                        "--network %s: these law tables have no markets, without which nothing is kept", text);
    }
    if (job->network.count > job->worlds.count) {
        return tol_fail(error, TOL_USAGE, "--network %s: the run has %zu scenario%s; make at most so many shares", text,
                        job->worlds.count, job->worlds.count == 1 ? "" : "s");
    }
    return TOL_OK;
}

/* The scenarios of the share that are not kept yet go into options, which then point into *left. The caller frees *left. */
static enum tol_status take_share(struct score_job *job, struct tol_plan_options *options, struct tol_scenario **left,
                                  struct tol_error *error)
{
    size_t first, end, count = 0;
    *left = NULL;
    enum tol_status status = check_share(job, options->store, error);
    if (status != TOL_OK) {
        return status;
    }
    shard_parts(&job->network, job->worlds.count, &first, &end);
    options->scenario += first;
    options->scenario_count = end - first;
    bool *kept = calloc(end - first, sizeof *kept);
    *left = calloc(end - first, sizeof **left);
    if (kept == NULL || *left == NULL) {
        free(kept);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    status = tol_network_find(job->book, job->session.parameters, options, job->run, kept, error);
    for (size_t i = 0; status == TOL_OK && i < end - first; i++) {
        if (!kept[i]) {
            (*left)[count++] = options->scenario[i];
        }
    }
    free(kept);
    options->scenario = *left;
    options->scenario_count = count;
    return status;
}

enum tol_status network_job_forecast(struct score_job *job, const struct forecast_subject *subject,
                                     double tiers[TOL_SIDE_COUNT], struct tol_error *error)
{
    struct tol_plan_options options = score_plan_options(job);
    struct tol_scenario *left = NULL;
    enum tol_status status = take_share(job, &options, &left, error);
    bool kept = options.scenario_count == 0;
    if (kept) { /* a plan has a scenario, here for what comes before the network */
        options.scenario = job->worlds.scenario;
        options.scenario_count = 1;
    }
    if (status == TOL_OK) {
        status =
            forecast_score(job->book, job->session.parameters, &options, job->run, subject, &job->stages, tiers, error);
    }
    if (status == TOL_OK && kept) {
        memset(&job->stages.of[TOL_STAGE_MARKETS], 0,
               (TOL_STAGE_COUNT - TOL_STAGE_MARKETS) * sizeof job->stages.of[TOL_STAGE_MARKETS]);
        memset(tiers, 0, TOL_SIDE_COUNT * sizeof *tiers);
    }
    free(left);
    return status;
}

static void tell_kept(const struct score_job *job, size_t solved, bool there)
{
    size_t first, end;
    char memory[32];
    shard_parts(&job->network, job->worlds.count, &first, &end);
    talk_bytes(talk_peak_bytes(), memory, sizeof memory);
    if (!there) {
        talk_note("network %u of %u: no firm names another, so that there is nothing to keep",
                  (unsigned)job->network.number, (unsigned)job->network.count);
        return;
    }
    talk_note("network %u of %u: scenarios %zu to %zu of %zu, %zu solved and kept in %s, %zu kept from before, peak "
              "memory %s, %.2f s",
              (unsigned)job->network.number, (unsigned)job->network.count, first + 1, end, job->worlds.count, solved,
              job->store, end - first - solved, memory, talk_seconds() - job->started);
}

enum tol_status network_job_run(struct score_job *job, struct tol_error *error)
{
    struct tol_plan_options options = score_plan_options(job);
    struct tol_scenario *left = NULL;
    bool there = true;
    enum tol_status status = take_share(job, &options, &left, error);
    if (status == TOL_OK && options.scenario_count > 0) {
        status = tol_plan_create(job->book, job->session.parameters, &options, job->run, &job->plan, error);
    }
    if (status == TOL_OK && options.scenario_count > 0) {
        stages_enter(&job->stages, TOL_STAGE_WRITE);
        there = tol_plan_network(job->plan).origin != TOL_NETWORK_NONE;
        status = tol_plan_keep_network(job->plan, job->run, error);
    }
    if (status == TOL_OK) {
        tell_kept(job, options.scenario_count, there);
    }
    free(left);
    return status;
}

void network_job_tell(const struct score_job *job)
{
    struct tol_network_answers answers = tol_plan_network(job->plan);
    if (answers.origin == TOL_NETWORK_TAKEN) {
        talk_note("network: taken from %s", job->store);
    } else if (answers.origin == TOL_NETWORK_SOLVED && answers.kept > 0) {
        talk_note("network: solved here; of %zu of %zu scenarios, %s first, no whole answers are in %s",
                  job->worlds.count - answers.kept, job->worlds.count, job->worlds.scenario[answers.lacking].name,
                  job->store);
    } else if (answers.origin == TOL_NETWORK_SOLVED && is_shard(job)) {
        const char *nowhere = getenv("TOLMUUR_CACHE") != NULL
                                  ? "there is no folder of kept answers: TOLMUUR_CACHE is set and empty"
                                  : "there is no folder of kept answers: neither TOLMUUR_CACHE nor HOME names one";
        bool named = job->store[0] != '\0';
        talk_note("network: solved here; %s%s", named ? "no whole answers are in " : nowhere, named ? job->store : "");
    }
}
