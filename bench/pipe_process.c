#include "pipe_process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

enum { PATH_SIZE = 4096 };

struct pipe_process {
    const char *name;
    const char *folder;
    pid_t child;
    FILE *to;
    FILE *from;
};

static int start(struct pipe_process *process, char *const command[])
{
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) {
        return -1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    int failed = posix_spawn(&process->child, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    process->to = fdopen(to[1], "w");
    process->from = fdopen(from[0], "r");
    return failed != 0 || process->to == NULL || process->from == NULL ? -1 : 0;
}

struct pipe_process *pipe_process_open(const char *name, char *const command[], const char *folder)
{
    struct pipe_process *process = bench_allocate(sizeof *process);
    *process = (struct pipe_process){.name = name, .folder = folder};
    char greeting[512] = "no: it is not installed or did not start\n";
    if (access(command[0], X_OK) != 0 || start(process, command) != 0 ||
        fgets(greeting, sizeof greeting, process->from) == NULL || strncmp(greeting, "no", 2) == 0) {
        printf("%s takes no part: %s", name, greeting);
        free(process);
        return NULL;
    }
    printf("%s: %s", name, greeting);
    fflush(stdout);
    return process;
}

void pipe_process_close(struct pipe_process *process)
{
    fclose(process->to);
    fclose(process->from);
    waitpid(process->child, NULL, 0);
    free(process);
}

double pipe_process_ask(struct pipe_process *process, const char *question)
{
    char answer[512];
    if (fputs(question, process->to) < 0 || fflush(process->to) != 0 ||
        fgets(answer, sizeof answer, process->from) == NULL) {
        fprintf(stderr, "bench: %s ended in the middle of its work\n", process->name);
        return -1;
    }
    char *end;
    double seconds = strtod(answer, &end);
    if (end == answer) {
        fprintf(stderr, "bench: %s: %s", process->name, answer);
        return -1;
    }
    return seconds;
}

static FILE *open_flat(const struct pipe_process *process, const char *name, const char *mode)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", process->folder, name);
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
    }
    return file;
}

int pipe_process_write(const struct pipe_process *process, const char *name, const void *data, size_t bytes)
{
    FILE *file = open_flat(process, name, "wb");
    if (file == NULL) {
        return -1;
    }
    int failed = fwrite(data, 1, bytes, file) != bytes;
    failed |= fclose(file) != 0;
    if (failed) {
        fprintf(stderr, "bench: %s/%s cannot be written: %s\n", process->folder, name, strerror(errno));
    }
    return failed ? -1 : 0;
}

int pipe_process_read(const struct pipe_process *process, const char *name, void *data, size_t bytes)
{
    FILE *file = open_flat(process, name, "rb");
    if (file == NULL) {
        return -1;
    }
    int failed = fread(data, 1, bytes, file) != bytes || fgetc(file) != EOF;
    fclose(file);
    if (failed) {
        fprintf(stderr, "bench: %s/%s does not have the %zu bytes that it should\n", process->folder, name, bytes);
    }
    return failed ? -1 : 0;
}

void pipe_process_remove(const struct pipe_process *process, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", process->folder, name);
    unlink(path);
}
