/* The manifest of the run that the shards are, out of theirs. Containers come from json_pack: json_writer.c has the names that jansson makes them with. */
#include "merge_manifest.h"
#include "talk.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_integer(const json_t *object, const char *name, uint64_t *number)
{
    const json_t *value = json_object_get(object, name);
    bool good = json_is_integer(value) && json_integer_value(value) >= 0;
    *number = good ? (uint64_t)json_integer_value(value) : 0;
    return good;
}

bool merge_manifest_count(const struct merge_shard *shard, const char *name, uint64_t *count)
{
    return read_integer(json_object_get(shard->all, "counts"), name, count);
}

bool merge_manifest_of_output(const struct merge_shard *shard, size_t output, const char *name, uint64_t *number)
{
    return read_integer(json_array_get(json_object_get(shard->all, "outputs"), output), name, number);
}

void merge_manifest_release(struct merge_shard *shard)
{
    json_decref(shard->all);
    shard->all = NULL;
}

/* ---- outputs --------------------------------------------------------------------------------------------------- */

/* Those of the shards in the order of the parts, then the totals. */
static json_t *outputs_of(const struct merge_manifest *of, const char *digest, uint64_t bytes)
{
    json_t *outputs = json_pack("[]");
    for (size_t i = 0; i < of->shard_count; i++) {
        const struct merge_shard *shard = of->shard[i];
        json_t *of_shard = json_object_get(shard->all, "outputs");
        for (size_t part = 0; part + 1 < shard->manifest.output_count; part++) {
            json_array_append(outputs, json_array_get(of_shard, part));
        }
    }
    json_array_append_new(
        outputs, json_pack("{s:s, s:I, s:s}", "path", of->totals_name, "bytes", (json_int_t)bytes, "sha256", digest));
    return outputs;
}

/* ---- execution ------------------------------------------------------------------------------------------------- */

static json_t *time_json(time_t when)
{
    char text[64] = "";
    struct tm broken;
    if (gmtime_r(&when, &broken) != NULL) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &broken);
    }
    return json_string(text);
}

static json_t *options_of(const struct options *options)
{
    json_t *object = json_pack("{}");
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        const struct text_list *values = &options->value[id];
        json_t *array = values->count > 0 ? json_pack("[]") : NULL;
        for (size_t i = 0; i < values->count; i++) {
            json_array_append_new(array, json_string(values->text[i]));
        }
        if (array != NULL) {
            json_object_set_new(object, option_spec((enum option_id)id)->name, array);
        }
    }
    return object;
}

static json_t *shards_of(const struct merge_manifest *of)
{
    json_t *array = json_pack("[]");
    for (size_t i = 0; i < of->shard_count; i++) {
        const struct merge_shard *shard = of->shard[i];
        json_array_append_new(
            array, json_pack("{s:s, s:O}", "path", shard->path, "execution", json_object_get(shard->all, "execution")));
    }
    return array;
}

static json_t *execution_of(const struct merge_manifest *of)
{
    char host[128] = "";
    if (gethostname(host, sizeof host - 1) != 0) {
        host[0] = '\0';
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:f, s:I, s:I, s:o, s:o}", "run_id", of->run_id, "host", host, "started",
                     time_json(of->began), "ended", time_json(time(NULL)), "seconds", talk_seconds() - of->started,
                     "peak_memory_bytes", (json_int_t)talk_peak_bytes(), "kept_parts", (json_int_t)of->kept, "options",
                     options_of(of->options), "shards", shards_of(of));
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

/* All keys of the first shard's manifest in their order, but those that tell of a shard. */
static json_t *manifest_of(const struct merge_manifest *of, const char *digest, uint64_t bytes)
{
    json_t *manifest = json_pack("{}");
    const char *key;
    json_t *value;
    json_object_foreach(of->shard[0]->all, key, value)
    {
        json_t *of_run = NULL;
        if (strcmp(key, "identity") == 0) {
            of_run = json_string(of->identity);
        } else if (strcmp(key, "outputs") == 0) {
            of_run = outputs_of(of, digest, bytes);
        } else if (strcmp(key, "execution") == 0) {
            of_run = execution_of(of);
        } else if (strcmp(key, "shard") != 0) {
            of_run = json_deep_copy(value);
            if (strcmp(key, "resolved") == 0 || strcmp(key, "options") == 0) {
                json_object_del(of_run, RUN_SHARD_PAIR);
            }
        } else {
            continue;
        }
        json_object_set_new(manifest, key, of_run);
    }
    return manifest;
}

enum tol_status merge_manifest_write(const struct merge_manifest *of, const char *path, struct tol_error *error)
{
    char digest[TOL_SHA256_TEXT_SIZE];
    uint64_t bytes = 0;
    struct sink sink;
    enum tol_status status = tol_sha256_file(of->totals_path, &bytes, digest, error);
    if (status != TOL_OK) {
        return status;
    }
    json_t *manifest = manifest_of(of, digest, bytes);
    char *text = json_dumps(manifest, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(manifest);
    if (text == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the manifest");
    }
    status = sink_open(&sink, path, error);
    if (status == TOL_OK) {
        sink_text(&sink, text);
        sink_text(&sink, "\n");
        status = sink_close(&sink, error);
    }
    free(text);
    return status;
}
