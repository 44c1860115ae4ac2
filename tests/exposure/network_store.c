/* The network kept for shards: plans that take it answer with the bits of one that solves it, and whatever is wrong with what is kept is seen before it is
 * used. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exposure/plan.h"
#include "exposure/same_rows.h"
#include "exposure/setting.h"

static const char *const days[] = {"2025-08-10", "2025-07-31", "2026-02-01", "2026-03-01", NULL};
/* Three blocks of 256 firms, the last one not full. */
enum { FIRMS = 600, BLOCK = 256, BLOCK_BYTES = BLOCK * 48 + 8, FILE_ROWS_BYTES = 3 * BLOCK_BYTES };

TestSuite(network_store, .init = make_folder, .fini = remove_folder);

static struct tol_plan *plan_of(const struct setting *setting)
{
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(
        tol_plan_create(setting->book, setting->world.parameters, &setting->world.options, NULL, &plan, &error), TOL_OK,
        "%s", error.message);
    return plan;
}

static void keep(const struct setting *setting)
{
    struct tol_error error = {0};
    struct tol_plan *plan = plan_of(setting);
    cr_assert_eq(tol_plan_keep_network(plan, NULL, &error), TOL_OK, "%s: %s", error.file, error.message);
    tol_plan_destroy(plan);
}

/* Scores firms [first, first + count) as a shard does, compares, and says where the network came from. */
static int score_firms(struct setting *setting, uint64_t first, uint64_t count)
{
    setting->world.options.first_firm = first;
    setting->world.options.firm_count = count;
    struct tol_plan *plan = plan_of(setting);
    setting->world.options.firm_count = 0;
    struct tol_score_row *rows = calloc(count * setting->scenarios, sizeof *rows);
    cr_assert_not_null(rows);
    cr_assert_eq(tol_plan_score(plan, 0, first, count, rows, NULL), TOL_OK);
    check_same_rows(&setting->expected[first * setting->scenarios], rows, count * setting->scenarios);
    struct tol_network_answers answers = tol_plan_network(plan);
    cr_assert((answers.kept == setting->scenarios) == (answers.origin == TOL_NETWORK_TAKEN));
    tol_plan_destroy(plan);
    free(rows);
    return (int)answers.origin;
}

static void find(const struct setting *setting, bool kept[4])
{
    struct tol_error error = {0};
    cr_assert_eq(
        tol_network_find(setting->book, setting->world.parameters, &setting->world.options, NULL, kept, &error), TOL_OK,
        "%s", error.message);
}

Test(network_store, what_is_taken_is_what_is_solved)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    cr_assert_gt(setting.expected[0].indirect_demand_loss + setting.expected[4].indirect_demand_loss, 0);
    cr_assert_eq(score_firms(&setting, 0, FIRMS), TOL_NETWORK_SOLVED);
    cr_assert_eq(list_kept("network").count, 0, "a plain run keeps none");
    keep(&setting);
    struct kept kept = list_kept("network");
    cr_assert_eq(kept.count, setting.scenarios);
    static const uint64_t ranges[][2] = {{0, FIRMS}, {0, 1},   {FIRMS - 1, 1}, {BLOCK, BLOCK}, {BLOCK - 1, 2},
                                         {200, 370}, {511, 1}, {512, 88},      {3, 509}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        cr_assert_eq(score_firms(&setting, ranges[i][0], ranges[i][1]), TOL_NETWORK_TAKEN);
    }
    ino_t before = number_of(kept.path[0]);
    keep(&setting);
    cr_assert_eq(number_of(kept.path[0]), before, "what was taken is not written again");
    tear_down(&setting);
}

/* A plan holds the rows of its own firms only. */
Test(network_store, other_firms_are_refused)
{
    struct setting setting;
    struct tol_score_row rows[16];
    struct tol_error error = {0};
    struct tol_plan *plan = NULL;
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    keep(&setting);
    setting.world.options.first_firm = 100;
    setting.world.options.firm_count = 50;
    plan = plan_of(&setting);
    cr_assert_eq(tol_plan_score(plan, 0, 99, 2, rows, &error), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, 149, 2, rows, &error), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, 149, 1, rows, &error), TOL_OK);
    tol_plan_destroy(plan);
    setting.world.options.first_firm = FIRMS - 10;
    cr_assert_eq(tol_plan_create(setting.book, setting.world.parameters, &setting.world.options, NULL, &plan, &error),
                 TOL_USAGE);
    setting.world.options.first_firm = UINT64_MAX;
    cr_assert_eq(tol_plan_create(setting.book, setting.world.parameters, &setting.world.options, NULL, &plan, &error),
                 TOL_USAGE);
    tear_down(&setting);
}

/* Each scenario alone, in any order and on another instruction set: other lanes of the same answers. */
Test(network_store, kept_lane_by_lane)
{
    struct setting setting;
    static const size_t order[] = {2, 0, 3, 1};
    bool kept[4];
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(score_firms(&setting, 0, FIRMS), TOL_NETWORK_SOLVED);
        struct setting one = setting;
        one.world.options.scenario = setting.world.scenario + order[i];
        one.world.options.scenario_count = 1;
        one.world.options.isa = i % 2 == 0 ? "scalar" : NULL;
        keep(&one);
        find(&setting, kept);
        for (size_t k = 0; k < 4; k++) {
            cr_assert_eq(kept[order[k]], k <= i);
        }
    }
    cr_assert_eq(score_firms(&setting, 0, FIRMS), TOL_NETWORK_TAKEN);
    setting.world.options.isa = "scalar";
    cr_assert_eq(score_firms(&setting, 100, 300), TOL_NETWORK_TAKEN);
    tear_down(&setting);
}

/* A bit of any block: seen by who reads the block, and by nobody else. */
Test(network_store, damage_is_seen_by_who_reads_it)
{
    struct setting setting;
    bool kept[4];
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    keep(&setting);
    struct kept files = list_kept("network");
    for (long block = 0; block < 3; block++) {
        static const long places[] = {0, 1, 47, 48, 5000, BLOCK * 48 - 1, BLOCK * 48, BLOCK * 48 + 7};
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            const char *path = files.path[(size_t)block % files.count];
            long size = FILE_ROWS_BYTES + 63 - (FILE_ROWS_BYTES + 63) % 64;
            long back = size - block * BLOCK_BYTES - places[i];
            damage(path, back);
            for (uint64_t asked = 0; asked < 3; asked++) {
                int expected = asked == (uint64_t)block ? TOL_NETWORK_SOLVED : TOL_NETWORK_TAKEN;
                cr_assert_eq(score_firms(&setting, asked * BLOCK, 80), expected, "block %ld, byte %ld", block,
                             places[i]);
            }
            cr_assert_eq(score_firms(&setting, 0, FIRMS), TOL_NETWORK_SOLVED);
            find(&setting, kept);
            cr_assert_eq(kept[0] + kept[1] + kept[2] + kept[3], 3);
            damage(path, back);
        }
    }
    cr_assert_eq(score_firms(&setting, 0, FIRMS), TOL_NETWORK_TAKEN);
    damage(files.path[1], 100);
    keep(&setting);
    cr_assert_eq(score_firms(&setting, 0, FIRMS), TOL_NETWORK_TAKEN, "made again where it was damaged");
    tear_down(&setting);
}

/* Head, key and table of sections, and files that are cut. */
Test(network_store, a_damaged_head_is_not_read)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    keep(&setting);
    struct kept files = list_kept("network");
    FILE *file = fopen(files.path[0], "rb");
    cr_assert(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    cr_assert_eq(fclose(file), 0);
    long head = size - FILE_ROWS_BYTES - 63;
    for (long at = 0; at < head; at += at < 320 ? 13 : 211) {
        damage(files.path[0], size - at);
        cr_assert_eq(score_firms(&setting, 0, 10), TOL_NETWORK_SOLVED, "byte %ld", at);
        damage(files.path[0], size - at);
    }
    for (long left = size - 1; left > 0; left /= 2) {
        cr_assert_eq(truncate(files.path[0], left), 0);
        cr_assert_eq(score_firms(&setting, 0, 10), TOL_NETWORK_SOLVED, "%ld bytes", left);
    }
    tear_down(&setting);
}

/* Blocks that change places, and a file of another scenario under this one's name. */
Test(network_store, what_belongs_elsewhere_is_not_taken)
{
    struct setting setting;
    static char block[2][BLOCK_BYTES];
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    keep(&setting);
    struct kept files = list_kept("network");
    FILE *file = fopen(files.path[0], "r+b");
    cr_assert(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long rows = ftell(file) - (FILE_ROWS_BYTES + 63 - (FILE_ROWS_BYTES + 63) % 64);
    cr_assert(fseek(file, rows, SEEK_SET) == 0 && fread(block, BLOCK_BYTES, 2, file) == 2);
    cr_assert(fseek(file, rows, SEEK_SET) == 0 && fwrite(block[1], BLOCK_BYTES, 1, file) == 1);
    cr_assert(fwrite(block[0], BLOCK_BYTES, 1, file) == 1 && fclose(file) == 0);
    cr_assert_eq(score_firms(&setting, 0, 10), TOL_NETWORK_SOLVED);
    cr_assert_eq(remove(files.path[0]), 0);
    keep(&setting);
    cr_assert_eq(score_firms(&setting, 0, 10), TOL_NETWORK_TAKEN);
    cr_assert_eq(rename(files.path[1], files.path[0]), 0);
    cr_assert_eq(score_firms(&setting, 0, 10), TOL_NETWORK_SOLVED);
    tear_down(&setting);
}

Test(network_store, another_book_day_or_setting_is_another_question)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    keep(&setting);
    const struct tol_settings usual = setting.world.options.settings;
    struct tol_settings other[5] = {usual, usual, usual, usual, usual};
    other[0].cost_pass_through = 0.5;
    other[1].elasticity_scale = 0.9;
    other[2].horizon = TOL_HORIZON_SHORT;
    other[3].tiers = 2;
    other[4].half_margin = 0.5; /* nothing of the network hangs on it */
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        struct setting changed = setting;
        changed.world.options.settings = other[i];
        changed.world.options.store = NULL;
        changed.expected = small_world_score(&changed.world, changed.book, NULL);
        changed.world.options.store = folder;
        cr_assert_eq(score_firms(&changed, 0, FIRMS), i == 4 ? TOL_NETWORK_TAKEN : TOL_NETWORK_SOLVED);
        free(changed.expected);
    }
    struct setting day = setting;
    cr_assert(tol_day_parse("2025-02-01", &day.world.options.baseline.on));
    day.world.options.baseline.on++;
    cr_assert_eq(score_firms(&day, 0, 10), TOL_NETWORK_SOLVED, "another baseline");
    struct portfolio *portfolio = small_world_portfolio(62, FIRMS, 8);
    struct setting book = setting;
    book.world.options.store = NULL;
    book.book = portfolio_book(portfolio, 0);
    portfolio_free(portfolio);
    book.expected = small_world_score(&book.world, book.book, NULL);
    book.world.options.store = folder;
    cr_assert_eq(score_firms(&book, 0, FIRMS), TOL_NETWORK_SOLVED);
    free(book.expected);
    tol_book_close(book.book);
    tear_down(&setting);
}

Test(network_store, what_cannot_be_kept_is_said)
{
    struct setting setting;
    struct tol_error error = {0};
    bool kept[4];
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    static const char *const places[] = {"/nonexistent/folder", "/proc"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        setting.world.options.store = places[i];
        struct tol_plan *plan = plan_of(&setting);
        cr_assert_eq(tol_plan_keep_network(plan, NULL, &error), TOL_CANNOT_CREATE, "%s", error.message);
        tol_plan_destroy(plan);
        find(&setting, kept);
        cr_assert_not(kept[0] || kept[1] || kept[2] || kept[3]);
    }
    setting.world.options.store = NULL;
    struct tol_plan *plan = plan_of(&setting);
    cr_assert_eq(tol_plan_keep_network(plan, NULL, &error), TOL_USAGE);
    tol_plan_destroy(plan);
    find(&setting, kept);
    cr_assert_not(kept[0] || kept[1] || kept[2] || kept[3]);
    tear_down(&setting);
}

/* Of a book whose firms name nobody there is nothing to keep. */
Test(network_store, no_links_no_network)
{
    struct setting setting;
    struct portfolio *portfolio = portfolio_new(2, 2);
    portfolio->firm[0].number[TOL_REVENUE] = portfolio->firm[1].number[TOL_REVENUE] = 100;
    portfolio_sell(portfolio, 0, "US", "8703230190", 80);
    set_up(&setting, portfolio, days);
    keep(&setting);
    cr_assert_eq(list_kept("network").count, 0);
    cr_assert_eq(score_firms(&setting, 0, 2), TOL_NETWORK_NONE);
    tear_down(&setting);
}

/* A firm that names another has numbers for both, and they are not the book's. */
Test(network_store, one_firm_is_no_book)
{
    struct setting setting;
    struct tol_plan *plan = NULL;
    set_up(&setting, small_world_portfolio(61, FIRMS, 8), days);
    for (uint64_t f = 0; f < FIRMS; f += FIRMS / 3) {
        cr_assert_eq(
            tol_plan_create_for_firm(setting.book, f, setting.world.parameters, &setting.world.options, &plan, NULL),
            TOL_OK);
        cr_assert_eq(tol_plan_keep_network(plan, NULL, NULL), TOL_OK);
        tol_plan_destroy(plan);
    }
    cr_assert_eq(list_kept("network").count, 0);
    tear_down(&setting);
}
