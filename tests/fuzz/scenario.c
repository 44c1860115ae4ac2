/* Scenario JSON: read, its names checked. Laying it over a law compiles the law anew, which is too slow to do a thousand times a second. */
#include "datasets/scenario.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tol_scenario_file *file = NULL;
    struct tol_error error;
    if (tol_scenario_file_read(fuzz_file(data, size), &file, &error) == TOL_OK) {
        for (size_t i = 0; i < file->count; i++) {
            (void)!tol_scenario_survival_check(&file->scenario[i], fuzz_law(), &error);
        }
        tol_scenario_file_free(file);
    }
    return 0;
}
