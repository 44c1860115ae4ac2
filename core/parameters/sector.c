#include "tolmuur/sector.h"

#include <ctype.h>
#include <stddef.h>

/* Sections of NACE Rev. 2 by their divisions (Regulation (EC) No 1893/2006, annex I); what lies between them does not exist. */
static const struct section {
    uint8_t first, last;
    char letter;
} sections[] = {{1, 3, 'A'},   {5, 9, 'B'},   {10, 33, 'C'}, {35, 35, 'D'}, {36, 39, 'E'}, {41, 43, 'F'},
                {45, 47, 'G'}, {49, 53, 'H'}, {55, 56, 'I'}, {58, 63, 'J'}, {64, 66, 'K'}, {68, 68, 'L'},
                {69, 75, 'M'}, {77, 82, 'N'}, {84, 84, 'O'}, {85, 85, 'P'}, {86, 88, 'Q'}, {90, 93, 'R'},
                {94, 96, 'S'}, {97, 98, 'T'}, {99, 99, 'U'}};

static uint16_t section_of(uint16_t division)
{
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (division >= sections[i].first && division <= sections[i].last) {
            return TOL_SECTION_CODE(sections[i].letter);
        }
    }
    return 0;
}

void tol_section_divisions(char letter, uint16_t *first, uint16_t *last)
{
    *first = *last = 0;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (sections[i].letter == letter) {
            *first = sections[i].first;
            *last = sections[i].last;
        }
    }
}

bool tol_sector_parse(const char *text, uint16_t *division, uint16_t *section)
{
    *division = *section = 0;
    char letter = '\0';
    if (isalpha((unsigned char)*text)) {
        letter = (char)toupper((unsigned char)*text++);
        if (letter > 'U') {
            return false;
        }
        text += *text == '.';
    }
    if (*text == '\0') {
        *section = letter == '\0' ? 0 : TOL_SECTION_CODE(letter);
        return letter != '\0';
    }
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1])) {
        return false;
    }
    uint16_t read = (uint16_t)((text[0] - '0') * 10 + (text[1] - '0'));
    for (text += 2; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text) && *text != '.') {
            return false;
        }
    }
    uint16_t found = section_of(read);
    if (found == 0 || (letter != '\0' && found != TOL_SECTION_CODE(letter))) {
        return false;
    }
    *division = read;
    *section = found;
    return true;
}
