/* What can be told of a URI without libpq. */
#include "datasets/postgres.h"

#include <string.h>
#include <strings.h>

bool tol_postgres_is_uri(const char *text)
{
    return strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0;
}

static int hex_digit(char letter)
{
    const char *digits = "0123456789abcdef";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter | 0x20);
    return found == NULL ? -1 : (int)(found - digits);
}

/* Whether the key at `text`, up to '=' or '&', ends in "password" once its %xx are decoded: password, sslpassword. */
static bool is_password_key(const char *text)
{
    char key[64];
    size_t used = 0;
    while (*text != '\0' && *text != '=' && *text != '&') {
        char letter = *text;
        if (letter == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0) {
            letter = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
            text += 2;
        }
        if (used + 1 < sizeof key) {
            key[used++] = letter;
        }
        text++;
    }
    key[used] = '\0';
    return used >= 8 && strcasecmp(key + used - 8, "password") == 0;
}

/* A colon between `from` and the last '@' before `end`: user:password@. */
static bool has_user_password(const char *from, const char *end)
{
    const char *at = memrchr(from, '@', (size_t)(end - from));
    return at != NULL && memchr(from, ':', (size_t)(at - from)) != NULL;
}

bool tol_postgres_holds_password(const char *uri)
{
    const char *start = strstr(uri, "://");
    if (start == NULL || !tol_postgres_is_uri(uri)) {
        return false;
    }
    start += 3;
    /* libpq looks for the user up to the first '/', also behind a '?'; a password may hold a '/' that was not encoded. */
    const char *slash = strchrnul(start, '/');
    const char *query = strchrnul(start, '?');
    if (has_user_password(start, slash) || has_user_password(start, query)) {
        return true;
    }
    for (const char *key = query; *key != '\0'; key = strpbrk(key + 1, "&") == NULL ? "" : strpbrk(key + 1, "&")) {
        if (is_password_key(key + 1)) {
            return true;
        }
    }
    return false;
}
