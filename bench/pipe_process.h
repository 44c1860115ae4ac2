/* A program of its own that answers over a pipe, so that it can take its turn in a round. */
#ifndef BENCH_PIPE_PROCESS_H
#define BENCH_PIPE_PROCESS_H

#include <stddef.h>

struct pipe_process;

/* command: NULL-terminated, the first a path. folder: where flat files are put for it. The first line that it prints says who it is, or "no" and why it
 * cannot work: NULL then, and a line on stdout says so. Copies neither name, command nor folder. */
struct pipe_process *pipe_process_open(const char *name, char *const command[], const char *folder);
/* Ends it by ending its input. */
void pipe_process_close(struct pipe_process *process);

/* One line to it and one back: the seconds that it says; negative, after a message on stderr, when it says something else or is gone. */
double pipe_process_ask(struct pipe_process *process, const char *question);

/* FOLDER/NAME: written, read into data where it must have just so many bytes, removed. Negative, after a message on stderr, when it fails. */
int pipe_process_write(const struct pipe_process *process, const char *name, const void *data, size_t bytes);
int pipe_process_read(const struct pipe_process *process, const char *name, void *data, size_t bytes);
void pipe_process_remove(const struct pipe_process *process, const char *name);

#endif
