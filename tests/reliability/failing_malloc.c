/* Preloaded: the allocation of number TOLMUUR_FAIL_AT that the program itself asks for fails, and all after it unless TOLMUUR_FAIL_ONCE is set.
 * What libraries allocate for themselves is left alone. TOLMUUR_FAIL_LOG gets a line with the number when one fails; with "count" for
 * TOLMUUR_FAIL_AT none fails, and it gets the number of each. When the process that began ends, it gets a line "kept N" if N blocks that the
 * program asked for were not given back. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static uintptr_t program_first, program_last;
static atomic_long count;
static long fail_at; /* 0: not asked for */
static bool once, only_count;
static int log_file = -1;
static pid_t first_process;

static int find_program(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0) {
            program_first = info->dlpi_addr + header->p_vaddr;
            program_last = program_first + header->p_memsz;
        }
    }
    return 1; /* the first object is the program */
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("TOLMUUR_FAIL_AT");
    const char *log = getenv("TOLMUUR_FAIL_LOG");
    once = getenv("TOLMUUR_FAIL_ONCE") != NULL;
    log_file = log != NULL ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    first_process = getpid();
    dl_iterate_phdr(find_program, NULL);
    only_count = at != NULL && strcmp(at, "count") == 0;
    fail_at = only_count ? 1 : at != NULL ? strtol(at, NULL, 10) : 0;
}

/* At once: the process may be on its way out already when it would be asked. */
static void tell(long number)
{
    char line[32];
    int length = snprintf(line, sizeof line, "%ld\n", number);
    ssize_t written = write(log_file, line, (size_t)length);
    (void)written;
}

static bool is_program(const void *caller)
{
    return (uintptr_t)caller >= program_first && (uintptr_t)caller < program_last;
}

static bool fails(const void *caller)
{
    if (fail_at == 0 || !is_program(caller)) {
        return false;
    }
    long number = atomic_fetch_add(&count, 1) + 1;
    if (number == fail_at || only_count) {
        tell(number);
    }
    if (only_count || number < fail_at || (once && number > fail_at)) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

/* ---- what the program holds ---- */

#define SLOTS (1 << 20) /* many times what any of the commands holds at once */
#define GONE ((void *)1)

static void *held[SLOTS]; /* open addressing; NULL: never used */
static size_t held_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static size_t slot_of(const void *memory)
{
    return (size_t)(((uintptr_t)memory >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 44);
}

static void *hold(void *memory, const void *caller)
{
    if (memory == NULL || fail_at == 0 || !is_program(caller)) {
        return memory;
    }
    pthread_mutex_lock(&mutex);
    size_t slot = slot_of(memory);
    while (held[slot] != NULL && held[slot] != GONE) {
        slot = (slot + 1) % SLOTS;
    }
    held[slot] = memory;
    held_count++;
    pthread_mutex_unlock(&mutex);
    return memory;
}

static void let_go(const void *memory)
{
    if (memory == NULL || fail_at == 0) {
        return;
    }
    pthread_mutex_lock(&mutex);
    size_t slot = slot_of(memory);
    while (held[slot] != NULL && held[slot] != memory) {
        slot = (slot + 1) % SLOTS;
    }
    if (held[slot] != NULL) {
        held[slot] = GONE;
        held_count--;
    }
    pthread_mutex_unlock(&mutex);
}

__attribute__((destructor)) static void end(void)
{
    char line[40];
    if (held_count > 0 && getpid() == first_process) {
        int length = snprintf(line, sizeof line, "kept %zu\n", held_count);
        ssize_t written = write(log_file, line, (size_t)length);
        (void)written;
    }
}

/* ---- the C library's ---- */

void *malloc(size_t size)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : hold(__libc_malloc(size), caller);
}

void *calloc(size_t number, size_t size)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : hold(__libc_calloc(number, size), caller);
}

void *realloc(void *memory, size_t size)
{
    const void *caller = __builtin_return_address(0);
    if (fails(caller)) {
        return NULL;
    }
    let_go(memory); /* before another thread can be given the same place */
    return hold(__libc_realloc(memory, size), caller);
}

void free(void *memory)
{
    let_go(memory);
    __libc_free(memory);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : hold(__libc_memalign(alignment, size), caller);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    const void *caller = __builtin_return_address(0);
    *memory = fails(caller) ? NULL : hold(__libc_memalign(alignment, size), caller);
    return *memory == NULL ? ENOMEM : 0;
}

static char *copy(const char *text, size_t length, const void *caller)
{
    char *made = hold(__libc_malloc(length + 1), caller);
    if (made != NULL) {
        memcpy(made, text, length);
        made[length] = '\0';
    }
    return made;
}

char *strdup(const char *text)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : copy(text, strlen(text), caller);
}

char *strndup(const char *text, size_t most)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : copy(text, strnlen(text, most), caller);
}
