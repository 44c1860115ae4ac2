/* Files of the configuration against each other: which counts, what a walk sees. */
#include "command.h"
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct command small = {.name = "score",
                                     .options =
                                         (const enum option_id[]){OPTION_THREADS, OPTION_ON, OPTION_COLOR, OPTION_END},
                                     .formats = "table"};
const struct command *const commands[] = {&small, NULL};

static char folder[] = "/tmp/tolmuur-config-XXXXXX";

static void begin(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

static void end(void)
{
    static const char *const names[] = {"project", "user", "system", "named"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unlink(names[i]);
    }
    cr_assert_eq(rmdir(folder), 0);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    cr_assert_eq(chmod(path, 0644), 0);
}

static const struct config_places places = {.project = "project", .user = "user", .system = "system"};

Test(config, the_nearest_file_counts, .init = begin, .fini = end)
{
    put("project", "[score]\nthreads = 1\n");
    put("user", "[score]\nthreads = 2\non = 2025-01-01\non = 2025-01-02\n");
    put("system", "[score]\nthreads = 3\non = 2024-01-01\n[all]\ncolor = never\n[postgresql]\nservice = bank\n");
    struct config config;
    struct tol_error error = {0};
    cr_assert_eq(config_open_places(&config, &places, &error), TOL_OK, "%s", error.message);
    cr_assert_str_eq(config_text(&config, "score", "threads"), "1");
    cr_assert_str_eq(config_text(&config, "score", "on"), "2025-01-01");
    cr_assert_str_eq(config_text(&config, "postgresql", "service"), "bank");
    cr_assert_null(config_text(&config, "postgresql", "threads"));
    cr_assert_eq(config_find(&config, "postgresql", "service")->line, 7);
    config_close(&config);
    struct config_places named = places;
    put("named", "[score]\nthreads = 4\n");
    named.named = "named";
    cr_assert_eq(config_open_places(&config, &named, &error), TOL_OK);
    cr_assert_str_eq(config_text(&config, "score", "threads"), "4");
    config_close(&config);
}

Test(config, a_walk_sees_what_counts, .init = begin, .fini = end)
{
    put("project",
        "[postgresql.firms]\nfirm_id = id\n\n[postgresql]\nschema = a\n[postgresql.firms]\ncountry = land\n");
    put("system", "[postgresql.firms]\nfirm_id = hidden\nsector = nace\n");
    struct config config;
    struct tol_error error = {0};
    cr_assert_eq(config_open_places(&config, &places, &error), TOL_OK, "%s", error.message);
    char seen[200] = "";
    for (const struct config_entry *entry = NULL; (entry = config_next(&config, "postgresql.firms", entry)) != NULL;) {
        size_t used = strlen(seen);
        snprintf(seen + used, sizeof seen - used, "%s=%s@%u;", entry->name, entry->value, entry->line);
    }
    cr_assert_str_eq(seen, "firm_id=id@2;country=land@7;sector=nace@3;");
    cr_assert_null(config_next(&config, "postgresql.sales", NULL));
    config_close(&config);
}

Test(config, a_fault_names_file_and_line, .init = begin, .fini = end)
{
    put("system", "[all]\n\ncolor = never\ncolour = never\n");
    struct config config;
    struct tol_error error = {0};
    cr_assert_eq(config_open_places(&config, &places, &error), TOL_USAGE);
    cr_assert_str_eq(error.file, "system:4");
    cr_assert_not_null(strstr(error.message, "did you mean color?"), "%s", error.message);
    config_close(&config);
}

Test(config, a_file_of_another_user_is_refused, .init = begin, .fini = end)
{
    put("user", "[all]\ncolor = never\n");
    struct config config;
    struct tol_error error = {0};
    if (chown("user", 12345, (gid_t)-1) != 0) {
        cr_skip_test("only root can give a file away");
    }
    cr_assert_eq(config_open_places(&config, &places, &error), TOL_USAGE);
    cr_assert_not_null(strstr(error.message, "another user"), "%s", error.message);
    config_close(&config);
}

/* No byte sequence does more than give an error. */
Test(config, any_bytes, .init = begin, .fini = end)
{
    static const char letters[] = "[]=;:# \n\n\t\"al\\scorethreads\r\xff";
    uint64_t state = 1;
    for (int round = 0; round < 3000; round++) {
        char text[120] = "";
        size_t length = 0;
        for (; length < sizeof text - 1; length++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            text[length] = letters[(state >> 33) % (sizeof letters - 1)];
        }
        put("project", text);
        struct config config;
        struct tol_error error = {0};
        enum tol_status status = config_open_places(&config, &places, &error);
        cr_assert(status == TOL_OK || (status == TOL_USAGE && error.message[0] != '\0'));
        config_close(&config);
    }
}
