/* What a test makes for itself and leaves behind. */
#ifndef TOLMUUR_TESTS_SCRATCH_H
#define TOLMUUR_TESTS_SCRATCH_H

/* What a test allocates lives to its end; kept reachable, so that a leak checker shows real leaks only. Fails the test when memory is NULL. */
void *keep_to_the_end(void *memory);

/* A folder of this test's own, made when first asked for. */
const char *scratch_folder(void);
/* A path in it. */
const char *scratch_path(char path[512], const char *name);

#endif
