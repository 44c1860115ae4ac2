#include "file/checksum.h"

#include <xxhash.h>

uint64_t tol_checksum(const void *bytes, size_t size)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        return tol_checksum_avx2(bytes, size);
    }
#endif
    return XXH3_64bits(bytes, size);
}
