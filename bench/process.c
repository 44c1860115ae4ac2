/* `tolmuur firm` and `tolmuur rate` as a user starts them: whole processes. What limits them is the start of a process that does nothing.
 *
 *   bench_process --book FILE --lines datasets/law/us/tariff_lines.csv --scratch FOLDER [--rounds N] [--json FILE] */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels.h"
#include "law_cells.h"
#include "program.h"
#include "tolmuur/book.h"

enum { FIRMS = 21, ID_SIZE = 256, PATH_SIZE = 4096 };

struct processes {
    char program[PATH_SIZE];
    char tables[PATH_SIZE];
    const char *book;
    char id[FIRMS][ID_SIZE];
    unsigned warm, cold; /* runs so far: each takes the next firm */
    double resident;     /* greatest part of the book that was in memory before a cold run */
    char batch[PATH_SIZE];
};

/* ---- firm ---------------------------------------------------------------------------------------------------- */

static double firm(struct processes *all, unsigned which, const char *output)
{
    static char command[] = "firm", on[] = "--on", day[] = "2025-08-10";
    char *arguments[] = {all->program, command, (char *)all->book, all->id[which % FIRMS], on, day, NULL};
    return program_run(arguments, output, 0);
}

static double firm_warm(void *context)
{
    struct processes *all = context;
    firm(all, all->warm, NULL);
    return firm(all, all->warm++, NULL);
}

/* Part of a file's pages that are in memory. */
static double resident_part(const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat state;
    if (file < 0 || fstat(file, &state) != 0) {
        bench_fail("cannot open %s", path);
    }
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = ((size_t)state.st_size + page - 1) / page, in = 0;
    void *map = mmap(NULL, (size_t)state.st_size, PROT_READ, MAP_SHARED, file, 0);
    unsigned char *of_page = bench_allocate(pages);
    if (map == MAP_FAILED || mincore(map, (size_t)state.st_size, of_page) != 0) {
        bench_fail("cannot tell what of %s is in memory", path);
    }
    for (size_t i = 0; i < pages; i++) {
        in += of_page[i] & 1;
    }
    munmap(map, (size_t)state.st_size);
    close(file);
    free(of_page);
    return (double)in / (double)pages;
}

static void forget(const char *path)
{
    int file = open(path, O_RDONLY);
    if (file >= 0) {
        fsync(file); /* what is not yet on the disk cannot be forgotten */
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        close(file);
    }
}

/* Book, tables and program leave the page cache; libraries, which every process uses, do not. */
static double firm_cold(void *context)
{
    struct processes *all = context;
    forget(all->book);
    forget(all->tables);
    forget(all->program);
    double resident = resident_part(all->book);
    all->resident = resident > all->resident ? resident : all->resident;
    return firm(all, all->cold++, NULL);
}

/* ---- rate and a process that does nothing -------------------------------------------------------------------- */

static double rate(void *context)
{
    struct processes *all = context;
    static char *const words[] = {"rate", "--into", "US", "--from", "CN", "--hts", "3926909989", "--on", "2025-04-12"};
    char *arguments[16] = {all->program};
    memcpy(arguments + 1, words, sizeof words);
    return program_run(arguments, NULL, 0);
}

static double nothing(void *context)
{
    (void)context;
    static char path[] = "/bin/true";
    return program_run((char *[]){path, NULL}, NULL, 0);
}

static double run_batch(struct processes *all, const char *output)
{
    static char command[] = "rate", batch[] = "--batch", format[] = "--format", csv[] = "csv";
    /* Rows that have no rate on their day (exit code 65) are work too. */
    return program_run((char *[]){all->program, command, batch, all->batch, format, csv, NULL}, output, TOL_BAD_DATA);
}

static double rate_batch(void *context)
{
    return run_batch(context, NULL);
}

static void write_batch(const struct law_bench *law, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        bench_fail("cannot write %s", path);
    }
    fputs("into,hts,from,on,facts\n", file);
    for (size_t i = 0; i < LAW_CELLS; i++) {
        char product[TOL_PRODUCT_TEXT_SIZE];
        char from[TOL_COUNTRY_TEXT_SIZE];
        tol_product_format(law->cell[i].product, product);
        tol_country_format(law->cell[i].from, from);
        fprintf(file, "US,%s,%s,%s,%s\n", product, from, law_bench_days[i % LAW_DAYS],
                law_bench_known[law->cell[i].known]);
    }
    if (fclose(file) != 0) {
        bench_fail("cannot write %s", path);
    }
}

/* ---- verification -------------------------------------------------------------------------------------------- */

static char *whole_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        bench_fail("cannot read %s", path);
    }
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = bench_allocate(*size + 1);
    if (fread(text, 1, *size, file) != *size) {
        bench_fail("cannot read %s", path);
    }
    fclose(file);
    return text;
}

/* A firm's page must say the same from a warm and a cold cache. */
static void verify_firm(struct processes *all, const char *folder)
{
    char path[2][PATH_SIZE];
    char *text[2];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], PATH_SIZE, "%s/firm-%d.txt", folder, i);
        if (i == 1) {
            forget(all->book);
        }
        firm(all, 0, path[i]);
        text[i] = whole_file(path[i], &size[i]);
        unlink(path[i]);
    }
    if (size[0] != size[1] || size[0] < 100 || memcmp(text[0], text[1], size[0]) != 0) {
        bench_fail("firm %s does not say the same twice: not timed", all->id[0]);
    }
    printf("firm: the same page from a warm and a cold cache\n");
    free(text[0]);
    free(text[1]);
}

/* Every row of the batch must be answered, and a rate is the law's: column total_central, where the row has no error. */
static void verify_batch(struct processes *all, const struct law_bench *law, const char *folder)
{
    char path[PATH_SIZE];
    size_t size, rows = 0, rates = 0;
    snprintf(path, sizeof path, "%s/batch-answer.csv", folder);
    run_batch(all, path);
    char *text = whole_file(path, &size);
    unlink(path);
    unsigned column = 0;
    for (char *at = strstr(text, "total_central"); at != NULL && at > text; at--) {
        column += at[-1] == ',';
    }
    for (char *line = strchr(text, '\n') + 1; *line != '\0'; rows++) {
        char *end = strchr(line, '\n');
        char *field = line;
        for (unsigned c = 0; c < column && field != NULL; c++) {
            field = strchr(field, ',');
            field = field != NULL ? field + 1 : NULL;
        }
        if (rows < LAW_CELLS && field != NULL && *field != ',') {
            struct tol_rate_query query = law_bench_query(law, rows);
            struct tol_rate_total total;
            query.on = law->day[rows % LAW_DAYS];
            tol_law_total(law->law, &query, &total);
            if (strtod(field, NULL) != total.central) {
                bench_fail("rate --batch: row %zu says %.20s, the law %.17g: not timed", rows + 1, field,
                           total.central);
            }
            rates++;
        }
        line = end + 1;
    }
    if (rows != LAW_CELLS || rates < LAW_CELLS / 2) {
        bench_fail("rate --batch: %zu rows with %zu rates for %d: not timed", rows, rates, LAW_CELLS);
    }
    printf("rate --batch: %zu rows, %zu rates that are the law's to the bit\n", rows, rates);
    free(text);
}

/* -------------------------------------------------------------------------------------------------------------- */

struct options {
    const char *book;
    const char *lines;
    const char *json;
    const char *scratch;
    unsigned rounds;
};

static struct options read_options(int count, char **arguments)
{
    struct options options = {.rounds = 5};
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        const char **text = strcmp(name, "--book") == 0      ? &options.book
                            : strcmp(name, "--lines") == 0   ? &options.lines
                            : strcmp(name, "--json") == 0    ? &options.json
                            : strcmp(name, "--scratch") == 0 ? &options.scratch
                                                             : NULL;
        if (i + 1 < count && text != NULL) {
            *text = arguments[i + 1];
        } else if (i + 1 < count && strcmp(name, "--rounds") == 0) {
            options.rounds = (unsigned)strtoul(arguments[i + 1], NULL, 10);
        } else {
            options.rounds = 0;
        }
    }
    if (options.book == NULL || options.lines == NULL || options.scratch == NULL || options.rounds < 1 ||
        options.rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr,
                "usage: bench_process --book FILE --lines FILE --scratch FOLDER [--rounds 1..%d] [--json FILE]\n",
                BENCH_ROUNDS_MAX);
        exit(TOL_USAGE);
    }
    return options;
}

/* Firms from all over the book, which is closed again: a mapped file cannot leave the page cache. */
static void read_book(struct processes *all, struct bench_sheet *sheet)
{
    struct tol_book *book;
    struct tol_error error;
    if (tol_book_open(all->book, &book, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    for (uint64_t i = 0; i < FIRMS; i++) {
        tol_book_firm_id(book, book->firm_count * i / FIRMS, all->id[i], ID_SIZE);
    }
    sheet->firms = book->firm_count;
    sheet->lines = book->row_count[1] + book->row_count[2];
    tol_book_close(book);
}

static void report(struct bench_sheet *sheet, const struct bench_contender *of, unsigned rounds, double units,
                   const char *unit, double start_seconds)
{
    struct bench_result result = {.name = of->name,
                                  .ours_seconds = of->median,
                                  .units = units,
                                  .unit = unit,
                                  .bound = {{"the start of an empty process", start_seconds}},
                                  .isa = tol_kernels_best()->isa,
                                  .threads = 1,
                                  .rounds = rounds};
    bench_report(sheet, &result, NULL, 0);
}

static void measure(struct processes *all, struct bench_sheet *sheet, unsigned rounds)
{
    struct bench_contender contender[4] = {{.name = "firm_process", .run = firm_warm, .context = all},
                                           {.name = "firm_process_cold_cache", .run = firm_cold, .context = all},
                                           {.name = "rate_process", .run = rate, .context = all},
                                           {.name = "empty process", .run = nothing, .context = all}};
    struct bench_contender batch = {.name = "rate_batch_process", .run = rate_batch, .context = all};
    unsigned done = bench_rounds(contender, 4, FIRMS);
    for (int i = 0; i < 3; i++) {
        report(sheet, &contender[i], done, 1, i < 2 ? "firms" : "rates", contender[3].median);
    }
    done = bench_rounds(&batch, 1, rounds);
    report(sheet, &batch, done, LAW_CELLS, "rows", contender[3].median);
    printf("before a cold run at most %.1f %% of the book were in memory\n", all->resident * 100);
}

int main(int count, char **arguments)
{
    struct options options = read_options(count, arguments);
    struct processes all = {.book = options.book};
    struct law_bench law;
    char store[PATH_SIZE];
    law_bench_open(&law, options.lines, 1, options.rounds);
    program_beside("tolmuur", all.program, sizeof all.program);
    if (!tol_tables_find(all.tables, sizeof all.tables)) {
        bench_fail("no compiled tables found: run ./dev build");
    }
    /* Answers of the networks are kept here and not in the user's own folder. */
    snprintf(store, sizeof store, "%s/store", options.scratch);
    mkdir(store, 0700);
    setenv("TOLMUUR_CACHE", store, 1);
    snprintf(all.batch, sizeof all.batch, "%s/batch.csv", options.scratch);
    read_book(&all, &law.sheet);
    write_batch(&law, all.batch);
    verify_firm(&all, options.scratch);
    verify_batch(&all, &law, options.scratch);
    bench_report_header();
    measure(&all, &law.sheet, options.rounds);
    unlink(all.batch);
    bench_sheet_close(&law.sheet, options.json);
    law_bench_close(&law);
    return 0;
}
