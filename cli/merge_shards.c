/* Which shards were given, and whether they are one run. */
#include "merge.h"
#include "talk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void merge_tell(struct merge *merge, const char *path, const char *format, ...)
{
    struct tol_error fault = {0};
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    tol_fail(&fault, TOL_BAD_DATA, "%s", message);
    tol_fail_at(&fault, TOL_BAD_DATA, path, 0, NULL, NULL);
    talk_error(&fault);
    merge->faults++;
}

enum tol_status merge_stop(const struct merge *merge, struct tol_error *error)
{
    return merge->faults == 0 ? TOL_OK
                              : tol_fail(error, TOL_BAD_DATA, "%zu fault%s in these shards: nothing was merged",
                                         merge->faults, merge->faults == 1 ? "" : "s");
}

/* ---- manifests ------------------------------------------------------------------------------------------------- */

/* Nothing is at the shard's path, or no folder. */
static void tell_absent(struct merge *merge, const struct merge_shard *shard)
{
    struct stat about;
    char partial[4096];
    size_t length = strlen(shard->path);
    while (length > 1 && shard->path[length - 1] == '/') {
        length--;
    }
    snprintf(partial, sizeof partial, "%.*s.partial", (int)length, shard->path);
    if (stat(shard->path, &about) == 0) {
        merge_tell(merge, shard->path, "this is no folder: name the one that score --shard I/N -o FOLDER/ wrote");
    } else if (errno != ENOENT && errno != ENOTDIR) {
        merge_tell(merge, shard->path, "this folder cannot be opened: %s", strerror(errno));
    } else if (stat(partial, &about) == 0) {
        merge_tell(merge, shard->path,
                   "this folder is not there yet, only %.200s: the score that was to write it was broken off; the same "
                   "command with --resume goes on",
                   partial);
    } else {
        merge_tell(merge, shard->path,
                   "this folder is not there: mend its name, or write it with score --shard I/N -o %.200s",
                   shard->path);
    }
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static void read_manifest(struct merge *merge, struct merge_shard *shard)
{
    struct tol_error fault = {0};
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/" RUN_MANIFEST, shard->path);
    if (length < 0 || length >= (int)sizeof path) {
        merge_tell(merge, shard->path, "the name of the folder is too long");
    } else if (!is_folder(shard->path)) {
        tell_absent(merge, shard);
    } else if (access(path, F_OK) != 0) {
        merge_tell(merge, shard->path,
                   "no shard is here (no " RUN_MANIFEST "): score --shard I/N -o FOLDER/ writes one");
    } else if (manifest_read_all(path, &shard->manifest, &shard->all, &fault) != TOL_OK ||
               run_identity_of_whole(&shard->manifest.identity, &shard->whole, &fault) != TOL_OK) {
        talk_error(&fault);
        merge->faults++;
    } else if (shard->manifest.shard.count == 0) {
        merge_tell(merge, shard->path, "this is a whole run and no shard; leave it out");
    } else {
        shard->read = true;
    }
}

static const char *text_of(const struct merge_shard *shard)
{
    static char text[SHARD_TEXT_SIZE];
    shard_format(&shard->manifest.shard, text);
    return text;
}

static bool is_of_run(struct merge *merge, const struct merge_shard *reference, const struct merge_shard *shard,
                      const char *mend)
{
    const char *was, *is;
    const char *name = run_identity_difference(&reference->whole, &shard->whole, &was, &is);
    if (name != NULL) {
        merge_tell(merge, shard->path, "a shard of another run: its %s is %.90s, that of %.90s is %.90s%s", name,
                   is == NULL ? "not there" : is, reference->path, was == NULL ? "not there" : was, mend);
    } else if (shard->manifest.shard.count != reference->manifest.shard.count) {
        merge_tell(merge, shard->path,
                   "this is shard %s, and %.90s is one of %u: cut the run into one number of shards", text_of(shard),
                   reference->path, (unsigned)reference->manifest.shard.count);
    }
    return name == NULL && shard->manifest.shard.count == reference->manifest.shard.count;
}

/* Identities have checksums of book and tables; the manifest has hashes of all their bytes too. Where they lie may differ. */
static bool has_inputs(struct merge *merge, const struct merge_shard *reference, const struct merge_shard *shard)
{
    const struct manifest *ours = &reference->manifest, *its = &shard->manifest;
    bool same = ours->input_count == its->input_count;
    for (size_t i = 0; same && i < its->input_count; i++) {
        same = strcmp(ours->input[i].role, its->input[i].role) == 0 &&
               strcmp(ours->input[i].sha256, its->input[i].sha256) == 0;
        if (!same) {
            merge_tell(merge, shard->path,
                       "the SHA-256 of its input %.60s is another than that of %.90s; score it again",
                       its->input[i].role, reference->path);
        }
    }
    if (ours->input_count != its->input_count) {
        merge_tell(merge, shard->path, "it was made from %zu inputs, %.90s from %zu", its->input_count, reference->path,
                   ours->input_count);
    }
    return same;
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

static void place_shards(struct merge *merge, const struct merge_shard *reference)
{
    for (size_t i = 0; i < merge->given_count; i++) {
        const struct merge_shard *shard = &merge->given[i];
        if (!shard->read || !is_of_run(merge, reference, shard, "; leave it out, or score it as the others") ||
            !has_inputs(merge, reference, shard)) {
            continue;
        }
        const struct merge_shard **place = &merge->shard[shard->manifest.shard.number - 1];
        if (*place != NULL) {
            merge_tell(merge, shard->path, "shard %s is given twice: also %.200s; leave one out", text_of(shard),
                       (*place)->path);
        } else {
            *place = shard;
        }
    }
}

/* No run has more of the shards than another: which is meant cannot be known. */
static void tell_rivals(struct merge *merge, const struct merge_agreement *agreement)
{
    const struct merge_shard *reference = agreement->reference;
    if (agreement->agreeing == 1) {
        merge_tell(merge, reference->path,
                   "no two of these %zu shards are of one run: score all of them with the same book, tables, options "
                   "and number of shards",
                   agreement->read);
    } else {
        merge_tell(merge, reference->path,
                   "%zu shards are of its run, and as many of that of %.200s: leave out those of other runs than the "
                   "one you mean",
                   agreement->agreeing, agreement->rival->path);
    }
    for (size_t i = 0; i < merge->given_count; i++) {
        if (merge->given[i].read) {
            (void)is_of_run(merge, reference, &merge->given[i], "");
        }
    }
}

/* Missing shards that stand beside each other are told together. */
static void tell_missing(struct merge *merge, const struct merge_shard *reference)
{
    const char *example = reference->path;
    for (size_t first = 0; first < merge->shard_count; first++) {
        size_t end = first;
        while (end < merge->shard_count && merge->shard[end] == NULL) {
            end++;
        }
        if (end == first) {
            continue;
        }
        char which[64], options[64];
        snprintf(which, sizeof which, end == first + 1 ? "shard %zu is" : "shards %zu to %zu are", first + 1, end);
        snprintf(options, sizeof options, end == first + 1 ? "--shard %zu/%zu" : "--shard %zu/%zu and so on", first + 1,
                 merge->shard_count);
        merge_tell(merge, example, "%s missing of %zu: name its folder, or score with the options of this one and %s",
                   which, merge->shard_count, options);
        first = end;
    }
}

static bool has_number(const struct merge_shard *shard, size_t output, const char *name, uint64_t expected)
{
    uint64_t number;
    return merge_manifest_of_output(shard, output, name, &number) && number == expected;
}

/* Outputs are the parts that such a shard has, and its sums. */
static bool has_outputs(const struct merge *merge, const struct merge_shard *shard)
{
    size_t first, end;
    shard_parts(&shard->manifest.shard, merge->folder.run_parts, &first, &end);
    const struct manifest *manifest = &shard->manifest;
    bool good = manifest->output_count == end - first + 1 && strcmp(manifest->output[end - first].path, RUN_SUMS) == 0;
    for (size_t i = first; good && i < end; i++) {
        const struct run_part *part = &merge->folder.part[i];
        char name[RUN_PATH_SIZE];
        run_folder_part_name(&merge->folder, i, name);
        good = strcmp(manifest->output[i - first].path, name) == 0 &&
               has_number(shard, i - first, "first_firm", part->first_firm) &&
               has_number(shard, i - first, "firms", part->firm_count) &&
               has_number(shard, i - first, "rows", part->rows);
    }
    return good;
}

static bool read_counts(struct merge *merge, const struct merge_shard *reference)
{
    uint64_t scenarios = 0, part_rows = 0;
    for (size_t i = 0; i < reference->whole.count; i++) {
        const struct run_pair *pair = &reference->whole.pair[i];
        part_rows = strcmp(pair->name, "part_rows") == 0 ? strtoull(pair->value, NULL, 10) : part_rows;
    }
    bool good = merge_manifest_count(reference, "firms", &merge->firm_count) &&
                merge_manifest_count(reference, "scenarios", &scenarios) && scenarios > 0 &&
                scenarios <= TOL_SCENARIOS_MAX && merge->firm_count < UINT32_MAX && part_rows > 0;
    merge->scenario_count = (size_t)scenarios;
    merge->folder.part_rows = part_rows;
    return good;
}

/* Parts as they are cut from the numbers of the run, and every shard has its own. */
static enum tol_status check_outputs(struct merge *merge, const struct merge_shard *reference, struct tol_error *error)
{
    if (!read_counts(merge, reference)) {
        merge_tell(merge, reference->path, "the manifest does not say how many firms and scenarios there are");
        return merge_stop(merge, error);
    }
    enum tol_status status = run_folder_set_parts(&merge->folder, merge->firm_count, merge->scenario_count, error);
    for (size_t i = 0; status == TOL_OK && i < merge->shard_count; i++) {
        if (!has_outputs(merge, merge->shard[i])) {
            merge_tell(merge, merge->shard[i]->path,
                       "the manifest does not describe the parts of shard %s; it was changed: score it again",
                       text_of(merge->shard[i]));
        }
    }
    return status == TOL_OK ? merge_stop(merge, error) : status;
}

enum tol_status merge_shards_read(struct merge *merge, struct tol_error *error)
{
    merge->given_count = merge->options->argument.count;
    merge->given = calloc(merge->given_count, sizeof *merge->given);
    if (merge->given == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < merge->given_count; i++) {
        merge->given[i].path = merge->options->argument.text[i];
        read_manifest(merge, &merge->given[i]);
    }
    struct merge_agreement agreement;
    enum tol_status status = merge_agree(merge, &agreement, error);
    if (status == TOL_OK && agreement.rival != NULL) {
        tell_rivals(merge, &agreement);
    }
    if (status != TOL_OK || agreement.reference == NULL || agreement.rival != NULL) {
        return status == TOL_OK ? merge_stop(merge, error) : status;
    }
    const struct merge_shard *reference = agreement.reference;
    merge->shard_count = reference->manifest.shard.count;
    merge->shard = calloc(merge->shard_count, sizeof *merge->shard);
    if (merge->shard == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    place_shards(merge, reference);
    tell_missing(merge, reference);
    status = merge_stop(merge, error);
    return status == TOL_OK ? check_outputs(merge, reference, error) : status;
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

static enum tol_status add_sums(struct merge *merge, const struct merge_shard *shard, struct tol_error *error)
{
    const struct manifest_file *file = &shard->manifest.output[shard->manifest.output_count - 1];
    char path[4096], digest[TOL_SHA256_TEXT_SIZE];
    struct tol_error fault = {0};
    struct shard_sums sums = {0};
    int length = snprintf(path, sizeof path, "%s/" RUN_SUMS, shard->path);
    enum tol_status status = length > 0 && length < (int)sizeof path
                                 ? tol_sha256_file(path, NULL, digest, &fault)
                                 : tol_fail(&fault, TOL_USAGE, "the name is too long");
    if (status == TOL_OK && strcmp(digest, file->sha256) != 0) {
        merge_tell(merge, path,
                   "damaged: its SHA-256 is %s, the manifest has %s; score --shard %s again with --replace", digest,
                   file->sha256, text_of(shard));
        return TOL_OK;
    }
    status = status == TOL_OK ? shard_sums_read(&sums, path, &fault) : status;
    status = status == TOL_OK ? shard_sums_join(&merge->sums, &sums, &fault) : status;
    shard_sums_release(&sums);
    if (status == TOL_NO_MEMORY) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    if (status != TOL_OK) {
        if (fault.file[0] == '\0') {
            tol_fail_at(&fault, status, path, 0, NULL, NULL);
        }
        talk_error(&fault);
        merge->faults++;
    }
    return TOL_OK;
}

enum tol_status merge_sums(struct merge *merge, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < merge->shard_count && status == TOL_OK; i++) {
        status = add_sums(merge, merge->shard[i], error);
    }
    if (status == TOL_OK) {
        shard_sums_place_draws(&merge->sums);
    }
    return status;
}

void merge_shards_release(struct merge *merge)
{
    for (size_t i = 0; i < merge->given_count && merge->given != NULL; i++) {
        merge_manifest_release(&merge->given[i]);
        manifest_release(&merge->given[i].manifest);
        run_identity_release(&merge->given[i].whole);
    }
    shard_sums_release(&merge->sums);
    free(merge->shard);
    free(merge->given);
    merge->given = NULL;
    merge->shard = NULL;
}
