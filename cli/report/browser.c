/* A page printed by Chromium without a window: into a PDF, or a picture of the whole page. */
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "talk.h"

extern char **environ;

enum { PATH_SIZE = 512, SECONDS_MOST = 60, PICTURE_WIDTH = 1400, PICTURE_HEIGHT_MOST = 16000, ARGUMENTS_MOST = 20 };

enum tol_status report_browser_find(char *path, size_t size, struct tol_error *error)
{
    static const char *const name[] = {"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"};
    const char *search = getenv("PATH");
    for (size_t i = 0; search != NULL && i < sizeof name / sizeof name[0]; i++) {
        for (const char *at = search; *at != '\0';) {
            size_t length = strcspn(at, ":");
            int written = snprintf(path, size, "%.*s/%s", (int)length, at, name[i]);
            if (length > 0 && written > 0 && (size_t)written < size && access(path, X_OK) == 0) {
                return TOL_OK;
            }
            at += length + (at[length] == ':');
        }
    }
    return tol_fail(error, TOL_UNAVAILABLE,
                    "PDF and PNG need Chromium, which is not here: install chromium, or write -o report.html and print "
                    "that in a browser");
}

/* ---- a folder of its own --------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static enum tol_status make_folder(char folder[PATH_SIZE], struct tol_error *error)
{
    const char *place = getenv("TMPDIR");
    int length = snprintf(folder, PATH_SIZE, "%s/tolmuur-XXXXXX", place != NULL && place[0] != '\0' ? place : "/tmp");
    if (length >= PATH_SIZE - 64 || mkdtemp(folder) == NULL) {
        return tol_fail(error, TOL_CANNOT_CREATE, "cannot make a folder in TMPDIR: %s", strerror(errno));
    }
    return TOL_OK;
}

static enum tol_status write_page(const char *path, const struct sink *page, struct tol_error *error)
{
    FILE *file = fopen(path, "wxe");
    bool good = file != NULL && fwrite(page->bytes, 1, page->used, file) == page->used;
    good = file != NULL && fclose(file) == 0 && good;
    if (!good) {
        tol_fail(error, TOL_IO, "cannot be written: %s", strerror(errno));
        return tol_fail_at(error, TOL_IO, path, 0, NULL, NULL);
    }
    return TOL_OK;
}

/* ---- the process ----------------------------------------------------------------------------------------------- */

static enum tol_status did_not(const char *browser, const char *why, struct tol_error *error)
{
    tol_fail(error, TOL_UNAVAILABLE, "Chromium did not print the page: %s; write -o report.html and print that", why);
    return tol_fail_at(error, TOL_UNAVAILABLE, browser, 0, NULL, NULL);
}

static enum tol_status wait_for(pid_t child, const char *browser, struct tol_error *error)
{
    for (int tenths = 0;; tenths++) {
        int result;
        pid_t ended = waitpid(child, &result, WNOHANG);
        if (ended == child) {
            return WIFEXITED(result) && WEXITSTATUS(result) == 0 ? TOL_OK
                                                                 : did_not(browser, "it ended with a fault", error);
        }
        bool late = tenths > SECONDS_MOST * 10;
        if (ended < 0 || late || talk_signal() != 0) {
            kill(-child, SIGKILL);
            waitpid(child, NULL, 0);
            return talk_signal() != 0 ? tol_fail(error, TOL_TRY_AGAIN, "interrupted; nothing was left behind")
                                      : did_not(browser, "it took more than a minute", error);
        }
        poll(NULL, 0, 100);
    }
}

/* In a group of its own, so that what it starts ends with it; what it prints goes to a file. */
static enum tol_status run_browser(char *const *arguments, const char *printed, struct tol_error *error)
{
    pid_t child;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, printed, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    int fault = posix_spawn(&child, arguments[0], &files, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return fault != 0 ? did_not(arguments[0], strerror(fault), error) : wait_for(child, arguments[0], error);
}

struct printing {
    const char *browser;
    char folder[PATH_SIZE];
    char profile[PATH_SIZE + 32]; /* option */
    char url[3 * PATH_SIZE + 128];
    char printed[PATH_SIZE + 32]; /* file that holds what Chromium says */
    char result[PATH_SIZE + 32];
};

/* One call of Chromium; what: the options that say what it is to do. */
static enum tol_status call(struct printing *printing, char *const *what, struct tol_error *error)
{
    char *arguments[ARGUMENTS_MOST] = {(char *)(uintptr_t)printing->browser,
                                       "--headless",
                                       "--disable-gpu",
                                       "--no-first-run",
                                       "--disable-extensions",
                                       "--disable-background-networking",
                                       "--disable-dev-shm-usage",
                                       "--virtual-time-budget=20000",
                                       printing->profile};
    size_t used = 9;
    if (geteuid() == 0) { /* Chromium's sandbox does not start for root */
        arguments[used++] = "--no-sandbox";
    }
    for (size_t i = 0; what[i] != NULL && used + 2 < ARGUMENTS_MOST; i++) {
        arguments[used++] = what[i];
    }
    arguments[used++] = printing->url;
    return run_browser(arguments, printing->printed, error);
}

/* The page's script writes how high it is into the document. */
static unsigned long height_of(const char *printed)
{
    static const char key[] = "data-height=\"";
    char text[4096];
    FILE *file = fopen(printed, "re");
    size_t count = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL) {
        fclose(file);
    }
    text[count] = '\0';
    const char *found = strstr(text, key);
    return found == NULL ? 0 : strtoul(found + sizeof key - 1, NULL, 10);
}

static enum tol_status print_picture(struct printing *printing, struct tol_error *error)
{
    char size[64], result[PATH_SIZE + 64];
    snprintf(size, sizeof size, "--window-size=%d,900", PICTURE_WIDTH);
    enum tol_status status = call(printing, (char *[]){"--dump-dom", "--hide-scrollbars", size, NULL}, error);
    unsigned long height = status == TOL_OK ? height_of(printing->printed) : 0;
    if (status == TOL_OK && height == 0) {
        return did_not(printing->browser, "the page's script did not run", error);
    }
    if (height > PICTURE_HEIGHT_MOST) {
        talk_note("the page is %lu px high, of which a picture shows the first %d; ask for fewer firms, or for PDF",
                  height, PICTURE_HEIGHT_MOST);
    }
    height = height < PICTURE_HEIGHT_MOST ? height : PICTURE_HEIGHT_MOST;
    snprintf(size, sizeof size, "--window-size=%d,%lu", PICTURE_WIDTH, height);
    snprintf(result, sizeof result, "--screenshot=%s", printing->result);
    return status == TOL_OK ? call(printing, (char *[]){result, "--hide-scrollbars", size, NULL}, error) : status;
}

static enum tol_status print_pdf(struct printing *printing, struct tol_error *error)
{
    char result[PATH_SIZE + 64];
    snprintf(result, sizeof result, "--print-to-pdf=%s", printing->result);
    return call(printing, (char *[]){result, "--no-pdf-header-footer", NULL}, error);
}

static enum tol_status copy(const struct printing *printing, struct sink *to, struct tol_error *error)
{
    char bytes[1 << 14];
    size_t count, all = 0;
    FILE *file = fopen(printing->result, "re");
    while (file != NULL && (count = fread(bytes, 1, sizeof bytes, file)) > 0) {
        sink_bytes(to, bytes, count);
        all += count;
    }
    bool good = file != NULL && !ferror(file) && all > 0;
    if (file != NULL) {
        fclose(file);
    }
    return good ? TOL_OK : did_not(printing->browser, "it wrote nothing", error);
}

/* A path may hold what means something else in a URL. */
static void name_url(char *url, size_t size, const char *path)
{
    size_t used = (size_t)snprintf(url, size, "file://");
    for (; *path != '\0' && used + 16 < size; path++) {
        bool plain = isalnum((unsigned char)*path) || strchr("/._-", *path) != NULL;
        used += (size_t)snprintf(url + used, size - used, plain ? "%c" : "%%%02X", (unsigned char)*path);
    }
    snprintf(url + used, size - used, "#print");
}

enum tol_status report_browser_print(const char *browser, struct sink *page, enum report_format format, struct sink *to,
                                     struct tol_error *error)
{
    struct printing printing = {.browser = browser};
    char path[PATH_SIZE + 32];
    enum tol_status status = make_folder(printing.folder, error);
    if (status != TOL_OK) {
        return status;
    }
    snprintf(path, sizeof path, "%s/report.html", printing.folder);
    snprintf(printing.profile, sizeof printing.profile, "--user-data-dir=%s/profile", printing.folder);
    name_url(printing.url, sizeof printing.url, path);
    snprintf(printing.printed, sizeof printing.printed, "%s/printed", printing.folder);
    snprintf(printing.result, sizeof printing.result, "%s/result.%s", printing.folder,
             format == REPORT_PDF ? "pdf" : "png");
    status = write_page(path, page, error);
    if (status == TOL_OK) {
        status = format == REPORT_PDF ? print_pdf(&printing, error) : print_picture(&printing, error);
    }
    if (status == TOL_OK) {
        status = copy(&printing, to, error);
    }
    nftw(printing.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
