/* What stands under the final name of a run before it is made. */
#include "run_folder_inner.h"

#include "manifest_read.h"

#include "tolmuur/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_of_a_run(void *context, const char *name)
{
    bool known = strcmp(name, RUN_TOTALS) == 0 || strcmp(name, RUN_MANIFEST) == 0 || strcmp(name, RUN_SCORES) == 0 ||
                 strcmp(name, RUN_SUMS) == 0;
    if (!known) {
        snprintf(context, 256, "%s", name);
    }
    return known;
}

/* Are all outputs of the manifest there, and as long as it says? Totals are read through: conditions may be judged by them. */
static enum tol_status check_outputs(const struct run_folder *folder, int there, const struct manifest *manifest,
                                     struct tol_error *error)
{
    struct stat about;
    char totals[RUN_PATH_SIZE], digest[TOL_SHA256_TEXT_SIZE];
    bool sound = true;
    for (size_t i = 0; i < manifest->output_count; i++) {
        const struct manifest_file *output = &manifest->output[i];
        if (fstatat(there, output->path, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode) ||
            (uint64_t)about.st_size != output->bytes) {
            tol_fail(error, TOL_BAD_DATA, "%.100s is not there or was cut; remove this folder or --replace it",
                     output->path);
            return tol_fail_at(error, TOL_BAD_DATA, folder->path, 0, NULL, NULL);
        }
        if (strcmp(output->path, RUN_TOTALS) == 0) {
            snprintf(totals, sizeof totals, "/proc/self/fd/%d/" RUN_TOTALS, there);
            sound = tol_sha256_file(totals, NULL, digest, NULL) == TOL_OK && strcmp(digest, output->sha256) == 0;
        }
    }
    if (!sound) {
        tol_fail(error, TOL_BAD_DATA, RUN_TOTALS " was changed; remove this folder or --replace it");
        return tol_fail_at(error, TOL_BAD_DATA, folder->path, 0, NULL, NULL);
    }
    return TOL_OK;
}

/* --resume, and a whole run is there: is it this one? */
static enum tol_status compare_whole(struct run_folder *folder, int there, struct tol_error *error)
{
    struct manifest manifest;
    char *path = run_folder_joined(folder->path, "/" RUN_MANIFEST);
    if (path == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    enum tol_status status = manifest_read(path, &manifest, error);
    bool same = status == TOL_OK && strcmp(manifest.identity.sha256, folder->identity.sha256) == 0;
    if (status == TOL_OK && (same || !folder->replace)) {
        status = run_identity_compare(&manifest.identity, &folder->identity, folder->path, error);
    }
    if (status == TOL_OK && same) {
        status = check_outputs(folder, there, &manifest, error);
        folder->whole = status == TOL_OK;
    }
    manifest_release(&manifest);
    free(path);
    return status;
}

static enum tol_status look_into(struct run_folder *folder, int there, struct tol_error *error)
{
    bool filled = false;
    char stranger[256] = "";
    struct stat about;
    (void)tol_folder_each(there, run_folder_is_any, &filled);
    if (!filled) {
        folder->replace = false;
        return TOL_OK;
    }
    if (fstatat(there, RUN_MANIFEST, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return run_folder_refuse(folder, "", "a folder that is no run is here; name another one", error);
    }
    enum tol_status status = folder->resume ? compare_whole(folder, there, error) : TOL_OK;
    if (status != TOL_OK || folder->whole) {
        return status;
    }
    if (!folder->replace) {
        return run_folder_refuse(
            folder, "",
            "a whole run is here; name another folder, or --replace this one, or --resume it to be told whether "
            "it is the same",
            error);
    }
    if (!tol_folder_each(there, is_of_a_run, stranger)) {
        char what[400];
        snprintf(what, sizeof what, "%.255s in this folder is no part of a run; move it away", stranger);
        return run_folder_refuse(folder, "", what, error);
    }
    return TOL_OK;
}

/* What stands under the final name. */
enum tol_status run_folder_look_at_final(struct run_folder *folder, struct tol_error *error)
{
    struct stat about;
    if (fstatat(folder->parent, folder->name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        folder->replace = false;
        return errno == ENOENT ? TOL_OK : run_folder_refuse(folder, "", strerror(errno), error);
    }
    int there = openat(folder->parent, folder->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (there < 0) {
        return run_folder_refuse(folder, "",
                                 S_ISDIR(about.st_mode)   ? "this folder cannot be read"
                                 : S_ISLNK(about.st_mode) ? "this is a link; name the folder itself"
                                                          : "this is no folder; name another",
                                 error);
    }
    enum tol_status status = look_into(folder, there, error);
    close(there);
    return status;
}
