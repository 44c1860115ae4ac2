#include "json_writer.h"

static void new_line(struct json_writer *json)
{
    if (json->indented) {
        sink_text(json->sink, "\n");
        for (int i = 0; i < json->depth; i++) {
            sink_text(json->sink, "  ");
        }
    }
}

static void before_value(struct json_writer *json, const char *key)
{
    if (json->filled) {
        sink_text(json->sink, json->indented || json->compact ? "," : ", ");
    }
    if (json->depth > 0) {
        new_line(json);
    }
    if (key != NULL) {
        sink_json(json->sink, key);
        sink_text(json->sink, json->compact ? ":" : ": ");
    }
    json->filled = true;
}

static void begin(struct json_writer *json, const char *key, const char *bracket)
{
    before_value(json, key);
    sink_text(json->sink, bracket);
    json->depth += 1;
    json->filled = false;
}

static void end(struct json_writer *json, const char *bracket)
{
    json->depth -= 1;
    if (json->filled) {
        new_line(json);
    }
    sink_text(json->sink, bracket);
    json->filled = true;
}

void json_object(struct json_writer *json, const char *key)
{
    begin(json, key, "{");
}

void json_array(struct json_writer *json, const char *key)
{
    begin(json, key, "[");
}

void json_end_object(struct json_writer *json)
{
    end(json, "}");
}

void json_end_array(struct json_writer *json)
{
    end(json, "]");
}

void json_text(struct json_writer *json, const char *key, const char *text)
{
    before_value(json, key);
    if (text != NULL) {
        sink_json(json->sink, text);
    } else {
        sink_text(json->sink, "null");
    }
}

void json_number(struct json_writer *json, const char *key, double value)
{
    before_value(json, key);
    sink_number(json->sink, value, "null");
}

void json_integer(struct json_writer *json, const char *key, uint64_t value)
{
    before_value(json, key);
    sink_format(json->sink, "%llu", (unsigned long long)value);
}

void json_boolean(struct json_writer *json, const char *key, bool value)
{
    before_value(json, key);
    sink_text(json->sink, value ? "true" : "false");
}

void json_raw(struct json_writer *json, const char *key, const char *text, size_t size)
{
    before_value(json, key);
    sink_bytes(json->sink, text, size);
}
