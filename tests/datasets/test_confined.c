/* Reading in a child process: the same answers, and a clean one when the child comes to harm. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine/confine.h"
#include "folder.h"

static struct tol_supply_options confined(void)
{
    return (struct tol_supply_options){.confined = true};
}

static void put_tables(void)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C28,1000\nB,DE,C22,5\n");
    put_text("sales.csv",
             "firm_id,hs,destination,value_eur\nA,870323,US,10\nA,870323,XX,3\nB,0101,MX,nan\nB,3901,US,9\n");
}

Test(confined, book_and_report_are_those_of_reading_here)
{
    struct tol_supply_options options = {.max_rejects = 2};
    put_tables();
    struct checked here = build_folder("here.book", &options);
    options.confined = true;
    struct checked there = build_folder("there.book", &options);
    cr_assert_eq(here.status, TOL_OK, "%s", here.error.message);
    cr_assert_eq(there.status, TOL_OK, "%s", there.error.message);
    size_t here_size, there_size;
    char *here_bytes = get_bytes("here.book", &here_size);
    char *there_bytes = get_bytes("there.book", &there_size);
    cr_assert_eq(here_size, there_size);
    cr_assert_eq(memcmp(here_bytes, there_bytes, here_size), 0);
    free(here_bytes);
    free(there_bytes);
    cr_assert_eq(there.report.fault_count, here.report.fault_count);
    cr_assert_eq(there.report.warning_count, here.report.warning_count);
    cr_assert_eq(there.report.accepted_rows[TOL_SUPPLY_SALES], 2);
    cr_assert_eq(there.report.rejected_rows[TOL_SUPPLY_SALES], 2);
    cr_assert_gt(there.report.peak_bytes_all, 0);
}

Test(confined, faults_come_in_order_and_the_first_is_the_error)
{
    struct tol_supply_options options = confined();
    put_tables();
    struct checked checked = build_folder("a.book", &options);
    cr_assert_eq(checked.status, TOL_BAD_DATA);
    cr_assert_eq(checked.fault_count, 2);
    cr_assert_eq(checked.fault[0].row, 2);
    cr_assert_str_eq(checked.fault[0].column, "destination");
    cr_assert_str_eq(checked.fault[0].value, "XX");
    cr_assert_eq(checked.fault[1].row, 3);
    cr_assert_eq(checked.error.row, 2);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
}

/* A text of a megabyte in every row of a file that is a thousandth of that. In a process of its own, whose memory nobody inherits. */
static void put_bomb(void)
{
    static char text[1 << 20];
    enum { ROWS = 200 };
    static const char *row[ROWS];
    memset(text, 'x', sizeof text - 1);
    snprintf(text + sizeof text - 16, 16, "|NL|C28|1000");
    for (size_t i = 0; i < ROWS; i++) {
        row[i] = text;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s", folder_file("firms.parquet"));
    pid_t child = fork();
    if (child == 0) {
        _exit(write_cells(path, "firm_id|country|sector|#revenue_eur", row, ROWS, NULL) == TOL_OK ? 0 : 1);
    }
    int how;
    cr_assert_eq(waitpid(child, &how, 0), child);
    cr_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

Test(confined, parquet_bomb_meets_the_memory_limit)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("a sanitizer maps more than any limit");
#endif
    put_sales();
    drop("firms.csv");
    put_bomb();
    struct tol_supply_options options = confined();
    options.confined_memory_bytes = 150000000;
    struct checked checked = build_folder("a.book", &options);
    cr_assert_eq(checked.status, TOL_BAD_DATA);
    cr_assert(strstr(checked.error.message, "memory") != NULL, "%s", checked.error.message);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
    drop("firms.parquet");
}

/* The one child of this process. */
static pid_t reader(void)
{
    char path[64], line[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(line, sizeof line, file));
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

static bool kill_reader(void *context, enum tol_supply_table table, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    int *number = context;
    if (*number != 0 && table == TOL_SUPPLY_FIRMS) {
        cr_assert_eq(kill(reader(), *number), 0);
        *number = 0;
    }
    return true;
}

/* Enough rows for the child to be still at them when it is told to end. */
static void put_many_lines(void)
{
    enum { LINES = 400000 };
    static const char line[] = "A,870323,US,1\n";
    char *text = malloc(64 + LINES * sizeof line);
    size_t used = (size_t)sprintf(text, "firm_id,hs,destination,value_eur\n");
    for (size_t i = 0; i < LINES; i++) {
        memcpy(text + used, line, sizeof line - 1);
        used += sizeof line - 1;
    }
    text[used] = '\0';
    put_firms();
    put_text("sales.csv", text);
    free(text);
}

Test(confined, death_of_the_child_is_a_fault_of_the_input)
{
    static const int numbers[] = {SIGSEGV, SIGKILL, SIGABRT};
    put_many_lines();
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        int number = numbers[i];
        struct tol_supply_options options = confined();
        options.progress = kill_reader;
        options.context = &number;
        struct tol_supply_report report;
        struct tol_error error = {0};
        enum tol_status status = tol_supply_build(scratch_folder(), folder_file("a.book"), &options, &report, &error);
        cr_assert_eq(status, TOL_BAD_DATA, "signal %d: %s", numbers[i], error.message);
        cr_assert(strstr(error.message, "the process that read") != NULL, "signal %d: %s", numbers[i], error.message);
        cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
    }
}

static bool stop_at_once(void *context, enum tol_supply_table table, uint64_t done, uint64_t total)
{
    (void)context;
    (void)table;
    (void)done;
    (void)total;
    return false;
}

Test(confined, the_user_can_stop_it)
{
    put_many_lines();
    struct tol_supply_options options = confined();
    options.progress = stop_at_once;
    struct tol_supply_report report;
    struct tol_error error = {0};
    cr_assert_eq(tol_supply_check(scratch_folder(), &options, &report, &error), TOL_TRY_AGAIN);
}

/* What a hostile file would try. Each attempt that succeeds sets a bit. */
static int attempts(const char *inside, const char *outside)
{
    int done = 0;
    char byte;
    int file = open(outside, O_RDONLY | O_CLOEXEC);
    done |= file >= 0 ? 1 : 0;
    done |= socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 2 : 0;
    done |= open(inside, O_WRONLY | O_CLOEXEC) >= 0 ? 4 : 0;
    done |= unlink(inside) == 0 ? 8 : 0;
    done |= fork() >= 0 ? 16 : 0;
    char *const arguments[] = {(char *)(uintptr_t) "true", NULL};
    done |= execv("/bin/true", arguments) == 0 ? 32 : 0;
    file = open(inside, O_RDONLY | O_CLOEXEC);
    done |= file < 0 || read(file, &byte, 1) != 1 ? 64 : 0; /* this one must succeed */
    return done;
}

Test(confined, the_child_can_only_read_the_input)
{
    char outside[] = "/tmp/tolmuur-outside-XXXXXX";
    int file = mkstemp(outside);
    cr_assert_geq(file, 0);
    close(file);
    put_firms();
    char inside[4096];
    snprintf(inside, sizeof inside, "%s", folder_file("firms.csv"));
    pid_t child = fork();
    if (child == 0) {
        char note[512];
        struct tol_error error = {0};
        const struct tol_confinement_rules rules = {
            .memory_bytes = UINT64_C(1) << 30, .input = scratch_folder(), .keep = {-1, -1}};
        if (tol_confine(&rules, note, sizeof note, &error) != TOL_OK) {
            _exit(127);
        }
        _exit(note[0] != '\0' ? 126 : attempts(inside, outside)); /* 126: a kernel without Landlock or seccomp */
    }
    int how;
    cr_assert_eq(waitpid(child, &how, 0), child);
    unlink(outside);
    cr_assert(WIFEXITED(how), "ended by signal %d", WTERMSIG(how));
    if (WEXITSTATUS(how) != 126) {
        cr_assert_eq(WEXITSTATUS(how), 0, "attempts that succeeded: %d", WEXITSTATUS(how));
    }
}
