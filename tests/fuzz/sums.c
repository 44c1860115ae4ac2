/* The sums of a shard, as merge reads them; twice, and joined. */
#include "shard_sums.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    struct shard_sums sums, other;
    struct tol_error error;
    enum tol_status status = shard_sums_read(&sums, path, &error);
    fuzz_require(status == TOL_OK || error.message[0] != '\0');
    if (status == TOL_OK) {
        fuzz_require(shard_sums_read(&other, path, &error) == TOL_OK);
        size_t count = sums.count;
        fuzz_require(shard_sums_join(&sums, &other, &error) == TOL_OK);
        fuzz_require(sums.count == count);
        shard_sums_place_draws(&sums);
        for (size_t i = 0; i < count; i++) {
            fuzz_require(shard_sums_totals(&sums.row[i]).name != NULL);
        }
        shard_sums_release(&other);
    }
    shard_sums_release(&sums);
    return 0;
}
