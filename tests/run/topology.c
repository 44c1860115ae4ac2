#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/run.h"

Test(topology, counts_fit_each_other)
{
    struct tol_topology topology;
    struct tol_error error;
    cr_assert_eq(tol_topology_read(&topology, &error), TOL_OK);
    cr_assert_geq(topology.allowed_cores, 1);
    cr_assert_leq(topology.allowed_cores, topology.cores);
    cr_assert_leq(topology.cores, topology.processing_units);
    cr_assert_gt(strlen(topology.binding), 0);
}

Test(topology, reads_what_a_pretended_machine_has)
{
    cr_assert_eq(setenv("HWLOC_SYNTHETIC", "package:2 numa:2 l3:1(size=33554432) l2:8(size=1048576) core:1 pu:2", 1),
                 0);
    struct tol_topology topology;
    cr_assert_eq(tol_topology_read(&topology, NULL), TOL_OK);
    cr_assert_eq(topology.packages, 2);
    cr_assert_eq(topology.numa_nodes, 4);
    cr_assert_eq(topology.cores, 32);
    cr_assert_eq(topology.processing_units, 64);
    cr_assert_eq(topology.allowed_cores, 32);
    cr_assert_eq(topology.l3_bytes, 33554432);
    cr_assert_eq(topology.l2_bytes, 1048576);
}

Test(topology, binding_shows_the_cpuset)
{
    cpu_set_t all;
    cr_assert_eq(sched_getaffinity(0, sizeof all, &all), 0);
    int last = 0;
    for (int i = 0; i < CPU_SETSIZE; i++) {
        last = CPU_ISSET(i, &all) ? i : last;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
    struct tol_topology topology;
    cr_assert_eq(tol_topology_read(&topology, NULL), TOL_OK);
    cr_assert_eq(topology.allowed_cores, 1);
    cr_assert_eq(atoi(topology.binding), last);
}
