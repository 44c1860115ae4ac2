/* A world with a folder of kept answers, a book, and the book's rows without any. */
#ifndef TESTS_EXPOSURE_SETTING_H
#define TESTS_EXPOSURE_SETTING_H

#include "exposure/kept_files.h"
#include "exposure/small_world.h"

struct setting {
    struct small_world world;
    struct tol_book *book;
    struct tol_score_row *expected; /* [firms][scenarios], nothing kept */
    size_t scenarios;
};

/* Takes the portfolio. day: NULL ends them. */
void set_up(struct setting *setting, struct portfolio *portfolio, const char *const *day);
void tear_down(struct setting *setting);

#endif
