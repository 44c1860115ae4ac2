/* The machine and the libraries in JSON, as `doctor` and manifests tell them. */
#ifndef CLI_MACHINE_JSON_H
#define CLI_MACHINE_JSON_H

#include "doctor.h"
#include "json_writer.h"

#include "tolmuur/run.h"

/* "cpu", "packages", "numa_nodes", "cores", "processing_units" and "allowed_cores" in the object that is open. */
void machine_json(struct json_writer *json, const struct tol_topology *topology);
/* "libraries": their versions by name. */
void libraries_json(struct json_writer *json, const struct library_version *library, size_t count);

#endif
