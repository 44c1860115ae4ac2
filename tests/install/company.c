/* Scores a company file on 2025-08-10 against the law of 2025-01-01. Argument: the file. */
#include <stdio.h>
#include <tolmuur/datasets/company.h>
#include <tolmuur/exposure.h>

int main(int count, char **words)
{
    char tables[4096];
    struct tol_error error = {0};
    struct tol_law *law = NULL;
    struct tol_parameters *parameters = NULL;
    struct tol_economy *economy = NULL;
    struct tol_book *book = NULL;
    struct tol_plan *plan = NULL;
    struct tol_score_row row;
    struct tol_scenario now = {.name = "now"};
    struct tol_plan_options options = {.scenario = &now, .scenario_count = 1, .settings = tol_settings_default()};
    options.settings.assume = TOL_ASSUME_TRADE;
    enum tol_status status = count == 2 && tol_tables_find(tables, sizeof tables) ? TOL_OK : TOL_USAGE;
    status = status == TOL_OK ? tol_law_open(tables, &law, &error) : status;
    status = status == TOL_OK ? tol_parameters_open(tables, &parameters, &error) : status;
    status = status == TOL_OK ? tol_economy_open(tables, &economy, &error) : status;
    status = status == TOL_OK ? tol_economy_verify(economy, &error) : status;
    status = status == TOL_OK ? tol_company_build(words[1], law, "company.book", &error) : status;
    status = status == TOL_OK ? tol_book_open("company.book", &book, &error) : status;
    status = status == TOL_OK ? tol_book_verify(book, NULL, &error) : status;
    if (status == TOL_OK && tol_day_parse("2025-08-10", &now.on) && tol_day_parse("2025-01-01", &options.baseline.on)) {
        now.law = options.baseline.law = law;
        snprintf(options.baseline.name, sizeof options.baseline.name, "2025-01-01");
        options.economy = economy;
        status = tol_plan_create_for_firm(book, 0, parameters, &options, &plan, &error);
    }
    status = status == TOL_OK ? tol_plan_score(plan, 0, 0, 1, &row, &error) : status;
    if (status != TOL_OK) {
        fprintf(stderr, "%s: %s\n", error.file, error.message);
        return (int)status;
    }
    printf("%.17g %.17g\n", row.ebitda_change_eur, row.score);
    tol_plan_destroy(plan);
    tol_book_close(book);
    tol_economy_close(economy);
    tol_parameters_close(parameters);
    tol_law_close(law);
    return 0;
}
