/* The extension inside this process, also with sanitizers: answers against the calculation itself, many threads and databases at once, queries that are left. */
#include <criterion/criterion.h>
#include <duckdb.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "book/fixture.h"
#include "tolmuur/economy.h"
#include "tolmuur/exposure.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"

enum { FIRMS = 2500, LINES = 20000, PRODUCTS = 30, DAYS = 2 };
static const char *const days[DAYS] = {"2025-04-12", "2025-08-10"};

static void query(duckdb_connection connection, const char *sql, duckdb_result *result)
{
    duckdb_state state = duckdb_query(connection, sql, result);
    cr_assert_eq(state, DuckDBSuccess, "%s: %s", sql, duckdb_result_error(result));
}

static void run(duckdb_connection connection, const char *sql)
{
    duckdb_result result;
    query(connection, sql, &result);
    duckdb_destroy_result(&result);
}

/* A database in memory that has loaded the extension. */
static duckdb_database open_database(const char *threads)
{
    duckdb_config config;
    duckdb_database database;
    duckdb_connection connection;
    cr_assert_eq(duckdb_create_config(&config), DuckDBSuccess);
    cr_assert_eq(duckdb_set_config(config, "allow_unsigned_extensions", "true"), DuckDBSuccess);
    cr_assert_eq(duckdb_set_config(config, "threads", threads), DuckDBSuccess);
    cr_assert_eq(duckdb_open_ext(NULL, &database, config, NULL), DuckDBSuccess);
    duckdb_destroy_config(&config);
    cr_assert_eq(duckdb_connect(database, &connection), DuckDBSuccess);
    run(connection, "LOAD '" TEST_BINARY_DIR "/tolmuur.duckdb_extension'");
    duckdb_disconnect(&connection);
    return database;
}

static duckdb_connection connect_to(duckdb_database database)
{
    duckdb_connection connection;
    cr_assert_eq(duckdb_connect(database, &connection), DuckDBSuccess);
    return connection;
}

static struct tol_law *open_law(void)
{
    struct tol_law *law = NULL;
    cr_assert_eq(tol_law_open(TEST_BINARY_DIR "/tolmuur.tables", &law, NULL), TOL_OK);
    return law;
}

static bool same_bits(double one, double other)
{
    return memcmp(&one, &other, sizeof one) == 0;
}

/* The number at a place of a chunk; NaN where it is NULL. */
static double number_at(duckdb_data_chunk chunk, idx_t column, idx_t row)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    bool valid = validity == NULL || duckdb_validity_row_is_valid(validity, row);
    return valid ? ((double *)duckdb_vector_get_data(vector))[row] : NAN;
}

static void text_at(duckdb_data_chunk chunk, idx_t column, idx_t row, char *text, size_t size)
{
    duckdb_string_t *found =
        (duckdb_string_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)) + row;
    snprintf(text, size, "%.*s", (int)duckdb_string_t_length(*found), duckdb_string_t_data(found));
}

/* Asks about every row that a query gives as country, code and day, with the rate that SQL has for it. */
static uint64_t check_rates(duckdb_connection connection, const struct tol_law *law, const char *sql)
{
    duckdb_result result;
    uint64_t checked = 0;
    query(connection, sql, &result);
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(result)) != NULL; duckdb_destroy_data_chunk(&chunk)) {
        idx_t count = duckdb_data_chunk_get_size(chunk);
        for (idx_t row = 0; row < count; row++) {
            char country[8], code[16], day[16];
            struct tol_rate_query asked = {.into = (tol_country)('U' << 8 | 'S')};
            struct tol_rate_total total;
            text_at(chunk, 0, row, country, sizeof country);
            text_at(chunk, 1, row, code, sizeof code);
            text_at(chunk, 2, row, day, sizeof day);
            cr_assert(tol_country_parse(country, &asked.from) && tol_product_parse(code, 4, &asked.product) &&
                      tol_day_parse(day, &asked.on));
            tol_law_total(law, &asked, &total);
            double found = number_at(chunk, 3, row);
            cr_assert(isnan(total.central) ? isnan(found) : same_bits(total.central, found), "%s %s %s: %.17g", country,
                      code, day, found);
        }
        checked += count;
    }
    duckdb_destroy_result(&result);
    return checked;
}

#define RATES                                                                                                          \
    "SELECT c, hs, d, tolmuur_rate('US', c, hs, d::DATE) FROM read_csv('" TEST_SOURCE_DIR                              \
    "/datasets/law/us/tariff_lines.csv', all_varchar = true), (VALUES ('DE'), ('CN'), ('MX')) o(c), "                  \
    "(VALUES ('2025-04-12'), ('2026-03-01')) q(d)"

Test(extension, rates_are_those_of_the_law)
{
    struct tol_law *law = open_law();
    duckdb_database database = open_database("2");
    duckdb_connection connection = connect_to(database);
    cr_assert_gt(check_rates(connection, law, RATES), 100000u);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    tol_law_close(law);
}

/* What a plan gives. */
struct wanted {
    struct tol_book *book;
    struct tol_score_row *rows; /* [firms][DAYS] */
};

/* Answers of the networks are kept here, for each one takes seconds with a sanitizer. */
static const char *keep_networks(char folder[512])
{
    scratch_path(folder, "cache");
    cr_assert(mkdir(folder, 0700) == 0 && setenv("TOLMUUR_CACHE", folder, 1) == 0);
    return folder;
}

static void make_book(char path[512])
{
    struct portfolio portfolio = portfolio_create(FIRMS, LINES, 11);
    /* Few products, for all origins of each one's market are priced. */
    for (size_t side = 0; side < TOL_SIDE_COUNT; side++) {
        for (size_t i = PRODUCTS; i < portfolio.line_count[side]; i++) {
            portfolio.line[side][i].product = portfolio.line[side][i % PRODUCTS].product;
        }
    }
    portfolio_build(&portfolio, scratch_path(path, "sql.book"));
}

static struct wanted make_wanted(char path[512])
{
    struct wanted wanted;
    char cache[512];
    make_book(path);
    wanted.book = book_open(path);
    struct tol_law *law = open_law();
    struct tol_parameters *parameters = NULL;
    struct tol_economy *economy = NULL;
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_parameters_open(TEST_BINARY_DIR "/tolmuur.tables", &parameters, NULL), TOL_OK);
    cr_assert_eq(tol_economy_open(TEST_BINARY_DIR "/tolmuur.tables", &economy, NULL), TOL_OK);
    struct tol_scenario scenario[DAYS] = {{.law = law}, {.law = law}};
    struct tol_plan_options options = {.baseline = {.name = "base", .law = law},
                                       .scenario = scenario,
                                       .scenario_count = DAYS,
                                       .economy = economy,
                                       .store = keep_networks(cache),
                                       .settings = tol_settings_default()};
    cr_assert(tol_day_parse("2025-01-01", &options.baseline.on));
    for (size_t i = 0; i < DAYS; i++) {
        cr_assert(tol_day_parse(days[i], &scenario[i].on));
        strcpy(scenario[i].name, days[i]);
    }
    cr_assert_eq(tol_plan_create(wanted.book, parameters, &options, NULL, &plan, &error), TOL_OK, "%s", error.message);
    wanted.rows = calloc(wanted.book->firm_count * DAYS, sizeof *wanted.rows);
    cr_assert_not_null(wanted.rows);
    cr_assert_eq(tol_plan_score(plan, 0, 0, wanted.book->firm_count, wanted.rows, &error), TOL_OK, "%s", error.message);
    tol_plan_destroy(plan);
    tol_economy_close(economy);
    tol_parameters_close(parameters);
    tol_law_close(law);
    return wanted;
}

static void check_row(const struct wanted *wanted, duckdb_data_chunk chunk, idx_t row)
{
    size_t column_count;
    const struct tol_score_column *column = tol_score_columns(&column_count);
    char id[300], scenario[64];
    uint64_t firm = 0;
    text_at(chunk, 0, row, id, sizeof id);
    text_at(chunk, 1, row, scenario, sizeof scenario);
    cr_assert(tol_book_find(wanted->book, id, &firm), "%s", id);
    const struct tol_score_row *from = &wanted->rows[firm * DAYS + (strcmp(scenario, days[0]) == 0 ? 0 : 1)];
    for (size_t i = 0; i < column_count; i++) {
        if (column[i].kind == TOL_COLUMN_NUMBER) {
            double value;
            memcpy(&value, (const char *)from + column[i].offset, sizeof value);
            double found = number_at(chunk, i, row);
            cr_assert(isnan(value) ? isnan(found) : same_bits(value, found), "%s %s %s: %.17g, not %.17g", id, scenario,
                      column[i].name, found, value);
        }
    }
}

static uint64_t check_scores(const struct wanted *wanted, duckdb_connection connection, const char *path)
{
    char sql[1024];
    duckdb_result result;
    uint64_t checked = 0;
    snprintf(sql, sizeof sql, "SELECT * FROM tolmuur_score('%s', days => ['%s', '%s'])", path, days[0], days[1]);
    query(connection, sql, &result);
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(result)) != NULL; duckdb_destroy_data_chunk(&chunk)) {
        idx_t count = duckdb_data_chunk_get_size(chunk);
        for (idx_t row = 0; row < count; row++) {
            check_row(wanted, chunk, row);
        }
        checked += count;
    }
    duckdb_destroy_result(&result);
    return checked;
}

/* Queries that are bound but not run, fail, or are left before their end give back what they hold: a leak checker looks. */
static void leave_queries(duckdb_connection connection, const char *path)
{
    char sql[1024];
    duckdb_prepared_statement prepared;
    duckdb_pending_result pending;
    duckdb_result result;
    snprintf(sql, sizeof sql, "SELECT * FROM tolmuur_score('%s', days => '2025-08-10')", path);
    cr_assert_eq(duckdb_prepare(connection, sql, &prepared), DuckDBSuccess);
    cr_assert_eq(duckdb_pending_prepared_streaming(prepared, &pending), DuckDBSuccess);
    cr_assert_eq(duckdb_execute_pending(pending, &result), DuckDBSuccess);
    duckdb_data_chunk chunk = duckdb_stream_fetch_chunk(result);
    cr_assert_gt(duckdb_data_chunk_get_size(chunk), 0u);
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
    duckdb_destroy_pending(&pending);
    duckdb_destroy_prepare(&prepared);
    static const char *const faults[] = {
        "SELECT * FROM tolmuur_score('/nonexistent/book')", "SELECT * FROM tolmuur_score(NULL)",
        "SELECT * FROM tolmuur_rate_layers('US', 'DE', NULL, '2025-08-10')",
        "SELECT * FROM tolmuur_rate_layers('US', 'DE', '8703', '2025-08-10', facts => 'nothing')",
        "SELECT tolmuur_rate('US', 'DE', '8703', DATE '2025-08-10', 'nothing')"};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        cr_assert_eq(duckdb_query(connection, faults[i], &result), DuckDBError, "%s", faults[i]);
        duckdb_destroy_result(&result);
    }
    snprintf(sql, sizeof sql, "SELECT * FROM tolmuur_score('%s', settings => {half_margin: 'x', home_gain: 1})", path);
    cr_assert_eq(duckdb_query(connection, sql, &result), DuckDBError);
    duckdb_destroy_result(&result);
}

Test(extension, scores_are_those_of_the_plan)
{
    char path[512];
    struct wanted wanted = make_wanted(path);
    static const char *const threads[] = {"1", "3"};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        duckdb_database database = open_database(threads[i]);
        duckdb_connection connection = connect_to(database);
        run(connection, "SET preserve_insertion_order = false");
        cr_assert_eq(check_scores(&wanted, connection, path), wanted.book->firm_count * DAYS);
        leave_queries(connection, path);
        duckdb_disconnect(&connection);
        duckdb_close(&database);
    }
    tol_book_close(wanted.book);
    free(wanted.rows);
}

/* One of many clients. */
struct client {
    pthread_t thread;
    duckdb_database database;
    const struct wanted *wanted;
    const struct tol_law *law;
    const char *path;
};

static void *be_client(void *context)
{
    const struct client *client = context;
    duckdb_connection connection = connect_to(client->database);
    cr_assert_eq(check_scores(client->wanted, connection, client->path), client->wanted->book->firm_count * DAYS);
    check_rates(connection, client->law, RATES " WHERE hs LIKE '87%'");
    duckdb_result result;
    cr_assert_eq(duckdb_query(connection, "SELECT tolmuur_rate('US', 'DE', 'x', DATE '2025-08-10')", &result),
                 DuckDBError);
    duckdb_destroy_result(&result);
    run(connection, "SELECT * FROM tolmuur_rate_layers('US', 'DE', '8703230190', '2025-08-10')");
    duckdb_disconnect(&connection);
    return NULL;
}

Test(extension, many_clients_of_two_databases_at_once)
{
    enum { CLIENTS = 4 };
    char path[512];
    struct wanted wanted = make_wanted(path);
    struct tol_law *law = open_law();
    struct client client[CLIENTS];
    duckdb_database database[2] = {open_database("2"), open_database("1")};
    for (size_t i = 0; i < CLIENTS; i++) {
        client[i] = (struct client){
            .database = database[i % 2], .wanted = &wanted, .law = law, .path = path}; /* thread comes below */
        cr_assert_eq(pthread_create(&client[i].thread, NULL, be_client, &client[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(client[i].thread, NULL);
    }
    /* One database goes; the other one still has what it needs. */
    duckdb_close(&database[0]);
    be_client(&client[1]);
    duckdb_close(&database[1]);
    tol_law_close(law);
    tol_book_close(wanted.book);
    free(wanted.rows);
}
