#include "run/topology.h"

#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/run.h"

struct tol_places {
    hwloc_topology_t topology;
    hwloc_bitmap_t allowed; /* the opener's cpuset */
    hwloc_cpuset_t *core;   /* [core_count] allowed part of each core that has one */
    unsigned core_count;
};

/* The cpuset of the calling thread: what taskset, cgroups and batch systems left to us. All of the machine where hwloc cannot tell. */
static hwloc_bitmap_t read_allowed(hwloc_topology_t topology)
{
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
    if (allowed == NULL) {
        return NULL;
    }
    hwloc_const_cpuset_t machine = hwloc_topology_get_allowed_cpuset(topology);
    if (hwloc_get_cpubind(topology, allowed, HWLOC_CPUBIND_THREAD) != 0) {
        hwloc_bitmap_copy(allowed, machine);
    }
    hwloc_bitmap_and(allowed, allowed, machine);
    if (hwloc_bitmap_iszero(allowed)) {
        hwloc_bitmap_copy(allowed, machine);
    }
    return allowed;
}

static bool load(hwloc_topology_t *topology)
{
    if (hwloc_topology_init(topology) != 0) {
        return false;
    }
    if (hwloc_topology_load(*topology) != 0) {
        hwloc_topology_destroy(*topology);
        return false;
    }
    return true;
}

/* Some machines (and containers) show no cores, only processing units. */
static hwloc_obj_type_t core_type(hwloc_topology_t topology)
{
    return hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE) > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
}

static unsigned count_cores(hwloc_topology_t topology, hwloc_const_bitmap_t allowed)
{
    unsigned count = 0;
    hwloc_obj_t core = NULL;
    while ((core = hwloc_get_next_obj_by_type(topology, core_type(topology), core)) != NULL) {
        count += hwloc_bitmap_intersects(core->cpuset, allowed) ? 1 : 0;
    }
    return count;
}

static bool fill_cores(struct tol_places *places)
{
    unsigned count = count_cores(places->topology, places->allowed);
    places->core = calloc(count > 0 ? count : 1, sizeof(hwloc_cpuset_t));
    if (places->core == NULL) {
        return false;
    }
    hwloc_obj_t core = NULL;
    while ((core = hwloc_get_next_obj_by_type(places->topology, core_type(places->topology), core)) != NULL) {
        if (!hwloc_bitmap_intersects(core->cpuset, places->allowed)) {
            continue;
        }
        hwloc_cpuset_t own = hwloc_bitmap_alloc();
        if (own == NULL) {
            return false;
        }
        hwloc_bitmap_and(own, core->cpuset, places->allowed);
        places->core[places->core_count++] = own;
    }
    return places->core_count > 0;
}

struct tol_places *tol_places_open(void)
{
    struct tol_places *places = calloc(1, sizeof *places);
    if (places == NULL) {
        return NULL;
    }
    if (!load(&places->topology)) {
        free(places);
        return NULL;
    }
    places->allowed = read_allowed(places->topology);
    if (places->allowed == NULL || !fill_cores(places)) {
        tol_places_close(places);
        return NULL;
    }
    return places;
}

void tol_places_close(struct tol_places *places)
{
    if (places == NULL) {
        return;
    }
    for (unsigned i = 0; i < places->core_count; i++) {
        hwloc_bitmap_free(places->core[i]);
    }
    free(places->core);
    hwloc_bitmap_free(places->allowed);
    hwloc_topology_destroy(places->topology);
    free(places);
}

unsigned tol_places_cores(const struct tol_places *places)
{
    return places->core_count;
}

bool tol_places_are_here(const struct tol_places *places)
{
    return hwloc_topology_is_thissystem(places->topology) != 0;
}

bool tol_places_bind(const struct tol_places *places, unsigned core, pthread_t thread)
{
    return hwloc_set_thread_cpubind(places->topology, thread, places->core[core], 0) == 0;
}

void tol_places_release(const struct tol_places *places, pthread_t thread)
{
    /* Nothing can be done about a refusal: the thread then keeps a part of the same cpuset. */
    (void)hwloc_set_thread_cpubind(places->topology, thread, places->allowed, 0);
}

static unsigned count_type(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    int count = hwloc_get_nbobjs_by_type(topology, type);
    return count < 0 ? 0 : (unsigned)count;
}

static uint64_t cache_bytes(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    hwloc_obj_t cache = hwloc_get_obj_by_type(topology, type, 0);
    return cache == NULL ? 0 : cache->attr->cache.size;
}

static const char *cpu_model(hwloc_topology_t topology)
{
    hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
    const char *model = package == NULL ? NULL : hwloc_obj_get_info_by_name(package, "CPUModel");
    if (model == NULL) {
        model = hwloc_obj_get_info_by_name(hwloc_get_root_obj(topology), "CPUModel");
    }
    return model == NULL ? "" : model;
}

enum tol_status tol_topology_read(struct tol_topology *topology, struct tol_error *error)
{
    hwloc_topology_t machine;
    if (!load(&machine)) {
        return tol_fail(error, TOL_UNAVAILABLE,
                        "hwloc cannot read this machine; see whether /sys is mounted, or unset HWLOC_*");
    }
    hwloc_bitmap_t allowed = read_allowed(machine);
    if (allowed == NULL) {
        hwloc_topology_destroy(machine);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the machine");
    }
    memset(topology, 0, sizeof *topology);
    topology->packages = count_type(machine, HWLOC_OBJ_PACKAGE);
    topology->numa_nodes = count_type(machine, HWLOC_OBJ_NUMANODE);
    topology->cores = count_type(machine, core_type(machine));
    topology->processing_units = count_type(machine, HWLOC_OBJ_PU);
    topology->allowed_cores = count_cores(machine, allowed);
    topology->l2_bytes = cache_bytes(machine, HWLOC_OBJ_L2CACHE);
    topology->l3_bytes = cache_bytes(machine, HWLOC_OBJ_L3CACHE);
    (void)snprintf(topology->cpu_model, sizeof topology->cpu_model, "%s", cpu_model(machine));
    hwloc_bitmap_list_snprintf(topology->binding, sizeof topology->binding, allowed);
    hwloc_bitmap_free(allowed);
    hwloc_topology_destroy(machine);
    return TOL_OK;
}
