/* Scenario files: what is taken, and how faults are named. */
#include "datasets/scenario.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum tol_status read_text(const char *text, struct tol_scenario_file **file, struct tol_error *error)
{
    char path[] = "/tmp/tolmuur-scenario-XXXXXX";
    int descriptor = mkstemp(path);
    cr_assert_geq(descriptor, 0);
    cr_assert_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    *error = (struct tol_error){0};
    enum tol_status status = tol_scenario_file_read(path, file, error);
    unlink(path);
    return status;
}

Test(scenario, reads_one)
{
    struct tol_scenario_file *file;
    struct tol_error error;
    cr_assert_eq(read_text("{\"name\":\"x\",\"on\":\"2025-08-07\",\"changes\":["
                           "{\"action\":\"add\",\"id\":\"a\",\"measure\":{\"programme\":\"p\",\"rate\":0.1}},"
                           "{\"action\":\"remove\",\"id\":\"programme:q\"}]}",
                           &file, &error),
                 TOL_OK, "%s", error.message);
    cr_assert_eq(file->count, 1);
    const struct tol_scenario_text *scenario = &file->scenario[0];
    cr_assert_str_eq(scenario->name, "x");
    cr_assert(scenario->has_day);
    cr_assert_eq(scenario->base, SIZE_MAX);
    cr_assert_eq(scenario->change_count, 2);
    cr_assert_eq(scenario->change[0].field_count, 2);
    cr_assert_str_eq(scenario->change[0].field[1].column, "rate");
    cr_assert_str_eq(scenario->change[0].field[1].value, "0.1");
    cr_assert_eq(scenario->change[1].action, TOL_CHANGE_REMOVE);
    cr_assert_str_eq(scenario->change[1].id, "programme:q");
    tol_scenario_file_free(file);
}

Test(scenario, reads_several_with_a_base)
{
    struct tol_scenario_file *file;
    struct tol_error error;
    cr_assert_eq(read_text("{\"scenarios\":[{\"name\":\"a\",\"changes\":[]},"
                           "{\"name\":\"b\",\"base\":\"a\",\"changes\":[]}]}",
                           &file, &error),
                 TOL_OK, "%s", error.message);
    cr_assert_eq(file->count, 2);
    cr_assert_not(file->scenario[0].has_day);
    cr_assert_eq(file->scenario[1].base, 0);
    tol_scenario_file_free(file);
}

static void expect_fault(const char *text, const char *place, const char *words)
{
    struct tol_scenario_file *file = NULL;
    struct tol_error error;
    cr_assert_eq(read_text(text, &file, &error), TOL_BAD_DATA, "%s", text);
    cr_assert_str_eq(error.column, place, "%s: %s", text, error.column);
    cr_assert_not_null(strstr(error.message, words), "%s: %s", text, error.message);
    cr_assert_neq(error.file[0], '\0');
}

Test(scenario, names_faults)
{
    expect_fault("", "", "too early");
    expect_fault("{\"name\":", "", "too early");
    expect_fault("{]", "", "line 1");
    expect_fault("[]", "", "expected an object");
    expect_fault("{\"name\":\"x\",\"name\":\"y\",\"changes\":[]}", "", "duplicate");
    expect_fault("{\"name\":\"x\",\"chnages\":[]}", "chnages", "unknown key");
    expect_fault("{\"changes\":[]}", "name", "needs a name");
    expect_fault("{\"name\":\"x\"}", "changes", "needs changes");
    expect_fault("{\"name\":7,\"changes\":[]}", "name", "found a number");
    expect_fault("{\"name\":\"x\",\"on\":\"2025-02-30\",\"changes\":[]}", "on", "not a day");
    expect_fault("{\"name\":\"x\",\"changes\":[{\"action\":\"drop\",\"id\":\"a\"}]}", "changes[0].action",
                 "add, replace");
    expect_fault("{\"name\":\"x\",\"changes\":[{\"action\":\"add\",\"id\":\"a\"}]}", "changes[0].measure",
                 "need a measure");
    expect_fault("{\"name\":\"x\",\"changes\":[{\"action\":\"remove\"}]}", "changes[0].id", "needs the id");
    expect_fault("{\"name\":\"x\",\"changes\":[{\"action\":\"add\",\"id\":\"a\",\"measure\":{\"rat\":1}}]}",
                 "changes[0].measure.rat", "unknown key");
    expect_fault("{\"name\":\"x\",\"changes\":[{\"action\":\"add\",\"id\":\"a\",\"measure\":{\"rate\":-2}}]}",
                 "changes[0].measure.rate", "out of range");
    expect_fault("{\"scenarios\":[]}", "scenarios", "no scenarios");
    expect_fault("{\"scenarios\":[{\"name\":\"a\",\"changes\":[]},{\"name\":\"a\",\"changes\":[]}]}",
                 "scenarios[1].name", "given twice");
    expect_fault("{\"scenarios\":[{\"name\":\"a\",\"base\":\"z\",\"changes\":[]}]}", "scenarios[0].base", "earlier");
}

Test(scenario, a_file_that_is_not_there)
{
    struct tol_scenario_file *file = NULL;
    struct tol_error error;
    cr_assert_eq(tol_scenario_file_read("/nonexistent/file.json", &file, &error), TOL_NO_INPUT);
}
