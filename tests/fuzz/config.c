/* A configuration file that was named: what is taken can be found again by section and name. */
#include "config.h"

#include <string.h>

#include "command.h"
#include "fuzz.h"

static const struct command score = {
    .name = "score",
    .options = (const enum option_id[]){OPTION_THREADS, OPTION_ON, OPTION_COLOR, OPTION_FORMAT, OPTION_END},
    .formats = "table"};
static const struct command build = {
    .name = "build",
    .options = (const enum option_id[]){OPTION_THREADS, OPTION_OUTPUT, OPTION_REJECTS, OPTION_END},
    .formats = ""};
const struct command *const commands[] = {&score, &build, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct tol_error error;
    const struct config_places places = {.named = fuzz_file(data, size)};
    if (config_open_places(&config, &places, &error) == TOL_OK) {
        for (size_t i = 0; i < config.entry_count; i++) {
            const struct config_entry *entry = &config.entry[i];
            fuzz_require(entry->line > 0 && config_text(&config, entry->section, entry->name) != NULL);
        }
        size_t walked = 0;
        for (const struct config_entry *entry = NULL; (entry = config_next(&config, "postgresql", entry)) != NULL;) {
            walked++;
        }
        fuzz_require(walked <= config.entry_count);
    } else {
        fuzz_require(error.message[0] != '\0');
    }
    config_close(&config);
    return 0;
}
