/* The program that is measured, as a whole process. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stddef.h>

/* PATH/NAME beside this program. */
void program_beside(const char *name, char *path, size_t size);

/* Runs arguments[0], its output to the file at `output` (NULL: thrown away), its messages thrown away; seconds from start to end. Ends the bench when its exit code is
 * neither 0 nor `also`. */
double program_run(char *const arguments[], const char *output, int also);

#endif
