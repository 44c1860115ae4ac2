#include "tolmuur/code.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "support/country_table.h"

bool tol_country_parse(const char *text, tol_country *country)
{
    if (text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z' || text[2] != '\0') {
        return false;
    }
    *country = (tol_country)((unsigned)text[0] << 8 | (unsigned)text[1]);
    return true;
}

void tol_country_format(tol_country country, char text[TOL_COUNTRY_TEXT_SIZE])
{
    text[0] = (char)(country >> 8);
    text[1] = (char)(country & 0xff);
    text[2] = '\0';
}

static int compare_alpha2(const void *key, const void *entry)
{
    return strcmp(key, ((const struct tol_country_entry *)entry)->alpha2);
}

static const struct tol_country_entry *find_alpha2(const char *alpha2)
{
    return bsearch(alpha2, tol_country_table, tol_country_table_count, sizeof tol_country_table[0], compare_alpha2);
}

static const struct tol_country_entry *find(tol_country country)
{
    char text[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(country, text);
    return find_alpha2(text);
}

bool tol_country_exists(tol_country country)
{
    return find(country) != NULL;
}

bool tol_country_in_eu(tol_country country)
{
    const struct tol_country_entry *entry = find(country);
    return entry != NULL && entry->in_eu;
}

const char *tol_country_name(tol_country country)
{
    if (country == TOL_COUNTRY_EU) {
        return "European Union";
    }
    const struct tol_country_entry *entry = find(country);
    return entry == NULL ? "" : entry->name;
}

/* True when the space-separated list holds the word. */
static bool list_holds(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static const struct tol_country_entry *find_any(const char *upper)
{
    if (strcmp(upper, "UK") == 0) {
        return find_alpha2("GB");
    }
    if (strcmp(upper, "EL") == 0) {
        return find_alpha2("GR");
    }
    if (strlen(upper) == 2) {
        return find_alpha2(upper);
    }
    for (size_t i = 0; i < tol_country_table_count; i++) {
        const struct tol_country_entry *entry = &tol_country_table[i];
        if (strcmp(upper, entry->alpha3) == 0 || (strlen(upper) == 4 && list_holds(entry->census, upper))) {
            return entry;
        }
    }
    return NULL;
}

bool tol_country_from_any(const char *text, tol_country *country)
{
    char upper[5];
    size_t length = strlen(text);
    if (length < 2 || length > 4) {
        return false;
    }
    for (size_t i = 0; i <= length; i++) {
        upper[i] = (char)toupper((unsigned char)text[i]);
    }
    const struct tol_country_entry *entry = find_any(upper);
    return entry != NULL && tol_country_parse(entry->alpha2, country);
}

bool tol_importer_from_any(const char *text, tol_country *country)
{
    if (strcasecmp(text, "EU") == 0) {
        *country = TOL_COUNTRY_EU;
        return true;
    }
    return tol_country_from_any(text, country);
}

bool tol_product_parse(const char *text, size_t minimum_digits, tol_product *product)
{
    uint64_t digits = 0;
    unsigned count = 0;
    bool digit_before = false;
    for (; *text != '\0'; text++) {
        if (*text == '.') {
            if (!digit_before || text[1] < '0' || text[1] > '9') {
                return false;
            }
            digit_before = false;
            continue;
        }
        if (*text < '0' || *text > '9' || count == 10) {
            return false;
        }
        digits = digits * 10 + (uint64_t)(*text - '0');
        count++;
        digit_before = true;
    }
    if (count < minimum_digits || count < 2) {
        return false;
    }
    for (unsigned i = count; i < 10; i++) {
        digits *= 10;
    }
    *product = digits << 4 | count;
    return true;
}

void tol_product_format(tol_product product, char text[TOL_PRODUCT_TEXT_SIZE])
{
    uint64_t digits = product >> 4;
    for (int i = 9; i >= 0; i--) {
        text[i] = (char)('0' + digits % 10);
        digits /= 10;
    }
    text[tol_product_digits(product)] = '\0';
}

bool tol_product_under(tol_product product, tol_product prefix)
{
    unsigned digits = tol_product_digits(prefix);
    if (tol_product_digits(product) < digits) {
        return false;
    }
    uint64_t unit = 1;
    for (unsigned i = digits; i < 10; i++) {
        unit *= 10;
    }
    return (product >> 4) / unit == (prefix >> 4) / unit;
}
