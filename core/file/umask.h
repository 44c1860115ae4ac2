/* The umask, without touching it. */
#ifndef TOLMUUR_FILE_UMASK_H
#define TOLMUUR_FILE_UMASK_H

#include <sys/types.h>

/* umask(2) can only be read by setting it, which other threads would see; the kernel shows it elsewhere too. Where it does not: 077, nobody else may read. */
mode_t tol_umask_read(void);

#endif
