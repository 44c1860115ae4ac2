#include "talk.h"

#include "fault_text.h"
#include "json_writer.h"
#include "prose.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tolmuur/day.h"
#include "tolmuur/text.h"

#define REDRAW_SECONDS 0.1
#define HEARTBEAT_SECONDS 10.0

enum { TIME_LENGTH = sizeof "2026-11-26T04:25:01.123Z" - 1 };

/* The one thing a signal handler may touch. */
static volatile sig_atomic_t caught_signal;
/* Made before any signal is caught; the handler only starts it. */
static timer_t patience;
static volatile sig_atomic_t has_patience;
/* Written by one who writes it while its length is 0. */
static char last_words[1024];
static volatile sig_atomic_t last_words_time; /* where the time stands in it; 0: nowhere */
static volatile sig_atomic_t last_words_length;

/* How this process talks; set once by main. */
static struct {
    enum talk_format format;
    const char *command;
    char run_id[32];
} talk;

bool talk_format_read(const char *text, enum talk_format *format)
{
    *format = strcmp(text, "json") == 0 ? TALK_JSON : TALK_TEXT;
    return *format == TALK_JSON || strcmp(text, "text") == 0;
}

void talk_begin(enum talk_format format, const char *command)
{
    talk.format = format;
    talk.command = command;
}

const char *talk_run_id(void)
{
    if (talk.run_id[0] == '\0') {
        struct timespec now;
        struct tm utc;
        uint32_t mark;
        clock_gettime(CLOCK_REALTIME, &now);
        if (getrandom(&mark, sizeof mark, 0) != (ssize_t)sizeof mark) {
            mark = (uint32_t)now.tv_nsec ^ ((uint32_t)getpid() << 8);
        }
        size_t used = strftime(talk.run_id, sizeof talk.run_id, "%Y%m%dT%H%M%SZ", gmtime_r(&now.tv_sec, &utc));
        snprintf(talk.run_id + used, sizeof talk.run_id - used, "-%08x", mark);
    }
    return talk.run_id;
}

/* Two digits and what follows them. */
static char *put_pair(char *at, unsigned number, char next)
{
    *at++ = (char)('0' + number / 10 % 10);
    *at++ = (char)('0' + number % 10);
    *at++ = next;
    return at;
}

/* Without gmtime, which a signal handler may not call. */
void talk_time(char text[32])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    unsigned second = (unsigned)(now.tv_sec % 86400), millisecond = (unsigned)(now.tv_nsec / 1000000) % 1000;
    tol_day_format((tol_day)(now.tv_sec / 86400), text);
    char *at = text + strlen(text);
    *at++ = 'T';
    at = put_pair(at, second / 3600, ':');
    at = put_pair(at, second / 60 % 60, ':');
    at = put_pair(at, second % 60, '.');
    *at++ = (char)('0' + millisecond / 100);
    at = put_pair(at, millisecond % 100, 'Z');
    *at = '\0';
}

/* The beginning of every object. */
static void record_begin(struct json_writer *json, struct sink *sink, const char *level, const char *message)
{
    char now[32];
    *sink = (struct sink){.descriptor = -1};
    *json = (struct json_writer){.sink = sink};
    talk_time(now);
    json_object(json, NULL);
    json_text(json, "time", now);
    json_text(json, "level", level);
    json_text(json, "run_id", talk_run_id());
    json_text(json, "command", talk.command);
    json_text(json, "message", message);
}

/* One write a line, so that lines of processes that share a log do not mix. */
static void record_end(struct json_writer *json)
{
    json_end_object(json);
    sink_text(json->sink, "\n");
    if (!json->sink->failed) {
        ssize_t written = write(STDERR_FILENO, json->sink->bytes, json->sink->used);
        (void)written; /* nobody is left to tell */
    }
    sink_release(json->sink);
}

static void record_error(const char *level, const struct tol_error *error, int exit_code)
{
    struct json_writer json;
    struct sink sink;
    record_begin(&json, &sink, level, error->message);
    if (error->file[0] != '\0') {
        json_text(&json, "file", error->file);
    }
    if (error->row > 0) {
        json_integer(&json, "row", error->row);
    }
    if (error->column[0] != '\0') {
        json_text(&json, "column", error->column);
    }
    if (error->value[0] != '\0') {
        json_text(&json, "value", error->value);
    }
    if (exit_code != 0) {
        json_integer(&json, "exit_code", (uint64_t)exit_code);
    }
    record_end(&json);
}

static void print(const char *visible)
{
    struct sink line = {.descriptor = -1}, wrapped = {.descriptor = -1};
    size_t width = terminal_width(STDERR_FILENO);
    if (width == 0) {
        fprintf(stderr, "tolmuur: %s\n", visible);
        return;
    }
    sink_format(&line, "tolmuur: %s\n", visible);
    prose_flush(&line, &wrapped, width);
    if (wrapped.failed) {
        fprintf(stderr, "tolmuur: %s\n", visible);
    } else {
        fwrite(wrapped.bytes, 1, wrapped.used, stderr);
    }
    sink_release(&wrapped);
}

static void print_error(const struct tol_error *error)
{
    char visible[FAULT_TEXT_SIZE];
    fault_text(error, visible, sizeof visible);
    print(visible);
}

void talk_error(const struct tol_error *error)
{
    if (talk.format == TALK_JSON) {
        record_error("error", error, 0);
    } else {
        print_error(error);
    }
}

void talk_warning(const struct tol_error *warning)
{
    if (talk.format == TALK_JSON) {
        record_error("warning", warning, 0);
    } else {
        print_error(warning);
    }
}

void talk_end(const struct tol_error *error, enum tol_status status)
{
    if (talk.format == TALK_JSON) {
        struct tol_error told = *error;
        if (told.message[0] == '\0') {
            snprintf(told.message, sizeof told.message, "%s", tol_status_name(status));
        }
        record_error("error", &told, (int)status);
    } else if (error->message[0] != '\0') {
        print_error(error);
    }
}

static void say(const char *message)
{
    if (talk.format == TALK_JSON) {
        struct json_writer json;
        struct sink sink;
        record_begin(&json, &sink, "info", message);
        record_end(&json);
        return;
    }
    char visible[4 * 1024];
    tol_text_visible(message, visible, sizeof visible);
    print(visible);
}

void talk_note(const char *format, ...)
{
    char note[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(note, sizeof note, format, arguments);
    va_end(arguments);
    say(note);
}

/* Every line that is not empty. */
static void say_lines(const char *bytes, size_t count)
{
    while (count > 0) {
        char line[1024];
        const char *newline = memchr(bytes, '\n', count);
        size_t length = newline != NULL ? (size_t)(newline - bytes) : count;
        if (length > 0) {
            snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), bytes);
            say(line);
        }
        length += newline != NULL;
        bytes += length;
        count -= length;
    }
}

void talk_sink(struct sink *sink)
{
    sink->descriptor = STDERR_FILENO;
    sink->take = talk.format == TALK_JSON ? say_lines : NULL;
}

double talk_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

uint64_t talk_peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

void talk_bytes(uint64_t bytes, char *text, size_t size)
{
    bool large = bytes >= 1000000000;
    snprintf(text, size, large ? "%.2f GB" : "%.1f MB", (double)bytes / (large ? 1e9 : 1e6));
}

void progress_begin(struct progress *progress, const char *what)
{
    *progress = (struct progress){.shown = talk.format == TALK_TEXT && isatty(STDERR_FILENO) == 1, .what = what};
    progress->started = progress->drawn = talk_seconds();
}

static void draw(const struct progress *progress, uint64_t done, uint64_t total, double left)
{
    if (isnan(left)) {
        fprintf(stderr, "\r\033[K%s: %llu", progress->what, (unsigned long long)done);
    } else {
        fprintf(stderr, "\r\033[K%s: %3.0f %%, %.0f s to go", progress->what, 100.0 * (double)done / (double)total,
                left);
    }
    fflush(stderr);
}

static void heartbeat(const struct progress *progress, uint64_t done, uint64_t total, double left)
{
    if (talk.format == TALK_JSON) {
        struct json_writer json;
        struct sink sink;
        record_begin(&json, &sink, "info", progress->what);
        json_integer(&json, "done", done);
        json_number(&json, "total", total > 0 ? (double)total : NAN);
        json_number(&json, "eta_seconds", isnan(left) ? NAN : round(left * 10) / 10);
        record_end(&json);
    } else if (isnan(left)) {
        talk_note("%s: %llu", progress->what, (unsigned long long)done);
    } else {
        talk_note("%s: %llu of %llu, %.0f %%, %.0f s to go", progress->what, (unsigned long long)done,
                  (unsigned long long)total, 100.0 * (double)done / (double)total, left);
    }
}

void progress_update(struct progress *progress, uint64_t done, uint64_t total)
{
    double now = talk_seconds();
    if (progress->what == NULL || now - progress->drawn < (progress->shown ? REDRAW_SECONDS : HEARTBEAT_SECONDS)) {
        return;
    }
    progress->drawn = now;
    bool known = total > 0 && done > 0 && done <= total;
    double left = known ? (now - progress->started) * (double)(total - done) / (double)done : NAN;
    (progress->shown ? draw : heartbeat)(progress, done, total, left);
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}

/* As text, or as the record that becomes true when it is written: then its time is filled in. */
static size_t compose_last_words(const char *words)
{
    if (words[0] == '\0') {
        return 0;
    }
    if (talk.format == TALK_TEXT) {
        char visible[sizeof last_words];
        tol_text_visible(words, visible, sizeof visible);
        return (size_t)snprintf(last_words, sizeof last_words, "tolmuur: %.480s\n", visible);
    }
    struct json_writer json;
    struct sink sink;
    record_begin(&json, &sink, "error", words);
    json_end_object(&json);
    sink_text(&sink, "\n");
    size_t length = sink.failed || sink.used > sizeof last_words ? 0 : sink.used;
    memcpy(last_words, sink.bytes != NULL ? sink.bytes : "", length);
    const char *time = length > 0 ? memchr(last_words, ':', length) : NULL;
    last_words_time = time != NULL ? (int)(strcspn(time, "\"") + 1 + (size_t)(time - last_words)) : 0;
    sink_release(&sink);
    return length;
}

void talk_when_interrupted(const char *format, ...)
{
    char words[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    last_words_length = 0;
    last_words_length = (sig_atomic_t)compose_last_words(words);
}

void talk_end_by_signal(int number)
{
    if (last_words_length > 0 && last_words_time > 0) {
        char now[32];
        talk_time(now);
        memcpy(last_words + last_words_time, now, TIME_LENGTH);
    }
    ssize_t written = write(STDERR_FILENO, last_words, (size_t)last_words_length);
    (void)written;
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
}

/* The command did not come to its end in time. */
static void lose_patience(int number)
{
    (void)number;
    talk_end_by_signal(caught_signal);
}

static void note_signal(int number)
{
    static const struct itimerspec span = {.it_value = {.tv_sec = 1, .tv_nsec = 800000000}};
    caught_signal = number;
    if (has_patience) {
        timer_settime(patience, 0, &span, NULL);
    }
}

void talk_catch_signals(void)
{
    struct sigaction last = {.sa_handler = lose_patience};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    sigemptyset(&last.sa_mask);
    sigaction(SIGALRM, &last, NULL);
    has_patience = timer_create(CLOCK_MONOTONIC, &event, &patience) == 0;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool talk_cancelled(void)
{
    return caught_signal != 0;
}

int talk_signal(void)
{
    return caught_signal;
}
