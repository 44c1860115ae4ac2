/* The folder of a run: filled as NAME.partial beside it, under a lock, and renamed when it is whole (docs/runs.md). */
#ifndef CLI_RUN_FOLDER_H
#define CLI_RUN_FOLDER_H

#include "run_identity.h"
#include "run_record.h"
#include "shard.h"

#include "tolmuur/lock_file.h"
#include "tolmuur/run.h"

/* Rows of a part at most, unless one firm has more and unless told otherwise. */
#define RUN_PART_ROWS UINT64_C(1000000)

#define RUN_TOTALS "totals.csv"
#define RUN_MANIFEST "manifest.json"
#define RUN_SUMS "sums.csv" /* of a shard, in the place of totals */

struct run_folder {
    bool resume;
    bool replace;
    bool whole;     /* nothing to do: this very run is there */
    bool taken;     /* NAME.partial is this run's */
    bool published; /* it has its name */
    uint64_t part_rows;
    struct shard shard;         /* count 0: the folder is for a whole run */
    char id[40];                /* of this start of the run */
    char *path;                 /* as given, without slashes at its end */
    char *name;                 /* its last part */
    int parent;                 /* open folders; -1: not open */
    int partial;                /* NAME.partial */
    int content;                /* NAME.partial/run, what is renamed */
    struct tol_lock_file *lock; /* NAME.lock */
    struct run_identity identity;
    size_t run_parts;  /* parts of the whole run */
    size_t first_part; /* those in this folder: of a whole run all */
    size_t part_count;
    struct run_part *part;
};

/* Does an output of this name stand for a run folder: it ends in a slash, or its last part has no ending, or a folder stands there that holds a manifest. */
bool run_folder_is_named(const char *output);

/* Sets everything to "not open", takes the name apart. Close also after a failure. TOL_USAGE: no name for a folder. */
TOL_MUST_CHECK enum tol_status run_folder_name(struct run_folder *folder, const char *output, struct tol_error *error);

/* Sets the parts, ranges of firms that depend on nothing but the numbers of firms and scenarios, part_rows and the shard. run_folder_open does it too. TOL_USAGE: fewer
 * parts than shards. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_folder_set_parts(struct run_folder *folder, uint64_t firm_count,
                                                    size_t scenario_count, struct tol_error *error);

/* Takes the lock, looks at what is there and makes or takes up the partial folder; folder->whole when this very run is there. identity is set. From now on a signal
 * says how to go on. TOL_TRY_AGAIN: another run holds the lock. TOL_CANNOT_CREATE: something that is kept stands there. TOL_USAGE, TOL_BAD_DATA: --resume, and
 * what is there was made from something else. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_folder_open(struct run_folder *folder, uint64_t firm_count, size_t scenario_count,
                                               struct tol_error *error);

/* Finds the parts that are whole, by their hashes, on all workers, and removes what else lies among them. */
TOL_MUST_CHECK enum tol_status run_folder_find_kept(struct run_folder *folder, struct tol_run *run,
                                                    struct tol_error *error);

/* Removes what lies among the parts and is none that is kept. TOL_CANNOT_CREATE. */
TOL_MUST_CHECK enum tol_status run_folder_sweep(struct run_folder *folder, struct tol_error *error);

/* Paths that lead into the partial folder, whatever happens to its name. They are for opening, not for showing: see run_folder_place. */
#define RUN_PATH_SIZE 96
void run_folder_part_path(const struct run_folder *folder, size_t part, char path[RUN_PATH_SIZE]);
void run_folder_record_path(const struct run_folder *folder, size_t part, char path[RUN_PATH_SIZE]);
void run_folder_file_path(const struct run_folder *folder, const char *name, char path[RUN_PATH_SIZE]);
/* "scores/part-00000.parquet", inside the run; parts of a shard have the numbers that they have in the run. */
void run_folder_part_name(const struct run_folder *folder, size_t part, char name[RUN_PATH_SIZE]);

/* Puts the folder's own name into an error that names such a path. */
void run_folder_place(const struct run_folder *folder, struct tol_error *error);

/* Gives the whole run its name and removes the rest. */
TOL_MUST_CHECK enum tol_status run_folder_publish(struct run_folder *folder, struct tol_error *error);
/* What tells parts that can be taken up: their records, `kept`, or that they lie there. */
enum run_parts { RUN_PARTS_HAVE_RECORDS, RUN_PARTS_ARE_MARKED, RUN_PARTS_LIE_THERE };

/* After a failure: a partial folder without such a part is removed, any other stays, and how to go on is said. A run that has its name is whole, which is said. */
void run_folder_give_up(struct run_folder *folder, enum run_parts parts);
/* Lets go of the lock; a partial folder stays. */
void run_folder_close(struct run_folder *folder);

#endif
