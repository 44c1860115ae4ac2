/* The printed amount of a specific or compound duty. */
#include <string.h>

#include "law/build.h"
#include "law/facts.h"

#define CENT_SIGN "\xc2\xa2"
#define NUMBER_SIZE 32

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " ");
}

/* Plain digits with at most one point, then spaces. */
static bool take_number(const char **text, double *number)
{
    char digits[NUMBER_SIZE];
    size_t length = strspn(*text, "0123456789.");
    if (length == 0 || length >= sizeof digits) {
        return false;
    }
    memcpy(digits, *text, length);
    digits[length] = '\0';
    *text = skip_spaces(*text + length);
    return tol_law_number_parse(digits, number);
}

/* "$1.035" or "4.4¢". */
static bool take_money(const char **text, double *usd)
{
    if (**text == '$') {
        *text = skip_spaces(*text + 1);
        return take_number(text, usd);
    }
    if (!take_number(text, usd) || strncmp(*text, CENT_SIGN, strlen(CENT_SIGN)) != 0) {
        return false;
    }
    *usd /= 100;
    *text = skip_spaces(*text + strlen(CENT_SIGN));
    return true;
}

/* "/kg", "/ liter" or "each", up to a plus sign. Words that make the amount depend on more than its unit are refused. */
static bool take_unit(const char **text, char *unit, size_t size)
{
    static const char *const words[] = {" less ", " but ", " for ", "/", "¢", "$", "%"};
    if (**text == '/') {
        *text = skip_spaces(*text + 1);
    } else if (strncmp(*text, "each", 4) != 0) {
        return false;
    }
    size_t length = strcspn(*text, "+");
    const char *after = *text + length;
    while (length > 0 && (*text)[length - 1] == ' ') {
        length--;
    }
    if (length == 0 || length >= size) {
        return false;
    }
    memcpy(unit, *text, length);
    unit[length] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(unit, words[i]) != NULL) {
            return false;
        }
    }
    *text = after;
    return true;
}

/* "+ 8.5%", perhaps with a vulgar fraction, and nothing behind it; or nothing at all. The figure itself stands in the rate column. */
static bool only_percent_left(const char *text)
{
    double percent;
    if (*text == '\0') {
        return true;
    }
    text = skip_spaces(text + 1);
    if (!take_number(&text, &percent)) {
        return false;
    }
    text += strspn(text, "0123456789/ ");
    return *text == '%' && *skip_spaces(text + 1) == '\0';
}

bool tol_build_amount(const char *text, double *usd, char *unit, size_t size)
{
    text = skip_spaces(text);
    return take_money(&text, usd) && *usd > 0 && take_unit(&text, unit, size) && only_percent_left(text);
}
