#include "supply/confined.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine/confine.h"

/* How often the parent looks whether the user wants to stop, while the child says nothing. */
enum { LOOK_AGAIN_MILLISECONDS = 100 };
#define READER_MEMORY_LEAST ((uint64_t)512 << 20)

enum message_kind { MESSAGE_FAULT = 1, MESSAGE_WARNING, MESSAGE_PROGRESS, MESSAGE_NOTE, MESSAGE_END };

struct progress {
    enum tol_supply_table table;
    uint64_t rows_done;
    uint64_t rows_total;
};

struct message {
    enum message_kind kind;
    struct tol_error error; /* FAULT, WARNING, END; NOTE: its message */
    union {
        struct progress progress;
        struct {
            enum tol_status status;
            struct tol_supply_report report;
        } end;
    } part;
};
/* One write is one message: a pipe takes it whole. */
_Static_assert(sizeof(struct message) <= PIPE_BUF, "messages of a child are not torn");

/* ---- the child ------------------------------------------------------------------------------------------------ */

static void send(int pipe_end, const struct message *message)
{
    while (write(pipe_end, message, sizeof *message) < 0 && errno == EINTR) {
    }
}

static void send_error(void *context, enum message_kind kind, const struct tol_error *error)
{
    struct message message = {.kind = kind, .error = {.status = error->status, .row = error->row}};
    snprintf(message.error.file, sizeof message.error.file, "%s", error->file);
    snprintf(message.error.column, sizeof message.error.column, "%s", error->column);
    snprintf(message.error.value, sizeof message.error.value, "%s", error->value);
    snprintf(message.error.message, sizeof message.error.message, "%s", error->message);
    send(*(const int *)context, &message);
}

static void send_fault(void *context, const struct tol_error *fault)
{
    send_error(context, MESSAGE_FAULT, fault);
}

static void send_warning(void *context, const struct tol_error *warning)
{
    send_error(context, MESSAGE_WARNING, warning);
}

static void send_note(void *context, const char *text)
{
    struct message message = {.kind = MESSAGE_NOTE};
    snprintf(message.error.message, sizeof message.error.message, "%s", text);
    send(*(const int *)context, &message);
}

/* The parent, not the child, listens to the user. */
static bool send_progress(void *context, enum tol_supply_table table, uint64_t rows_done, uint64_t rows_total)
{
    struct message message = {.kind = MESSAGE_PROGRESS, .part.progress = {table, rows_done, rows_total}};
    send(*(const int *)context, &message);
    return true;
}

static uint64_t memory_limit(const struct tol_supply_options *options)
{
    return options->confined_memory_bytes != 0 ? options->confined_memory_bytes : tol_memory_of_machine() / 4 * 3;
}

/* The reader of Parquet has a smaller limit of its own, which grows with the one that was asked for. */
static uint64_t reader_memory_limit(const struct tol_supply_options *options)
{
    if (options->memory_limit_bytes != 0) {
        return options->memory_limit_bytes;
    }
    uint64_t part = options->confined_memory_bytes / 4;
    return part > READER_MEMORY_LEAST ? part : READER_MEMORY_LEAST;
}

static enum tol_status confine(const struct tol_confined_work *work, const struct tol_supply_options *options,
                               int pipe_end, struct tol_error *error)
{
    const struct tol_confinement_rules rules = {
        .memory_bytes = memory_limit(options),
        .cpu_seconds = options->confined_cpu_seconds,
        .input = work->input,
        .keep = {pipe_end, work->output_descriptor},
    };
    struct message message = {.kind = MESSAGE_NOTE};
    enum tol_status status = tol_confine(&rules, message.error.message, sizeof message.error.message, error);
    if (status == TOL_OK && message.error.message[0] != '\0') {
        send(pipe_end, &message);
    }
    return status;
}

_Noreturn static void be_child(const struct tol_confined_work *work, const struct tol_supply_options *given,
                               pid_t parent, int pipe_end)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    struct tol_supply_options options = *given;
    options.fault = send_fault;
    options.warning = send_warning;
    options.note = send_note;
    options.progress = send_progress;
    options.context = &pipe_end;
    options.memory_limit_bytes = reader_memory_limit(given);
    struct message message = {.kind = MESSAGE_END};
    struct tol_fault_log log = {.options = &options, .report = &message.part.end.report};
    enum tol_status status = work->prepare(work->context, &message.error);
    status = status == TOL_OK ? confine(work, &options, pipe_end, &message.error) : status;
    if (getppid() != parent) {
        _exit(EXIT_FAILURE); /* it died before the kernel was told to tell us */
    }
    if (status == TOL_OK) {
        status = work->read(work->context, &log, &message.part.end.report, &message.error);
    }
    message.part.end.status = status;
    send(pipe_end, &message);
    _exit(EXIT_SUCCESS);
}

/* ---- the parent ----------------------------------------------------------------------------------------------- */

struct listening {
    int pipe_end;
    pid_t child;
    struct tol_fault_log *log;
    struct tol_supply_report *report;
    struct progress progress; /* told last */
    bool stopped;             /* by the user */
    bool ended;               /* the child said so itself, with: */
    enum tol_status status;
    struct tol_error error;
};

/* The child may be anybody by now: what it sends is checked like any input. */
static bool is_sound(struct message *message)
{
    message->error.file[sizeof message->error.file - 1] = '\0';
    message->error.column[sizeof message->error.column - 1] = '\0';
    message->error.value[sizeof message->error.value - 1] = '\0';
    message->error.message[sizeof message->error.message - 1] = '\0';
    switch (message->kind) {
    case MESSAGE_FAULT:
    case MESSAGE_WARNING:
    case MESSAGE_NOTE:
        return true;
    case MESSAGE_PROGRESS:
        return (unsigned)message->part.progress.table < TOL_SUPPLY_TABLE_COUNT;
    case MESSAGE_END:
        return strcmp(tol_status_name(message->part.end.status), tol_status_name((enum tol_status) - 1)) != 0;
    }
    return false;
}

static void tell_progress(struct listening *listening)
{
    const struct tol_supply_options *options = listening->log->options;
    const struct progress *progress = &listening->progress;
    if (options->progress != NULL &&
        !options->progress(options->context, progress->table, progress->rows_done, progress->rows_total)) {
        listening->stopped = true;
    }
}

static void hear(struct listening *listening, const struct message *message)
{
    const struct tol_supply_options *options = listening->log->options;
    switch (message->kind) {
    case MESSAGE_FAULT:
        tol_fault_log_add(listening->log, &message->error);
        break;
    case MESSAGE_WARNING:
        tol_fault_log_warn(listening->log, &message->error);
        break;
    case MESSAGE_NOTE:
        if (options->note != NULL) {
            options->note(options->context, message->error.message);
        }
        break;
    case MESSAGE_PROGRESS:
        listening->progress = message->part.progress;
        tell_progress(listening);
        break;
    case MESSAGE_END:
        listening->ended = true;
        listening->status = message->part.end.status;
        listening->error = message->error;
        *listening->report = message->part.end.report;
        break;
    }
}

/* False: there is nothing more to hear. */
static bool listen_once(struct listening *listening)
{
    struct pollfd wanted = {.fd = listening->pipe_end, .events = POLLIN};
    int ready = poll(&wanted, 1, LOOK_AGAIN_MILLISECONDS);
    if (ready <= 0) {
        tell_progress(listening);
        return ready == 0 || errno == EINTR;
    }
    struct message message;
    ssize_t got = read(listening->pipe_end, &message, sizeof message);
    if (got < 0 && errno == EINTR) {
        return true;
    }
    if (got != (ssize_t)sizeof message || !is_sound(&message)) {
        return false;
    }
    hear(listening, &message);
    return true;
}

static enum tol_status fault_of_input(const struct tol_confined_work *work, struct tol_error *error)
{
    return tol_fail_at(error, TOL_BAD_DATA, work->input, 0, NULL, NULL);
}

/* The child ended without a word. */
static enum tol_status tell_death(const struct listening *listening, const struct tol_confined_work *work, int how,
                                  struct tol_error *error)
{
    const char *table = tol_supply_table_name(listening->progress.table);
    uint64_t seconds = listening->log->options->confined_cpu_seconds;
    int number = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    if (number == SIGXCPU || (number == SIGKILL && seconds != 0)) {
        tol_fail(error, TOL_BAD_DATA,
                 "reading %s took more than %llu CPU seconds and was stopped; raise --cpu-limit if the input is sound",
                 table, (unsigned long long)seconds);
    } else if (number == SIGKILL) {
        tol_fail(error, TOL_BAD_DATA,
                 "the process that read %s was killed, perhaps for lack of memory; try again with less beside it",
                 table);
    } else if (number != 0) {
        tol_fail(error, TOL_BAD_DATA, "the process that read %s was brought down (%s); the input is damaged or hostile",
                 table, strsignal(number));
    } else {
        tol_fail(error, TOL_BAD_DATA,
                 "the process that read %s ended without an answer; the input is damaged or hostile", table);
    }
    return fault_of_input(work, error);
}

static enum tol_status judge(const struct listening *listening, const struct tol_confined_work *work, int how,
                             struct tol_error *error)
{
    const struct tol_supply_options *options = listening->log->options;
    if (listening->stopped) {
        return tol_fail(error, TOL_TRY_AGAIN, "stopped while reading");
    }
    if (!listening->ended) {
        return tell_death(listening, work, how, error);
    }
    if (listening->status == TOL_NO_MEMORY) {
        tol_fail(error, TOL_BAD_DATA,
                 "reading %s needs more memory than it may use (%.1f GB in all, of it %.1f GB for Parquet); raise "
                 "--memory-limit if the input is sound",
                 tol_supply_table_name(listening->progress.table), (double)memory_limit(options) / 1e9,
                 (double)reader_memory_limit(options) / 1e9);
        const char *file = listening->error.file;
        return tol_fail_at(error, TOL_BAD_DATA, file[0] != '\0' ? file : work->input, 0, NULL, NULL);
    }
    if (listening->status != TOL_OK && error != NULL) {
        *error = listening->error;
    }
    return listening->status;
}

static enum tol_status be_parent(struct listening *listening, const struct tol_confined_work *work,
                                 struct tol_error *error)
{
    while (!listening->stopped && !listening->ended && listen_once(listening)) {
    }
    if (!listening->ended) {
        kill(listening->child, SIGKILL); /* it has nothing left to say that could be used */
    }
    int how = 0;
    while (waitpid(listening->child, &how, 0) < 0 && errno == EINTR) {
    }
    return judge(listening, work, how, error);
}

enum tol_status tol_read_confined(const struct tol_confined_work *work, struct tol_fault_log *log,
                                  struct tol_supply_report *report, struct tol_error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return tol_fail(error, TOL_INTERNAL, "cannot make a pipe to the process that reads: %s", strerror(errno));
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        be_child(work, log->options, parent, ends[1]);
    }
    int reason = errno;
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return tol_fail(error, TOL_NO_MEMORY, "cannot start the process that reads: %s", strerror(reason));
    }
    struct listening listening = {.pipe_end = ends[0], .child = child, .log = log, .report = report};
    enum tol_status status = be_parent(&listening, work, error);
    close(ends[0]);
    return status;
}
