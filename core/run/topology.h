/* Cores that this process may use, and binding threads to them. The only door to hwloc. */
#ifndef TOLMUUR_RUN_TOPOLOGY_H
#define TOLMUUR_RUN_TOPOLOGY_H

#include <pthread.h>
#include <stdbool.h>

struct tol_places;

/* Reads the machine and the calling thread's affinity. NULL when hwloc cannot read it or memory is out. Caller owns. */
struct tol_places *tol_places_open(void);
void tol_places_close(struct tol_places *places);

/* Cores with at least one processing unit in the cpuset the caller had when the places were opened; >= 1. */
unsigned tol_places_cores(const struct tol_places *places);

/* False where hwloc describes another machine (HWLOC_SYNTHETIC, HWLOC_XMLFILE): its places mean nothing to this kernel. */
bool tol_places_are_here(const struct tol_places *places);

/* Binds a thread to the allowed processing units of the core. False when the system refuses. */
bool tol_places_bind(const struct tol_places *places, unsigned core, pthread_t thread);

/* Gives a thread the cpuset back that the opener had. */
void tol_places_release(const struct tol_places *places, pthread_t thread);

#endif
