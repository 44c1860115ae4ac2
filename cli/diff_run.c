/* A run that is compared: its manifest, its scenarios, its parts. */
#include "diff.h"
#include "run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char parts_folder[] = "scores/";

static enum tol_status at(enum tol_status status, const char *path, struct tol_error *error)
{
    return tol_fail_at(error, status, path, 0, NULL, NULL);
}

static enum tol_status read_manifest(struct diff_run *run, struct tol_error *error)
{
    struct stat about;
    char path[4096];
    if (stat(run->path, &about) != 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        enum tol_status status = missing ? TOL_NO_INPUT : TOL_IO;
        tol_fail(error, status, "cannot be opened: %s", strerror(errno));
        return at(status, run->path, error);
    }
    if (!S_ISDIR(about.st_mode)) {
        tol_fail(error, TOL_BAD_DATA, "this is no run: name the folder that score -o RUN/ wrote");
        return at(TOL_BAD_DATA, run->path, error);
    }
    if (snprintf(path, sizeof path, "%s/" RUN_MANIFEST, run->path) >= (int)sizeof path) {
        return tol_fail(error, TOL_USAGE, "the name of the run is longer than %zu bytes", sizeof path - 32);
    }
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        tol_fail(error, TOL_NO_INPUT, "this folder is no run: it holds no " RUN_MANIFEST "; score -o RUN/ writes one");
        return at(TOL_NO_INPUT, run->path, error);
    }
    enum tol_status status = manifest_read(path, &run->manifest, error);
    if (status == TOL_OK && run->manifest.shard.count > 0) {
        tol_fail(error, TOL_BAD_DATA, "this is shard %u of %u of a run; merge all of them and compare the run",
                 (unsigned)run->manifest.shard.number, (unsigned)run->manifest.shard.count);
        return at(TOL_BAD_DATA, run->path, error);
    }
    return status;
}

/* "NAME on DAY", or a day alone, which is then the name too. */
static bool read_world(const char *value, struct diff_world *world)
{
    static const char joint[] = " on ";
    size_t length = strlen(value), day = MANIFEST_DAY_SIZE - 1, ending = day + sizeof joint - 1;
    tol_day parsed;
    if (length < day || !tol_day_parse(value + length - day, &parsed)) {
        return false;
    }
    memcpy(world->day, value + length - day, day + 1);
    size_t name = length == day ? day : length - ending;
    if (length != day && (length <= ending || strncmp(value + name, joint, sizeof joint - 1) != 0)) {
        return false;
    }
    if (name >= sizeof world->name) {
        return false;
    }
    memcpy(world->name, value, name);
    world->name[name] = '\0';
    return true;
}

static enum tol_status read_worlds(struct diff_run *run, struct tol_error *error)
{
    const struct run_identity *identity = &run->manifest.identity;
    run->world = calloc(identity->count + 1, sizeof *run->world);
    if (run->world == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < identity->count; i++) {
        static const char prefix[] = "scenario.";
        if (strncmp(identity->pair[i].name, prefix, sizeof prefix - 1) == 0 &&
            !read_world(identity->pair[i].value, &run->world[run->world_count++])) {
            tol_fail(error, TOL_BAD_DATA, "the manifest has a scenario that is none: %.60s", identity->pair[i].value);
            return at(TOL_BAD_DATA, run->path, error);
        }
    }
    return run->world_count > 0 ? TOL_OK : tol_fail(error, TOL_BAD_DATA, "the manifest has no scenarios");
}

/* ---- parts ----------------------------------------------------------------------------------------------------- */

/* The outputs that are parts, in their order; NULL past the last. */
static const struct manifest_file *part_of(const struct diff_run *run, size_t part)
{
    size_t seen = 0;
    for (size_t i = 0; i < run->manifest.output_count; i++) {
        const struct manifest_file *output = &run->manifest.output[i];
        if (strncmp(output->path, parts_folder, sizeof parts_folder - 1) == 0 && seen++ == part) {
            return output;
        }
    }
    return NULL;
}

static enum tol_status part_fails(const struct diff_run *run, const struct manifest_file *part, enum tol_status status,
                                  struct tol_error *error)
{
    char path[4352];
    snprintf(path, sizeof path, "%s/%s", run->path, part->path);
    return at(status, path, error);
}

static enum tol_status open_parts(struct diff_run *run, struct tol_error *error)
{
    run->part = calloc(run->manifest.output_count + 1, sizeof *run->part);
    if (run->part == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < run->manifest.output_count; i++) {
        const struct manifest_file *output = &run->manifest.output[i];
        if (strncmp(output->path, parts_folder, sizeof parts_folder - 1) != 0) {
            continue;
        }
        char path[4352];
        snprintf(path, sizeof path, "%s/%s", run->path, output->path);
        int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (file < 0) {
            bool many = errno == EMFILE;
            enum tol_status status = errno == ENOENT ? TOL_NO_INPUT : TOL_IO;
            tol_fail(error, status, "this part cannot be opened: %s%s", strerror(errno),
                     many ? "; raise the limit of open files (ulimit -n)" : "");
            return at(status, path, error);
        }
        run->part[run->part_count++] = file;
    }
    return run->part_count > 0 ? TOL_OK : tol_fail(error, TOL_BAD_DATA, "the manifest has no parts of scores");
}

static enum tol_status check_part(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct diff_run *run = context;
    const struct manifest_file *part = part_of(run, (size_t)block);
    char path[64], digest[TOL_SHA256_TEXT_SIZE];
    if (part == NULL) {
        return tol_fail(error, TOL_INTERNAL, "there is no such part");
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", run->part[block]);
    enum tol_status status = tol_sha256_file(path, NULL, digest, error);
    if (status == TOL_OK && strcmp(digest, part->sha256) != 0) {
        status = tol_fail(error, TOL_BAD_DATA,
                          "this part was changed: SHA-256 was %s, is %s; score --replay makes the run again",
                          part->sha256, digest);
    }
    return status == TOL_OK ? TOL_OK : part_fails(run, part, status, error);
}

enum tol_status diff_run_open(struct diff_run *run, const char *path, struct tol_run *workers, struct tol_error *error)
{
    *run = (struct diff_run){.path = path};
    enum tol_status status = read_manifest(run, error);
    if (status == TOL_OK) {
        status = read_worlds(run, error);
    }
    if (status == TOL_OK) {
        status = open_parts(run, error);
    }
    return status == TOL_OK ? tol_run_blocks(workers, run->part_count, check_part, run, error) : status;
}

void diff_run_close(struct diff_run *run)
{
    for (size_t i = 0; i < run->part_count; i++) {
        close(run->part[i]);
    }
    free(run->part);
    free(run->world);
    manifest_release(&run->manifest);
    *run = (struct diff_run){0};
}
