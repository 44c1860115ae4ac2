#include "law/world.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct world_file world[] = {
    {"law/facts.csv", "name,type,values,central,missing,meaning\n"
                      "usmca,choice,no yes,no,range,claimed\n"
                      "claim,choice,no yes,no,assume,an exclusion\n"
                      "steel_share,share,,1,range,steel\n"
                      "alu_share,share,,1,range,aluminium\n"
                      "open_share,share,,,range,no central value\n"
                      "us_content,share,,0,assume,US content\n"
                      "weight_share,share,,1,range,metal by weight\n"
                      "loaded,day,,,assume,day of loading\n"
                      "arrival,day,,2025-01-01,range,day of arrival\n"
                      "ave,number,,,assume,worth of a specific duty\n"
                      "amount,number,,0,range,some number\n"
                      "view,choice,final on_the_day,final,assume,which dates\n"},
    {"law/groups.csv", "group,country,from,until\n"
                       "EU27,DE,,\nEU27,NL,,\n"
                       "COLUMN2,RU,2022-04-09,\nCOLUMN2,CU,,\n"
                       "CLUB,JP,2025-03-01,2025-06-01\n"},
    {"law/programmes.csv", "programme,authority,title\n"
                           "steel,section_232,Steel\nalu,section_232,Aluminium\ncars,section_232,Cars\n"
                           "china,section_301,China\nreciprocal,ieepa_reciprocal,Reciprocal\n"
                           "exempt,relief,Exempt goods\ns122,section_122,Surcharge\nmore,other,More\n"
                           "preference,mfn,Preference\nkickback,retaliation,Retaliation\n"},
    {"law/coverage.csv", "importer,from,until,base_from,source\n"
                         "US,2018-01-01,2026-12-01,2025-01-01,test\nEU,2020-01-01,,,test\n"},
    {"law/us/measures/all.csv", MEASURE_HEADER},
    {"law/us/products/bolts.csv", "hs,from,until,source\n7318,,,test\n8703230190,2025-03-01,2025-05-01,test\n"},
    {"law/us/base_rates.csv", "hs,from,until,kind,rate,text,special,column2_kind,column2_rate,column2_text,source\n"
                              "73181500,2025-01-01,,ad_valorem,0.05,5%,,ad_valorem,0.4,40%,schedule\n"
                              "87032301,2025-01-01,2025-07-01,ad_valorem,0.025,2.5%,,ad_valorem,0.1,10%,schedule\n"
                              "87032301,2025-07-01,,ad_valorem,0.03,3%,,ad_valorem,0.1,10%,schedule\n"
                              "04090000,2025-01-01,,specific,,1.9c/kg,,specific,,6.6c/kg,schedule\n"
                              "21069099,2025-01-01,,compound,0.06,4.4c/kg + 6%,,ad_valorem,0.2,20%,schedule\n"
                              "85423100,2025-01-01,,free,0,Free,,ad_valorem,0.35,35%,schedule\n"
                              "85423900,2025-01-01,,ad_valorem,0.02,2%,,ad_valorem,0.35,35%,schedule\n"
                              "97010000,2025-01-01,,unknown,,see note,,unknown,,,schedule\n"},
    {"law/us/tariff_lines.csv", "hs,from,until\n"
                                "7318150010,,\n7318150020,2025-01-01,2025-07-01\n7318150030,2025-07-01,\n"
                                "8703230110,,\n8703230190,,\n0409000010,,\n2106909910,,\n8542310010,,\n"
                                "8542310090,,\n8542390000,,\n9701000000,,\n"},
    {"law/eu/base_rates.csv",
     "hs,from,until,kind,rate,text,source\n73181500,,,ad_valorem,0.037,3.7%,tariff\n73181600,,,free,,Free,tariff\n"},
    {"law/eu/measures/all.csv", MEASURE_HEADER "eu_bolts,kickback,US,,7318,,add,0.25,,2025-04-01,,,,,,regulation,,\n"},
    {"market/us_imports_2024.csv", "hs,imports_usd\n8542310010,300\n8542390000,100\n7318150010,50\n"},
    {"parameters/elasticity.csv", "hs,sigma,estimated,source_hs2007\n731815,4,1,01\n731816,6,0,01\n854231,9,1,01\n"
                                  "854239,5,1,01\n"},
    {"sectors/contribution_margin.csv", "country,nace,contribution_margin,year,source\n"
                                        "NL,28,0.3,2018,test\nNL,C,0.25,2018,test\n*,28,0.35,2018,test\n"
                                        "*,G,0.15,2018,test\n"},
};
#define WORLD_FILES (sizeof world / sizeof world[0])

static void write_file(const char *folder, const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(content, 1, strlen(content), file), strlen(content));
    fclose(file);
}

void world_write(const struct world_file *changed, char folder[64])
{
    snprintf(folder, 64, "/tmp/tolmuur-world-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < WORLD_FILES; i++) {
        const char *content = world[i].content;
        for (const struct world_file *c = changed; c != NULL && c->path != NULL; c++) {
            content = strcmp(c->path, world[i].path) == 0 ? c->content : content;
        }
        if (content != NULL) {
            write_file(folder, world[i].path, content);
        }
    }
    for (const struct world_file *c = changed; c != NULL && c->path != NULL; c++) {
        if (c->content != NULL) {
            write_file(folder, c->path, c->content);
        }
    }
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

void world_remove(const char *folder)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct tol_law *world_law_with(const struct world_file *changed)
{
    char folder[64];
    struct tol_law *law = NULL;
    struct tol_error error = {.status = TOL_OK};
    world_write(changed, folder);
    enum tol_status status = tol_tables_read(folder, &law, &error);
    world_remove(folder);
    cr_assert_eq(status, TOL_OK, "%s:%d %s '%s': %s", error.file, (int)error.row, error.column, error.value,
                 error.message);
    return law;
}

struct tol_law *world_law(const char *measure_rows)
{
    char content[8192];
    snprintf(content, sizeof content, "%s%s", MEASURE_HEADER, measure_rows);
    return world_law_with((struct world_file[]){{"law/us/measures/all.csv", content}, {NULL, NULL}});
}

void world_fault(const char *path, const char *content, const char *file, uint64_t row, const char *column,
                 const char *value)
{
    char folder[64];
    struct tol_error error = {.status = TOL_OK};
    world_write((struct world_file[]){{path, content}, {NULL, NULL}}, folder);
    char out[80];
    snprintf(out, sizeof out, "%s/out.tables", folder);
    enum tol_status status = tol_tables_compile(folder, out, &error);
    bool left = access(out, F_OK) == 0;
    world_remove(folder);
    cr_assert_eq(status, TOL_BAD_DATA, "compiled, or failed otherwise: %s", error.message);
    cr_assert_not(left, "a faulty world left a file");
    size_t length = strlen(error.file);
    cr_assert(length >= strlen(file) && strcmp(error.file + length - strlen(file), file) == 0, "file is %s: %s",
              error.file, error.message);
    cr_assert_eq(error.row, row, "row is %d: %s", (int)error.row, error.message);
    cr_assert_str_eq(error.column, column, "column is '%s': %s", error.column, error.message);
    cr_assert_str_eq(error.value, value, "value is '%s': %s", error.value, error.message);
    cr_assert_neq(error.message[0], '\0');
}

static struct tol_rate_answer ask(const struct tol_law *law, const char *into, const char *from, const char *product,
                                  const char *on, const char *facts, enum tol_assume assume)
{
    struct tol_rate_query query;
    struct tol_facts parsed;
    struct tol_error error = {.status = TOL_OK};
    struct tol_rate_answer answer;
    memset(&query, 0, sizeof query);
    query.assume = assume;
    cr_assert(tol_country_parse(into, &query.into) && tol_country_parse(from, &query.from));
    cr_assert(tol_product_parse(product, 4, &query.product) && tol_day_parse(on, &query.on));
    cr_assert_eq(tol_facts_parse(law, facts, &parsed, &error), TOL_OK, "%s", error.message);
    query.facts = &parsed;
    cr_assert_eq(tol_law_rate(law, &query, &answer, &error), TOL_OK, "%s", error.message);
    struct tol_rate_total total;
    tol_law_total(law, &query, &total);
    cr_assert_eq(memcmp(&total.low, &answer.low, sizeof(double)), 0);
    cr_assert_eq(memcmp(&total.central, &answer.central, sizeof(double)), 0);
    cr_assert_eq(memcmp(&total.high, &answer.high, sizeof(double)), 0);
    cr_assert_eq(total.flags, answer.flags);
    double sum = 0;
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        sum = i == 0 ? answer.by_authority[0] : sum + answer.by_authority[i];
    }
    if (answer.central == answer.central) {
        cr_assert(sum == answer.central, "authorities add up to %.17g, not %.17g", sum, answer.central);
        cr_assert(answer.low <= answer.central && answer.central <= answer.high);
    }
    return answer;
}

struct tol_rate_answer world_rate(const struct tol_law *law, const char *into, const char *from, const char *product,
                                  const char *on, const char *facts)
{
    return ask(law, into, from, product, on, facts, TOL_ASSUME_ENTRY);
}

struct tol_rate_answer world_trade(const struct tol_law *law, const char *into, const char *from, const char *product,
                                   const char *on, const char *facts)
{
    return ask(law, into, from, product, on, facts, TOL_ASSUME_TRADE);
}

const struct tol_rate_layer *world_layer(const struct tol_rate_answer *answer, const char *measure)
{
    for (size_t i = 0; i < answer->layer_count; i++) {
        if (strcmp(answer->layer[i].measure, measure) == 0) {
            return &answer->layer[i];
        }
    }
    return NULL;
}
