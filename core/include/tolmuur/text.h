/* Text that people gave: is it UTF-8, and may a terminal have it. */
#ifndef TOLMUUR_TEXT_H
#define TOLMUUR_TEXT_H

#include <stddef.h>

#pragma GCC visibility push(default)

/* Bytes (1 to 4) of the well-formed UTF-8 character at the start of text, of which `length` (at least 1) bytes may be read; 0 when there is none. */
size_t tol_utf8_length(const char *text, size_t length);

/* Copies a text so that a terminal shows it and obeys none of it: control characters (C0, DEL, C1), characters that turn the direction of
 * writing, line and paragraph separators, and bytes that are not UTF-8 become \xNN, byte by byte. Cuts at the size, between characters. */
void tol_text_visible(const char *text, char *visible, size_t size);

#pragma GCC visibility pop

#endif
