/* Parts of the shards become parts of the run: copied, and hashed where they then lie. */
#include "merge.h"
#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 24, SOURCE_SIZE = 4096 };

struct parts {
    struct merge *merge;
    const struct manifest_file **file; /* [parts of the run] */
    const struct merge_shard **shard;
    struct tol_error *fault; /* what is wrong with the source; TOL_OK: nothing */
};

static void list_parts(struct parts *parts)
{
    const struct merge *merge = parts->merge;
    for (size_t i = 0; i < merge->shard_count; i++) {
        const struct merge_shard *shard = merge->shard[i];
        size_t first, end;
        shard_parts(&shard->manifest.shard, merge->folder.run_parts, &first, &end);
        for (size_t part = first; part < end; part++) {
            parts->file[part] = &shard->manifest.output[part - first];
            parts->shard[part] = shard;
        }
    }
}

/* ---- one part -------------------------------------------------------------------------------------------------- */

static bool is_there(const char *path, const struct manifest_file *file)
{
    char digest[TOL_SHA256_TEXT_SIZE];
    uint64_t bytes;
    return tol_sha256_file(path, &bytes, digest, NULL) == TOL_OK && bytes == file->bytes &&
           strcmp(digest, file->sha256) == 0;
}

static enum tol_status check_kept(void *context, unsigned worker, uint64_t part, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct parts *parts = context;
    char path[RUN_PATH_SIZE];
    run_folder_part_path(&parts->merge->folder, (size_t)part, path);
    parts->merge->folder.part[part].kept = is_there(path, parts->file[part]);
    return TOL_OK;
}

static int open_source(const struct manifest_file *file, const char *path, struct tol_error *fault)
{
    struct stat about;
    int source = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    const char *reason = source < 0 ? strerror(errno) : NULL;
    if (source >= 0 && (fstat(source, &about) != 0 || !S_ISREG(about.st_mode))) {
        reason = "no regular file";
    } else if (source >= 0 && (uint64_t)about.st_size != file->bytes) {
        reason = "it was cut or has grown";
    }
    if (reason != NULL) {
        tol_fail(fault, TOL_BAD_DATA, "%s", reason);
        if (source >= 0) {
            close(source);
        }
        return -1;
    }
    return source;
}

static bool is_unsupported(int reason)
{
    return reason == EXDEV || reason == EINVAL || reason == ENOSYS || reason == EOPNOTSUPP || reason == EBADF;
}

static ssize_t write_piece(int target, const char *piece, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = write(target, piece + done, size - done);
        if (count < 0 && errno != EINTR) {
            return -1;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return (ssize_t)size;
}

/* Inside the file system where it can, which may share the blocks; else through this process. *reading: it is the source that fails. */
static bool copy(int source, int target, bool *reading, bool *stopped)
{
    bool inside = true;
    char *piece = NULL;
    ssize_t count = 1;
    while (count > 0 && !*stopped) {
        *stopped = talk_cancelled();
        *reading = false;
        if (inside) {
            count = copy_file_range(source, NULL, target, NULL, PIECE_BYTES, 0);
            inside = count >= 0 || !is_unsupported(errno);
            count = inside ? count : 1;
            continue;
        }
        piece = piece == NULL ? malloc(PIECE_BYTES) : piece;
        count = piece == NULL ? -1 : read(source, piece, PIECE_BYTES);
        *reading = count < 0 && piece != NULL;
        count = count > 0 ? write_piece(target, piece, (size_t)count) : count;
    }
    int reason = errno;
    free(piece);
    errno = reason;
    return count >= 0;
}

/* TOL_OK with *fault filled when the source cannot be read. */
static enum tol_status copy_to(int source, const char *path, struct tol_error *fault, struct tol_error *error)
{
    struct tol_whole_file *target;
    bool reading = false, stopped = false;
    enum tol_status status = tol_whole_file_create(path, &target, error);
    if (status != TOL_OK) {
        return status;
    }
    if (copy(source, tol_whole_file_descriptor(target), &reading, &stopped) && !stopped) {
        return tol_whole_file_publish(target, error);
    }
    int reason = errno;
    tol_whole_file_abandon(target);
    if (stopped) {
        return tol_fail(error, TOL_TRY_AGAIN, "interrupted");
    }
    if (reading) {
        tol_fail(fault, TOL_IO, "cannot be read: %s", strerror(reason));
        return TOL_OK;
    }
    tol_fail(error, TOL_IO, "cannot be written: %s", strerror(reason));
    return tol_fail_at(error, TOL_IO, path, 0, NULL, NULL);
}

static enum tol_status take_part(void *context, unsigned worker, uint64_t index, struct tol_error *error)
{
    (void)worker;
    const struct parts *parts = context;
    struct run_folder *folder = &parts->merge->folder;
    const struct manifest_file *file = parts->file[index];
    struct tol_error *fault = &parts->fault[index];
    char source[SOURCE_SIZE], path[RUN_PATH_SIZE];
    if (folder->part[index].kept) {
        return TOL_OK;
    }
    int length = snprintf(source, sizeof source, "%s/%s", parts->shard[index]->path, file->path);
    if (length < 0 || length >= (int)sizeof source) {
        return tol_fail(error, TOL_USAGE, "%.200s: the name is too long", parts->shard[index]->path);
    }
    int descriptor = open_source(file, source, fault);
    if (descriptor < 0) {
        return TOL_OK;
    }
    run_folder_part_path(folder, (size_t)index, path);
    enum tol_status status = copy_to(descriptor, path, fault, error);
    close(descriptor);
    if (status == TOL_OK && fault->status == TOL_OK && !is_there(path, file)) {
        tol_fail(fault, TOL_BAD_DATA, "damaged: its bytes do not have the SHA-256 of the manifest");
        (void)unlink(path);
    }
    folder->part[index].kept = status == TOL_OK && fault->status == TOL_OK;
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

static void tell_faults(struct parts *parts)
{
    struct merge *merge = parts->merge;
    for (size_t i = 0; i < merge->folder.run_parts; i++) {
        char path[SOURCE_SIZE + RUN_PATH_SIZE], shard[SHARD_TEXT_SIZE];
        if (parts->fault[i].status != TOL_OK) {
            snprintf(path, sizeof path, "%s/%s", parts->shard[i]->path, parts->file[i]->path);
            shard_format(&parts->shard[i]->manifest.shard, shard);
            merge_tell(merge, path, "%.200s; score --shard %s again with --replace", parts->fault[i].message, shard);
        }
    }
}

/* What the manifest of the run says of its parts is what those of the shards said. */
static void describe(struct parts *parts, size_t *kept)
{
    struct run_folder *folder = &parts->merge->folder;
    *kept = 0;
    for (size_t i = 0; i < folder->run_parts; i++) {
        folder->part[i].bytes = parts->file[i]->bytes;
        memcpy(folder->part[i].sha256, parts->file[i]->sha256, TOL_SHA256_TEXT_SIZE);
        *kept += folder->part[i].kept;
    }
}

static enum tol_status take_all(struct parts *parts, size_t *kept, struct tol_error *error)
{
    struct merge *merge = parts->merge;
    size_t count = merge->folder.run_parts;
    list_parts(parts);
    enum tol_status status = tol_run_blocks(merge->run, count, check_kept, parts, error);
    merge->parts_known = status == TOL_OK;
    if (status == TOL_OK) {
        status = run_folder_sweep(&merge->folder, error);
    }
    describe(parts, kept);
    if (status == TOL_OK && *kept > 0) {
        talk_note("%s: %zu of %zu parts are kept from before", merge->folder.path, *kept, count);
    }
    if (status == TOL_OK) {
        status = tol_run_blocks(merge->run, count, take_part, parts, error);
    }
    if (status == TOL_OK) {
        tell_faults(parts);
        status = merge_stop(merge, error);
    }
    return status;
}

enum tol_status merge_parts(struct merge *merge, size_t *kept, struct tol_error *error)
{
    size_t count = merge->folder.run_parts;
    struct parts parts = {.merge = merge,
                          .file = calloc(count, sizeof *parts.file),
                          .shard = calloc(count, sizeof *parts.shard),
                          .fault = calloc(count, sizeof *parts.fault)};
    enum tol_status status = parts.file == NULL || parts.shard == NULL || parts.fault == NULL
                                 ? tol_fail(error, TOL_NO_MEMORY, "out of memory")
                                 : take_all(&parts, kept, error);
    free(parts.file);
    free(parts.shard);
    free(parts.fault);
    return status;
}
