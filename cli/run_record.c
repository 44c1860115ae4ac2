#include "run_record.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the byte order of the machine: a record never leaves it, and another's does not match the check behind it. */
struct head {
    char magic[8];
    uint64_t first_firm;
    uint64_t firm_count;
    uint64_t rows;
    uint64_t bytes;
    uint64_t sums_size;
    char identity[64];
    char sha256[64];
};
/* One group of one table that has firms. */
struct entry {
    uint32_t by;
    uint32_t scenario;
    uint64_t group;
    struct total total;
};
static const char magic[8] = "TOLPRT2";
static const uint64_t record_bytes_most = UINT64_C(1) << 32;

_Static_assert(sizeof(struct total) == (1 + TOL_BAND_NONE + 1) * 8 + 9 * sizeof(struct exact_sum),
               "no padding is written");

/* ---- sums ------------------------------------------------------------------------------------------------------ */

/* One table: the number of its entries, the entries. */
static void put_table(struct sink *sums, const struct totals *of, uint32_t by)
{
    uint64_t count = 0;
    for (size_t i = 0; i < of->group_count * of->scenario_count; i++) {
        count += of->group[i].firms > 0;
    }
    sink_bytes(sums, (const char *)&count, sizeof count);
    for (size_t i = 0; i < of->group_count * of->scenario_count; i++) {
        struct entry entry = {by, (uint32_t)(i % of->scenario_count), i / of->scenario_count, of->group[i]};
        if (entry.total.firms > 0) {
            sink_bytes(sums, (const char *)&entry, sizeof entry);
        }
    }
}

enum tol_status run_record_sums(struct sink *sums, const struct totals_set *totals, struct tol_error *error)
{
    *sums = (struct sink){.descriptor = -1};
    for (uint32_t by = 0; by < TOTALS_BY_COUNT; by++) {
        put_table(sums, &totals->of[by], by);
    }
    if (sums->failed) {
        sink_release(sums);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the totals of a part");
    }
    return TOL_OK;
}

static bool take(const char **at, const char *end, void *to, size_t size)
{
    if ((size_t)(end - *at) < size) {
        return false;
    }
    if (size > 0) {
        memcpy(to, *at, size);
    }
    *at += size;
    return true;
}

static bool take_table(struct totals *of, uint32_t by, const char **at, const char *end)
{
    uint64_t count = 0;
    bool good = take(at, end, &count, sizeof count);
    if (good && of->scenario_count > 0) {
        memset(of->group, 0, of->group_count * of->scenario_count * sizeof *of->group);
    }
    for (; good && count > 0; count--) {
        struct entry entry;
        good = take(at, end, &entry, sizeof entry) && entry.by == by && entry.scenario < of->scenario_count &&
               entry.group < of->group_count;
        if (good) {
            of->group[entry.group * of->scenario_count + entry.scenario] = entry.total;
        }
    }
    return good;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

enum tol_status run_record_write(const char *path, const char *identity, const struct run_part *part,
                                 const struct sink *sums, struct tol_error *error)
{
    struct head head = {.first_firm = part->first_firm,
                        .firm_count = part->firm_count,
                        .rows = part->rows,
                        .bytes = part->bytes,
                        .sums_size = sums->used};
    memcpy(head.magic, magic, sizeof magic);
    memcpy(head.identity, identity, sizeof head.identity);
    memcpy(head.sha256, part->sha256, sizeof head.sha256);
    struct sink memory = {.descriptor = -1}, file;
    char check[TOL_SHA256_TEXT_SIZE];
    sink_bytes(&memory, (const char *)&head, sizeof head);
    sink_bytes(&memory, sums->bytes, sums->used);
    if (memory.failed) {
        sink_release(&memory);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the record of a part");
    }
    tol_sha256(memory.bytes, memory.used, check);
    enum tol_status status = sink_open(&file, path, error);
    if (status == TOL_OK) {
        sink_bytes(&file, memory.bytes, memory.used);
        sink_bytes(&file, check, TOL_SHA256_TEXT_SIZE - 1);
        status = sink_close(&file, error);
    }
    sink_release(&memory);
    return status;
}

/* The whole file; NULL when it cannot be read or cannot be a record. */
static char *read_all(const char *path, size_t *size)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool good = descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) &&
                about.st_size >= (off_t)sizeof(struct head) && (uint64_t)about.st_size <= record_bytes_most;
    *size = good ? (size_t)about.st_size : 0;
    char *bytes = good ? malloc(*size) : NULL;
    for (size_t done = 0; bytes != NULL && done < *size;) {
        ssize_t count = read(descriptor, bytes + done, *size - done);
        if (count <= 0) {
            free(bytes);
            bytes = NULL;
            break;
        }
        done += (size_t)count;
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return bytes;
}

static bool head_fits(const struct head *head, const char *identity, const struct run_part *part, size_t sums_size)
{
    return memcmp(head->magic, magic, sizeof magic) == 0 && head->sums_size == sums_size &&
           memcmp(head->identity, identity, sizeof head->identity) == 0 && head->first_firm == part->first_firm &&
           head->firm_count == part->firm_count && head->rows == part->rows;
}

bool run_record_read(const char *path, const char *identity, struct run_part *part, struct totals_set *totals)
{
    enum { CHECK_SIZE = TOL_SHA256_TEXT_SIZE - 1 };
    size_t size;
    char *bytes = read_all(path, &size);
    char check[TOL_SHA256_TEXT_SIZE];
    struct head head = {0};
    bool good = bytes != NULL && size >= sizeof head + CHECK_SIZE;
    if (good) {
        size -= CHECK_SIZE;
        tol_sha256(bytes, size, check);
        memcpy(&head, bytes, sizeof head);
        good = memcmp(check, bytes + size, CHECK_SIZE) == 0 && head_fits(&head, identity, part, size - sizeof head);
    }
    if (good) {
        part->bytes = head.bytes;
        memcpy(part->sha256, head.sha256, sizeof head.sha256);
        part->sha256[sizeof head.sha256] = '\0';
    }
    const char *at = bytes + (good ? sizeof head : 0);
    for (uint32_t by = 0; good && totals != NULL && by < TOTALS_BY_COUNT; by++) {
        good = take_table(&totals->of[by], by, &at, bytes + size);
    }
    good = good && (totals == NULL || at == bytes + size);
    free(bytes);
    return good;
}
