/* A folder of answers kept between runs, and what lies in it. */
#ifndef TESTS_EXPOSURE_KEPT_FILES_H
#define TESTS_EXPOSURE_KEPT_FILES_H

#include <stddef.h>
#include <sys/types.h>

extern char folder[64];
void make_folder(void);
void remove_folder(void);

struct kept {
    char path[8][384];
    size_t count;
};
/* Files of a store: "sectors", "chain", "network". */
struct kept list_kept(const char *name);
ino_t number_of(const char *path);
/* Turns one bit, `back` bytes before the end. */
void damage(const char *path, long back);

#endif
