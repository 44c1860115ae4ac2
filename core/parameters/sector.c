#include "parameters/sector.h"

#include <ctype.h>
#include <stddef.h>

/* Sections of NACE Rev. 2 by the last division each holds (Regulation (EC) No 1893/2006, annex I). */
static uint16_t section_of(uint16_t division)
{
    static const struct {
        uint8_t last;
        char section;
    } sections[] = {{3, 'A'},  {9, 'B'},  {33, 'C'}, {35, 'D'}, {39, 'E'}, {43, 'F'}, {47, 'G'},
                    {53, 'H'}, {56, 'I'}, {63, 'J'}, {66, 'K'}, {68, 'L'}, {75, 'M'}, {82, 'N'},
                    {84, 'O'}, {85, 'P'}, {88, 'Q'}, {93, 'R'}, {96, 'S'}, {98, 'T'}, {99, 'U'}};
    for (size_t i = 0; division > 0 && i < sizeof sections / sizeof sections[0]; i++) {
        if (division <= sections[i].last) {
            return TOL_SECTION_CODE(sections[i].section);
        }
    }
    return 0;
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
