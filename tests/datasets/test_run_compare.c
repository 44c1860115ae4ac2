#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "datasets/run_compare.h"
#include "folder.h"

static const char header[] = "firm_id|scenario|band|#score|#ebitda_change_eur";

/* A run of as many parts as there are lists of rows. */
struct stored {
    int file[2];
    size_t count;
};

static void store(struct stored *run, const char *name, const char *const *rows, size_t count)
{
    cr_assert_eq(write_cells(folder_file(name), header, rows, count, NULL), TOL_OK);
    run->file[run->count] = open(folder_file(name), O_RDONLY | O_CLOEXEC);
    cr_assert_geq(run->file[run->count++], 0);
}

struct told {
    char text[4096];
    size_t count;
    enum tol_status answer;
};

static enum tol_status tell(void *context, const struct tol_run_mover *mover, struct tol_error *error)
{
    struct told *told = context;
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof told->text - used, "%.*s %zu %d%d %c%c %g %g %g %g\n",
             (int)mover->firm_id_length, mover->firm_id, mover->pair, mover->in[0].is, mover->in[1].is,
             mover->in[0].band, mover->in[1].band, mover->in[0].score, mover->in[1].score,
             mover->in[0].ebitda_change_eur, mover->in[1].ebitda_change_eur);
    told->count++;
    return told->answer == TOL_OK ? TOL_OK : tol_fail(error, told->answer, "enough");
}

static enum tol_status compare(const struct stored *before, const struct stored *after, double threshold,
                               const struct tol_run_pair *pairs, size_t count, uint64_t (*firms)[TOL_RUN_SIDE_COUNT],
                               struct told *told, struct tol_error *error)
{
    const struct tol_run_compare question = {
        .run = {{before->count, before->file, "before"}, {after->count, after->file, "after"}},
        .pair_count = count,
        .pair = pairs,
        .threshold = threshold,
        .threads = 2,
        .memory_limit_bytes = UINT64_C(1) << 30};
    return tol_run_compare(&question, firms, tell, told, error);
}

static void close_run(const struct stored *run)
{
    for (size_t i = 0; i < run->count; i++) {
        close(run->file[i]);
    }
}

static const struct tol_run_pair plain[] = {{{"s", "s"}}};

Test(run_compare, firms_that_moved_in_their_order)
{
    static const char *const first[] = {"a|s|A|1|-10", "b|s|B|10|-20", "c|s|C|20|-30", "d|s|||-40"};
    static const char *const second[] = {"e|s|E|90|-50", "f|s|B|10|-60", "g|s|C|20|-5", "gone|s|A|0|7"};
    static const char *const later[] = {"a|s|A|1|-11",     "b|s|C|16|-25",  "c|s|C|25|-35",  "d|s|A|3|-40",
                                        "e|s|E|85.01|-50", "f|s|B|10|-600", "g|s|C|14.9|-5", "new|s|D|60|-7"};
    struct stored before = {.count = 0}, after = {.count = 0};
    uint64_t firms[1][TOL_RUN_SIDE_COUNT];
    struct told told = {.count = 0};
    store(&before, "one.parquet", first, 4);
    store(&before, "two.parquet", second, 4);
    store(&after, "later.parquet", later, 8);
    cr_assert_eq(compare(&before, &after, 5, plain, 1, firms, &told, NULL), TOL_OK);
    /* The threshold is reached by c, missed by e; f changed in EUR alone; ties go by the bytes of firm_id. */
    cr_assert_str_eq(told.text, "gone 0 10 A- 0 nan 7 nan\n"
                                "new 0 01 -D nan 60 nan -7\n"
                                "b 0 11 BC 10 16 -20 -25\n"
                                "c 0 11 CC 20 25 -30 -35\n"
                                "d 0 11 -A nan 3 -40 -40\n"
                                "g 0 11 CC 20 14.9 -5 -5\n");
    cr_assert_eq(firms[0][TOL_RUN_BEFORE], 8);
    cr_assert_eq(firms[0][TOL_RUN_AFTER], 8);
    close_run(&before);
    close_run(&after);
}

Test(run_compare, threshold_of_nothing_takes_any_change_and_no_other)
{
    static const char *const first[] = {"a|s|A|1|-10", "b|s|A|1|-20"};
    static const char *const later[] = {"a|s|A|1|-90", "b|s|A|1.0000000000000002|-20"};
    struct stored before = {.count = 0}, after = {.count = 0};
    uint64_t firms[1][TOL_RUN_SIDE_COUNT];
    struct told told = {.count = 0};
    store(&before, "one.parquet", first, 2);
    store(&after, "later.parquet", later, 2);
    cr_assert_eq(compare(&before, &after, 0, plain, 1, firms, &told, NULL), TOL_OK);
    cr_assert_str_eq(told.text, "b 0 11 AA 1 1 -20 -20\n");
    close_run(&before);
    close_run(&after);
}

/* Names are bound, not pasted: quotes, a statement, and names that change places between the runs. */
Test(run_compare, scenarios_are_compared_by_pairs_whatever_their_names)
{
    static const char *const first[] = {"a|it's|A|1|-1", "a|'); DROP TABLE a; --|B|10|-2", "a|alone|A|1|-3"};
    static const char *const later[] = {"a|it's|B|10|-2", "a|'); DROP TABLE a; --|A|1|-1", "a|other|E|99|-9"};
    const struct tol_run_pair crossed[] = {{{"it's", "'); DROP TABLE a; --"}}, {{"'); DROP TABLE a; --", "it's"}}};
    const struct tol_run_pair straight[] = {{{"it's", "it's"}}, {{"nowhere", "other"}}};
    struct stored before = {.count = 0}, after = {.count = 0};
    uint64_t firms[2][TOL_RUN_SIDE_COUNT];
    struct told none = {.count = 0}, told = {.count = 0};
    store(&before, "one.parquet", first, 3);
    store(&after, "later.parquet", later, 3);
    cr_assert_eq(compare(&before, &after, 5, crossed, 2, firms, &none, NULL), TOL_OK);
    cr_assert_eq(none.count, 0);
    cr_assert_eq(firms[1][TOL_RUN_AFTER], 1);
    cr_assert_eq(compare(&before, &after, 5, straight, 2, firms, &told, NULL), TOL_OK);
    cr_assert_str_eq(told.text, "a 1 01 -E nan 99 nan -9\na 0 11 AB 1 10 -1 -2\n");
    cr_assert_eq(firms[1][TOL_RUN_BEFORE], 0);
    close_run(&before);
    close_run(&after);
}

Test(run_compare, callers_end_it_and_tables_without_scores_are_refused)
{
    static const char *const first[] = {"a|s|A|1|-1", "b|s|A|1|-1"};
    static const char *const later[] = {"a|s|B|9|-2", "b|s|B|9|-2"};
    static const char *const bare[] = {"a|s"};
    struct stored before = {.count = 0}, after = {.count = 0}, other = {.count = 1};
    uint64_t firms[1][TOL_RUN_SIDE_COUNT];
    struct told told = {.answer = TOL_TRY_AGAIN};
    struct tol_error error = {0};
    store(&before, "one.parquet", first, 2);
    store(&after, "later.parquet", later, 2);
    cr_assert_eq(compare(&before, &after, 5, plain, 1, firms, &told, &error), TOL_TRY_AGAIN);
    cr_assert_eq(told.count, 1);
    cr_assert_str_eq(error.message, "enough");
    cr_assert_eq(write_cells(folder_file("bare.parquet"), "firm_id|scenario", bare, 1, NULL), TOL_OK);
    other.file[0] = open(folder_file("bare.parquet"), O_RDONLY | O_CLOEXEC);
    cr_assert_eq(compare(&before, &other, 5, plain, 1, firms, &told, &error), TOL_BAD_DATA);
    cr_assert(strstr(error.message, "not rows of score") != NULL, "%s", error.message);
    close_run(&before);
    close_run(&after);
    close_run(&other);
}
