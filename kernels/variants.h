/* The tables that variant.c makes. Which of them exist is decided in CMakeLists.txt (TOL_HAVE_*). */
#ifndef TOLMUUR_VARIANTS_H
#define TOLMUUR_VARIANTS_H

#include "kernels.h"

extern const struct tol_kernels tol_kernels_scalar;
extern const struct tol_kernels tol_kernels_avx2;
extern const struct tol_kernels tol_kernels_avx512;
extern const struct tol_kernels tol_kernels_neon;

#endif
