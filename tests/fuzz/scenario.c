/* Scenario JSON: read, its names checked, its changes laid over a law. */
#include "datasets/scenario.h"

#include "fuzz.h"

static void lay(const struct tol_scenario_text *scenario)
{
    struct tol_law *law = NULL;
    struct tol_error error;
    (void)!tol_scenario_survival_check(scenario, fuzz_law(), &error);
    if (tol_law_overlay(fuzz_law(), scenario->change, scenario->change_count, tol_allocator_default(), &law, &error) ==
        TOL_OK) {
        tol_law_close(law);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tol_scenario_file *file = NULL;
    struct tol_error error;
    if (tol_scenario_file_read(fuzz_file(data, size), &file, &error) == TOL_OK) {
        for (size_t i = 0; i < file->count && i < 4; i++) {
            lay(&file->scenario[i]);
        }
        tol_scenario_file_free(file);
    }
    return 0;
}
