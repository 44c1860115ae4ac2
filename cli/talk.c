#include "talk.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tolmuur/text.h"

/* The one thing a signal handler may touch. */
static volatile sig_atomic_t caught_signal;
/* Made before any signal is caught; the handler only starts it. */
static timer_t patience;
static volatile sig_atomic_t has_patience;
/* Written by one who writes it while its length is 0. */
static char last_words[512];
static volatile sig_atomic_t last_words_length;

void talk_error(const struct tol_error *error)
{
    fputs("tolmuur: ", stderr);
    if (error->file[0] != '\0') {
        fprintf(stderr, "%s: ", error->file);
    }
    if (error->row > 0) {
        fprintf(stderr, "row %llu: ", (unsigned long long)error->row);
    }
    if (error->column[0] != '\0') {
        fprintf(stderr, "%s: ", error->column);
    }
    if (error->value[0] != '\0') {
        fprintf(stderr, "'%s': ", error->value);
    }
    /* A message may quote the user. */
    char visible[4 * sizeof error->message];
    tol_text_visible(error->message, visible, sizeof visible);
    fprintf(stderr, "%s\n", visible);
}

void talk_note(const char *format, ...)
{
    char note[1024], visible[4 * sizeof note];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(note, sizeof note, format, arguments);
    va_end(arguments);
    tol_text_visible(note, visible, sizeof visible);
    fprintf(stderr, "tolmuur: %s\n", visible);
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
    *progress = (struct progress){.shown = isatty(STDERR_FILENO) == 1, .what = what};
    if (progress->shown) {
        progress->started = progress->drawn = talk_seconds();
    }
}

void progress_update(struct progress *progress, uint64_t done, uint64_t total)
{
    if (!progress->shown) {
        return;
    }
    double now = talk_seconds();
    if (now - progress->drawn < 0.1) {
        return;
    }
    progress->drawn = now;
    if (total == 0 || done == 0) {
        fprintf(stderr, "\r\033[K%s: %llu", progress->what, (unsigned long long)done);
    } else {
        double left = (now - progress->started) * (double)(total - done) / (double)done;
        fprintf(stderr, "\r\033[K%s: %3.0f %%, %.0f s to go", progress->what, 100.0 * (double)done / (double)total,
                left);
    }
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}

void talk_when_interrupted(const char *format, ...)
{
    char words[sizeof last_words / 4], visible[sizeof last_words];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    tol_text_visible(words, visible, sizeof visible);
    last_words_length = 0;
    int length = visible[0] == '\0' ? 0 : snprintf(last_words, sizeof last_words, "tolmuur: %.480s\n", visible);
    last_words_length = length;
}

void talk_end_by_signal(int number)
{
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
