#include "score_tell.h"

#include "number.h"
#include "prose.h"
#include "talk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What would be worth asking the firms about, per scenario. */
static enum tol_status tell_widest(const struct score_job *job, struct tol_error *error)
{
    struct tol_widest_unknown widest[TOL_SCENARIOS_MAX];
    enum tol_status status = tol_plan_widest_unknown(job->plan, job->run, widest, error);
    for (size_t i = 0; i < job->worlds.count && status == TOL_OK; i++) {
        const struct tol_scenario *scenario = &job->worlds.scenario[i];
        if (widest[i].fact > 0) {
            char eur[64];
            number_people(widest[i].narrowing_eur, 0, eur, sizeof eur);
            talk_note("%s: knowing %s of all lines would narrow EBITDA most, by %s EUR at best", scenario->name,
                      tol_fact_name(scenario->law, widest[i].fact - 1u), eur);
        }
    }
    return status;
}

/* In a sentence for each scenario. */
static void tell_draws(const struct score_job *job)
{
    for (size_t i = 0; job->draws.options.count > 0 && !is_shard(job) && i < job->worlds.count; i++) {
        char text[400];
        draws_sentence(&job->draws, &job->totals.of[job->by].drawn[i].statistics, text, sizeof text);
        talk_note("%s: %s", job->worlds.scenario[i].name, text);
    }
}

/* After each stage; a mapped book counts as far as it was read. */
static void memory_text(const struct score_job *job, char *text, size_t size)
{
    char book[32], plan[32], all[32];
    talk_bytes(job->book_bytes, book, sizeof book);
    talk_bytes(job->plan_bytes, plan, sizeof plan);
    talk_bytes(talk_peak_bytes(), all, sizeof all);
    snprintf(text, size, "peak memory %s (book %s, plan %s)", all, book, plan);
}

static void tell_shard(const struct score_job *job)
{
    const struct run_folder *folder = &job->folder;
    if (is_shard(job)) {
        const struct run_part *first = &folder->part[0], *last = &folder->part[folder->part_count - 1];
        talk_note("shard %u of %u: firms %llu to %llu, parts %zu to %zu of %zu", (unsigned)folder->shard.number,
                  (unsigned)folder->shard.count, (unsigned long long)first->first_firm + 1,
                  (unsigned long long)(last->first_firm + last->firm_count), folder->first_part + 1,
                  folder->first_part + folder->part_count, folder->run_parts);
    }
}

/* When stdout carries the rows, the totals are talk. */
enum tol_status show_totals(struct score_job *job, struct tol_error *error)
{
    struct sink sink;
    bool rows_on_stdout = job->output != NULL && strcmp(job->output, "-") == 0;
    sink_open_stdout(&sink);
    if (rows_on_stdout) {
        talk_sink(&sink);
        job->look = (struct look){.format = FORMAT_TABLE, .width = terminal_width(STDERR_FILENO)};
    }
    tell_draws(job);
    totals_render(&sink, &job->look, &job->totals.of[job->by], job->book, &job->worlds);
    char firms[64], lines[64];
    number_people((double)job->book->firm_count, 0, firms, sizeof firms);
    number_people((double)(job->book->side[TOL_SALES].line_count + job->book->side[TOL_PURCHASES].line_count), 0, lines,
                  sizeof lines);
    enum tol_status status = sink_close(&sink, error);
    if (status == TOL_OK && !is_shard(job)) {
        status = tell_widest(job, error);
    }
    if (status == TOL_OK) {
        char memory[128];
        tell_shard(job);
        memory_text(job, memory, sizeof memory);
        talk_note("%s firms, %s lines, %zu scenario%s against %s (law %s), assuming %s, %s, %u threads, %s, %.2f s",
                  firms, lines, job->worlds.count, job->worlds.count == 1 ? "" : "s", job->worlds.baseline.name,
                  tol_law_version(job->worlds.baseline.law), tol_assume_name(job->settings.assume),
                  tol_plan_isa(job->plan), tol_run_threads(job->run), memory, talk_seconds() - job->started);
    }
    return status;
}

enum tol_status tell_stages(struct score_job *job, struct tol_error *error)
{
    if (!job->stages.peaks) {
        return TOL_OK;
    }
    stages_end(&job->stages);
    struct sink sink;
    sink_open_stdout(&sink);
    talk_sink(&sink);
    stages_render(&sink, &(struct look){.format = FORMAT_TABLE, .width = terminal_width(STDERR_FILENO)}, &job->stages,
                  NULL);
    return sink_close(&sink, error);
}
