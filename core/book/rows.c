/* From records in order of arrival to packed rows that do not depend on it: counting sort by firm, sort in place inside each firm by
 * (other, value), equal others merged in that order. Memory: at most twice the records (16 bytes each) at any time. */
#include "book/builder.h"

#include <string.h>

struct entry {
    uint32_t other;
    double value_eur;
};

/* Values are never negative, so that their bits sort as they do. */
static bool before(const struct entry *a, const struct entry *b)
{
    return a->other != b->other ? a->other < b->other : a->value_eur < b->value_eur;
}

static void sort_few(struct entry *entry, uint64_t count)
{
    for (uint64_t i = 1; i < count; i++) {
        struct entry moved = entry[i];
        uint64_t at = i;
        for (; at > 0 && before(&moved, &entry[at - 1]); at--) {
            entry[at] = entry[at - 1];
        }
        entry[at] = moved;
    }
}

static void sift_down(struct entry *entry, uint64_t root, uint64_t count)
{
    struct entry moved = entry[root];
    for (uint64_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && before(&entry[child], &entry[child + 1])) {
            child++;
        }
        if (!before(&moved, &entry[child])) {
            break;
        }
        entry[root] = entry[child];
    }
    entry[root] = moved;
}

/* In place: the C library's qsort would take as much again for a firm with very many lines. */
static void sort_entries(struct entry *entry, uint64_t count)
{
    if (count <= 24) {
        sort_few(entry, count);
        return;
    }
    for (uint64_t root = count / 2; root-- > 0;) {
        sift_down(entry, root, count);
    }
    for (uint64_t last = count - 1; last > 0; last--) {
        struct entry top = entry[0];
        entry[0] = entry[last];
        entry[last] = top;
        sift_down(entry, 0, last);
    }
}

/* Adds equal others, keeping what each addition rounds away (Neumaier), so that cutting a line in halves changes nothing. Returns how
 * many are left. */
static uint64_t merge_entries(const struct entry *from, uint64_t count, struct entry *to)
{
    uint64_t merged = 0;
    for (uint64_t i = 0; i < count;) {
        double sum = from[i].value_eur;
        double rest = 0;
        uint32_t other = from[i].other;
        for (i++; i < count && from[i].other == other; i++) {
            double value = from[i].value_eur;
            double next = sum + value;
            rest += sum >= value ? (sum - next) + value : (value - next) + sum;
            sum = next;
        }
        to[merged++] = (struct entry){other, sum + rest};
    }
    return merged;
}

/* Counts per firm, then turns the counts into starts; cursor[f] is where firm f's next entry goes. */
static void count_starts(const struct tol_pages *records, uint64_t firm_count, uint64_t *cursor)
{
    memset(cursor, 0, (firm_count + 1) * sizeof *cursor);
    for (uint64_t i = 0; i < records->count; i++) {
        const struct tol_row_record *record = tol_pages_at(records, i);
        cursor[record->firm + 1]++;
    }
    for (uint64_t f = 0; f < firm_count; f++) {
        cursor[f + 1] += cursor[f];
    }
}

/* Afterwards cursor[f] is the end of firm f, and every page of the records is gone. */
static void scatter(struct tol_pages *records, const uint32_t *map, uint64_t *cursor, struct entry *entry)
{
    uint64_t per_page = UINT64_C(1) << records->shift;
    for (uint64_t i = 0; i < records->count; i++) {
        const struct tol_row_record *record = tol_pages_at(records, i);
        entry[cursor[record->firm]++] =
            (struct entry){map == NULL ? record->other : map[record->other], record->value_eur};
        if ((i + 1) % per_page == 0) {
            tol_pages_release(records, i / per_page);
        }
    }
    tol_pages_free(records);
}

static uint64_t sort_and_merge(struct entry *entry, uint64_t firm_count, uint64_t *start)
{
    uint64_t kept = 0;
    uint64_t from = 0;
    for (uint64_t f = 0; f < firm_count; f++) {
        uint64_t end = start[f];
        start[f] = kept;
        sort_entries(entry + from, end - from);
        kept += merge_entries(entry + from, end - from, entry + kept);
        from = end;
    }
    start[firm_count] = kept;
    return kept;
}

enum tol_status tol_rows_pack(const struct tol_allocator *allocator, struct tol_pages *records, uint64_t firm_count,
                              const uint32_t *map, struct tol_rows *rows, struct tol_error *error)
{
    uint64_t record_count = records->count;
    rows->start = tol_array_create(allocator, firm_count + 1, sizeof *rows->start);
    struct entry *entry = tol_array_create(allocator, record_count, sizeof *entry);
    if (rows->start == NULL || entry == NULL) {
        tol_array_destroy(allocator, entry, record_count, sizeof *entry);
        return tol_builder_no_memory(error);
    }
    count_starts(records, firm_count, rows->start);
    scatter(records, map, rows->start, entry);
    uint64_t count = sort_and_merge(entry, firm_count, rows->start);
    rows->other = tol_array_create(allocator, count, sizeof *rows->other);
    rows->value_eur = tol_array_create(allocator, count, sizeof *rows->value_eur);
    rows->count = count;
    if (rows->other != NULL && rows->value_eur != NULL) {
        for (uint64_t i = 0; i < count; i++) {
            rows->other[i] = entry[i].other;
            rows->value_eur[i] = entry[i].value_eur;
        }
    }
    tol_array_destroy(allocator, entry, record_count, sizeof *entry);
    return rows->other != NULL && rows->value_eur != NULL ? TOL_OK : tol_builder_no_memory(error);
}

void tol_rows_free(const struct tol_allocator *allocator, struct tol_rows *rows, uint64_t firm_count)
{
    tol_array_destroy(allocator, rows->start, firm_count + 1, sizeof *rows->start);
    tol_array_destroy(allocator, rows->other, rows->count, sizeof *rows->other);
    tol_array_destroy(allocator, rows->value_eur, rows->count, sizeof *rows->value_eur);
    *rows = (struct tol_rows){0};
}
