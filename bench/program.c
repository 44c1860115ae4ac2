#include "program.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

void program_beside(const char *name, char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    path[length < 0 ? 0 : length] = '\0';
    char *slash = strrchr(path, '/');
    char *end = slash != NULL ? slash + 1 : path;
    if ((size_t)snprintf(end, size - (size_t)(end - path), "%s", name) >= size - (size_t)(end - path)) {
        bench_fail("the path of this program is too long");
    }
}

double program_run(char *const arguments[], const char *output, int also)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output != NULL ? output : "/dev/null",
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int state = 1;
    double start = bench_now_seconds();
    if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) != 0 ||
        waitpid(child, &state, 0) != child || !WIFEXITED(state) ||
        (WEXITSTATUS(state) != 0 && WEXITSTATUS(state) != also)) {
        bench_fail("%s %s did not succeed", arguments[0], arguments[1] != NULL ? arguments[1] : "");
    }
    double seconds = bench_now_seconds() - start;
    posix_spawn_file_actions_destroy(&actions);
    return seconds;
}
