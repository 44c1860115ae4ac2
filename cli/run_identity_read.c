#include "run_identity.h"

#include <jansson.h>
#include <string.h>

enum tol_status run_identity_read(struct run_identity *identity, const struct json_t *object, struct tol_error *error)
{
    *identity = (struct run_identity){0};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const char *text = json_string_value(value);
        if (text == NULL || strlen(text) >= RUN_VALUE_SIZE) {
            return tol_fail(error, TOL_BAD_DATA, "what the run was made from: %.60s is no text of ours", name);
        }
        if (!run_identity_add(identity, name, text)) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory");
        }
    }
    return run_identity_close(identity) ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory");
}

enum tol_status run_identity_read_file(struct run_identity *identity, const char *path, struct tol_error *error)
{
    *identity = (struct run_identity){0};
    json_t *object = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    enum tol_status status = json_is_object(object)
                                 ? run_identity_read(identity, object, error)
                                 : tol_fail(error, TOL_NO_INPUT, "what the run was made from is not there");
    json_decref(object);
    return status;
}
