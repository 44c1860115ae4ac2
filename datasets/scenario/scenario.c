/* Scenario files into changes of law. */
#include "datasets/scenario.h"

#include "scenario/json_reader.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of the measure table that a change may set (docs/law.md), and where the measure stands; the id is in the change itself. */
static const char *const measure_columns[] = {
    "importer", "programme", "partners", "partners_except", "products",        "products_except", "effect",    "rate",
    "base",     "from",      "until",    "collected_from",  "collected_until", "conditions",      "yields_to", "source",
    "status",   "note",      NULL};
static const char *const change_keys[] = {"action", "id", "measure", NULL};
static const char *const survival_keys[] = {"programme", "probability", NULL};
static const char *const scenario_keys[] = {"name",   "on",   "base",    "changes", "survival",
                                            "source", "note", "$schema", NULL};
static const char *const file_keys[] = {"scenarios", "source", "note", "$schema", NULL};
/* Those of the two above that are for readers only. */
static const char *const remark_keys[] = {"source", "note", "$schema", NULL};

enum { SCENARIOS_MOST = 1024, NAME_BYTES_MOST = 63 };

/* The parsed text lives as long as the file: names and fields point into it. Rates given as numbers are kept as texts. */
struct owned {
    json_t *root;
    size_t text_count;
    char **text;
};

static enum tol_status keep_number(struct owned *owned, double number, const char **text, struct tol_error *error)
{
    char **grown = realloc(owned->text, (owned->text_count + 1) * sizeof *grown);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    owned->text = grown;
    char *copy = malloc(32);
    if (copy == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(copy, 32, "%.*g", precision, number);
        if (strtod(copy, NULL) == number) {
            break;
        }
    }
    owned->text[owned->text_count++] = copy;
    *text = copy;
    return TOL_OK;
}

/* An object with known keys only, none of which is null: a key left out says the same. */
static enum tol_status expect_members(const struct tol_json_place *place, const char *const *known,
                                      struct tol_error *error)
{
    enum tol_status status = tol_json_expect_object(place, known, error);
    for (size_t i = 0; status == TOL_OK && known[i] != NULL; i++) {
        if (json_is_null(json_object_get(place->value, known[i]))) {
            bool found;
            struct tol_json_place at = tol_json_member(place, known[i], &found);
            status = tol_json_fault(&at, error, "null says nothing; give a value or leave the key out");
        }
    }
    return status;
}

static enum tol_status expect_remarks(const struct tol_json_place *place, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && remark_keys[i] != NULL; i++) {
        bool found;
        const char *text;
        struct tol_json_place remark = tol_json_member(place, remark_keys[i], &found);
        if (found) {
            status = tol_json_expect_text(&remark, &text, error);
        }
    }
    return status;
}

static enum tol_status read_measure(struct owned *owned, const struct tol_json_place *place,
                                    struct tol_law_change *change, struct tol_error *error)
{
    enum tol_status status = expect_members(place, measure_columns, error);
    for (size_t i = 0; status == TOL_OK && measure_columns[i] != NULL; i++) {
        bool found;
        struct tol_json_place field = tol_json_member(place, measure_columns[i], &found);
        if (!found) {
            continue;
        }
        const char *text = NULL;
        if (strcmp(measure_columns[i], "rate") == 0 && json_is_number(field.value)) {
            double rate;
            status = tol_json_expect_number(&field, -1, 10, &rate, error);
            if (status == TOL_OK) {
                status = keep_number(owned, rate, &text, error);
            }
        } else {
            status = tol_json_expect_text(&field, &text, error);
        }
        change->field[change->field_count].column = measure_columns[i];
        change->field[change->field_count].value = text;
        change->field_count += 1;
    }
    return status;
}

static enum tol_status read_action(const struct tol_json_place *place, struct tol_law_change *change,
                                   struct tol_error *error)
{
    bool found;
    struct tol_json_place action = tol_json_member(place, "action", &found);
    const char *text = "";
    if (!found) {
        return tol_json_fault(&action, error, "a change needs an action: add, replace or remove");
    }
    enum tol_status status = tol_json_expect_text(&action, &text, error);
    if (status != TOL_OK) {
        return status;
    }
    if (strcmp(text, "add") == 0) {
        change->action = TOL_CHANGE_ADD;
    } else if (strcmp(text, "replace") == 0) {
        change->action = TOL_CHANGE_REPLACE;
    } else if (strcmp(text, "remove") == 0) {
        change->action = TOL_CHANGE_REMOVE;
    } else {
        return tol_json_fault(&action, error, "an action is add, replace or remove");
    }
    return TOL_OK;
}

static enum tol_status read_change(struct owned *owned, const struct tol_json_place *place,
                                   struct tol_law_change *change, struct tol_error *error)
{
    enum tol_status status = expect_members(place, change_keys, error);
    if (status == TOL_OK) {
        status = read_action(place, change, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    bool found, has_measure;
    struct tol_json_place id = tol_json_member(place, "id", &found);
    if (!found) {
        return tol_json_fault(&id, error,
                              "a change needs the id of a measure (remove: also programme:NAME or authority:NAME)");
    }
    status = tol_json_expect_text(&id, &change->id, error);
    struct tol_json_place measure = tol_json_member(place, "measure", &has_measure);
    bool wants_measure = change->action != TOL_CHANGE_REMOVE;
    if (status == TOL_OK && change->id[0] == '\0') {
        status = tol_json_fault(&id, error, "an id may not be empty");
    }
    if (status == TOL_OK && has_measure != wants_measure) {
        status = tol_json_fault(&measure, error,
                                wants_measure ? "add and replace need a measure" : "remove takes no measure");
    }
    if (status == TOL_OK && wants_measure) {
        status = read_measure(owned, &measure, change, error);
    }
    return status;
}

static enum tol_status read_changes(struct owned *owned, const struct tol_json_place *place,
                                    struct tol_scenario_text *scenario, struct tol_error *error)
{
    bool found;
    struct tol_json_place changes = tol_json_member(place, "changes", &found);
    if (!found) {
        return tol_json_fault(&changes, error, "a scenario needs changes; [] for the law as it is");
    }
    enum tol_status status = tol_json_expect_array(&changes, error);
    size_t count = json_array_size(changes.value);
    if (status != TOL_OK || count == 0) {
        return status;
    }
    scenario->change = calloc(count, sizeof *scenario->change);
    if (scenario->change == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    scenario->change_count = count;
    for (size_t i = 0; status == TOL_OK && i < count; i++) {
        struct tol_json_place change = tol_json_item(&changes, i);
        status = read_change(owned, &change, &scenario->change[i], error);
    }
    return status;
}

/* The scenario of that name among those before `count`; SIZE_MAX when there is none. */
static size_t find_earlier(const struct tol_scenario_file *file, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(file->scenario[i].name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static enum tol_status read_head(const struct tol_json_place *place, const struct tol_scenario_file *file, size_t index,
                                 struct tol_scenario_text *scenario, struct tol_error *error)
{
    bool has_name, has_base;
    struct tol_json_place name = tol_json_member(place, "name", &has_name);
    struct tol_json_place on = tol_json_member(place, "on", &scenario->has_day);
    struct tol_json_place base = tol_json_member(place, "base", &has_base);
    if (!has_name) {
        return tol_json_fault(&name, error, "a scenario needs a name");
    }
    enum tol_status status = tol_json_expect_text(&name, &scenario->name, error);
    if (status == TOL_OK && (scenario->name[0] == '\0' || strlen(scenario->name) > NAME_BYTES_MOST)) {
        status = tol_json_fault(&name, error, "a name has 1 to %d bytes", NAME_BYTES_MOST);
    }
    if (status == TOL_OK && find_earlier(file, index, scenario->name) != SIZE_MAX) {
        status = tol_json_fault(&name, error, "this name is given twice; names are unique in a file");
    }
    if (status == TOL_OK && scenario->has_day) {
        status = tol_json_expect_day(&on, &scenario->on, error);
    }
    if (status == TOL_OK && has_base) {
        const char *text;
        status = tol_json_expect_text(&base, &text, error);
        if (status == TOL_OK) {
            scenario->base = find_earlier(file, index, text);
            if (scenario->base == SIZE_MAX) {
                status = tol_json_fault(&base, error, "base names a scenario that stands earlier in the same file");
            }
        }
    }
    return status;
}

static enum tol_status read_survivor(const struct tol_json_place *place, struct tol_scenario_text *scenario,
                                     struct tol_error *error)
{
    bool has_programme, has_probability;
    enum tol_status status = expect_members(place, survival_keys, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_json_place programme = tol_json_member(place, "programme", &has_programme);
    struct tol_json_place probability = tol_json_member(place, "probability", &has_probability);
    if (!has_programme) {
        return tol_json_fault(&programme, error, "name the programme, as in programmes.csv");
    }
    if (!has_probability) {
        return tol_json_fault(&probability, error, "give the probability, 0 to 1, that the programme is still law");
    }
    struct tol_survival *entry = &scenario->survival[scenario->survival_count];
    status = tol_json_expect_text(&programme, &entry->programme, error);
    if (status == TOL_OK && (entry->programme[0] == '\0' || strlen(entry->programme) > NAME_BYTES_MOST)) {
        status = tol_json_fault(&programme, error, "a programme has 1 to %d bytes", NAME_BYTES_MOST);
    }
    for (size_t i = 0; status == TOL_OK && i < scenario->survival_count; i++) {
        if (strcmp(scenario->survival[i].programme, entry->programme) == 0) {
            status = tol_json_fault(&programme, error, "this programme is given twice; it stands or falls once");
        }
    }
    if (status == TOL_OK) {
        status = tol_json_expect_number(&probability, 0, 1, &entry->probability, error);
    }
    scenario->survival_count += status == TOL_OK;
    return status;
}

/* The list as a whole is stated, or taken from the base. */
static enum tol_status read_survival(const struct tol_json_place *place, const struct tol_scenario_file *file,
                                     struct tol_scenario_text *scenario, struct tol_error *error)
{
    bool found;
    struct tol_json_place list = tol_json_member(place, "survival", &found);
    if (!found) {
        if (scenario->base != SIZE_MAX) {
            const struct tol_scenario_text *base = &file->scenario[scenario->base];
            memcpy(scenario->survival, base->survival, sizeof scenario->survival);
            scenario->survival_count = base->survival_count;
        }
        return TOL_OK;
    }
    enum tol_status status = tol_json_expect_array(&list, error);
    if (status != TOL_OK) {
        return status;
    }
    size_t count = json_array_size(list.value);
    if (count > TOL_SURVIVAL_MAX) {
        return tol_json_fault(&list, error, "%zu programmes; at most %d may be in doubt", count, TOL_SURVIVAL_MAX);
    }
    for (size_t i = 0; status == TOL_OK && i < count; i++) {
        struct tol_json_place entry = tol_json_item(&list, i);
        status = read_survivor(&entry, scenario, error);
    }
    return status;
}

static enum tol_status read_scenarios(struct owned *owned, const struct tol_json_place *root,
                                      struct tol_scenario_file *file, struct tol_error *error)
{
    bool several;
    struct tol_json_place list = tol_json_member(root, "scenarios", &several);
    enum tol_status status = TOL_OK;
    if (several) {
        status = expect_members(root, file_keys, error);
        status = status != TOL_OK ? status : expect_remarks(root, error);
        status = status != TOL_OK ? status : tol_json_expect_array(&list, error);
    }
    size_t count = several ? json_array_size(list.value) : 1;
    if (status != TOL_OK) {
        return status;
    }
    if (count == 0) {
        return tol_json_fault(&list, error, "no scenarios in this file");
    }
    if (count > SCENARIOS_MOST) {
        return tol_json_fault(&list, error, "%zu scenarios in one file; %d are allowed", count, SCENARIOS_MOST);
    }
    file->scenario = calloc(count, sizeof *file->scenario);
    if (file->scenario == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; status == TOL_OK && i < count; i++) {
        struct tol_json_place place = several ? tol_json_item(&list, i) : *root;
        file->scenario[i].base = SIZE_MAX;
        file->count = i + 1;
        status = expect_members(&place, scenario_keys, error);
        status = status != TOL_OK ? status : expect_remarks(&place, error);
        status = status != TOL_OK ? status : read_head(&place, file, i, &file->scenario[i], error);
        status = status != TOL_OK ? status : read_changes(owned, &place, &file->scenario[i], error);
        status = status != TOL_OK ? status : read_survival(&place, file, &file->scenario[i], error);
    }
    return status;
}

enum tol_status tol_scenario_file_read(const char *path, struct tol_scenario_file **file, struct tol_error *error)
{
    json_t *root = NULL;
    enum tol_status status = tol_json_read_file(path, &root, error);
    if (status != TOL_OK) {
        return status;
    }
    struct owned *owned = calloc(1, sizeof *owned);
    *file = calloc(1, sizeof **file);
    if (owned == NULL || *file == NULL) {
        json_decref(root);
        free(owned);
        free(*file);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    owned->root = root;
    (*file)->private_part = owned;
    struct tol_json_place top = {.file = path, .value = root};
    status = read_scenarios(owned, &top, *file, error);
    if (status != TOL_OK) {
        tol_scenario_file_free(*file);
        *file = NULL;
    }
    return status;
}

void tol_scenario_file_free(struct tol_scenario_file *file)
{
    if (file == NULL) {
        return;
    }
    struct owned *owned = file->private_part;
    for (size_t i = 0; i < file->count; i++) {
        free(file->scenario[i].change);
    }
    free(file->scenario);
    for (size_t i = 0; i < owned->text_count; i++) {
        free(owned->text[i]);
    }
    free(owned->text);
    json_decref(owned->root);
    free(owned);
    free(file);
}
