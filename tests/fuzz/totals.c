/* The totals of a run, as --fail-if reads them again. */
#include "totals_read.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct totals_read totals;
    struct tol_error error;
    for (size_t scenarios = 1; scenarios <= 2; scenarios++) {
        enum tol_status status = totals_read(&totals, fuzz_file(data, size), scenarios, &error);
        fuzz_require(status == TOL_OK || error.message[0] != '\0');
        totals_read_release(&totals);
    }
    return 0;
}
