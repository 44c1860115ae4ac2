/* Sales as JSON lines. */
#include "fuzz.h"
#include "supply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_supply_table(data, size, TOL_SUPPLY_SALES, TOL_SUPPLY_JSONL);
    return 0;
}
