/* Manifests of runs: as they come, and with an identity that fits what they say. What is taken is one that could be run again. */
#include "manifest_read.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void parse(const char *text, size_t size)
{
    struct manifest manifest;
    struct tol_error error;
    if (manifest_parse(text, size, &manifest, &error) == TOL_OK) {
        fuzz_require(manifest.input_count > 0 && manifest.output_count > 0);
        for (size_t i = 0; i < manifest.output_count; i++) {
            const char *path = manifest.output[i].path;
            fuzz_require(path[0] != '/' && path[0] != '\0' && strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0 &&
                         strstr(path, "/../") == NULL);
        }
        for (size_t i = 0; i < manifest.option_count; i++) {
            fuzz_require(manifest.option[i].value.count > 0);
        }
    }
    manifest_release(&manifest);
}

/* The same manifest with the identity of what it was resolved to. */
static void parse_mended(json_t *root)
{
    struct run_identity identity;
    struct tol_error error;
    const json_t *resolved = json_object_get(root, "resolved");
    if (json_is_object(resolved)) {
        if (run_identity_read(&identity, resolved, &error) == TOL_OK) {
            fuzz_require(json_object_set_new(root, "identity", json_string(identity.sha256)) == 0);
            char *text = json_dumps(root, 0);
            if (text != NULL) {
                parse(text, strlen(text));
            }
            free(text);
        }
        run_identity_release(&identity);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse((const char *)data, size);
    json_t *root = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(root)) {
        parse_mended(root);
    }
    json_decref(root);
    return 0;
}
