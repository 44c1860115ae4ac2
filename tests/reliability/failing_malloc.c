/* Preloaded: the allocation of number TOLMUUR_FAIL_AT that the program itself asks for fails, and all after it unless TOLMUUR_FAIL_ONCE is set.
 * What libraries allocate for themselves is left alone. TOLMUUR_FAIL_LOG gets a line with the number when one fails; with "count" for
 * TOLMUUR_FAIL_AT none fails, and it gets the number of each. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
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

static uintptr_t program_first, program_last;
static atomic_long count;
static long fail_at; /* 0: not asked for */
static bool once, only_count;
static int log_file = -1;

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

static bool fails(const void *caller)
{
    uintptr_t from = (uintptr_t)caller;
    if (fail_at == 0 || from < program_first || from >= program_last) {
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

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

static char *copy(const char *text, size_t length)
{
    char *made = __libc_malloc(length + 1);
    if (made != NULL) {
        memcpy(made, text, length);
        made[length] = '\0';
    }
    return made;
}

char *strdup(const char *text)
{
    return fails(__builtin_return_address(0)) ? NULL : copy(text, strlen(text));
}

char *strndup(const char *text, size_t most)
{
    return fails(__builtin_return_address(0)) ? NULL : copy(text, strnlen(text, most));
}
