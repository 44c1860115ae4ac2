/* Answers kept between runs: they change no bit, and whatever is wrong with the folder costs time, never an answer. */
#include "exposure/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "exposure/chain_store.h"
#include "exposure/same_rows.h"
#include "exposure/sector_store.h"
#include "exposure/setting.h"

static const char *const days[] = {"2025-08-10", "2025-07-31", "2026-02-01", "2026-03-01", NULL};

TestSuite(store, .init = make_folder, .fini = remove_folder);

static void check_book(const struct setting *setting)
{
    struct tol_score_row *rows = small_world_score(&setting->world, setting->book, NULL);
    check_same_rows(setting->expected, rows, setting->book->firm_count * setting->scenarios);
    free(rows);
}

static void check_firm(const struct setting *setting, uint64_t firm)
{
    struct tol_score_row *rows = small_world_score_firm(&setting->world, setting->book, firm);
    check_same_rows(setting->expected + firm * setting->scenarios, rows, setting->scenarios);
    free(rows);
}

/* ---- sectors ---- */

Test(store, first_and_second_run_are_the_same_bits)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(51, 60, 8), days);
    check_book(&setting);
    struct kept kept = list_kept("sectors");
    cr_assert_eq(kept.count, setting.scenarios, "one for each scenario");
    ino_t before[4];
    for (size_t i = 0; i < kept.count; i++) {
        before[i] = number_of(kept.path[i]);
    }
    check_book(&setting);
    for (uint64_t f = 0; f < setting.book->firm_count; f++) {
        check_firm(&setting, f);
    }
    for (size_t i = 0; i < kept.count; i++) {
        cr_assert_eq(number_of(kept.path[i]), before[i], "read, not written again");
    }
    tear_down(&setting);
}

/* What is read is what stands there: an answer of nothing kept under the question's name comes out as nothing. */
Test(store, what_is_kept_is_what_is_answered)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(51, 60, 8), (const char *const[]){"2025-08-10", NULL});
    struct tol_plan *plan = NULL;
    const struct small_world *world = &setting.world;
    cr_assert_eq(tol_plan_create(setting.book, world->parameters, &world->options, NULL, &plan, NULL), TOL_OK);
    cr_assert(tol_sector_store_load(plan, folder));
    size_t lanes = plan->tile[0].row_count * TOL_LANES;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        memset(plan->tile[0].node_direct[side], 0, NODE_COUNT * lanes * sizeof(double));
        memset(plan->tile[0].node_indirect[side], 0, NODE_COUNT * lanes * sizeof(double));
    }
    tol_sector_store_save(plan, folder);
    tol_plan_destroy(plan);
    struct tol_score_row *rows = small_world_score(world, setting.book, NULL);
    size_t differ = 0;
    for (uint64_t f = 0; f < setting.book->firm_count; f++) {
        differ += rows[f].indirect_cost_rise != setting.expected[f].indirect_cost_rise;
        cr_assert_eq(rows[f].direct_demand_loss, setting.expected[f].direct_demand_loss, "markets are priced anew");
    }
    cr_assert_gt(differ, 10);
    free(rows);
    tear_down(&setting);
}

Test(store, scenarios_kept_and_new_in_one_run)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(52, 60, 8), days);
    struct small_world *world = &setting.world;
    world->options.scenario_count = 2;
    free(small_world_score(world, setting.book, NULL));
    cr_assert_eq(list_kept("sectors").count, 2);
    world->options.scenario_count = setting.scenarios;
    check_book(&setting);
    cr_assert_eq(list_kept("sectors").count, setting.scenarios);
    world->options.scenario = world->scenario + 2; /* other lanes of the same answers */
    world->options.scenario_count = 1;
    struct tol_score_row *rows = small_world_score(world, setting.book, NULL);
    for (uint64_t f = 0; f < setting.book->firm_count; f++) {
        struct tol_score_row row = rows[f];
        row.scenario = 2;
        check_same_rows(&setting.expected[f * setting.scenarios + 2], &row, 1);
    }
    free(rows);
    tear_down(&setting);
}

Test(store, a_damaged_file_is_not_read_and_is_written_again)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(53, 40, 8), days);
    check_book(&setting);
    struct kept kept = list_kept("sectors");
    struct stat found;
    cr_assert_eq(stat(kept.path[0], &found), 0);
    for (long back = 1; back <= found.st_size; back *= 2) {
        damage(kept.path[0], back);
        check_book(&setting);
        damage(kept.path[0], found.st_size + 1 - back);
        check_book(&setting);
    }
    damage(kept.path[0], 1);
    ino_t before = number_of(kept.path[0]);
    check_book(&setting);
    cr_assert_neq(number_of(kept.path[0]), before);
    cr_assert_eq(truncate(kept.path[1], 40), 0);
    check_book(&setting);
    cr_assert_eq(truncate(kept.path[2], 0), 0);
    check_book(&setting);
    cr_assert_eq(stat(kept.path[1], &found), 0);
    cr_assert_gt(found.st_size, 40);
    tear_down(&setting);
}

/* Of a firm's question only the uses that it asks for are looked at; damage there makes all anew. */
Test(store, a_damaged_use_is_made_again_by_who_reads_it)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(57, 40, 8), (const char *const[]){"2025-08-10", NULL});
    check_book(&setting);
    struct kept kept = list_kept("uses");
    cr_assert_eq(kept.count, 1);
    size_t made_again = 0;
    for (long place = 0; place < NODE_COUNT * REGION_COUNT; place++) {
        ino_t before = number_of(kept.path[0]);
        damage(kept.path[0], (NODE_COUNT * REGION_COUNT - place) * 32);
        for (uint64_t f = 0; f < setting.book->firm_count; f++) {
            check_firm(&setting, f);
        }
        made_again += number_of(kept.path[0]) != before;
    }
    cr_assert_geq(made_again, 2);
    tear_down(&setting);
}

/* A file of another question under this question's name: two names that met in one hash. */
Test(store, the_text_of_the_question_has_to_be_the_same)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(54, 40, 8), days);
    check_book(&setting);
    struct kept kept = list_kept("sectors");
    for (size_t i = 1; i < kept.count; i++) {
        cr_assert_eq(rename(kept.path[i], kept.path[0]), 0);
        check_book(&setting);
        kept = list_kept("sectors");
        cr_assert_eq(kept.count, setting.scenarios);
    }
    tear_down(&setting);
}

Test(store, a_folder_that_cannot_be_written_is_no_error)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(55, 40, 8), days);
    char file[96];
    (void)snprintf(file, sizeof file, "%s/file", folder);
    FILE *made = fopen(file, "wb");
    cr_assert(made != NULL && fclose(made) == 0);
    static char long_name[5000];
    memset(long_name, 'x', sizeof long_name - 1);
    const char *const places[] = {file, "/nonexistent/folder", "/proc", long_name, ""};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        setting.world.options.store = places[i];
        check_book(&setting);
        check_firm(&setting, 3);
    }
    tear_down(&setting);
}

Test(store, every_setting_that_matters_is_part_of_the_question)
{
    struct setting setting;
    set_up(&setting, small_world_portfolio(56, 40, 8), (const char *const[]){"2025-08-10", NULL});
    const struct tol_settings usual = setting.world.options.settings;
    struct tol_settings other[7];
    for (int i = 0; i < 7; i++) {
        other[i] = usual;
    }
    other[0].border_pass_through = 0.5;
    other[1].market_elasticity = 1.5;
    other[2].cost_pass_through = 0.5;
    other[3].elasticity_scale = 0.9;
    other[4].home_gain = 0.5;
    other[5].horizon = TOL_HORIZON_SHORT;
    other[6].assume = usual.assume == TOL_ASSUME_TRADE ? TOL_ASSUME_ENTRY : TOL_ASSUME_TRADE;
    check_book(&setting);
    for (int i = 0; i < 7; i++) {
        setting.world.options.settings = other[i];
        setting.world.options.store = NULL;
        struct tol_score_row *expected = small_world_score(&setting.world, setting.book, NULL);
        setting.world.options.store = folder;
        struct tol_score_row *rows = small_world_score(&setting.world, setting.book, NULL);
        check_same_rows(expected, rows, setting.book->firm_count);
        cr_assert_eq(list_kept("sectors").count, (size_t)i < 6 ? (size_t)i + 2 : 8);
        free(expected);
        free(rows);
    }
    setting.world.options.settings = usual;
    check_book(&setting);
    tear_down(&setting);
}

/* ---- the firms' network ---- */

/* Firm 0 sells to thousands, each of which sells to the next two in a tree; the last sell cars to the United States. */
static struct portfolio *great_tree(size_t firm_count, double value_eur)
{
    struct portfolio *portfolio = portfolio_new(firm_count, 2 * firm_count);
    for (size_t f = 0; f < firm_count; f++) {
        portfolio->firm[f].number[TOL_REVENUE] = 100 + (double)(f % 7);
        portfolio->firm[f].number[TOL_PURCHASES_TOTAL] = 60;
        portfolio->firm[f].number[TOL_EBITDA] = 20;
        for (size_t customer = 2 * f + 1; customer <= 2 * f + 2 && customer < firm_count; customer++) {
            portfolio_link(portfolio, TOL_SALES, f, customer, value_eur + (double)(f % 5));
            portfolio_link(portfolio, TOL_PURCHASES, customer, f, 30);
        }
        if (2 * f + 1 >= firm_count) {
            portfolio_sell(portfolio, f, "US", "8703230190", 80);
        }
    }
    return portfolio;
}

enum { TREE = 4500 };
static const char *const two_days[] = {"2025-08-10", "2026-02-01", NULL};

static bool answered_from_store(const struct setting *setting, uint64_t firm, uint64_t *members)
{
    struct tol_plan *plan = NULL;
    const struct small_world *world = &setting->world;
    cr_assert_eq(tol_plan_create_for_firm(setting->book, firm, world->parameters, &world->options, &plan, NULL),
                 TOL_OK);
    bool stored = plan->chain_stored;
    *members = plan->member_count;
    tol_plan_destroy(plan);
    return stored;
}

Test(store, a_firm_of_a_great_network_is_answered_from_the_whole_books)
{
    struct setting setting;
    uint64_t members;
    set_up(&setting, great_tree(TREE, 40), two_days);
    cr_assert_gt(setting.expected[0].indirect_demand_loss, 1e-6);
    check_firm(&setting, TREE - 1);
    cr_assert_eq(list_kept("chain").count, 0, "few are within its reach");
    check_firm(&setting, 0);
    struct kept kept = list_kept("chain");
    cr_assert_eq(kept.count, setting.scenarios);
    ino_t before = number_of(kept.path[0]);
    static const uint64_t some[] = {0, 1, 2, 100, 2249, 2250, TREE - 1};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        check_firm(&setting, some[i]);
        cr_assert(answered_from_store(&setting, some[i], &members));
        cr_assert_leq(members, 4, "the firm and those that it names");
    }
    check_book(&setting);
    cr_assert_eq(number_of(kept.path[0]), before);
    tear_down(&setting);
}

/* Nor from the part of the network that a shard would take. */
Test(store, a_firm_is_answered_from_the_whole_books_whatever_firms_are_scored)
{
    struct setting setting;
    struct tol_plan *plan = NULL;
    set_up(&setting, great_tree(TREE, 40), two_days);
    const struct small_world *world = &setting.world;
    cr_assert_eq(tol_plan_create(setting.book, world->parameters, &world->options, NULL, &plan, NULL), TOL_OK);
    cr_assert_eq(tol_plan_keep_network(plan, NULL, NULL), TOL_OK);
    tol_plan_destroy(plan);
    setting.world.options.first_firm = 1000;
    setting.world.options.firm_count = 10;
    check_firm(&setting, 0);
    check_firm(&setting, TREE - 1);
    setting.world.options.firm_count = 0;
    check_firm(&setting, 1);
    tear_down(&setting);
}

/* Once too many firms are found, the search ends: it does not go on counting tiers, of which there are four thousand million. */
Test(store, the_search_ends_when_there_are_too_many)
{
    struct setting setting;
    set_up(&setting, great_tree(TREE, 40), two_days);
    setting.world.options.store = "/nonexistent/folder";
    clock_t before = clock();
    check_firm(&setting, 0);
    cr_assert_lt((double)(clock() - before) / CLOCKS_PER_SEC, 3);
    tear_down(&setting);
}

Test(store, without_a_folder_the_long_way_gives_the_same)
{
    struct setting setting;
    uint64_t members;
    set_up(&setting, great_tree(TREE, 40), two_days);
    setting.world.options.store = NULL;
    check_firm(&setting, 0);
    cr_assert_not(answered_from_store(&setting, 0, &members));
    cr_assert_eq(members, TREE);
    tear_down(&setting);
}

/* A byte of the firm's row, whether or not the rows are padded: 88 bytes each, at the end of the file. */
static void damage_row(const char *path, uint64_t firm)
{
    damage(path, (long)((TREE - firm) * 88));
}

/* Only what a question reads is looked at. */
Test(store, a_damaged_network_is_made_again_by_who_reads_the_damage)
{
    struct setting setting;
    set_up(&setting, great_tree(TREE, 40), two_days);
    check_firm(&setting, 0);
    struct kept kept = list_kept("chain");
    static const uint64_t damaged[] = {0, 2, 2000, TREE - 1};
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        ino_t before = number_of(kept.path[i % 2]);
        damage_row(kept.path[i % 2], damaged[i]);
        check_firm(&setting, 700);
        cr_assert_eq(number_of(kept.path[i % 2]), before);
        check_firm(&setting, damaged[i]);
        cr_assert_neq(number_of(kept.path[i % 2]), before);
    }
    tear_down(&setting);
}

/* Of a partner only its name is read, and that is compared with the name of when the answers were kept. */
Test(store, a_partner_whose_name_has_rotted_is_seen)
{
    struct setting setting;
    struct tol_error error = {0};
    struct tol_plan *plan = NULL;
    set_up(&setting, great_tree(TREE, 40), two_days);
    const struct small_world *world = &setting.world;
    check_firm(&setting, 0);
    char *text = (char *)(uintptr_t)setting.book->firm_id_text;
    char *page = text - (uintptr_t)text % (uintptr_t)sysconf(_SC_PAGESIZE);
    cr_assert_eq(mprotect(page, (size_t)(text - page) + setting.book->firm_id_start[3], PROT_READ | PROT_WRITE), 0);
    text[setting.book->firm_id_start[2]] ^= 1;
    cr_assert_eq(tol_plan_create_for_firm(setting.book, 0, world->parameters, &world->options, &plan, &error),
                 TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "firm_id_text"), "%s", error.message);
    text[setting.book->firm_id_start[2]] ^= 1;
    check_firm(&setting, 0);
    tear_down(&setting);
}

Test(store, a_book_with_other_content_never_gets_the_others_answers)
{
    struct setting one;
    struct setting other;
    set_up(&one, great_tree(TREE, 40), two_days);
    set_up(&other, great_tree(TREE, 20), two_days);
    cr_assert_neq(one.expected[0].indirect_demand_loss, other.expected[0].indirect_demand_loss);
    check_firm(&one, 0);
    check_firm(&other, 0);
    cr_assert_eq(list_kept("chain").count, 4);
    check_firm(&one, 0);
    check_firm(&other, 0);
    tear_down(&other);
    tear_down(&one);
}

Test(store, tiers_are_part_of_the_question)
{
    struct setting setting;
    set_up(&setting, great_tree(TREE, 40), two_days);
    check_firm(&setting, 0);
    setting.world.options.settings.tiers = 2;
    struct tol_score_row *alone = small_world_score_firm(&setting.world, setting.book, 0);
    setting.world.options.store = NULL;
    struct tol_score_row *whole = small_world_score(&setting.world, setting.book, NULL);
    check_same_rows(whole, alone, setting.scenarios);
    cr_assert_neq(alone->indirect_demand_loss, setting.expected->indirect_demand_loss);
    free(alone);
    free(whole);
    tear_down(&setting);
}
