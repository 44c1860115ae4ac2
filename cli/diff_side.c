/* What a run was made from, opened again from its manifest. */
#include "book_verify.h"
#include "diff.h"
#include "replay.h"

#include <stdlib.h>
#include <string.h>

/* The file of a role; NULL: none. */
static const struct manifest_file *input_of(const struct diff_run *run, const char *role)
{
    for (size_t i = 0; i < run->manifest.input_count; i++) {
        if (strcmp(run->manifest.input[i].role, role) == 0) {
            return &run->manifest.input[i];
        }
    }
    return NULL;
}

/* Is it a file that the other run read as well, and that was looked at? */
static bool was_checked(const struct diff *diff, enum tol_run_side side, const struct manifest_file *input)
{
    const struct manifest *other = &diff->run[TOL_RUN_BEFORE].manifest;
    for (size_t i = 0; side == TOL_RUN_AFTER && i < other->input_count; i++) {
        if (strcmp(other->input[i].path, input->path) == 0 && strcmp(other->input[i].sha256, input->sha256) == 0) {
            return true;
        }
    }
    return false;
}

/* The first that is not as it was. */
static enum tol_status check_inputs(const struct diff *diff, enum tol_run_side side, struct tol_error *error)
{
    const struct diff_run *run = &diff->run[side];
    for (size_t i = 0; i < run->manifest.input_count; i++) {
        const struct manifest_file *input = &run->manifest.input[i];
        char digest[TOL_SHA256_TEXT_SIZE];
        if (was_checked(diff, side, input)) {
            continue;
        }
        enum tol_status status = tol_sha256_file(input->path, NULL, digest, error);
        if (status != TOL_OK) {
            return status;
        }
        if (strcmp(digest, input->sha256) != 0) {
            tol_fail(error, TOL_BAD_DATA, "this is not the file that the run read: SHA-256 was %s, is %s",
                     input->sha256, digest);
            return tol_fail_at(error, TOL_BAD_DATA, input->path, 0, NULL, NULL);
        }
    }
    return TOL_OK;
}

static enum tol_status open_book(struct diff *diff, enum tol_run_side side, struct tol_error *error)
{
    const struct manifest_file *input = input_of(&diff->run[side], "book");
    const struct manifest_file *other = input_of(&diff->run[TOL_RUN_BEFORE], "book");
    if (input == NULL || other == NULL) {
        return tol_fail(error, TOL_BAD_DATA, "the manifest names no book");
    }
    if (side == TOL_RUN_AFTER && strcmp(input->sha256, other->sha256) == 0) {
        diff->side[side].book = diff->side[TOL_RUN_BEFORE].book;
        return TOL_OK;
    }
    enum tol_status status = tol_book_open(input->path, &diff->side[side].book, error);
    return status == TOL_OK ? book_verify(diff->side[side].book, diff->workers, input->path, error) : status;
}

/* A run that nobody told a day is of the day of its manifest, and worlds_read need not say so again. */
static enum tol_status name_the_day(const struct diff_run *run, struct options *options, struct tol_error *error)
{
    bool told = options_given(options, OPTION_ON) || options_given(options, OPTION_SCENARIOS);
    return told || run->manifest.day[0] == '\0' ? TOL_OK : options_add(options, OPTION_ON, run->manifest.day, error);
}

static enum tol_status open_worlds(struct diff *diff, enum tol_run_side side, struct tol_error *error)
{
    struct diff_side *opened = &diff->side[side];
    const struct diff_run *run = &diff->run[side];
    if (run->manifest.day[0] != '\0' && !tol_day_parse(run->manifest.day, &opened->session.today)) {
        return tol_fail(error, TOL_INTERNAL, "the manifest's day cannot be read twice");
    }
    enum tol_status status = worlds_read(&opened->worlds, &opened->options, &opened->session, error);
    if (status == TOL_OK && opened->worlds.count != run->world_count) {
        status = tol_fail(error, TOL_BAD_DATA, "its options give %zu scenarios, not %zu", opened->worlds.count,
                          run->world_count);
    }
    opened->scenario = calloc(diff->pair_count, sizeof *opened->scenario);
    if (opened->scenario == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < diff->pair_count && status == TOL_OK; i++) {
        opened->scenario[i] = opened->worlds.scenario[diff->pair[i].world[side]];
    }
    return status;
}

enum tol_status diff_side_open(struct diff *diff, enum tol_run_side side, struct tol_error *error)
{
    struct diff_side *opened = &diff->side[side];
    *opened = (struct diff_side){0};
    enum tol_status status = replay_take(&diff->run[side].manifest, &opened->options, error);
    if (status == TOL_OK) {
        status = check_inputs(diff, side, error);
    }
    if (status == TOL_OK) {
        status = name_the_day(&diff->run[side], &opened->options, error);
    }
    if (status == TOL_OK) {
        status = session_open(&opened->session, &opened->options, SESSION_ALL, error);
    }
    if (status == TOL_OK) {
        status = open_worlds(diff, side, error);
    }
    if (status == TOL_OK) {
        status = settings_read(&opened->options, &opened->settings, error);
    }
    return status == TOL_OK ? open_book(diff, side, error) : status;
}

void diff_side_close(struct diff *diff, enum tol_run_side side)
{
    struct diff_side *opened = &diff->side[side];
    bool shared = side == TOL_RUN_AFTER && opened->book == diff->side[TOL_RUN_BEFORE].book;
    if (opened->book != NULL && !shared) {
        tol_book_close(opened->book);
    }
    free(opened->scenario);
    worlds_release(&opened->worlds);
    session_close(&opened->session);
    options_release(&opened->options);
    *opened = (struct diff_side){0};
}
