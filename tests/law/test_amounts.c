/* Printed amounts of specific and compound duties, and what the value of a unit makes of them. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "law/build.h"
#include "law/image.h"
#include "law/lookup.h"
#include "law/world.h"

static void near(double got, double wanted)
{
    cr_assert(fabs(got - wanted) < 1e-12, "%.17g, wanted %.17g", got, wanted);
}

static void parsed(const char *text, double usd, const char *unit)
{
    double got = 0;
    char name[64] = "";
    cr_assert(tol_build_amount(text, &got, name, sizeof name), "%s is not read", text);
    near(got, usd);
    cr_assert_str_eq(name, unit);
}

static void refused(const char *text)
{
    double usd;
    char unit[64];
    cr_assert_not(tol_build_amount(text, &usd, unit, sizeof unit), "%s is read as one amount", text);
}

Test(amounts, one_amount_per_unit)
{
    parsed("2.1¢/kg", 0.021, "kg");
    parsed("$1.035/kg + 8.5%", 1.035, "kg");
    parsed("4.4¢/kg + 6 %", 0.044, "kg");
    parsed("0.3¢ each", 0.003, "each");
    parsed("18.5¢/ liter", 0.185, "liter");
    parsed("$ 2/pr. + 33 1/3%", 2, "pr.");
    parsed("9¢/kg on lead content", 0.09, "kg on lead content");
    parsed("$1.50/1,000 + 50%", 1.5, "1,000");
    parsed("0.2¢/kg, including weight of container", 0.002, "kg, including weight of container");
}

Test(amounts, anything_else_is_left_as_text)
{
    refused("");
    refused("Free");
    refused("5%");
    refused("0¢/kg");
    refused("4.4¢/liter + 31.4¢/pf. liter");
    refused("13.5¢/kg + 6.3% + 1.9¢/article");
    refused("51¢ each + 6.25% on the case and strap, band or bracelet");
    refused("3.6606¢/kg less 0.020668¢/kg for each degree under 100 degrees");
    refused("$1.20/kg but not less than 5%");
    refused("1.2.3¢/kg");
    refused("2.1¢");
    refused("0.3¢/line/ gross + 4.6%");
    refused("2.1c/kg");
    refused("EUR 3/kg");
}

#define BASE_HEADER "hs,from,until,kind,rate,text,special,column2_kind,column2_rate,column2_text,source\n"

static struct tol_law *honey_law(void)
{
    return world_law_with((struct world_file[]){
        {"law/us/base_rates.csv", BASE_HEADER "04090000,,,specific,,1.9¢/kg,,specific,,6.6¢/kg,schedule\n"
                                              "21069099,,,compound,0.06,4.4¢/kg + 6%,,ad_valorem,0.2,20%,schedule\n"
                                              "85423100,,,specific,,4.4¢/kg + 1¢/liter,,free,0,Free,schedule\n"},
        {"law/facts.csv", "name,type,values,central,missing,meaning\n"
                          "ave,number,,,assume,worth\nunit_value,positive,,,assume,unit\n"},
        {NULL, NULL}});
}

static double central(const struct tol_law *law, const char *from, const char *product, const char *facts)
{
    return world_rate(law, "US", from, product, "2025-05-10", facts).central;
}

Test(amounts, value_of_a_unit_prices_the_amount)
{
    struct tol_law *law = honey_law();
    near(central(law, "DE", "0409000010", "unit_value=4"), 0.019 / 4);
    near(central(law, "CU", "0409000010", "unit_value=4"), 0.066 / 4);
    near(central(law, "DE", "2106909910", "unit_value=2"), 0.06 + 0.022);
    near(central(law, "DE", "2106909910", "unit_value=2;ave=0.5"), 0.56);
    struct tol_rate_answer priced = world_rate(law, "US", "DE", "0409000010", "2025-05-10", "unit_value=4");
    cr_assert_eq(priced.flags & TOL_RATE_SPECIFIC_EXCLUDED, 0u);
    cr_assert_str_eq(priced.specific_duty, "");
    cr_assert_str_eq(priced.base.unit, "kg");
    tol_law_close(law);
}

Test(amounts, without_the_fact_the_text_stays)
{
    struct tol_law *law = honey_law();
    struct tol_rate_answer answer = world_rate(law, "US", "DE", "0409000010", "2025-05-10", "");
    near(answer.central, 0);
    cr_assert_str_eq(answer.specific_duty, "1.9¢/kg");
    cr_assert_neq(answer.flags & TOL_RATE_SPECIFIC_EXCLUDED, 0u);
    tol_law_close(law);
}

Test(amounts, two_units_and_short_codes_stay_text)
{
    struct tol_law *law = honey_law();
    struct tol_rate_answer answer = world_rate(law, "US", "DE", "8542310010", "2025-05-10", "unit_value=4");
    cr_assert_str_eq(answer.specific_duty, "4.4¢/kg + 1¢/liter");
    cr_assert_str_eq(answer.base.unit, "");
    answer = world_rate(law, "US", "DE", "0409", "2025-05-10", "unit_value=4");
    cr_assert_str_eq(answer.specific_duty, "1.9¢/kg");
    tol_law_close(law);
}

Test(amounts, value_of_a_unit_is_above_nothing)
{
    struct tol_law *law = honey_law();
    struct tol_facts facts;
    struct tol_error error;
    cr_assert_eq(tol_facts_parse(law, "unit_value=0", &facts, &error), TOL_BAD_DATA);
    cr_assert_eq(tol_facts_parse(law, "unit_value=-1", &facts, &error), TOL_BAD_DATA);
    cr_assert_eq(tol_facts_parse(law, "unit_value=5e-324", &facts, &error), TOL_BAD_DATA);
    cr_assert_eq(tol_facts_parse(law, "unit_value=0.001", &facts, &error), TOL_OK);
    tol_law_close(law);
}

/* ---- the shipped schedule ---- */

#define TEXTS_MAX 4096

struct texts {
    uint32_t text[TEXTS_MAX]; /* offsets in the string pool, which holds each text once */
    bool read[TEXTS_MAX];
    unsigned count, read_count;
};

static void count_text(struct texts *texts, uint8_t kind, uint32_t text, double amount_usd)
{
    if (kind != TOL_BASE_SPECIFIC && kind != TOL_BASE_COMPOUND) {
        return;
    }
    for (unsigned i = 0; i < texts->count; i++) {
        if (texts->text[i] == text) {
            cr_assert_eq(texts->read[i], amount_usd > 0);
            return;
        }
    }
    cr_assert_lt(texts->count, TEXTS_MAX);
    texts->text[texts->count] = text;
    texts->read[texts->count++] = amount_usd > 0;
    texts->read_count += amount_usd > 0;
}

static void count_node(struct texts *texts, const struct tol_law *law, const struct law_node *node)
{
    for (uint32_t i = 0; i < node->base_count; i++) {
        const struct law_base_row *row = &law->base_row[node->base_first + i];
        count_text(texts, row->kind, row->text, row->amount_usd);
        count_text(texts, row->column2_kind, row->column2_text, row->column2_amount_usd);
        cr_assert((row->amount_usd > 0) == (law->strings[row->unit] != '\0'));
    }
}

/* The US schedule. docs/law.md names the same numbers; the texts that are not read stand there by kind. */
Test(amounts, whole_schedule)
{
    static struct texts texts;
    struct tol_law *law;
    struct tol_error error;
    cr_assert_eq(tol_law_open(TEST_BINARY_DIR "/tolmuur.tables", &law, &error), TOL_OK, "%s", error.message);
    const struct law_importer *importer = &law->importer[law->importer_of[law_country_slot('U' << 8 | 'S')]];
    for (uint32_t node = 0; node < importer->node_count; node++) {
        count_node(&texts, law, law_node_at(law, importer, node));
    }
    cr_assert_eq(texts.count, 1033u, "%u texts", texts.count);
    cr_assert_eq(texts.read_count, 874u, "%u texts are read", texts.read_count);
    tol_law_close(law);
}
