/* URIs of databases: where libpq would find a password, it is seen without libpq too. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/postgres.h"
#include "fuzz.h"

static bool libpq_finds_password(const char *uri)
{
    PQconninfoOption *all = PQconninfoParse(uri, NULL);
    bool found = false;
    for (const PQconninfoOption *option = all; option != NULL && option->keyword != NULL; option++) {
        bool secret = strcmp(option->keyword, "password") == 0 || strcmp(option->keyword, "sslpassword") == 0;
        found = found || (secret && option->val != NULL && option->val[0] != '\0');
    }
    PQconninfoFree(all);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    bool holds = tol_postgres_holds_password(text);
    if (tol_postgres_is_uri(text)) {
        fuzz_require(holds || !libpq_finds_password(text));
    } else {
        fuzz_require(!holds);
    }
    free(text);
    return 0;
}
