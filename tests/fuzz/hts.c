/* An archive of the US schedule, as JSON. */
#include "hts/archive.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hts_archive archive = {0};
    struct tol_error error;
    if (tol_hts_archive_read(fuzz_file(data, size), "fuzz", &archive, &error) == TOL_OK) {
        for (size_t i = 1; i < archive.rates.count; i++) {
            const char *a = archive.rates.item[i - 1].code, *b = archive.rates.item[i].code;
            size_t k = 0;
            while (a[k] != '\0' && a[k] == b[k]) {
                k++;
            }
            fuzz_require((unsigned char)a[k] < (unsigned char)b[k]); /* in order, each once */
        }
    }
    tol_hts_archive_free(&archive);
    return 0;
}
