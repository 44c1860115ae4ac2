/* score --replay: a run done again from its manifest, and compared with it. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "manifest_read.h"
#include "options.h"

struct run_folder;

/* Reads the manifest of --replay, checks that every input is as it was (SHA-256), and fills `replayed` with the options and the book of that run beside those of the
 * command line that change no result. Release both also after a failure. TOL_USAGE: an option that the manifest settles. TOL_BAD_DATA: an input
 * changed, or is no longer there. */
TOL_MUST_CHECK enum tol_status replay_read(const struct options *options, struct manifest *manifest,
                                           struct options *replayed, struct tol_error *error);

/* Adds the options and inputs of a manifest, which are not looked at. Release also after a failure. TOL_BAD_DATA, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status replay_take(const struct manifest *manifest, struct options *replayed,
                                           struct tol_error *error);

/* Where this run is made from something else than the manifest's (another version of the program), says so on stderr. */
void replay_tell_differences(const struct manifest *manifest, const struct run_folder *folder);

/* Compares what was written with what the manifest says, and says "identical" or what differs. TOL_BAD_DATA: something differs. */
TOL_MUST_CHECK enum tol_status replay_compare(const struct manifest *manifest, const char *run,
                                              struct tol_error *error);

#endif
