#include "run_folder_inner.h"

#include "talk.h"

#include "tolmuur/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- names ----------------------------------------------------------------------------------------------------- */

bool run_folder_is_named(const char *output)
{
    size_t length = strlen(output);
    struct stat about;
    char manifest[4096];
    if (length == 0 || strcmp(output, "-") == 0) {
        return false;
    }
    const char *slash = strrchr(output, '/');
    if (output[length - 1] == '/' || strchr(slash == NULL ? output : slash + 1, '.') == NULL) {
        return true;
    }
    int written = snprintf(manifest, sizeof manifest, "%s/%s", output, RUN_MANIFEST);
    return written > 0 && written < (int)sizeof manifest && lstat(manifest, &about) == 0 && S_ISREG(about.st_mode);
}

enum tol_status run_folder_name(struct run_folder *folder, const char *output, struct tol_error *error)
{
    *folder = (struct run_folder){.part_rows = RUN_PART_ROWS, .parent = -1, .partial = -1, .content = -1};
    snprintf(folder->id, sizeof folder->id, "%s", talk_run_id());
    size_t length = strlen(output);
    while (length > 1 && output[length - 1] == '/') {
        length--;
    }
    folder->path = strndup(output, length);
    if (folder->path == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    const char *slash = strrchr(folder->path, '/');
    folder->name = strdup(slash == NULL ? folder->path : slash + 1);
    if (folder->name == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    if (folder->name[0] == '\0' || strcmp(folder->name, ".") == 0 || strcmp(folder->name, "..") == 0) {
        return tol_fail(error, TOL_USAGE,
                        "-o %.200s: this is no name for a new folder; write one, such as runs/tonight/", output);
    }
    return TOL_OK;
}

char *run_folder_joined(const char *name, const char *ending)
{
    char *text = malloc(strlen(name) + strlen(ending) + 1);
    if (text != NULL) {
        sprintf(text, "%s%s", name, ending);
    }
    return text;
}

void run_folder_part_name(const struct run_folder *folder, size_t part, char name[RUN_PATH_SIZE])
{
    snprintf(name, RUN_PATH_SIZE, "%s/part-%05zu.parquet", RUN_SCORES, folder->first_part + part);
}

void run_folder_part_path(const struct run_folder *folder, size_t part, char path[RUN_PATH_SIZE])
{
    char name[RUN_PATH_SIZE];
    run_folder_part_name(folder, part, name);
    run_folder_file_path(folder, name, path);
}

void run_folder_record_path(const struct run_folder *folder, size_t part, char path[RUN_PATH_SIZE])
{
    snprintf(path, RUN_PATH_SIZE, "/proc/self/fd/%d/%s/part-%05zu", folder->partial, RUN_RECORDS,
             folder->first_part + part);
}

void run_folder_file_path(const struct run_folder *folder, const char *name, char path[RUN_PATH_SIZE])
{
    snprintf(path, RUN_PATH_SIZE, "/proc/self/fd/%d/%.60s", folder->content, name);
}

void run_folder_place(const struct run_folder *folder, struct tol_error *error)
{
    static const char start[] = "/proc/self/fd/";
    if (error == NULL || folder->path == NULL || strncmp(error->file, start, sizeof start - 1) != 0) {
        return;
    }
    const char *rest = strchr(error->file + sizeof start - 1, '/');
    bool in_content = strtol(error->file + sizeof start - 1, NULL, 10) == folder->content;
    char place[sizeof error->file];
    snprintf(place, sizeof place, "%.300s.partial%s%s%.100s", folder->path, in_content ? "/" : "",
             in_content ? RUN_CONTENT : "", rest == NULL ? "" : rest);
    memcpy(error->file, place, sizeof place);
}

enum tol_status run_folder_refuse(const struct run_folder *folder, const char *ending, const char *what,
                                  struct tol_error *error)
{
    char place[512];
    snprintf(place, sizeof place, "%.400s%s", folder->path, ending);
    tol_fail(error, TOL_CANNOT_CREATE, "%s", what);
    return tol_fail_at(error, TOL_CANNOT_CREATE, place, 0, NULL, NULL);
}

/* A fault of something beside the folder gets its whole path. */
enum tol_status run_folder_at(const struct run_folder *folder, const char *ending, enum tol_status status,
                              struct tol_error *error)
{
    char place[512];
    snprintf(place, sizeof place, "%.400s%s", folder->path, ending);
    return status == TOL_OK ? TOL_OK : tol_fail_at(error, status, place, 0, NULL, NULL);
}

bool run_folder_is_any(void *context, const char *name)
{
    (void)name;
    *(bool *)context = true;
    return false;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

static enum tol_status open_parent(struct run_folder *folder, struct tol_error *error)
{
    const char *slash = strrchr(folder->path, '/');
    char *parent = slash == NULL ? strdup(".") : strndup(folder->path, (size_t)(slash - folder->path) + 1);
    if (parent == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    folder->parent = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int reason = errno;
    free(parent);
    const char *why =
        reason == ENOENT ? "the folder it is to stand in is not there; make that first" : strerror(reason);
    return folder->parent >= 0 ? TOL_OK : run_folder_refuse(folder, "", why, error);
}

static enum tol_status take_lock(struct run_folder *folder, struct tol_error *error)
{
    char *name = run_folder_joined(folder->name, ".lock");
    char purpose[64];
    if (name == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    snprintf(purpose, sizeof purpose, "run %s", folder->id);
    enum tol_status status = tol_lock_file_take(folder->parent, name, purpose, &folder->lock, error);
    free(name);
    return run_folder_at(folder, ".lock", status, error);
}

enum tol_status run_folder_set_parts(struct run_folder *folder, uint64_t firm_count, size_t scenario_count,
                                     struct tol_error *error)
{
    size_t end;
    uint64_t firms = folder->part_rows / scenario_count;
    firms = firms > 0 ? firms : 1;
    folder->run_parts = firm_count > 0 ? (size_t)((firm_count + firms - 1) / firms) : 1;
    enum tol_status status = shard_check(&folder->shard, folder->run_parts, firm_count, scenario_count, error);
    if (status != TOL_OK) {
        return status;
    }
    shard_parts(&folder->shard, folder->run_parts, &folder->first_part, &end);
    free(folder->part);
    folder->part_count = end - folder->first_part;
    folder->part = calloc(folder->part_count, sizeof *folder->part);
    if (folder->part == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < folder->part_count; i++) {
        uint64_t first = (folder->first_part + i) * firms;
        uint64_t count = firm_count - first < firms ? firm_count - first : firms;
        folder->part[i] = (struct run_part){.first_firm = first, .firm_count = count, .rows = count * scenario_count};
    }
    return TOL_OK;
}

enum tol_status run_folder_open(struct run_folder *folder, uint64_t firm_count, size_t scenario_count,
                                struct tol_error *error)
{
    enum tol_status status = run_folder_set_parts(folder, firm_count, scenario_count, error);
    if (status == TOL_OK) {
        status = open_parent(folder, error);
    }
    if (status == TOL_OK) {
        status = take_lock(folder, error);
    }
    if (status == TOL_OK) {
        status = run_folder_look_at_final(folder, error);
    }
    if (status == TOL_OK && folder->whole) {
        run_folder_remove_leftover(folder);
    }
    if (status == TOL_OK && !folder->whole) {
        status = run_folder_open_partial(folder, error);
        if (status == TOL_OK) {
            talk_when_interrupted("interrupted; %s.partial is kept: the same command with --resume goes on",
                                  folder->path);
        }
    }
    return status;
}

/* ---- parts that are kept --------------------------------------------------------------------------------------- */

static enum tol_status check_part(void *context, unsigned worker, uint64_t index, struct tol_error *error)
{
    (void)worker;
    (void)error;
    struct run_folder *folder = context;
    struct run_part *part = &folder->part[index];
    char path[RUN_PATH_SIZE], digest[TOL_SHA256_TEXT_SIZE];
    uint64_t bytes;
    run_folder_record_path(folder, (size_t)index, path);
    if (!run_record_read(path, folder->identity.sha256, part, NULL)) {
        return TOL_OK;
    }
    run_folder_part_path(folder, (size_t)index, path);
    part->kept = tol_sha256_file(path, &bytes, digest, NULL) == TOL_OK && bytes == part->bytes &&
                 strcmp(digest, part->sha256) == 0;
    return TOL_OK;
}

struct sweep {
    struct run_folder *folder;
    int scores;
};

static bool remove_unless_kept(void *context, const char *name)
{
    const struct sweep *sweep = context;
    bool kept = false;
    for (size_t i = 0; !kept && i < sweep->folder->part_count; i++) {
        char known[RUN_PATH_SIZE];
        run_folder_part_name(sweep->folder, i, known);
        kept = sweep->folder->part[i].kept && strcmp(known + sizeof RUN_SCORES, name) == 0;
    }
    return kept || tol_folder_remove(sweep->scores, name, NULL) == TOL_OK;
}

enum tol_status run_folder_find_kept(struct run_folder *folder, struct tol_run *run, struct tol_error *error)
{
    enum tol_status status = tol_run_blocks(run, folder->part_count, check_part, folder, error);
    return status == TOL_OK ? run_folder_sweep(folder, error) : status;
}

enum tol_status run_folder_sweep(struct run_folder *folder, struct tol_error *error)
{
    struct sweep sweep = {folder, -1};
    sweep.scores = openat(folder->content, RUN_SCORES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool swept = sweep.scores >= 0 && tol_folder_each(sweep.scores, remove_unless_kept, &sweep);
    if (sweep.scores >= 0) {
        close(sweep.scores);
    }
    return swept ? TOL_OK
                 : run_folder_refuse(folder, ".partial", "what is no part of the run cannot be removed", error);
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

enum tol_status run_folder_publish(struct run_folder *folder, struct tol_error *error)
{
    enum tol_status status =
        tol_folder_publish(folder->partial, RUN_CONTENT, folder->parent, folder->name, folder->replace, error);
    if (status != TOL_OK) {
        return run_folder_at(folder, "", status, error);
    }
    talk_when_interrupted("%s", "");
    folder->published = true;
    char *name = run_folder_joined(folder->name, ".partial");
    if (name == NULL || tol_folder_remove(folder->parent, name, NULL) != TOL_OK) {
        talk_note("%s is whole; %s.partial can be removed", folder->path, folder->path);
    }
    free(name);
    return TOL_OK;
}

static bool is_empty(int parent, const char *name)
{
    bool filled = false;
    int inner = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0) {
        return errno == ENOENT;
    }
    bool empty = tol_folder_each(inner, run_folder_is_any, &filled);
    close(inner);
    return empty;
}

static size_t count_kept(const struct run_folder *folder)
{
    size_t kept = 0;
    for (size_t i = 0; i < folder->part_count; i++) {
        kept += folder->part[i].kept;
    }
    return kept;
}

void run_folder_give_up(struct run_folder *folder, enum run_parts parts)
{
    if (folder->published) {
        talk_note("%s is whole: only what was to be told of it is missing", folder->path);
    }
    if (folder->published || !folder->taken) {
        return;
    }
    size_t kept = parts == RUN_PARTS_ARE_MARKED ? count_kept(folder) : 0;
    const char *lying = parts == RUN_PARTS_HAVE_RECORDS ? RUN_RECORDS : RUN_CONTENT "/" RUN_SCORES;
    char *name = run_folder_joined(folder->name, ".partial");
    if (kept > 0) {
        talk_note("%s.partial is kept with %zu of %zu parts: once what was told is mended, the same command with "
                  "--resume goes on",
                  folder->path, kept, folder->part_count);
    } else if (parts != RUN_PARTS_ARE_MARKED && !is_empty(folder->partial, lying)) {
        talk_note("%s.partial is kept: the same command with --resume goes on", folder->path);
    } else if (name == NULL || tol_folder_remove(folder->parent, name, NULL) != TOL_OK) {
        talk_note("%s.partial holds nothing that can be taken up and can be removed", folder->path);
    }
    free(name);
}

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
    *descriptor = -1;
}

void run_folder_close(struct run_folder *folder)
{
    if (folder->path == NULL) {
        return;
    }
    close_descriptor(&folder->content);
    close_descriptor(&folder->partial);
    tol_lock_file_release(folder->lock);
    close_descriptor(&folder->parent);
    run_identity_release(&folder->identity);
    free(folder->part);
    free(folder->path);
    free(folder->name);
    *folder = (struct run_folder){.parent = -1, .partial = -1, .content = -1};
}
