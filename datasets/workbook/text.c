#include <string.h>

#include "tolmuur/text.h"
#include "workbook/session.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define UNDERSCORE "_x005F_"

/* Of the characters that are well-formed UTF-8, XML 1.0 has no C0 controls but tab, line feed and carriage return, and neither U+FFFE nor U+FFFF. */
static bool is_forbidden(const char *text, size_t length)
{
    unsigned char byte = (unsigned char)text[0];
    return (length == 1 && byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') ||
           (length == 3 && (memcmp(text, "\xEF\xBF\xBE", 3) == 0 || memcmp(text, "\xEF\xBF\xBF", 3) == 0));
}

/* _xHHHH_ */
static bool is_escape(const char *text)
{
    return strncmp(text, "_x", 2) == 0 && strspn(text + 2, "0123456789abcdefABCDEF") >= 4 && text[6] == '_';
}

size_t tol_workbook_text(const char *from, char *to, size_t size)
{
    size_t left = strlen(from), used = 0, shown = 0;
    while (left > 0) {
        size_t length = tol_utf8_length(from, left);
        const char *piece = from;
        size_t piece_size = length;
        if (length == 0 || is_forbidden(from, length)) {
            length += length == 0;
            piece = REPLACEMENT;
            piece_size = sizeof REPLACEMENT - 1;
        } else if (is_escape(from)) {
            piece = UNDERSCORE;
            piece_size = sizeof UNDERSCORE - 1;
        }
        if (used + piece_size >= size) {
            break;
        }
        memcpy(to + used, piece, piece_size);
        used += piece_size;
        shown++;
        from += length;
        left -= length;
    }
    to[used] = '\0';
    return shown;
}
