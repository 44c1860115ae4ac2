/* The countries, as read from datasets/nomenclature/countries.csv when the program was built. */
#ifndef TOLMUUR_SUPPORT_COUNTRY_TABLE_H
#define TOLMUUR_SUPPORT_COUNTRY_TABLE_H

#include <stddef.h>

struct tol_country_entry {
    char alpha2[3];
    char alpha3[4];
    const char *census; /* US Census codes, separated by spaces */
    int in_eu;
    const char *name;
};

extern const struct tol_country_entry tol_country_table[]; /* sorted by alpha2 */
extern const size_t tol_country_table_count;

#endif
