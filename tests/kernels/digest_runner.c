/* Prints one line per kernel, kind of input and shape: the digest of what the named variant writes. Two machines agree when their lines do.
 * Plain C without a test library, so that it cross-compiles (neon.sh). usage: digest_runner ISA */
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

static const size_t counts[] = {1, 3, 64, 257};

static int run(const struct tol_kernels *kernels, enum case_kernel kernel, enum case_kind kind, size_t count,
               size_t row_count)
{
    uint64_t seed = case_seed() + count * 1000 + row_count * 10 + kind;
    struct kernel_case inputs = kernel_case_new(kernel, kind, count, row_count, seed);
    struct guarded out = guarded_new(kernel_case_out_count(&inputs));
    int intact = kernel_case_run(kernels, &inputs, out.values);
    intact = guarded_intact(&out) && intact;
    printf("%s %s count %zu rows %zu seed %llu inputs %016llx outputs %016llx%s\n", case_kernel_name(kernel),
           case_kind_name(kind), count, row_count, (unsigned long long)seed,
           (unsigned long long)kernel_case_digest(&inputs),
           (unsigned long long)digest_doubles(0xcbf29ce484222325u, out.values, out.count),
           intact ? "" : " WROTE OUTSIDE");
    guarded_free(&out);
    kernel_case_free(&inputs);
    return intact;
}

int main(int argc, char **argv)
{
    const struct tol_kernels *kernels = argc == 2 ? tol_kernels_named(argv[1]) : NULL;
    if (kernels == NULL) {
        fprintf(stderr, "usage: digest_runner ISA   (one that is built in and runs here)\n");
        return 64;
    }
    int intact = 1;
    for (int kernel = 0; kernel < CASE_KERNEL_COUNT; kernel++)
        for (int kind = 0; kind < CASE_KIND_COUNT; kind++)
            for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
                for (size_t row_count = 1; row_count <= case_rows_max((enum case_kernel)kernel); row_count++)
                    intact &= run(kernels, (enum case_kernel)kernel, (enum case_kind)kind, counts[k], row_count);
    return intact ? EXIT_SUCCESS : EXIT_FAILURE;
}
