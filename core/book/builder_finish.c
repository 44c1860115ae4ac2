#include "book/builder.h"

#include <assert.h>
#include <string.h>

#include "book/format.h"
#include "book/reader.h"
#include "file/sections.h"

const struct tol_side_section_names tol_side_section_names[2] = {
    {"sales_cell", "sales_line_start", "sales_line_cell", "sales_line_value", "sales_link_start", "sales_link_firm",
     "sales_link_value", "sales_concentration", "sales_digest"},
    {"purchases_cell", "purchases_line_start", "purchases_line_cell", "purchases_line_value", "purchases_link_start",
     "purchases_link_firm", "purchases_link_value", "purchases_concentration", "purchases_digest"},
};

/* The book on its way to the file, part by part; after a failure the rest does nothing. */
struct tol_book_output {
    struct tol_sections_writer *writer;
    struct tol_error *error; /* of the call under way */
    enum tol_status status;
    struct tol_book book; /* what has been written, as a reader will see it */
    struct tol_book_private inner;
    bool firms_written;
    bool side_written[TOL_SIDE_COUNT];
};

static void append(struct tol_book_output *output, const char *name, const void *content, uint64_t size)
{
    if (output->status == TOL_OK) {
        output->status = tol_sections_append(output->writer, name, content, size, output->error);
    }
}

/* NULL, and the rest does nothing, when it fails. */
static void *reserve(struct tol_book_output *output, const char *name, uint64_t size)
{
    void *content = NULL;
    if (output->status == TOL_OK) {
        output->status = tol_sections_reserve(output->writer, name, size, &content, output->error);
    }
    return output->status == TOL_OK ? content : NULL;
}

static const char *text_at(const struct tol_book_builder *builder, bool names, uint64_t rank, uint64_t *length)
{
    uint32_t arrival = builder->firm_sorted[rank];
    if (names) {
        const char *name = ((const struct tol_firm_entry *)tol_pages_at(&builder->firm, arrival))->name;
        *length = strlen(name);
        return name;
    }
    const struct tol_interned *id = tol_intern_at(&builder->firm_id, arrival);
    *length = id->length;
    return id->text;
}

static void write_firm_texts(struct tol_book_output *output, const struct tol_book_builder *builder, bool names)
{
    uint64_t count = builder->firm.count;
    uint64_t length;
    uint64_t *start = reserve(output, names ? "firm_name_start" : "firm_id_start", (count + 1) * sizeof(uint64_t));
    if (start == NULL) {
        return;
    }
    start[0] = 0;
    for (uint64_t f = 0; f < count; f++) {
        text_at(builder, names, f, &length);
        start[f + 1] = start[f] + length;
    }
    char *text = reserve(output, names ? "firm_name_text" : "firm_id_text", start[count]);
    for (uint64_t f = 0; text != NULL && f < count; f++) {
        const char *from = text_at(builder, names, f, &length);
        memcpy(text + start[f], from, length);
    }
    *(names ? &output->book.firm_name_start : &output->book.firm_id_start) = start;
    *(names ? &output->book.firm_name_text : &output->book.firm_id_text) = text;
}

static const struct tol_firm_entry *firm_at(const struct tol_book_builder *builder, uint64_t rank)
{
    return tol_pages_at(&builder->firm, builder->firm_sorted[rank]);
}

static void write_firms(struct tol_book_output *output, const struct tol_book_builder *builder,
                        const uint32_t *sector_rank)
{
    uint64_t count = builder->firm.count;
    write_firm_texts(output, builder, false);
    write_firm_texts(output, builder, true);
    tol_country *country = reserve(output, "firm_country", count * sizeof *country);
    uint16_t *sector = reserve(output, "firm_sector", count * sizeof *sector);
    for (uint64_t f = 0; country != NULL && sector != NULL && f < count; f++) {
        country[f] = firm_at(builder, f)->country;
        sector[f] = (uint16_t)sector_rank[firm_at(builder, f)->sector];
    }
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        double *number = reserve(output, tol_firm_number_name((enum tol_firm_number)i), count * sizeof *number);
        for (uint64_t f = 0; number != NULL && f < count; f++) {
            number[f] = firm_at(builder, f)->number[i];
        }
        output->book.firm_number[i] = number;
    }
    output->book.firm_country = country;
    output->book.firm_sector = sector;
}

/* Zero-terminated texts in the order of their bytes, and where each starts. */
struct texts {
    const uint64_t *start;
    const char *text;
    uint64_t bytes;
};

static struct texts write_texts(struct tol_book_output *output, const struct tol_intern *intern, const uint32_t *sorted,
                                const char *start_name, const char *text_name)
{
    uint64_t count = tol_intern_count(intern);
    uint64_t *start = reserve(output, start_name, (count + 1) * sizeof *start);
    if (start == NULL) {
        return (struct texts){0};
    }
    start[0] = 0;
    for (uint64_t i = 0; i < count; i++) {
        start[i + 1] = start[i] + tol_intern_at(intern, sorted[i])->length + 1;
    }
    char *text = reserve(output, text_name, start[count]);
    for (uint64_t i = 0; text != NULL && i < count; i++) {
        const struct tol_interned *entry = tol_intern_at(intern, sorted[i]);
        memcpy(text + start[i], entry->text, entry->length + 1);
    }
    return (struct texts){start, text, start[count]};
}

static void write_rows(struct tol_book_output *output, const struct tol_side_builder *side, uint64_t firm_count,
                       int which)
{
    const struct tol_side_section_names *names = &tol_side_section_names[which];
    uint64_t starts = (firm_count + 1) * sizeof(uint64_t);
    append(output, names->line_start, side->lines.start, starts);
    append(output, names->line_cell, side->lines.other, side->lines.count * sizeof *side->lines.other);
    append(output, names->line_value, side->lines.value_eur, side->lines.count * sizeof *side->lines.value_eur);
    append(output, names->link_start, side->links.start, starts);
    append(output, names->link_firm, side->links.other, side->links.count * sizeof *side->links.other);
    append(output, names->link_value, side->links.value_eur, side->links.count * sizeof *side->links.value_eur);
    append(output, names->concentration, side->concentration, firm_count * sizeof *side->concentration);
    output->book.side[which] = (struct tol_book_side){
        .cell = side->cell,
        .line_start = side->lines.start,
        .line_cell = side->lines.other,
        .line_value_eur = side->lines.value_eur,
        .link_start = side->links.start,
        .link_firm = side->links.other,
        .link_value_eur = side->links.value_eur,
        .concentration = side->concentration,
    };
    tol_sections_push(output->writer);
    output->side_written[which] = true;
}

/* Last, for only then are all fact texts known. */
static void write_cells(struct tol_book_output *output, const struct tol_side_builder *side, int which,
                        const uint32_t *facts_rank)
{
    for (uint64_t i = 0; i < side->cell_count; i++) {
        side->cell[i].facts = facts_rank[side->cell[i].facts] & (TOL_BOOK_FACTS_MAX - 1);
    }
    append(output, tol_side_section_names[which].cell, side->cell, side->cell_count * sizeof *side->cell);
}

enum { FIRMS_PER_BLOCK = 4096 };

struct checksums {
    const struct tol_book *book;
    uint64_t firm_count;
    uint64_t *checksum;
};

static enum tol_status checksum_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct checksums *work = context;
    uint64_t first = block * FIRMS_PER_BLOCK;
    for (uint64_t f = first; f < work->firm_count && f < first + FIRMS_PER_BLOCK; f++) {
        work->checksum[f] = tol_book_firm_checksum(work->book, f);
    }
    return TOL_OK;
}

static void write_checksums(struct tol_book_output *output, const struct tol_book_builder *builder)
{
    uint64_t firm_count = builder->firm.count;
    struct checksums work = {&output->book, firm_count,
                             reserve(output, "firm_checksum", firm_count * sizeof(uint64_t))};
    if (work.checksum != NULL) {
        output->status = tol_run_blocks(builder->run, (firm_count + FIRMS_PER_BLOCK - 1) / FIRMS_PER_BLOCK,
                                        checksum_block, &work, output->error);
    }
}

static void write_counts(struct tol_book_output *output, const struct tol_book_builder *builder)
{
    struct tol_book_counts counts = {
        .firm_count = builder->firm.count,
        .row_count = {builder->firm.count, builder->side[TOL_SALES].row_count, builder->side[TOL_PURCHASES].row_count},
        .rejected_count = builder->rejected_count,
        .sector_count = tol_intern_count(&builder->sector),
        .facts_count = tol_intern_count(&builder->facts),
    };
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        const struct tol_side_builder *side = &builder->side[i];
        counts.side[i].cell_count = side->cell_count;
        counts.side[i].line_count = side->lines.count;
        counts.side[i].link_count = side->links.count;
        counts.side[i].unnamed_count = side->unnamed_count;
    }
    append(output, "counts", &counts, sizeof counts);
}

static void write_digests(struct tol_book_output *output, const struct tol_book_builder *builder)
{
    bool any = builder->side[TOL_SALES].digest != NULL || builder->side[TOL_PURCHASES].digest != NULL;
    if (!any || builder->digest_maker == NULL || builder->rejected_count > 0) {
        return;
    }
    append(output, TOL_BOOK_DIGEST_MAKER, builder->digest_maker, strlen(builder->digest_maker) + 1);
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        const struct tol_rows_digest *digest = builder->side[i].digest;
        if (digest != NULL) {
            append(output, tol_side_section_names[i].digest, digest, builder->firm.count * sizeof *digest);
        }
    }
}

static void write_sectors(struct tol_book_output *output, const struct tol_book_builder *builder,
                          const uint32_t *sorted)
{
    struct texts sectors = write_texts(output, &builder->sector, sorted, "sector_start", "sector_text");
    output->book.sector_count = (uint32_t)tol_intern_count(&builder->sector);
    output->inner.sector_start = sectors.start;
    output->inner.sector_text = sectors.text;
    output->inner.sector_bytes = sectors.bytes;
}

static void write_firms_part(struct tol_book_output *output, const struct tol_book_builder *builder)
{
    uint64_t count = tol_intern_count(&builder->sector);
    uint32_t *sorted = tol_array_create(builder->allocator, 2 * count, sizeof *sorted);
    if (sorted == NULL) {
        output->status = tol_builder_no_memory(output->error);
        return;
    }
    tol_intern_rank(&builder->sector, sorted, sorted + count);
    write_firms(output, builder, sorted + count);
    write_sectors(output, builder, sorted);
    tol_array_destroy(builder->allocator, sorted, 2 * count, sizeof *sorted);
    tol_sections_push(output->writer);
    output->firms_written = true;
}

/* sorted and rank: [facts]. */
static void write_last_part(struct tol_book_output *output, struct tol_book_builder *builder, uint32_t *sorted,
                            uint32_t *rank)
{
    tol_intern_rank(&builder->facts, sorted, rank);
    struct texts facts = write_texts(output, &builder->facts, sorted, "facts_start", "facts_text");
    output->inner.facts_start = facts.start;
    output->inner.facts_text = facts.text;
    output->inner.facts_bytes = facts.bytes;
    output->book.facts_count = (uint32_t)tol_intern_count(&builder->facts);
    output->book.private_part = &output->inner;
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        write_cells(output, &builder->side[i], i, rank);
    }
    write_counts(output, builder);
    write_digests(output, builder);
    if (output->status == TOL_OK) {
        write_checksums(output, builder);
    }
}

/* Writes what is complete and not yet written: always in the same order, whenever it is asked. */
enum tol_status tol_builder_write_ahead(struct tol_book_builder *builder, struct tol_error *error)
{
    struct tol_book_output *output = builder->output;
    if (output == NULL) {
        return TOL_OK;
    }
    output->error = error;
    if (!output->firms_written) {
        write_firms_part(output, builder);
    }
    for (int i = 0; i < TOL_SIDE_COUNT && output->status == TOL_OK; i++) {
        if (builder->side[i].concentration != NULL && !output->side_written[i]) {
            write_rows(output, &builder->side[i], builder->firm.count, i);
        }
    }
    return output->status;
}

static enum tol_status write_rest(struct tol_book_builder *builder, struct tol_error *error)
{
    enum tol_status status = tol_builder_write_ahead(builder, error);
    uint64_t texts = tol_intern_count(&builder->facts);
    uint32_t *sorted = tol_array_create(builder->allocator, 2 * texts, sizeof *sorted);
    if (status != TOL_OK || sorted == NULL) {
        tol_array_destroy(builder->allocator, sorted, 2 * texts, sizeof *sorted);
        return status != TOL_OK ? status : tol_builder_no_memory(error);
    }
    struct tol_book_output *output = builder->output;
    write_last_part(output, builder, sorted, sorted + texts);
    tol_array_destroy(builder->allocator, sorted, 2 * texts, sizeof *sorted);
    if (output->status == TOL_OK) {
        output->status = tol_sections_finish(output->writer, error);
        output->writer = NULL;
    }
    return output->status;
}

/* path NULL: into the file. */
static enum tol_status open_output(struct tol_book_builder *builder, const char *path, struct tol_whole_file *file,
                                   struct tol_error *error)
{
    assert(builder->output == NULL);
    struct tol_book_output *output = builder->allocator->allocate(builder->allocator->context, sizeof *output, 64);
    if (output == NULL) {
        return tol_builder_no_memory(error);
    }
    *output = (struct tol_book_output){0};
    builder->output = output;
    return path != NULL ? tol_sections_writer_create(path, TOL_BOOK_KIND, TOL_BOOK_VERSION, &output->writer, error)
                        : tol_sections_writer_fill(file, TOL_BOOK_KIND, TOL_BOOK_VERSION, &output->writer, error);
}

enum tol_status tol_book_builder_output(struct tol_book_builder *builder, struct tol_whole_file *file,
                                        struct tol_error *error)
{
    return open_output(builder, NULL, file, error);
}

void tol_builder_drop_output(struct tol_book_builder *builder)
{
    if (builder->output != NULL) {
        tol_sections_abort(builder->output->writer);
        builder->allocator->release(builder->allocator->context, builder->output, sizeof *builder->output);
        builder->output = NULL;
    }
}

static enum tol_status complete(struct tol_book_builder *builder, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    if (builder->stage == TOL_TAKING_FIRMS) {
        status = tol_book_builder_begin_lines(builder, TOL_SALES, error);
    }
    if (status == TOL_OK && builder->stage == TOL_TAKING_SALES) {
        status = tol_book_builder_begin_lines(builder, TOL_PURCHASES, error);
    }
    if (status == TOL_OK) {
        status = tol_side_pack(builder, TOL_PURCHASES, error);
    }
    builder->stage = TOL_FINISHED;
    return status == TOL_OK ? write_rest(builder, error) : status;
}

enum tol_status tol_book_builder_finish(struct tol_book_builder *builder, const char *path, struct tol_error *error)
{
    assert(builder->stage != TOL_FINISHED);
    if (builder->firm.count == 0) {
        return tol_fail(error, TOL_BAD_DATA, "there is no firm to put into the book; check the firms table");
    }
    enum tol_status status = TOL_OK;
    if (builder->output == NULL) {
        status = open_output(builder, path, NULL, error);
    }
    return status == TOL_OK ? complete(builder, error) : status;
}
