/* Firms as CSV. */
#include "fuzz.h"
#include "supply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_supply_table(data, size, TOL_SUPPLY_FIRMS, TOL_SUPPLY_CSV);
    return 0;
}
