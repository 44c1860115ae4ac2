#include "machine_json.h"

void machine_json(struct json_writer *json, const struct tol_topology *topology)
{
    json_text(json, "cpu", topology->cpu_model);
    json_integer(json, "packages", topology->packages);
    json_integer(json, "numa_nodes", topology->numa_nodes);
    json_integer(json, "cores", topology->cores);
    json_integer(json, "processing_units", topology->processing_units);
    json_integer(json, "allowed_cores", topology->allowed_cores);
}

void libraries_json(struct json_writer *json, const struct library_version *library, size_t count)
{
    json_object(json, "libraries");
    for (size_t i = 0; i < count; i++) {
        json_text(json, library[i].name, library[i].version);
    }
    json_end_object(json);
}
