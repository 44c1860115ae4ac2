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

static void expect_survival(const struct tol_scenario_text *scenario, size_t count, const char *programme,
                            double probability)
{
    cr_assert_eq(scenario->survival_count, count, "%s: %zu", scenario->name, scenario->survival_count);
    if (count > 0) {
        cr_assert_str_eq(scenario->survival[count - 1].programme, programme);
        cr_assert_eq(scenario->survival[count - 1].probability, probability);
    }
}

Test(scenario, reads_survival)
{
    struct tol_scenario_file *file;
    struct tol_error error;
    cr_assert_eq(read_text("{\"scenarios\":["
                           "{\"name\":\"a\",\"changes\":[],\"survival\":[{\"programme\":\"p\",\"probability\":0.25},"
                           "{\"programme\":\"q\",\"probability\":1}]},"
                           "{\"name\":\"inherits\",\"base\":\"a\",\"changes\":[]},"
                           "{\"name\":\"certain\",\"base\":\"a\",\"changes\":[],\"survival\":[]},"
                           "{\"name\":\"states\",\"base\":\"inherits\",\"changes\":[],\"survival\":"
                           "[{\"programme\":\"q\",\"probability\":0}]},"
                           "{\"name\":\"apart\",\"changes\":[]}]}",
                           &file, &error),
                 TOL_OK, "%s", error.message);
    cr_assert_str_eq(file->scenario[0].survival[0].programme, "p");
    cr_assert_eq(file->scenario[0].survival[0].probability, 0.25);
    expect_survival(&file->scenario[0], 2, "q", 1);
    expect_survival(&file->scenario[1], 2, "q", 1);
    expect_survival(&file->scenario[2], 0, NULL, 0);
    expect_survival(&file->scenario[3], 1, "q", 0);
    expect_survival(&file->scenario[4], 0, NULL, 0);
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
    expect_fault("{\"name\":\"x\",\"note\":7,\"changes\":[]}", "note", "found a number");
    expect_fault("{\"name\":\"x\",\"on\":null,\"changes\":[]}", "on", "null says nothing");
    expect_fault("{\"scenarios\":[]}", "scenarios", "no scenarios");
    expect_fault("{\"scenarios\":[{\"name\":\"a\",\"changes\":[]},{\"name\":\"a\",\"changes\":[]}]}",
                 "scenarios[1].name", "given twice");
    expect_fault("{\"scenarios\":[{\"name\":\"a\",\"base\":\"z\",\"changes\":[]}]}", "scenarios[0].base", "earlier");
}

Test(scenario, names_faults_of_survival)
{
#define SURVIVAL(list) "{\"name\":\"x\",\"changes\":[],\"survival\":" list "}"
#define OF(name) "{\"programme\":\"" name "\",\"probability\":0.5}"
    expect_fault(SURVIVAL("{}"), "survival", "expected an array");
    expect_fault(SURVIVAL("[7]"), "survival[0]", "expected an object");
    expect_fault(SURVIVAL("[" OF("a") "," OF("a") "]"), "survival[1].programme", "given twice");
    expect_fault(SURVIVAL("[" OF("a") "," OF("b") "," OF("c") "," OF("d") "," OF("e") "," OF("f") "," OF("g") "]"),
                 "survival", "at most 6");
    expect_fault(SURVIVAL("[{\"probability\":1}]"), "survival[0].programme", "name the programme");
    expect_fault(SURVIVAL("[{\"programme\":\"a\"}]"), "survival[0].probability", "give the probability");
    expect_fault(SURVIVAL("[{\"programme\":\"a\",\"probability\":1.0001}]"), "survival[0].probability", "out of range");
    expect_fault(SURVIVAL("[{\"programme\":\"a\",\"probability\":-0.1}]"), "survival[0].probability", "out of range");
    expect_fault(SURVIVAL("[{\"programme\":\"a\",\"probability\":null}]"), "survival[0].probability", "null");
    expect_fault(SURVIVAL("[{\"programme\":\"a\",\"chance\":1}]"), "survival[0].chance", "unknown key");
}

Test(scenario, a_file_that_is_not_there)
{
    struct tol_scenario_file *file = NULL;
    struct tol_error error;
    cr_assert_eq(tol_scenario_file_read("/nonexistent/file.json", &file, &error), TOL_NO_INPUT);
}
