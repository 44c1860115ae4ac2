/* From records in order of arrival to packed rows that do not depend on it, bucket by bucket: counting sort by firm, sort in place inside each
 * firm by (other, value), equal others merged in that order; firms whose rows are kept have none, theirs are copied. Memory: the records (16 bytes each), one bucket per worker, then the rows. */
#include "book/builder.h"
#include "book/entries.h"

#include <string.h>

/* What one worker sorts in. */
struct scratch {
    struct tol_entry *entry;
    uint64_t capacity;
    uint64_t *cursor; /* [firms of a bucket + 1] */
};

struct packing {
    const struct tol_book_builder *builder;
    const uint32_t *const *map; /* [lane_count] renumbers others; NULL: they stay as they are */
    const struct tol_kept_rows *kept;
    bool links;
    unsigned shift;
    uint64_t firm_count;
    struct tol_rows *rows;
    struct scratch *scratch; /* [workers] */
};

static struct tol_record_store *store_of(const struct packing *packing, unsigned lane)
{
    struct tol_book_lane *from = &packing->builder->lane[lane];
    return packing->links ? &from->link : &from->line;
}

/* All pages of one bucket, those of one lane after those of the other. */
struct page_walk {
    const struct packing *packing;
    uint64_t bucket;
    unsigned lane;
    struct tol_record_page *page;
};

static struct page_walk walk_pages(const struct packing *packing, uint64_t bucket)
{
    struct page_walk walk = {packing, bucket, 0, store_of(packing, 0)->last[bucket]};
    while (walk.page == NULL && walk.lane + 1 < packing->builder->lane_count) {
        walk.page = store_of(packing, ++walk.lane)->last[bucket];
    }
    return walk;
}

static void next_page(struct page_walk *walk)
{
    walk->page = walk->page->before;
    while (walk->page == NULL && walk->lane + 1 < walk->packing->builder->lane_count) {
        walk->page = store_of(walk->packing, ++walk->lane)->last[walk->bucket];
    }
}

/* Counts the bucket's records per firm; cursor[f] is then where firm f's first entry goes. Returns how many there are. */
static uint64_t count_starts(const struct packing *packing, uint64_t bucket, uint64_t *cursor)
{
    uint64_t firms = UINT64_C(1) << packing->shift;
    uint64_t first = bucket << packing->shift;
    memset(cursor, 0, (firms + 1) * sizeof *cursor);
    for (struct page_walk walk = walk_pages(packing, bucket); walk.page != NULL; next_page(&walk)) {
        for (uint64_t i = 0; i < walk.page->used; i++) {
            cursor[walk.page->record[i].firm - first + 1]++;
        }
    }
    for (uint64_t f = 0; f < firms; f++) {
        cursor[f + 1] += cursor[f];
    }
    return cursor[firms];
}

static bool make_room(const struct packing *packing, struct scratch *scratch, uint64_t count)
{
    if (count <= scratch->capacity) {
        return true;
    }
    const struct tol_allocator *allocator = packing->builder->allocator;
    tol_array_destroy(allocator, scratch->entry, scratch->capacity, sizeof *scratch->entry);
    scratch->capacity = count + count / 8;
    scratch->entry = tol_array_create(allocator, scratch->capacity, sizeof *scratch->entry);
    if (scratch->entry == NULL) {
        scratch->capacity = 0;
    }
    return scratch->entry != NULL;
}

/* Afterwards cursor[f] is the end of firm f. */
static void scatter(const struct packing *packing, uint64_t bucket, struct scratch *scratch)
{
    uint64_t first = bucket << packing->shift;
    for (struct page_walk walk = walk_pages(packing, bucket); walk.page != NULL; next_page(&walk)) {
        const uint32_t *map = packing->map == NULL ? NULL : packing->map[walk.lane];
        for (uint64_t i = 0; i < walk.page->used; i++) {
            const struct tol_row_record *record = &walk.page->record[i];
            scratch->entry[scratch->cursor[record->firm - first]++] =
                (struct tol_entry){map == NULL ? record->other : map[record->other], record->value_eur};
        }
    }
}

/* The firm in the older book whose rows are copied; TOL_BOOK_NO_FIRM: they came as records. */
static uint32_t older_firm(const struct packing *packing, uint64_t firm)
{
    return packing->kept->older_firm == NULL ? TOL_BOOK_NO_FIRM : packing->kept->older_firm[firm];
}

static uint64_t kept_count(const struct packing *packing, uint64_t firm)
{
    uint32_t older = older_firm(packing, firm);
    return older == TOL_BOOK_NO_FIRM ? 0 : packing->kept->start[older + 1] - packing->kept->start[older];
}

/* Sorts and merges each firm's entries and notes in rows->start[f + 1] how many are left. Returns their sum; they lie side by side. */
static uint64_t sort_and_merge(const struct packing *packing, uint64_t bucket, struct scratch *scratch)
{
    uint64_t kept = 0;
    uint64_t from = 0;
    uint64_t first = bucket << packing->shift;
    for (uint64_t f = first; f < packing->firm_count && f < first + (UINT64_C(1) << packing->shift); f++) {
        uint64_t end = scratch->cursor[f - first];
        packing->rows->start[f + 1] = kept_count(packing, f);
        if (end == from) { /* without any entry there is no array either */
            continue;
        }
        tol_entries_sort(scratch->entry + from, end - from);
        uint64_t merged = tol_entries_merge(scratch->entry + from, end - from, scratch->entry + kept);
        packing->rows->start[f + 1] = merged;
        kept += merged;
        from = end;
    }
    return kept;
}

/* The merged entries go back into the bucket's own pages: their final places are known once all buckets are done. */
static void put_back(const struct packing *packing, uint64_t bucket, const struct tol_entry *entry, uint64_t count)
{
    for (struct page_walk walk = walk_pages(packing, bucket); walk.page != NULL; next_page(&walk)) {
        uint64_t part = count < walk.page->used ? count : walk.page->used;
        for (uint64_t i = 0; i < part; i++) {
            walk.page->record[i].other = entry[i].other;
            walk.page->record[i].value_eur = entry[i].value_eur;
        }
        walk.page->used = part;
        entry += part;
        count -= part;
    }
}

static enum tol_status sort_bucket(void *context, unsigned worker, uint64_t bucket, struct tol_error *error)
{
    const struct packing *packing = context;
    struct scratch *scratch = &packing->scratch[worker];
    if (!make_room(packing, scratch, count_starts(packing, bucket, scratch->cursor))) {
        return tol_builder_no_memory(error);
    }
    scatter(packing, bucket, scratch);
    put_back(packing, bucket, scratch->entry, sort_and_merge(packing, bucket, scratch));
    return TOL_OK;
}

/* Entries of the bucket's pages, one after the other. */
struct entry_walk {
    struct page_walk page;
    uint64_t next;
};

static void copy_records(struct entry_walk *walk, const struct tol_rows *rows, uint64_t from, uint64_t end)
{
    while (from < end) {
        uint64_t part = walk->page.page->used - walk->next;
        part = part < end - from ? part : end - from;
        const struct tol_row_record *record = walk->page.page->record + walk->next;
        for (uint64_t i = 0; i < part; i++) {
            rows->other[from + i] = record[i].other;
            rows->value_eur[from + i] = record[i].value_eur;
        }
        from += part;
        walk->next += part;
        if (walk->next == walk->page.page->used) {
            next_page(&walk->page);
            walk->next = 0;
        }
    }
}

/* Others keep their order when they are renumbered: what was sorted stays sorted. */
static enum tol_status copy_kept(const struct tol_kept_rows *kept, uint32_t older, const struct tol_rows *rows,
                                 uint64_t at, struct tol_error *error)
{
    bool all_there = true;
    for (uint64_t i = kept->start[older]; i < kept->start[older + 1]; i++, at++) {
        uint32_t other = kept->map[kept->other[i]];
        all_there &= other != TOL_BOOK_NO_FIRM;
        rows->other[at] = other;
        rows->value_eur[at] = kept->value_eur[i];
    }
    return all_there ? TOL_OK : tol_fail(error, TOL_INTERNAL, "kept rows name a firm or cell that is not in this book");
}

static enum tol_status copy_bucket(void *context, unsigned worker, uint64_t bucket, struct tol_error *error)
{
    (void)worker;
    const struct packing *packing = context;
    const struct tol_rows *rows = packing->rows;
    struct entry_walk walk = {walk_pages(packing, bucket), 0};
    uint64_t first = bucket << packing->shift;
    enum tol_status status = TOL_OK;
    for (uint64_t f = first; f < packing->firm_count && f < first + (UINT64_C(1) << packing->shift); f++) {
        uint32_t older = older_firm(packing, f);
        if (older == TOL_BOOK_NO_FIRM) {
            copy_records(&walk, rows, rows->start[f], rows->start[f + 1]);
        } else if (status == TOL_OK) {
            status = copy_kept(packing->kept, older, rows, rows->start[f], error);
        }
    }
    return status;
}

static bool make_scratch(struct packing *packing, unsigned workers)
{
    const struct tol_allocator *allocator = packing->builder->allocator;
    packing->scratch = tol_array_create(allocator, workers, sizeof *packing->scratch);
    if (packing->scratch == NULL) {
        return false;
    }
    memset(packing->scratch, 0, workers * sizeof *packing->scratch);
    bool made = true;
    for (unsigned i = 0; i < workers; i++) {
        packing->scratch[i].cursor =
            tol_array_create(allocator, (UINT64_C(1) << packing->shift) + 1, sizeof *packing->scratch[i].cursor);
        made = made && packing->scratch[i].cursor != NULL;
    }
    return made;
}

static void free_scratch(struct packing *packing, unsigned workers)
{
    const struct tol_allocator *allocator = packing->builder->allocator;
    for (unsigned i = 0; packing->scratch != NULL && i < workers; i++) {
        struct scratch *scratch = &packing->scratch[i];
        tol_array_destroy(allocator, scratch->entry, scratch->capacity, sizeof *scratch->entry);
        tol_array_destroy(allocator, scratch->cursor, (UINT64_C(1) << packing->shift) + 1, sizeof *scratch->cursor);
    }
    tol_array_destroy(allocator, packing->scratch, workers, sizeof *packing->scratch);
}

static enum tol_status sort_all(struct packing *packing, struct tol_error *error)
{
    unsigned workers = tol_builder_workers(packing->builder);
    uint64_t *start = packing->rows->start;
    if (!make_scratch(packing, workers)) {
        free_scratch(packing, workers);
        return tol_builder_no_memory(error);
    }
    enum tol_status status =
        tol_run_blocks(packing->builder->run, store_of(packing, 0)->bucket_count, sort_bucket, packing, error);
    free_scratch(packing, workers);
    start[0] = 0;
    for (uint64_t f = 0; status == TOL_OK && f < packing->firm_count; f++) {
        start[f + 1] += start[f];
    }
    return status;
}

enum tol_status tol_rows_pack(struct tol_book_builder *builder, bool links, const uint32_t *const *map,
                              const struct tol_kept_rows *kept, struct tol_rows *rows, struct tol_error *error)
{
    const struct tol_allocator *allocator = builder->allocator;
    struct packing packing = {.builder = builder,
                              .map = map,
                              .kept = kept,
                              .links = links,
                              .shift = tol_bucket_shift(builder->firm.count),
                              .firm_count = builder->firm.count,
                              .rows = rows};
    rows->start = tol_array_create(allocator, packing.firm_count + 1, sizeof *rows->start);
    if (rows->start == NULL) {
        return tol_builder_no_memory(error);
    }
    enum tol_status status = sort_all(&packing, error);
    if (status != TOL_OK) {
        return status;
    }
    rows->count = rows->start[packing.firm_count];
    rows->other = tol_array_create(allocator, rows->count, sizeof *rows->other);
    rows->value_eur = tol_array_create(allocator, rows->count, sizeof *rows->value_eur);
    if (rows->other == NULL || rows->value_eur == NULL) {
        return tol_builder_no_memory(error);
    }
    status = tol_run_blocks(builder->run, store_of(&packing, 0)->bucket_count, copy_bucket, &packing, error);
    for (unsigned i = 0; i < builder->lane_count; i++) {
        tol_record_store_free(store_of(&packing, i));
    }
    return status;
}

void tol_rows_free(const struct tol_allocator *allocator, struct tol_rows *rows, uint64_t firm_count)
{
    tol_array_destroy(allocator, rows->start, firm_count + 1, sizeof *rows->start);
    tol_array_destroy(allocator, rows->other, rows->count, sizeof *rows->other);
    tol_array_destroy(allocator, rows->value_eur, rows->count, sizeof *rows->value_eur);
    *rows = (struct tol_rows){0};
}
