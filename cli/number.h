/* Doubles as text. */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_TEXT_SIZE 40

/* The shortest decimal that reads back as the same double; of equally short ones the nearest. Finite values only. Returns the length. Does not
 * depend on the locale. */
size_t number_format(double value, char text[NUMBER_TEXT_SIZE]);

/* For people: 1,234,567.89 with `decimals` places; "-" when not finite. */
void number_people(double value, int decimals, char *text, size_t size);
/* For people: 0.25 as "25.00 %"; "unknown" when not finite. */
void number_percent(double fraction, int decimals, char *text, size_t size);

#endif
