/* The name that was probably meant. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

/* The name with the fewest edits from word, at most a third of its length and at least one; NULL when none is that near. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

#endif
