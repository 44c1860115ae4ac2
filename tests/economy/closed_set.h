/* A closed world of 31 countries and 40 sectors with trade, duties and inputs: L. Caliendo and F. Parro (2015), "Estimates of the Trade and
 * Welfare Effects of NAFTA", Review of Economic Studies 82. Not shipped; read where a folder with the sources is at hand. */
#ifndef TOLMUUR_TESTS_ECONOMY_CLOSED_SET_H
#define TOLMUUR_TESTS_ECONOMY_CLOSED_SET_H

#include <stdbool.h>

#include "economy/network.h"

enum { CLOSED_REGIONS = 31, CLOSED_SECTORS = 40, CLOSED_NODES = CLOSED_REGIONS * CLOSED_SECTORS };

struct closed_set {
    char region[CLOSED_REGIONS][32];
    char sector[CLOSED_SECTORS][32];
    double (
        *trade)[CLOSED_REGIONS]; /* [region * CLOSED_SECTORS + sector][importer] USD without duty, own sales included */
    size_t negative_inputs;      /* what is left of a sector's accounts after correction; taken for nothing */
    struct network network;      /* node: region * CLOSED_SECTORS + sector */
};

/* The folder in TOLMUUR_DATA, else the one beside the sources. False when it is not there; a file that is there and faulty ends the test. */
bool closed_set_read(struct closed_set *set);
void closed_set_free(struct closed_set *set);
size_t closed_set_region(const struct closed_set *set, const char *name);

#endif
