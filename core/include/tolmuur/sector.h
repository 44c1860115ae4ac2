/* NACE Rev. 2 codes as people write them. */
#ifndef TOLMUUR_SECTOR_H
#define TOLMUUR_SECTOR_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* A section's letter as a number that is no division. */
#define TOL_SECTION_CODE(letter) ((uint16_t)(100 + (letter) - 'A'))

/* "C28.1", "28", "28.11", "C": the division (1 to 99; 0: none) and the section's code (0: none). The section follows from the
 * division when only that is written. False when the text is no NACE code or the division does not exist; both are 0 then. */
bool tol_sector_parse(const char *text, uint16_t *division, uint16_t *section);

/* The first and last division of a section; 0 when there is no such letter. */
void tol_section_divisions(char letter, uint16_t *first, uint16_t *last);

#pragma GCC visibility pop

#endif
