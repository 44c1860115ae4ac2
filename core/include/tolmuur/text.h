/* Text that people gave: is it UTF-8, and may a terminal have it. */
#ifndef TOLMUUR_TEXT_H
#define TOLMUUR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

/* Bytes (1 to 4) of the well-formed UTF-8 character at the start of text, of which `length` (at least 1) bytes may be read; 0 when there is none. */
size_t tol_utf8_length(const char *text, size_t length);

/* Copies a text so that a terminal shows it and obeys none of it: control characters (C0, DEL, C1), characters that turn the direction of
 * writing, line and paragraph separators, and bytes that are not UTF-8 become \xNN, byte by byte. Cuts at the size, between characters. */
void tol_text_visible(const char *text, char *visible, size_t size);

/* Would a spreadsheet that opens a CSV file run this cell as a formula? It begins with = + - @, tab or carriage return, or the wide form of a sign, and is neither a
 * plain number nor a lone sign. */
bool tol_text_runs_as_formula(const char *text);
/* What stands in front of such a cell: spreadsheets then show it as the text it is. */
#define TOL_TEXT_NO_FORMULA "'"
#pragma GCC visibility pop

#endif
