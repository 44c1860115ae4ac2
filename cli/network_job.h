/* score --network I/N: what the firms' network comes to under a share of the run's scenarios, kept for shards (docs/shards.md). */
#ifndef CLI_NETWORK_JOB_H
#define CLI_NETWORK_JOB_H

#include "forecast.h"
#include "score_job.h"

/* Reads --network into the job. With --dry-run and --shard it only says that a shard comes after such jobs. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status network_job_read(struct score_job *job, struct tol_error *error);

static inline bool is_network_job(const struct score_job *job)
{
    return job->network.count > 0;
}

/* What it would take, into the stages and tiers: of what is not kept yet; where all is, it opens and verifies. TOL_USAGE: fewer scenarios than shares, or nowhere to keep
 * anything. */
TOL_MUST_CHECK enum tol_status network_job_forecast(struct score_job *job, const struct forecast_subject *subject,
                                                    double tiers[TOL_SIDE_COUNT], struct tol_error *error);

/* Solves and keeps. The book is verified. TOL_USAGE: as above. */
TOL_MUST_CHECK enum tol_status network_job_run(struct score_job *job, struct tol_error *error);

/* Of a run that has its plan: says where its network came from, when that is worth a word. */
void network_job_tell(const struct score_job *job);

#endif
