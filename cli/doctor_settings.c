/* What the environment and the configuration files settle. */
#include "doctor.h"

#include "settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Variables that are no options. */
static const char *const other_variables[] = {"TOLMUUR_CONFIG", "TOLMUUR_CACHE"};

static bool add(struct setting *settings, size_t *count, size_t most, const char *place, const char *name,
                const char *value)
{
    if (*count == most) {
        return false;
    }
    struct setting *setting = &settings[(*count)++];
    snprintf(setting->place, sizeof setting->place, "%s", place);
    snprintf(setting->name, sizeof setting->name, "%s", name);
    snprintf(setting->value, sizeof setting->value, "%s", value);
    return true;
}

static void add_environment(struct setting *settings, size_t *count, size_t most)
{
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        char name[64];
        const char *text = option_environment((enum option_id)id);
        option_variable(option_spec((enum option_id)id), name, sizeof name);
        if (text != NULL) {
            add(settings, count, most, "environment", name, text);
        }
    }
    for (size_t i = 0; i < sizeof other_variables / sizeof other_variables[0]; i++) {
        const char *text = getenv(other_variables[i]);
        if (text != NULL && text[0] != '\0') {
            add(settings, count, most, "environment", other_variables[i], text);
        }
    }
}

size_t doctor_settings(const struct config *config, struct setting *settings, size_t most)
{
    size_t count = 0;
    add_environment(settings, &count, most);
    for (size_t i = 0; i < config->entry_count; i++) {
        const struct config_entry *entry = &config->entry[i];
        char place[600], name[200];
        snprintf(place, sizeof place, "%.500s:%u", config->file[entry->file].path, entry->line);
        snprintf(name, sizeof name, "[%.60s] %.100s", entry->section, entry->name);
        add(settings, &count, most, place, name, entry->value);
    }
    return count;
}
