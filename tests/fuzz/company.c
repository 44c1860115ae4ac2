/* Company JSON: what is taken becomes a book that passes its own checks. */
#include "datasets/company.h"

#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"
#include "tolmuur/book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct tol_error error;
    struct tol_book *book = NULL;
    (void)snprintf(path, sizeof path, "/dev/shm/tolmuur-fuzz-%d.book", (int)getpid());
    if (tol_company_build(fuzz_file(data, size), fuzz_law(), path, &error) != TOL_OK) {
        return 0;
    }
    enum tol_status status = tol_book_open(path, &book, &error);
    (void)unlink(path);
    fuzz_require(status == TOL_OK && book->firm_count == 1);
    fuzz_require(tol_book_verify(book, NULL, &error) == TOL_OK);
    fuzz_require(tol_book_verify_firm(book, 0, &error) == TOL_OK);
    tol_book_close(book);
    return 0;
}
