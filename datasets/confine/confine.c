#include "confine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Never above a limit that holds already. */
static bool limit(int resource, uint64_t soft, uint64_t hard)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0) {
        return false;
    }
    now.rlim_max = hard < now.rlim_max ? hard : now.rlim_max;
    now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &now) == 0;
}

static bool set_limits(const struct tol_confinement_rules *rules)
{
    uint64_t memory = rules->memory_bytes + tol_memory_mapped();
    /* Sanitizers map terabytes that they never touch. */
    return limit(RLIMIT_CORE, 0, 0) && (SANITIZED || limit(RLIMIT_AS, memory, memory)) &&
           (rules->cpu_seconds == 0 || limit(RLIMIT_CPU, rules->cpu_seconds, rules->cpu_seconds + 5));
}

/* Closes every descriptor from `first` on but for two. */
static void close_others(unsigned first, const int keep[2])
{
    int low = keep[0] < keep[1] ? keep[0] : keep[1];
    int high = keep[0] < keep[1] ? keep[1] : keep[0];
    const int stay[2] = {low, high};
    for (int i = 0; i < 2; i++) {
        if (stay[i] >= (int)first) {
            if (stay[i] > (int)first) {
                close_range(first, (unsigned)stay[i] - 1, 0);
            }
            first = (unsigned)stay[i] + 1;
        }
    }
    close_range(first, ~0U, 0);
}

/* Neither what the user types nor what the user pipes on is the child's. */
static void leave_standard_streams(void)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDIN_FILENO);
        dup2(nowhere, STDOUT_FILENO);
        close(nowhere);
    }
}

enum tol_status tol_confine(const struct tol_confinement_rules *rules, char *note, size_t note_size,
                            struct tol_error *error)
{
    snprintf(note, note_size, "%s", "");
    if (!set_limits(rules)) {
        return tol_fail(error, TOL_INTERNAL, "cannot limit the process that reads the input: %s", strerror(errno));
    }
    leave_standard_streams();
    close_others(STDERR_FILENO + 1, rules->keep);
    bool sealed = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    bool folders = sealed && tol_confine_folders(rules->input);
    bool calls = sealed && tol_confine_system_calls();
    if (!folders || !calls) {
        snprintf(note, note_size, "this kernel cannot %s%s%s of the process that reads the input; its limits hold",
                 folders ? "" : "close off the files (Landlock)", folders || calls ? "" : " nor ",
                 calls ? "" : "the system calls (seccomp)");
    }
    return TOL_OK;
}
