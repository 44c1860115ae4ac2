/* Where the code itself lies: what belongs to it is looked for from there. */
#ifndef TOLMUUR_PLACE_H
#define TOLMUUR_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

/* The folder of the running program. False when it cannot be told or size is too small. */
bool tol_program_folder(char *folder, size_t size);

/* The folder of the file that this very function was loaded from: libtolmuur.so's, or the program's when it is linked into it. */
bool tol_library_folder(char *folder, size_t size);

#pragma GCC visibility pop

#endif
