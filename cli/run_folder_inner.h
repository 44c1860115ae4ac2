/* What the files of run_folder share. */
#ifndef CLI_RUN_FOLDER_INNER_H
#define CLI_RUN_FOLDER_INNER_H

#include "run_folder.h"

#define RUN_CONTENT "run" /* in the partial folder: what is renamed */
#define RUN_RECORDS "records"
#define RUN_SCORES "scores"
#define RUN_IDENTITY "made-from.json"

/* Both one after the other, to be freed; NULL: out of memory. */
char *run_folder_joined(const char *name, const char *ending);

/* TOL_CANNOT_CREATE, of the folder or of what stands beside it with this ending. */
enum tol_status run_folder_refuse(const struct run_folder *folder, const char *ending, const char *what,
                                  struct tol_error *error);
/* The same place into a fault that has none; returns status. */
enum tol_status run_folder_at(const struct run_folder *folder, const char *ending, enum tol_status status,
                              struct tol_error *error);
/* For tol_folder_each: *context, a bool, says whether there is anything at all. */
bool run_folder_is_any(void *context, const char *name);

/* Under the final name: nothing, or what may be replaced; folder->whole: this very run. TOL_CANNOT_CREATE, TOL_BAD_DATA, TOL_USAGE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_folder_look_at_final(struct run_folder *folder, struct tol_error *error);
/* Makes or takes up the partial folder. TOL_CANNOT_CREATE, TOL_BAD_DATA, TOL_USAGE, TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_folder_open_partial(struct run_folder *folder, struct tol_error *error);
/* Of a run that was killed when it had its name and had not tidied up yet. */
void run_folder_remove_leftover(struct run_folder *folder);

#endif
