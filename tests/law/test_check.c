/* A world without a fault, and one change to it for every kind of fault that the check must find. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "law/world.h"
#include "tolmuur/law_browse.h"

#define FACTS                                                                                                          \
    "name,type,values,central,missing,meaning\n"                                                                       \
    "usmca,choice,no yes,no,range,claimed\n"                                                                           \
    "steel_share,share,,1,range,steel\n"                                                                               \
    "alu_share,share,,1,range,aluminium\n"                                                                             \
    "loaded,day,,,assume,day of loading\n"                                                                             \
    "ave,number,,,assume,worth of a specific duty\n"                                                                   \
    "view,choice,final on_the_day,final,assume,which dates\n"
#define GROUPS "group,country,from,until\nEU27,DE,,\nEU27,NL,,\nCOLUMN2,RU,2022-04-09,\n"
#define PROGRAMMES                                                                                                     \
    "programme,authority,title\n"                                                                                      \
    "steel,section_232,Steel\nchina,section_301,China\nexempt,relief,Exempt goods\n"
#define BOLTS "hs,from,until,source\n73181500,,,90 FR 5\n"
#define ROWS                                                                                                           \
    "steel_25,steel,*,EU27,@bolts,,add,0.25,content:steel_share,2025-01-01,2025-06-01,,,,,90 FR 1,,\n"                 \
    "steel_50,steel,*,EU27,@bolts,,add,0.5,content:steel_share,2025-06-01,,,,,,90 FR 2,,\n"                            \
    "steel_alu,steel,*,EU27,@bolts,,add,0.1,content:alu_share,2025-01-01,,,,,,90 FR 2,,\n"                             \
    "china_10,china,CN,,7318150010,,add,0.1,,2025-01-01,,,,usmca=no,exempt,90 FR 3,,\n"                                \
    "exempt_all,exempt,*,,*,,relieve,,,2025-01-01,,,,loaded<2025-02-01,,90 FR 4,,\n"
#define MEASURES "law/us/measures/all.csv"

enum { FAULTS_MOST = 16 };

struct found {
    size_t count;
    struct {
        enum tol_law_fault_kind kind;
        bool hint;
        char file[100];
        uint64_t row;
        char column[40], value[60], message[600];
    } fault[FAULTS_MOST];
};

static enum tol_status keep(void *context, const struct tol_law_fault *fault, struct tol_error *error)
{
    (void)error;
    struct found *found = context;
    cr_assert_lt(found->count, FAULTS_MOST);
    found->fault[found->count].kind = fault->kind;
    found->fault[found->count].hint = fault->hint;
    found->fault[found->count].row = fault->place.row;
    snprintf(found->fault[found->count].file, 100, "%s", fault->place.file);
    snprintf(found->fault[found->count].column, 40, "%s", fault->column);
    snprintf(found->fault[found->count].value, 60, "%s", fault->value);
    snprintf(found->fault[found->count].message, 600, "%s", fault->message);
    found->count++;
    return TOL_OK;
}

static struct found check(const char *path, const char *content)
{
    const struct world_file changed[] = {
        {"law/facts.csv", FACTS},
        {"law/groups.csv", GROUPS},
        {"law/programmes.csv", PROGRAMMES},
        {"law/coverage.csv", "importer,from,until,base_from,source\nUS,2018-01-01,2026-12-01,2025-01-01,test\n"},
        {MEASURES, MEASURE_HEADER ROWS},
        {"law/us/products/bolts.csv", BOLTS},
        {"law/eu/base_rates.csv", NULL},
        {"law/eu/measures/all.csv", NULL},
        {path, content},
        {NULL, NULL},
    };
    struct world_file used[sizeof changed / sizeof changed[0]];
    size_t count = 0;
    for (size_t i = 0; changed[i].path != NULL; i++) {
        bool overridden = path != NULL && i < 8 && strcmp(changed[i].path, path) == 0;
        if (!overridden) {
            used[count++] = changed[i];
        }
    }
    used[count] = (struct world_file){NULL, NULL};
    struct tol_law *law = world_law_with(used);
    struct tol_law_browser *browser = NULL;
    struct tol_error error = {0};
    struct found found = {0};
    cr_assert_eq(tol_law_browser_open(law, &browser, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_law_check(browser, keep, &found, &error), TOL_OK, "%s", error.message);
    tol_law_browser_close(browser);
    tol_law_close(law);
    return found;
}

/* The world with one more measure. */
static struct found check_with(const char *row)
{
    char content[4096];
    snprintf(content, sizeof content, "%s%s%s", MEASURE_HEADER, ROWS, row);
    return check(MEASURES, content);
}

static void expect_one(const struct found *found, enum tol_law_fault_kind kind, const char *file, uint64_t row,
                       const char *column, const char *value)
{
    cr_assert_eq(found->count, 1, "%zu faults; the first: %s", found->count, found->fault[0].message);
    cr_expect_eq(found->fault[0].kind, kind);
    bool hint = kind == TOL_LAW_GAP || (kind == TOL_LAW_ORPHAN && strcmp(file, "facts.csv") == 0);
    cr_expect_eq(found->fault[0].hint, hint);
    cr_expect_str_eq(found->fault[0].file, file);
    cr_expect_eq(found->fault[0].row, row);
    cr_expect_str_eq(found->fault[0].column, column);
    cr_expect_str_eq(found->fault[0].value, value);
}

#define ALL "us/measures/all.csv"

Test(check, clean_world)
{
    struct found found = check(NULL, NULL);
    cr_assert_eq(found.count, 0, "%s", found.fault[0].message);
}

/* ---- overlaps -------------------------------------------------------------------------------------------------- */

Test(check, overlap)
{
    struct found found = check_with("steel_more,steel,CN,,7318,,add,0.1,,2025-03-01,2025-04-01,,,,,90 FR 6,,\n");
    cr_assert_geq(found.count, 1);
    cr_expect_eq(found.fault[0].kind, TOL_LAW_OVERLAP);
    cr_expect_str_eq(found.fault[0].file, ALL);
    cr_expect(strstr(found.fault[0].message, "2025-03-01") != NULL, "%s", found.fault[0].message);
}

Test(check, overlap_names_both)
{
    struct found found = check_with("china_20,china,CN,,73181500,,add,0.2,,2025-03-01,,,,,exempt,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_OVERLAP, ALL, 6, "id", "china_20");
    cr_expect(strstr(found.fault[0].message, "china_10") != NULL, "%s", found.fault[0].message);
    cr_expect(strstr(found.fault[0].message, "7318150010") != NULL, "%s", found.fault[0].message);
}

Test(check, no_overlap_on_other_origins)
{
    cr_expect_eq(check_with("china_20,china,HK,,73181500,,add,0.2,,2025-03-01,,,,,exempt,90 FR 6,,\n").count, 0);
}

Test(check, no_overlap_on_other_lines)
{
    cr_expect_eq(check_with("china_20,china,CN,,73181500,7318150010,add,0.2,,2025-03-01,,,,,,90 FR 6,,\n").count, 0);
}

Test(check, no_overlap_under_other_conditions)
{
    cr_expect_eq(check_with("china_20,china,CN,,73181500,,add,0.2,,2025-03-01,,,,usmca=yes,,90 FR 6,,\n").count, 0);
}

Test(check, no_overlap_in_two_contents)
{
    cr_expect_eq(check_with("").count, 0); /* steel_50 and steel_alu */
    struct found found =
        check_with("steel_twice,steel,CN,,@bolts,,add,0.1,content:alu_share,2025-01-01,,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_OVERLAP, ALL, 6, "id", "steel_twice");
}

/* The other one steps back before a relief on the very conditions on which this one stands. */
Test(check, no_overlap_behind_a_relief)
{
    cr_expect_eq(
        check_with("china_5,china,CN,,7318150010,,add,0.05,,2025-01-01,,,,loaded<2025-02-01,,90 FR 6,,\n").count, 0);
    struct found found =
        check_with("china_5,china,CN,,7318150010,,add,0.05,,2025-01-01,,,,loaded<2025-03-01,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_OVERLAP, ALL, 6, "id", "china_5");
}

/* The relief is for one of two lines only. */
Test(check, overlap_beside_a_relief)
{
    struct found found =
        check_with("china_5,china,CN,,7318150010,,add,0.05,,2025-01-01,,,,usmca=no & steel_share<0.2,,90 FR 6,,\n"
                   "exempt_some,exempt,CN,,7318150020,,relieve,,,2025-01-01,,,,steel_share<0.2,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_OVERLAP, ALL, 6, "id", "china_5");
    cr_expect_eq(
        check_with("china_5,china,CN,,7318150010,,add,0.05,,2025-01-01,,,,usmca=no & steel_share<0.2,,90 FR 6,,\n"
                   "exempt_some,exempt,CN,,7318150010,,relieve,,,2025-01-01,,,,steel_share<0.2,,90 FR 6,,\n")
            .count,
        0);
}

Test(check, overlap_as_collected)
{
    struct found found =
        check_with("china_5,china,CN,,7318150010,,add,0.05,,2024-01-01,2025-01-01,2024-01-01,2025-02-01,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_OVERLAP, ALL, 6, "id", "china_5");
    cr_expect(strstr(found.fault[0].message, "as collected") != NULL, "%s", found.fault[0].message);
}

Test(check, no_overlap_between_views)
{
    cr_expect_eq(
        check_with(
            "china_5,china,CN,,7318150010,,add,0.05,,2024-06-01,2025-03-01,2024-06-01,2025-01-01,view=on_the_day,"
            ",90 FR 6,,\n")
            .count,
        0);
}

/* ---- orphans --------------------------------------------------------------------------------------------------- */

Test(check, orphan_list)
{
    struct found found = check("law/us/products/nuts.csv", "hs,from,until,source\n7318150010,,,90 FR 6\n");
    expect_one(&found, TOL_LAW_ORPHAN, "us/products/nuts.csv", 1, "hs", "@nuts");
}

Test(check, orphan_group)
{
    struct found found = check("law/groups.csv", GROUPS "CLUB,JP,,\nCLUB,KR,,\n");
    expect_one(&found, TOL_LAW_ORPHAN, "groups.csv", 4, "group", "CLUB");
}

Test(check, orphan_fact)
{
    struct found found = check("law/facts.csv", FACTS "gift,choice,no yes,no,assume,a gift\n");
    expect_one(&found, TOL_LAW_ORPHAN, "facts.csv", 7, "name", "gift");
}

Test(check, orphan_programme)
{
    struct found found = check("law/programmes.csv", PROGRAMMES "cars,section_232,Cars\n");
    expect_one(&found, TOL_LAW_ORPHAN, "programmes.csv", 4, "programme", "cars");
}

/* ---- measures that never apply --------------------------------------------------------------------------------- */

Test(check, conditions_that_never_hold)
{
    struct found found = check_with("china_5,china,HK,,7318150010,,add,0.05,,2025-01-01,,,,steel_share<0.2 & "
                                    "steel_share>0.3,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_VOID, ALL, 6, "conditions", "steel_share<0.2 & steel_share>0.3");
}

Test(check, nobody_left)
{
    struct found found = check_with("china_5,china,DE NL,EU27,7318150010,,add,0.05,,2025-01-01,,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_VOID, ALL, 6, "partners_except", "EU27");
}

Test(check, nothing_left)
{
    struct found found = check_with("china_5,china,HK,,73181500,7318,add,0.05,,2025-01-01,,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_VOID, ALL, 6, "products_except", "7318");
}

Test(check, relief_of_nothing)
{
    struct found found = check_with("exempt_early,exempt,CN,,*,,relieve,,,2020-01-01,2021-01-01,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_VOID, ALL, 6, "programme", "exempt");
    found = check_with("exempt_hk,exempt,HK,,*,,relieve,,,2025-01-01,,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_VOID, ALL, 6, "programme", "exempt");
}

/* ---- citations, codes, gaps ------------------------------------------------------------------------------------ */

Test(check, source_without_a_number)
{
    struct found found = check_with("china_5,china,HK,,7318150010,,add,0.05,,2025-01-01,,,,,,common knowledge,,\n");
    expect_one(&found, TOL_LAW_UNCITED, ALL, 6, "source", "common knowledge");
}

Test(check, list_row_without_a_source)
{
    struct found found = check("law/us/products/bolts.csv", BOLTS "8703230190,,,\n");
    expect_one(&found, TOL_LAW_UNCITED, "us/products/bolts.csv", 2, "source", "");
}

Test(check, stray_code_in_a_list)
{
    struct found found = check("law/us/products/bolts.csv", BOLTS "73181600,,,90 FR 6\n");
    expect_one(&found, TOL_LAW_STRAY_CODE, "us/products/bolts.csv", 2, "hs", "73181600");
}

Test(check, stray_code_in_a_measure)
{
    struct found found = check_with("china_5,china,HK,,7318150010 7318150099,,add,0.05,,2025-01-01,,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_STRAY_CODE, ALL, 6, "products", "7318150099");
}

#define LINKS "law/concordance/all.csv"
#define LINK_HEADER "importer,old,new,from,source\n"

Test(check, concordance_of_codes_that_were)
{
    cr_expect_eq(check(LINKS, LINK_HEADER "US,7318150020,7318150030,2025-07-01,record\n"
                                          "US,7318150088,7318150010,2024-07-01,went before the schedule began\n"
                                          "US,7318150066,7318150088,2023-07-01,came and went before it began\n"
                                          ",731899,731815,2022-01-01,HS\n"
                                          "US,9802000010,9802000020,2025-07-01,no chapter of the schedule\n")
                     .count,
                 0);
}

Test(check, concordance_of_codes_that_never_were)
{
    struct found found = check(LINKS, LINK_HEADER "US,7318150099,7318150030,2025-07-01,record\n");
    expect_one(&found, TOL_LAW_STRAY_CODE, "concordance/all.csv", 1, "old", "7318150099");
    found = check(LINKS, LINK_HEADER "US,7318150020,7318150099,2025-07-01,record\n");
    expect_one(&found, TOL_LAW_STRAY_CODE, "concordance/all.csv", 1, "new", "7318150099");
    found = check(LINKS, LINK_HEADER ",731815,731899,2022-01-01,HS\n");
    expect_one(&found, TOL_LAW_STRAY_CODE, "concordance/all.csv", 1, "new", "731899");
}

/* Of a chapter without a line in the tables nothing can be said. */
Test(check, unknown_chapter_is_no_fault)
{
    cr_expect_eq(check("law/us/products/bolts.csv", BOLTS "98020040,,,90 FR 6\n").count, 0);
}

Test(check, gap_is_a_hint)
{
    struct found found = check_with("hk_1,china,HK,,7318150010,,add,0.05,,2025-01-01,2025-03-01,,,,,90 FR 6,,\n"
                                    "hk_2,china,HK,,7318150010,,add,0.06,,2025-03-05,,,,,,90 FR 6,,\n");
    expect_one(&found, TOL_LAW_GAP, ALL, 6, "until", "2025-03-01");
    cr_expect(strstr(found.fault[0].message, "hk_2") != NULL);
    cr_expect_eq(check_with("hk_1,china,HK,,7318150010,,add,0.05,,2025-01-01,2025-03-01,,,,,90 FR 6,,\n"
                            "hk_2,china,HK,,7318150010,,add,0.06,,2025-03-01,,,,,,90 FR 6,,\n")
                     .count,
                 0);
}
