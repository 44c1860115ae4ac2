/* Every fault in a table is named with file, row, column and value. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "law/world.h"

#define MEASURES "law/us/measures/all.csv"
#define GOOD "a,china,CN,,73,,add,0.1,,2025-01-01,,,,,,src,,\n"

static void measure_fault(const char *row, const char *column, const char *value)
{
    char content[2048];
    snprintf(content, sizeof content, "%s%s%s", MEASURE_HEADER, GOOD, row);
    world_fault(MEASURES, content, MEASURES, 2, column, value);
}

Test(tables, unknown_column)
{
    world_fault("law/groups.csv", "group,country,from,until,colour\n", "groups.csv", 0, "colour", "");
}

Test(tables, status_of_a_list_row)
{
    world_fault("law/us/products/bolts.csv", "hs,from,until,source,status\n7318,,,test,perhaps\n", "bolts.csv", 1,
                "status", "perhaps");
}

Test(tables, missing_column)
{
    world_fault("law/groups.csv", "group,country,from\n", "groups.csv", 0, "until", "");
}

Test(tables, column_twice)
{
    world_fault("law/groups.csv", "group,country,from,until,from\n", "groups.csv", 0, "from", "");
}

Test(tables, empty_file)
{
    world_fault("law/groups.csv", "", "groups.csv", 0, "", "");
}

Test(tables, row_too_short)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU27,DE,,\nEU27,NL\n", "groups.csv", 2, "", "");
}

Test(tables, row_too_long)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU27,DE,,\nEU27,NL,,,,\n", "groups.csv", 2, "", "");
}

Test(tables, unclosed_quote)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU27,\"DE,,\n", "groups.csv", 1, "", "");
}

Test(tables, control_byte)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU\033[1m,DE,,\n", "groups.csv", 1, "group", "");
}

Test(tables, unknown_country_in_group)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU27,DE,,\nEU27,XX,,\n", "groups.csv", 2, "country", "XX");
}

Test(tables, group_named_like_a_country)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU,DE,,\n", "groups.csv", 1, "group", "EU");
}

Test(tables, bad_date_in_group)
{
    world_fault("law/groups.csv", "group,country,from,until\nEU27,DE,2025-02-30,\n", "groups.csv", 1, "from",
                "2025-02-30");
}

Test(tables, unknown_authority)
{
    world_fault("law/programmes.csv", "programme,authority\nsteel,section_999\n", "programmes.csv", 1, "authority",
                "section_999");
}

Test(tables, programme_twice)
{
    world_fault("law/programmes.csv", "programme,authority,title\nsteel,other,a\nsteel,other,b\n", "programmes.csv", 2,
                "programme", "steel");
}

Test(tables, unknown_fact_type)
{
    world_fault("law/facts.csv", "name,type,values,central,missing\nusmca,tribool,,,range\n", "facts.csv", 1, "type",
                "tribool");
}

Test(tables, choice_without_values)
{
    world_fault("law/facts.csv", "name,type,values,central,missing\nusmca,choice,,,range\n", "facts.csv", 1, "values",
                "");
}

Test(tables, central_outside_values)
{
    world_fault("law/facts.csv", "name,type,values,central,missing\nusmca,choice,no yes,maybe,range\n", "facts.csv", 1,
                "central", "maybe");
}

Test(tables, missing_is_assume_or_range)
{
    world_fault("law/facts.csv", "name,type,values,central,missing\nusmca,choice,no yes,no,guess\n", "facts.csv", 1,
                "missing", "guess");
}

Test(tables, importer_without_coverage)
{
    world_fault("law/coverage.csv", "importer,from,until,base_from,source\nUS,,,,t\n", "eu/measures/all.csv", 1, "id",
                "eu_bolts");
}

#define COVERAGE_HEADER "importer,from,until,base_from,base_until,source\n"

Test(tables, periods_of_an_importer_overlap)
{
    world_fault("law/coverage.csv", COVERAGE_HEADER "US,2018-01-01,2019-01-01,,,a\nUS,2018-06-01,,,,b\n",
                "coverage.csv", 2, "from", "2018-06-01");
}

Test(tables, periods_of_an_importer_touch)
{
    world_fault("law/coverage.csv", COVERAGE_HEADER "US,2018-01-01,2019-01-01,,,a\nUS,2019-01-01,,,,b\n",
                "coverage.csv", 2, "from", "2019-01-01");
}

Test(tables, base_rates_of_a_further_period)
{
    world_fault("law/coverage.csv", COVERAGE_HEADER "US,2018-01-01,2019-01-01,,,a\nUS,2020-01-01,,2020-06-01,,b\n",
                "coverage.csv", 2, "base_from", "2020-06-01");
}

Test(tables, unknown_programme)
{
    measure_fault("b,nobody,CN,,73,,add,0.1,,2025-01-01,,,,,,src,,\n", "programme", "nobody");
}

Test(tables, unknown_yield)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-01-01,,,,,steel nobody,src,,\n", "yields_to", "nobody");
}

Test(tables, unknown_partner)
{
    measure_fault("b,china,CN NOGROUP,,73,,add,0.1,,2025-01-01,,,,,,src,,\n", "partners", "NOGROUP");
}

Test(tables, unknown_partner_left_out)
{
    measure_fault("b,china,CN,QQ,73,,add,0.1,,2025-01-01,,,,,,src,,\n", "partners_except", "QQ");
}

Test(tables, no_partners)
{
    measure_fault("b,china,,,73,,add,0.1,,2025-01-01,,,,,,src,,\n", "partners", "");
}

Test(tables, unknown_list)
{
    measure_fault("b,china,CN,,@nuts,,add,0.1,,2025-01-01,,,,,,src,,\n", "products", "@nuts");
}

Test(tables, product_not_digits)
{
    measure_fault("b,china,CN,,73.18,,add,0.1,,2025-01-01,,,,,,src,,\n", "products", "73.18");
}

Test(tables, product_too_long)
{
    measure_fault("b,china,CN,,73,73181500101,add,0.1,,2025-01-01,,,,,,src,,\n", "products_except", "73181500101");
}

Test(tables, unknown_effect)
{
    measure_fault("b,china,CN,,73,,double,0.1,,2025-01-01,,,,,,src,,\n", "effect", "double");
}

Test(tables, rate_not_finite)
{
    measure_fault("b,china,CN,,73,,add,nan,,2025-01-01,,,,,,src,,\n", "rate", "nan");
}

Test(tables, rate_out_of_range)
{
    measure_fault("b,china,CN,,73,,add,25,,2025-01-01,,,,,,src,,\n", "rate", "25");
}

Test(tables, rate_with_underscore)
{
    measure_fault("b,china,CN,,73,,add,0_1,,2025-01-01,,,,,,src,,\n", "rate", "0_1");
}

Test(tables, relief_with_rate)
{
    measure_fault("b,exempt,CN,,73,,relieve,0.1,,2025-01-01,,,,,,src,,\n", "rate", "0.1");
}

Test(tables, duty_under_relief)
{
    measure_fault("b,exempt,CN,,73,,add,0.1,,2025-01-01,,,,,,src,,\n", "effect", "add");
}

Test(tables, unknown_base)
{
    measure_fault("b,china,CN,,73,,add,0.1,weight,2025-01-01,,,,,,src,,\n", "base", "weight");
}

Test(tables, base_of_a_fact_that_is_no_share)
{
    measure_fault("b,china,CN,,73,,add,0.1,content:usmca,2025-01-01,,,,,,src,,\n", "base", "content:usmca");
}

Test(tables, top_up_of_nothing)
{
    measure_fault("b,china,CN,,73,,top_up,0.1,,2025-01-01,,,,,,src,,\n", "base", "");
}

Test(tables, bad_date)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-1-1,,,,,,src,,\n", "from", "2025-1-1");
}

Test(tables, ends_before_it_begins)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,2025-02-01,,,,,src,,\n", "until", "2025-02-01");
}

Test(tables, condition_on_unknown_fact)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,,,,colour=red,,src,,\n", "conditions", "colour");
}

Test(tables, condition_with_unknown_value)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,,,,usmca=maybe,,src,,\n", "conditions", "usmca=maybe");
}

Test(tables, condition_without_operator)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,,,,usmca=no & claim,,src,,\n", "conditions", "claim");
}

Test(tables, choice_that_is_less)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,,,,usmca<yes,,src,,\n", "conditions", "usmca<yes");
}

Test(tables, unknown_status)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,,,,,,src,maybe,\n", "status", "maybe");
}

Test(tables, measure_without_source)
{
    measure_fault("b,china,CN,,73,,add,0.1,,2025-02-01,,,,,,,,\n", "source", "");
}

Test(tables, duplicate_id)
{
    measure_fault("a,china,CN,,73,,add,0.1,,2025-02-01,,,,,,src,,\n", "id", "a");
}

Test(tables, ring_of_yields)
{
    measure_fault("b,steel,CN,,73,,add,0.1,,2025-02-01,,,,,steel,src,,\n", "yields_to", "steel");
}

Test(tables, longer_ring_of_yields)
{
    world_fault(MEASURES,
                MEASURE_HEADER "b,alu,CN,,73,,add,0.1,,2025-02-01,,,,,steel,src,,\n"
                               "c,steel,CN,,73,,add,0.1,,2025-02-01,,,,,alu,src,,\n",
                MEASURES, 1, "yields_to", "steel");
}

Test(tables, list_with_bad_code)
{
    world_fault("law/us/products/bolts.csv", "hs,from,until,source\n7318,,,t\n731a,,,t\n", "bolts.csv", 2, "hs",
                "731a");
}

Test(tables, list_that_ends_before_it_begins)
{
    world_fault("law/us/products/bolts.csv", "hs,from,until,source\n7318,2025-02-01,2025-01-01,t\n", "bolts.csv", 1,
                "until", "2025-01-01");
}

#define BASE_HEADER "hs,from,until,kind,rate,text,source\n"

Test(tables, unknown_kind_of_base)
{
    world_fault("law/us/base_rates.csv", BASE_HEADER "73181500,,,cheap,0,,s\n", "base_rates.csv", 1, "kind", "cheap");
}

Test(tables, ad_valorem_without_rate)
{
    world_fault("law/us/base_rates.csv", BASE_HEADER "73181500,,,ad_valorem,,5%,s\n", "base_rates.csv", 1, "rate", "");
}

Test(tables, specific_with_rate)
{
    world_fault("law/us/base_rates.csv", BASE_HEADER "73181500,,,specific,0.1,5c,s\n", "base_rates.csv", 1, "rate",
                "0.1");
}

Test(tables, overlapping_base_rates)
{
    world_fault("law/us/base_rates.csv", BASE_HEADER "73181500,,2025-03-01,free,,,s\n73181500,2025-02-01,,free,,,s\n",
                "base_rates.csv", 2, "from", "2025-02-01");
}

Test(tables, bad_tariff_line)
{
    world_fault("law/us/tariff_lines.csv", "hs,from,until\n7318.15,,\n", "tariff_lines.csv", 1, "hs", "7318.15");
}

Test(tables, bad_imports)
{
    world_fault("market/us_imports_2024.csv", "hs,imports_usd\n7318150010,-5\n", "us_imports_2024.csv", 1,
                "imports_usd", "-5");
}

Test(tables, bad_elasticity)
{
    world_fault("parameters/elasticity.csv", "hs,sigma,estimated\n731815,inf,1\n", "elasticity.csv", 1, "sigma", "inf");
}

Test(tables, elasticity_twice)
{
    world_fault("parameters/elasticity.csv", "hs,sigma,estimated\n731815,2,1\n731815,3,1\n", "elasticity.csv", 0, "hs",
                "731815");
}

Test(tables, bad_sector)
{
    world_fault("sectors/contribution_margin.csv", "country,nace,contribution_margin\nNL,Z9,0.3\n",
                "contribution_margin.csv", 1, "nace", "Z9");
}

Test(tables, bad_margin)
{
    world_fault("sectors/contribution_margin.csv", "country,nace,contribution_margin\nNL,28,1.3\n",
                "contribution_margin.csv", 1, "contribution_margin", "1.3");
}

Test(tables, missing_table)
{
    char folder[64];
    struct tol_law *law;
    struct tol_error error;
    world_write((struct world_file[]){{"law/facts.csv", NULL}, {NULL, NULL}}, folder);
    cr_assert_eq(tol_tables_read(folder, &law, &error), TOL_NO_INPUT);
    cr_assert_not_null(strstr(error.file, "facts.csv"));
    world_remove(folder);
}

Test(tables, version_depends_on_content_not_on_order)
{
    struct tol_law *one = world_law(GOOD "b,china,CN,,72,,add,0.1,,2025-01-01,,,,,,src,,\n");
    struct tol_law *two = world_law("b,china,CN,,72,,add,0.1,,2025-01-01,,,,,,src,,\n" GOOD);
    struct tol_law *three = world_law(GOOD "b,china,CN,,72,,add,0.2,,2025-01-01,,,,,,src,,\n");
    cr_assert_str_eq(tol_law_version(one), tol_law_version(two));
    cr_assert_str_neq(tol_law_version(one), tol_law_version(three));
    cr_assert_eq(strspn(tol_law_version(one), "0123456789abcdef"), 16);
    cr_assert_eq(strlen(tol_law_version(one)), 16);
    tol_law_close(one);
    tol_law_close(two);
    tol_law_close(three);
}

Test(tables, version_does_not_depend_on_parameters)
{
    struct tol_law *one = world_law(GOOD);
    struct tol_law *two =
        world_law_with((struct world_file[]){{MEASURES, MEASURE_HEADER GOOD},
                                             {"parameters/elasticity.csv", "hs,sigma,estimated\n731815,2,1\n"},
                                             {NULL, NULL}});
    cr_assert_str_eq(tol_law_version(one), tol_law_version(two));
    tol_law_close(one);
    tol_law_close(two);
}
