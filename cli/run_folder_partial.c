/* The folder that a run is made in, and what an earlier start left of it. */
#include "run_folder_inner.h"

#include "json_writer.h"
#include "talk.h"

#include "tolmuur/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_of_a_partial_run(void *context, const char *name)
{
    (void)context;
    return strcmp(name, RUN_CONTENT) == 0 || strcmp(name, RUN_RECORDS) == 0 ||
           strncmp(name, RUN_IDENTITY, sizeof RUN_IDENTITY - 1) == 0;
}

static enum tol_status write_identity(const struct run_folder *folder, struct tol_error *error)
{
    char path[RUN_PATH_SIZE];
    struct sink sink;
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder->partial, RUN_IDENTITY);
    enum tol_status status = sink_open(&sink, path, error);
    if (status == TOL_OK) {
        struct json_writer json = {.sink = &sink, .indented = true};
        run_identity_json(&json, NULL, &folder->identity);
        sink_text(&sink, "\n");
        status = sink_close(&sink, error);
    }
    return status;
}

/* Is it the same run that was broken off? *found: there is something to take up. */
static enum tol_status compare_partial(const struct run_folder *folder, bool *found, struct tol_error *error)
{
    char path[RUN_PATH_SIZE], place[512];
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder->partial, RUN_IDENTITY);
    struct run_identity old;
    enum tol_status status = run_identity_read_file(&old, path, error);
    *found = status != TOL_NO_INPUT;
    if (status == TOL_OK) {
        snprintf(place, sizeof place, "%.400s.partial", folder->path);
        status = run_identity_compare(&old, &folder->identity, place, error);
    }
    run_identity_release(&old);
    return *found ? status : TOL_OK;
}

/* What an earlier start left: taken up, or removed. */
static enum tol_status settle_leftover(struct run_folder *folder, const char *partial_name, struct tol_error *error)
{
    bool found = false;
    if (!tol_folder_each(folder->partial, is_of_a_partial_run, NULL)) {
        return run_folder_refuse(folder, ".partial", "this folder is not of a run; move it away", error);
    }
    if (folder->resume) {
        enum tol_status status = compare_partial(folder, &found, error);
        if (status != TOL_OK || found) {
            return status;
        }
    }
    bool filled = false;
    (void)tol_folder_each(folder->partial, run_folder_is_any, &filled);
    if (!filled) {
        return TOL_OK;
    }
    talk_note("%s.partial: what an earlier run left is removed%s", folder->path,
              folder->resume ? ": it had not begun" : "; --resume would have taken it up");
    close(folder->partial);
    folder->partial = -1;
    enum tol_status status = tol_folder_remove(folder->parent, partial_name, error);
    return status == TOL_OK ? tol_folder_make(folder->parent, partial_name, &folder->partial, error) : status;
}

static enum tol_status make_inner(struct run_folder *folder, struct tol_error *error)
{
    int inner = -1;
    struct stat about;
    enum tol_status status = TOL_OK;
    if (fstatat(folder->partial, RUN_IDENTITY, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        status = write_identity(folder, error);
    }
    /* A run that was killed just before it got its name has modes for everybody already. What is not there yet is made below. */
    bool closed = fchmodat(folder->partial, RUN_CONTENT, 0700, 0) == 0 &&
                  fchmodat(folder->partial, RUN_CONTENT "/" RUN_SCORES, 0700, 0) == 0;
    (void)closed;
    if (status == TOL_OK) {
        status = tol_folder_make(folder->partial, RUN_RECORDS, &inner, error);
    }
    if (status == TOL_OK) {
        close(inner);
        status = tol_folder_make(folder->partial, RUN_CONTENT, &folder->content, error);
    }
    if (status == TOL_OK) {
        status = tol_folder_make(folder->content, RUN_SCORES, &inner, error);
    }
    if (status == TOL_OK) {
        close(inner);
    }
    return status;
}

enum tol_status run_folder_open_partial(struct run_folder *folder, struct tol_error *error)
{
    char *name = run_folder_joined(folder->name, ".partial");
    if (name == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    enum tol_status status =
        run_folder_at(folder, ".partial", tol_folder_make(folder->parent, name, &folder->partial, error), error);
    if (status == TOL_OK) {
        status = settle_leftover(folder, name, error);
    }
    folder->taken = status == TOL_OK;
    if (status == TOL_OK) {
        status = make_inner(folder, error);
    }
    free(name);
    return status;
}

/* A run that was killed when it had its name and had not tidied up yet. */
void run_folder_remove_leftover(struct run_folder *folder)
{
    struct stat about;
    char *name = run_folder_joined(folder->name, ".partial");
    if (name != NULL && fstatat(folder->parent, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
        tol_folder_make(folder->parent, name, &folder->partial, NULL) == TOL_OK &&
        tol_folder_each(folder->partial, is_of_a_partial_run, NULL) &&
        tol_folder_remove(folder->parent, name, NULL) != TOL_OK) {
        talk_note("%s is whole; %s.partial can be removed", folder->path, folder->path);
    }
    free(name);
}
