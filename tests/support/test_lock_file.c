#include "tolmuur/lock_file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int folder(char path[32])
{
    memcpy(path, "/tmp/tolmuur-lock-XXXXXX", sizeof "/tmp/tolmuur-lock-XXXXXX");
    cr_assert_not_null(mkdtemp(path));
    return open(path, O_RDONLY | O_DIRECTORY);
}

Test(lock_file, has_one_holder_and_is_gone_after_it)
{
    char path[32];
    int parent = folder(path);
    struct tol_lock_file *first = NULL, *second = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_lock_file_take(parent, "a.lock", "one", &first, &error), TOL_OK);
    cr_assert_eq(tol_lock_file_take(parent, "a.lock", "two", &second, &error), TOL_TRY_AGAIN);
    char process[64];
    snprintf(process, sizeof process, "held by process %ld on ", (long)getpid());
    cr_assert_not_null(strstr(error.message, process), "%s", error.message);
    cr_assert_not_null(strstr(error.message, "(one)"), "%s", error.message);
    tol_lock_file_release(first);
    cr_assert_neq(faccessat(parent, "a.lock", F_OK, 0), 0);
    cr_assert_eq(tol_lock_file_take(parent, "a.lock", "two", &second, NULL), TOL_OK);
    tol_lock_file_release(second);
    close(parent);
    cr_assert_eq(rmdir(path), 0);
}

/* Takes and leaves the lock again and again; `inside` counts who holds it. */
static void fight(int parent, atomic_int *inside, atomic_int *wrong)
{
    for (int taken = 0; taken < 300;) {
        struct tol_lock_file *lock = NULL;
        enum tol_status status = tol_lock_file_take(parent, "b.lock", "fight", &lock, NULL);
        if (status == TOL_OK) {
            atomic_fetch_add(wrong, atomic_fetch_add(inside, 1) != 0);
            atomic_fetch_sub(inside, 1);
            tol_lock_file_release(lock);
            taken++;
        } else if (status != TOL_TRY_AGAIN) {
            atomic_fetch_add(wrong, 1);
            return;
        }
    }
}

Test(lock_file, never_has_two_holders_among_processes_that_remove_it)
{
    char path[32];
    int parent = folder(path);
    atomic_int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(shared, MAP_FAILED);
    enum { PROCESSES = 4 };
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            fight(parent, &shared[0], &shared[1]);
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        wait(NULL);
    }
    cr_assert_eq(atomic_load(&shared[1]), 0);
    munmap(shared, 4096);
    close(parent);
    cr_assert_eq(rmdir(path), 0);
}
