#include "tolmuur/sha256.h"

/* The plain functions of libcrypto, from its archive: they need none of the library's start-up, which every command would pay for. */
#define OPENSSL_API_COMPAT 0x10100000L

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes between two looks at whether the answer is still wanted. */
static const size_t step_bytes = (size_t)1 << 20;

struct tol_sha256_job {
    const unsigned char *bytes; /* NULL: the file */
    uint64_t size;
    char *path;
    pthread_t thread;
    bool has_thread;
    atomic_bool dropped;
    enum tol_status status;
    struct tol_error error;
    char text[TOL_SHA256_TEXT_SIZE];
};

static void to_text(SHA256_CTX *state, char text[TOL_SHA256_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_Final(digest, state);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[TOL_SHA256_TEXT_SIZE - 1] = '\0';
}

static bool is_dropped(atomic_bool *dropped)
{
    return dropped != NULL && atomic_load_explicit(dropped, memory_order_relaxed);
}

static void hash_memory(const unsigned char *bytes, uint64_t size, char text[TOL_SHA256_TEXT_SIZE],
                        atomic_bool *dropped)
{
    SHA256_CTX state;
    SHA256_Init(&state);
    for (uint64_t done = 0; done < size && !is_dropped(dropped);) {
        size_t part = size - done < step_bytes ? (size_t)(size - done) : step_bytes;
        SHA256_Update(&state, bytes + done, part);
        done += part;
    }
    to_text(&state, text);
}

void tol_sha256(const void *bytes, size_t size, char text[TOL_SHA256_TEXT_SIZE])
{
    hash_memory(bytes, size, text, NULL);
}

static enum tol_status fault(const char *path, struct tol_error *error, enum tol_status status, const char *reason)
{
    tol_fail(error, status, "cannot be read: %s", reason);
    return tol_fail_at(error, status, path, 0, NULL, NULL);
}

/* 0 or errno. */
static int hash_descriptor(int descriptor, unsigned char *buffer, uint64_t *size, char text[TOL_SHA256_TEXT_SIZE],
                           atomic_bool *dropped)
{
    SHA256_CTX state;
    SHA256_Init(&state);
    *size = 0;
    ssize_t count = 1;
    while (count != 0 && !is_dropped(dropped)) {
        count = read(descriptor, buffer, step_bytes);
        if (count > 0) {
            SHA256_Update(&state, buffer, (size_t)count);
            *size += (uint64_t)count;
        } else if (count < 0 && errno != EINTR) {
            return errno;
        }
    }
    to_text(&state, text);
    return 0;
}

static enum tol_status hash_file(const char *path, uint64_t *size, char text[TOL_SHA256_TEXT_SIZE],
                                 atomic_bool *dropped, struct tol_error *error)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) {
        return fault(path, error, errno == ENOENT || errno == ENOTDIR ? TOL_NO_INPUT : TOL_IO, strerror(errno));
    }
    unsigned char *buffer = malloc(step_bytes);
    enum tol_status status = TOL_OK;
    if (buffer == NULL) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory while hashing a file");
    } else if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        status = fault(path, error, TOL_BAD_DATA, "not a regular file");
    } else {
        int reason = hash_descriptor(descriptor, buffer, size, text, dropped);
        status = reason == 0 ? TOL_OK : fault(path, error, TOL_IO, strerror(reason));
    }
    free(buffer);
    close(descriptor);
    return status;
}

enum tol_status tol_sha256_file(const char *path, uint64_t *size, char text[TOL_SHA256_TEXT_SIZE],
                                struct tol_error *error)
{
    uint64_t bytes = 0;
    enum tol_status status = hash_file(path, &bytes, text, NULL, error);
    if (status == TOL_OK && size != NULL) {
        *size = bytes;
    }
    return status;
}

static void *work(void *argument)
{
    struct tol_sha256_job *job = argument;
    if (job->bytes != NULL) {
        hash_memory(job->bytes, job->size, job->text, &job->dropped);
    } else {
        job->status = hash_file(job->path, &job->size, job->text, &job->dropped, &job->error);
    }
    return NULL;
}

enum tol_status tol_sha256_start(const void *bytes, uint64_t size, const char *path, struct tol_sha256_job **job,
                                 struct tol_error *error)
{
    struct tol_sha256_job *made = calloc(1, sizeof *made);
    if (made != NULL) {
        *made = (struct tol_sha256_job){.bytes = bytes, .size = size, .path = bytes == NULL ? strdup(path) : NULL};
    }
    if (made == NULL || (bytes == NULL && made->path == NULL)) {
        free(made);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while hashing a file");
    }
    atomic_init(&made->dropped, false);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    made->has_thread = pthread_create(&made->thread, NULL, work, made) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!made->has_thread) {
        work(made);
    }
    *job = made;
    return TOL_OK;
}

static void release(struct tol_sha256_job *job)
{
    free(job->path);
    free(job);
}

enum tol_status tol_sha256_finish(struct tol_sha256_job *job, uint64_t *size, char text[TOL_SHA256_TEXT_SIZE],
                                  struct tol_error *error)
{
    if (job->has_thread) {
        pthread_join(job->thread, NULL);
    }
    enum tol_status status = job->status;
    if (status == TOL_OK) {
        memcpy(text, job->text, TOL_SHA256_TEXT_SIZE);
        if (size != NULL) {
            *size = job->size;
        }
    } else if (error != NULL) {
        *error = job->error;
    }
    release(job);
    return status;
}

void tol_sha256_drop(struct tol_sha256_job *job)
{
    if (job == NULL) {
        return;
    }
    atomic_store(&job->dropped, true);
    if (job->has_thread) {
        pthread_join(job->thread, NULL);
    }
    release(job);
}
