#include "replay.h"

#include "manifest.h"
#include "run_folder.h"
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- options --------------------------------------------------------------------------------------------------- */

static enum tol_status add_value(struct text_list *list, const char *text, struct tol_error *error)
{
    char **grown = realloc(list->text, (list->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    list->text = grown;
    list->text[list->count] = strdup(text);
    if (list->text[list->count] == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    list->count += 1;
    return TOL_OK;
}

static enum tol_status add_values(struct text_list *list, const struct text_list *from, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < from->count && status == TOL_OK; i++) {
        status = add_value(list, from->text[i], error);
    }
    return status;
}

/* What the command line says: nothing that the manifest settles. */
static enum tol_status take_command_line(const struct options *options, struct options *replayed,
                                         struct tol_error *error)
{
    if (options->argument.count > 0) {
        return tol_fail(error, TOL_USAGE, "%.200s: with --replay the book is that of the manifest; leave it out",
                        options->argument.text[0]);
    }
    enum tol_status status = TOL_OK;
    for (int id = OPTION_END + 1; id < OPTION_COUNT && status == TOL_OK; id++) {
        if (options->value[id].count == 0) {
            continue;
        }
        bool settled = manifest_option_counts((enum option_id)id) || id == OPTION_TABLES;
        if (settled && options->origin[id] != NULL) {
            continue; /* what a configuration says for every run */
        }
        if (settled) {
            return tol_fail(error, TOL_USAGE, "--%s: with --replay it is that of the manifest; leave it out",
                            option_spec((enum option_id)id)->name);
        }
        status = add_values(&replayed->value[id], &options->value[id], error);
    }
    return status;
}

static enum tol_status take_options(const struct manifest *manifest, struct options *replayed, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < manifest->option_count && status == TOL_OK; i++) {
        const struct manifest_option *option = &manifest->option[i];
        int id = OPTION_END + 1;
        while (id < OPTION_COUNT && strcmp(option_spec((enum option_id)id)->name, option->name) != 0) {
            id++;
        }
        if (id == OPTION_COUNT || !manifest_option_counts((enum option_id)id) ||
            (option->value.count > 1 && !option_spec((enum option_id)id)->repeatable)) {
            return tol_fail(error, TOL_BAD_DATA, "the manifest has an option that is none: %.60s", option->name);
        }
        /* Scenario files are named by the inputs, with their whole paths. */
        status = id == OPTION_SCENARIOS ? TOL_OK : add_values(&replayed->value[id], &option->value, error);
    }
    return status;
}

/* ---- inputs ---------------------------------------------------------------------------------------------------- */

static enum tol_status take_input(const struct manifest_file *input, struct options *replayed, struct tol_error *error)
{
    if (strcmp(input->role, "book") == 0) {
        return add_value(&replayed->argument, input->path, error);
    }
    if (strcmp(input->role, "tables") == 0) {
        return add_value(&replayed->value[OPTION_TABLES], input->path, error);
    }
    if (strcmp(input->role, "scenarios") == 0) {
        return add_value(&replayed->value[OPTION_SCENARIOS], input->path, error);
    }
    return tol_fail(error, TOL_BAD_DATA, "the manifest has an input of a role that is none: %.60s", input->role);
}

/* Every input is looked at, so that all that changed is said. */
static enum tol_status check_inputs(const struct manifest *manifest, struct tol_error *error)
{
    size_t changed = 0;
    for (size_t i = 0; i < manifest->input_count; i++) {
        const struct manifest_file *input = &manifest->input[i];
        char digest[TOL_SHA256_TEXT_SIZE];
        struct tol_error fault = {0};
        if (tol_sha256_file(input->path, NULL, digest, &fault) != TOL_OK) {
            talk_error(&fault);
            changed++;
        } else if (strcmp(digest, input->sha256) != 0) {
            talk_note("%s: this is not the file that the run read: SHA-256 was %s, is %s", input->path, input->sha256,
                      digest);
            changed++;
        }
    }
    return changed == 0 ? TOL_OK
                        : tol_fail(error, TOL_BAD_DATA, "%zu of %zu inputs are not as they were: nothing was run",
                                   changed, manifest->input_count);
}

enum tol_status replay_take(const struct manifest *manifest, struct options *replayed, struct tol_error *error)
{
    enum tol_status status = take_options(manifest, replayed, error);
    for (size_t i = 0; i < manifest->input_count && status == TOL_OK; i++) {
        status = take_input(&manifest->input[i], replayed, error);
    }
    if (status == TOL_OK && (replayed->argument.count != 1 || replayed->value[OPTION_TABLES].count != 1)) {
        status = tol_fail(error, TOL_BAD_DATA, "the manifest does not name one book and one tables file");
    }
    return status;
}

enum tol_status replay_read(const struct options *options, struct manifest *manifest, struct options *replayed,
                            struct tol_error *error)
{
    *replayed = (struct options){.config = options->config};
    enum tol_status status = manifest_read(options_text(options, OPTION_REPLAY), manifest, error);
    if (status == TOL_OK) {
        status = take_command_line(options, replayed, error);
    }
    if (status == TOL_OK) {
        status = replay_take(manifest, replayed, error);
    }
    return status == TOL_OK ? check_inputs(manifest, error) : status;
}

/* ---- what came of it ------------------------------------------------------------------------------------------- */

void replay_tell_differences(const struct manifest *manifest, const struct run_folder *folder)
{
    const char *was, *is;
    const char *name = run_identity_difference(&manifest->identity, &folder->identity, &was, &is);
    if (name != NULL) {
        talk_note("%s was %s, is %s: the bytes may differ", name, was == NULL ? "not there" : was,
                  is == NULL ? "not there" : is);
    }
}

enum tol_status replay_compare(const struct manifest *manifest, const char *run, struct tol_error *error)
{
    size_t differ = 0;
    for (size_t i = 0; i < manifest->output_count; i++) {
        const struct manifest_file *output = &manifest->output[i];
        char path[4096], digest[TOL_SHA256_TEXT_SIZE];
        struct tol_error fault = {0};
        int length = snprintf(path, sizeof path, "%s/%s", run, output->path);
        if (length < 0 || length >= (int)sizeof path || tol_sha256_file(path, NULL, digest, &fault) != TOL_OK) {
            talk_error(&fault);
            differ++;
        } else if (strcmp(digest, output->sha256) != 0) {
            talk_note("%s differs from the run that was replayed: SHA-256 was %s, is %s", path, output->sha256, digest);
            differ++;
        }
    }
    if (differ > 0) {
        return tol_fail(error, TOL_BAD_DATA, "%zu of %zu outputs differ from the run that was replayed", differ,
                        manifest->output_count);
    }
    talk_note("identical: all %zu outputs have the bytes of the run that was replayed", manifest->output_count);
    return TOL_OK;
}
