/* Every fault of a cell is found where it is. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"

/* The second data row holds the value in the column; the others are sound. */
static struct checked firm_with(const char *column, const char *value)
{
    static const char *const names[] = {"firm_id",           "country",    "sector",       "revenue_eur",
                                        "purchases_eur",     "ebitda_eur", "interest_eur", "contribution_margin",
                                        "cost_pass_through", "loan_eur",   "liquidity"};
    static const char *const sound[] = {"B", "DE", "28", "5", "4", "-3", "2", "0.4", "0.5", "6", "1.5"};
    char text[2048] = "firm_id,country,sector,revenue_eur,purchases_eur,ebitda_eur,interest_eur,contribution_margin,"
                      "cost_pass_through,loan_eur,liquidity\nA,NL,C28,1000,,,,,,,\n";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : ",",
                 strcmp(names[i], column) == 0 ? value : sound[i]);
    }
    strcat(text, "\n");
    put_text("firms.csv", text);
    put_sales();
    return check_folder();
}

static void firm_fault(const char *column, const char *cell, const char *value, const char *message)
{
    struct checked checked = firm_with(column, cell);
    expect_fault(&checked, "firms.csv", 2, column, value, message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_FIRMS], 1);
    cr_assert_eq(checked.report.rejected_rows[TOL_SUPPLY_FIRMS], 1);
}

static struct checked sale_with(const char *column, const char *value)
{
    static const char *const names[] = {"firm_id", "hs", "destination", "value_eur", "origin", "usmca", "us_content"};
    static const char *const sound[] = {"A", "8703.23", "US", "7", "CN", "yes", "0.5"};
    char text[1024] = "firm_id,hs,destination,value_eur,origin,usmca,us_content\nA,0101,DE,1,,,\nA,0101,DE,1,,,\n";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : ",",
                 strcmp(names[i], column) == 0 ? value : sound[i]);
    }
    strcat(text, "\n");
    put_firms();
    put_text("sales.csv", text);
    return check_folder();
}

static void sale_fault(const char *column, const char *cell, const char *value, const char *message)
{
    struct checked checked = sale_with(column, cell);
    expect_fault(&checked, "sales.csv", 3, column, value, message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2);
    cr_assert_eq(checked.report.rejected_rows[TOL_SUPPLY_SALES], 1);
}

Test(faults, sound_rows_have_none)
{
    struct checked checked = firm_with("", "");
    cr_assert_eq(checked.status, TOL_OK, "%s", checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_FIRMS], 2);
    checked = sale_with("", "");
    cr_assert_eq(checked.status, TOL_OK, "%s: %s", checked.error.column, checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 3);
}

Test(faults, numbers_that_readers_like_to_accept)
{
    static const char *const cell[][2] = {
        {"1e999", "beyond what a number"},
        {"-1e999", "beyond what a number"},
        {"nan", "not a finite"},
        {"NaN", "not a finite"},
        {"inf", "not a finite"},
        {"-Infinity", "not a finite"},
        {"1_000", "separator"},
        {"\"1,000\"", "separator"},
        {"1'000", "separator"},
        {" 5", "blank"},
        {"5 ", "blank"},
        {"0x10", "plain number"},
        {"0x1p3", "plain number"},
        {"+5", "plain number"},
        {".5", "plain number"},
        {"5.", "plain number"},
        {"1e", "plain number"},
        {"1.2.3", "plain number"},
        {"five", "plain number"},
        {"-", "plain number"},
        {"1e19", "beyond 1e18"},
        {"1e-400", "but not 0"},
        {"1e-7", "but not 0"},
        {"\"1\t\"", "blank"},
        {"5€", "plain number"},
    };
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++) {
        struct checked checked = sale_with("value_eur", cell[i][0]);
        expect_fault(&checked, "sales.csv", 3, "value_eur", NULL, cell[i][1]);
        checked = firm_with("loan_eur", cell[i][0]);
        expect_fault(&checked, "firms.csv", 2, "loan_eur", NULL, cell[i][1]);
    }
}

Test(faults, numbers_that_are_sound)
{
    static const char *const cell[] = {"0",   "-0",    "-0.0", "0005", "1.5e3", "1E-3", "123456789012345678",
                                       "0.1", "0e-400"};
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++) {
        struct checked checked = sale_with("value_eur", cell[i]);
        cr_assert_eq(checked.status, TOL_OK, "%s: %s", cell[i], checked.error.message);
    }
}

Test(faults, negative_amounts)
{
    sale_fault("value_eur", "-0.01", "-0.01", "below zero");
    firm_fault("revenue_eur", "-1", "-1", "below zero");
    firm_fault("purchases_eur", "-1", "-1", "below zero");
    firm_fault("interest_eur", "-1", "-1", "below zero");
    firm_fault("loan_eur", "-1", "-1", "below zero");
}

Test(faults, shares_outside_zero_to_one)
{
    firm_fault("contribution_margin", "1.01", "1.01", "between 0 and 1");
    firm_fault("contribution_margin", "-0.1", "-0.1", "between 0 and 1");
    firm_fault("cost_pass_through", "25", "25", "between 0 and 1");
}

static struct checked indicator_with(const char *column, const char *value)
{
    char text[512];
    snprintf(text, sizeof text, "firm_id,country,sector,revenue_eur,%s\nA,NL,C28,1000,\nB,DE,28,5,%s\n", column, value);
    put_text("firms.csv", text);
    put_sales();
    return check_folder();
}

Test(faults, indicators_outside_their_range)
{
    static const char *const bad[][3] = {
        {"vacancy_difficulty", "36", "between 0 and 1"},
        {"productivity_growth", "-1.3", "between -1 and 1"},
        {"productivity_growth", "2", "between -1 and 1"},
        {"energy_cost_share", "7", "between 0 and 1"},
        {"energy_cost_share", "-0.01", "between 0 and 1"},
        {"automation", "1.01", "between 0 and 1"},
        {"digitalisation", "80", "between 0 and 1"},
        {"investment_rate", "-1", "between 0 and 1"},
        {"chain_cooperation", "1e18", "between 0 and 1"},
        {"liquidity", "0", "above 0"},
        {"liquidity", "-1.5", "above 0"},
        {"energy_cost_share", "nan", "finite number"},
        {"liquidity", "inf", "finite number"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct checked checked = indicator_with(bad[i][0], bad[i][1]);
        expect_fault(&checked, "firms.csv", 2, bad[i][0], bad[i][1], bad[i][2]);
    }
    static const char *const sound[][2] = {
        {"vacancy_difficulty", "1"},  {"productivity_growth", "-0.013"},
        {"energy_cost_share", "0"},   {"automation", "0.5"},
        {"digitalisation", "1"},      {"investment_rate", "0.04"},
        {"chain_cooperation", "0.3"}, {"liquidity", "12.5"},
        {"liquidity", "0.01"},
    };
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        cr_assert_eq(indicator_with(sound[i][0], sound[i][1]).status, TOL_OK, "%s", sound[i][0]);
    }
}

Test(faults, required_cells_that_are_empty)
{
    firm_fault("firm_id", "", "", "required");
    firm_fault("country", "", "", "required");
    firm_fault("sector", "", "", "required");
    firm_fault("revenue_eur", "", "", "required");
    sale_fault("hs", "", "", "required");
    sale_fault("destination", "", "", "required");
    sale_fault("value_eur", "", "", "required");
    sale_fault("firm_id", "", "", "required");
}

Test(faults, optional_cells_may_be_empty)
{
    static const char *const column[] = {"purchases_eur",     "ebitda_eur", "interest_eur", "contribution_margin",
                                         "cost_pass_through", "loan_eur",   "liquidity"};
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++) {
        cr_assert_eq(firm_with(column[i], "").status, TOL_OK, "%s", column[i]);
    }
    cr_assert_eq(sale_with("origin", "").status, TOL_OK);
}

Test(faults, countries)
{
    firm_fault("country", "XX", "XX", "no such country");
    firm_fault("country", "Netherlands", "Netherlands", "no such country");
    sale_fault("destination", "USAA", "USAA", "no such country");
    sale_fault("origin", " CN", " CN", "no such country");
    static const char *const known[] = {"us", "USA", "5700", "UK", "EL", "XK"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        cr_assert_eq(sale_with("origin", known[i]).status, TOL_OK, "%s", known[i]);
    }
}

Test(faults, products)
{
    static const char *const bad[] = {"870", "87032300001", "8703..23", "8703.", ".8703", "87O3", "8703 23", "-8703"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sale_fault("hs", bad[i], bad[i], "4, 6, 8, 9 or 10 digits");
    }
    sale_fault("hs", "70110", "70110", "a leading zero may be lost");
    sale_fault("hs", "701.10.00", "701.10.00", "a leading zero may be lost");
    static const char *const sound[] = {"0101", "0101.21", "01012100", "870323000", "8703230190", "8703.23.01.90"};
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        cr_assert_eq(sale_with("hs", sound[i]).status, TOL_OK, "%s", sound[i]);
    }
}

Test(faults, sectors)
{
    static const char *const bad[] = {"V",    "c28",           "2",    "C2", "28.", "28.111", "28..1",
                                      "C 28", "manufacturing", "28111"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        firm_fault("sector", bad[i], bad[i], "NACE");
    }
    static const char *const sound[] = {"A",    "U",   "01",    "28",     "28.1", "28.11",
                                        "2811", "C28", "C28.1", "C28.11", "C2811"};
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        cr_assert_eq(firm_with("sector", sound[i]).status, TOL_OK, "%s", sound[i]);
    }
}

Test(faults, sectors_that_do_not_exist)
{
    firm_fault("sector", "C99", "C99", "did you mean U99?");
    firm_fault("sector", "L64.19", "L64.19", "did you mean K64.19?");
    firm_fault("sector", "C34", "C34", "section C has the divisions 10 to 33");
    firm_fault("sector", "3400", "3400", "did you mean 33 or 35?");
    firm_fault("sector", "00", "00", "did you mean 01 or 02?");
    static const char *const edge[] = {"A03", "05", "C10", "C33.2", "35", "45", "68", "88.1", "90", "U99.00"};
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++) {
        cr_assert_eq(firm_with("sector", edge[i]).status, TOL_OK, "%s", edge[i]);
    }
}

Test(faults, firms_twice_and_unknown)
{
    firm_fault("firm_id", "A", "A", "came before");
    sale_fault("firm_id", "Z", "Z", "no such firm");
}

Test(faults, facts_that_the_law_does_not_know)
{
    sale_fault("usmca", "maybe", "maybe", "usmca");
    sale_fault("us_content", "1.5", "1.5", "us_content");
    sale_fault("us_content", "0.5;usmca=no", "0.5;usmca=no", "not a value");
}

Test(faults, several_in_one_row_reject_one_row)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C28,1\nB,ZZ,?,x\n");
    put_sales();
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 3);
    cr_assert_eq(checked.report.fault_count, 3);
    cr_assert_eq(checked.report.rejected_rows[TOL_SUPPLY_FIRMS], 1);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(checked.fault[i].row, 2);
    }
}

Test(faults, control_bytes_are_shown_and_not_sent)
{
    struct checked checked = sale_with("hs", "\"01\x1b[31m\"");
    cr_assert_str_eq(checked.fault[0].value, "01\\x1b[31m");
}

Test(faults, lines_beyond_the_revenue_warn)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur,purchases_eur\nA,NL,C28,1000,10\nB,NL,C28,20.38,\n");
    put_text("sales.csv", "firm_id,hs,destination,value_eur\nB,0101,US,15\nB,0102,US,6\nA,0101,US,1000\n");
    put_text("purchases.csv", "firm_id,hs,origin,value_eur\nA,0101,US,11\nB,0101,US,1\n");
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK);
    cr_assert_eq(checked.warning_count, 2);
    cr_assert_str_eq(checked.warning[0].column, "purchases_eur");
    cr_assert_eq(checked.warning[0].row, 1);
    cr_assert_str_eq(checked.warning[1].column, "revenue_eur");
    cr_assert_eq(checked.warning[1].row, 2);
    cr_assert_str_eq(checked.warning[1].value, "20.38");
    cr_assert_eq(checked.report.unnamed_lines, 5);
}

/* A row that is too short for a column, in a block that is read with care for quotes: what stands there is nothing, not what memory held. */
Test(faults, a_short_row_among_quoted_ones)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C25,1000\nB,NL,C25,1000\n");
    put_text("sales.csv",
             "firm_id,hs,destination,value_eur,customer_id\r\nA,\"870323\",US,10,B\r\nB,870323\r\nB,870323,US,5,A\r\n");
    struct checked checked = check_folder();
    expect_fault(&checked, "sales.csv", 2, "", "", "cells");
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2);
    cr_assert_eq(checked.report.rejected_rows[TOL_SUPPLY_SALES], 1);
}
