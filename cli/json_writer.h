/* JSON written as it goes, straight into a sink. */
#ifndef CLI_JSON_WRITER_H
#define CLI_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "sink.h"

struct json_writer {
    struct sink *sink;
    bool indented; /* one value per line; otherwise all on one line */
    bool compact;  /* on one line, and no spaces between values */
    int depth;
    bool filled; /* the container that is open already holds a value */
};

/* key is NULL inside an array and at the top. */
void json_object(struct json_writer *json, const char *key);
void json_array(struct json_writer *json, const char *key);
void json_end_object(struct json_writer *json);
void json_end_array(struct json_writer *json);
/* text NULL: null. */
void json_text(struct json_writer *json, const char *key, const char *text);
/* Round-trips exactly; null when not finite. */
void json_number(struct json_writer *json, const char *key, double value);
void json_integer(struct json_writer *json, const char *key, uint64_t value);
/* A value that is JSON already. */
void json_raw(struct json_writer *json, const char *key, const char *text, size_t size);
void json_boolean(struct json_writer *json, const char *key, bool value);

#endif
