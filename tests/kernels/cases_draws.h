/* The part of the cases that are kernels of draws: responses that differ from lane to lane. */
#ifndef TOLMUUR_TESTS_KERNELS_CASES_DRAWS_H
#define TOLMUUR_TESTS_KERNELS_CASES_DRAWS_H

#include "cases.h"

void draw_case_fill(struct kernel_case *c, enum case_kind kind, struct random *random);
void draw_case_free(struct kernel_case *c);
size_t draw_case_out_count(const struct kernel_case *c);
int draw_case_run(const struct tol_kernels *kernels, const struct kernel_case *c, double *out);
uint64_t draw_case_digest(uint64_t digest, const struct kernel_case *c);

#endif
