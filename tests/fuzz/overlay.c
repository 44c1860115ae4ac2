/* Scenarios laid over a small law: what compiles is a law as sound as one that was compiled from tables. */
#include "datasets/scenario.h"

#include "fuzz.h"
#include "law/verify.h"
#include "questions.h"

#define SCENARIOS_MOST 4

static const struct tol_law *base(void)
{
    static struct tol_law *law;
    if (law == NULL) {
        fuzz_require(tol_law_open(fuzz_law_path(), &law, NULL) == TOL_OK && tol_law_verify(law, NULL) == TOL_OK);
    }
    return law;
}

static void lay(const struct tol_scenario_text *scenario)
{
    struct tol_law *law = NULL, *after = NULL;
    struct tol_error error;
    const struct tol_allocator *allocator = tol_allocator_default();
    if (tol_law_overlay(base(), scenario->change, scenario->change_count, allocator, &law, &error) != TOL_OK) {
        return;
    }
    fuzz_require(tol_law_verify_rules(law, &error) == TOL_OK && tol_law_verify_source(law, &error) == TOL_OK &&
                 tol_law_verify(law, &error) == TOL_OK);
    fuzz_ask(law);
    if (scenario->survival_count > 0 && tol_scenario_survival_check(scenario, law, &error) == TOL_OK &&
        tol_scenario_law_after_fall(scenario, law, 1, allocator, &after, &error) == TOL_OK) {
        fuzz_require(tol_law_verify_rules(after, &error) == TOL_OK && tol_law_verify(after, &error) == TOL_OK);
        tol_law_close(after);
    }
    tol_law_close(law);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tol_scenario_file *file = NULL;
    struct tol_error error;
    if (tol_scenario_file_read(fuzz_file(data, size), &file, &error) == TOL_OK) {
        for (size_t i = 0; i < file->count && i < SCENARIOS_MOST; i++) {
            lay(&file->scenario[i]);
        }
        tol_scenario_file_free(file);
    }
    return 0;
}
