/* What a process that reads the files of strangers may still do: use so much memory and time, read the named folders, and nothing else. */
#ifndef TOLMUUR_CONFINE_H
#define TOLMUUR_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

struct tol_confinement_rules {
    uint64_t memory_bytes; /* of address space beyond what is mapped already (RLIMIT_AS) */
    uint64_t cpu_seconds;  /* of all threads (RLIMIT_CPU); 0: no limit */
    const char *input;     /* file or folder that may be read, with what links in the folder lead to */
    int keep[2];           /* descriptors that stay open beside standard error; -1: none */
};

/* Puts this process and all it starts under the rules, for good: limits, no core file, no new privileges, end with the parent, all other
 * descriptors closed, files only to read and only where the rules say (Landlock), no network, no other program (seccomp). Call in a
 * child with one thread. What the kernel does not know is left out and named in note ("": all holds). TOL_INTERNAL: not even the limits could be
 * set. */
TOL_MUST_CHECK enum tol_status tol_confine(const struct tol_confinement_rules *rules, char *note, size_t note_size,
                                           struct tol_error *error);

/* Bytes of memory that this process may use: of the machine, or of its control group where that is less. */
uint64_t tol_memory_of_machine(void);
/* Bytes of address space that this process has mapped; 0: not known. */
uint64_t tol_memory_mapped(void);

/* The parts of tol_confine; false: the kernel does not know how. */
bool tol_confine_folders(const char *input);
bool tol_confine_system_calls(void);

#endif
