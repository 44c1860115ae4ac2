#include "book_verify.h"

enum tol_status book_verify(const struct tol_book *book, struct tol_run *workers, const char *path,
                            struct tol_error *error)
{
    enum tol_status status = tol_book_verify(book, workers, error);
    if (status != TOL_OK && error->file[0] == '\0') {
        tol_error_place(error, path, 0, NULL, NULL);
    }
    return status;
}
