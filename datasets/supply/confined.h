/* Reading supply tables in a child process: what the child finds comes back as messages, and its end is told like a fault. */
#ifndef TOLMUUR_SUPPLY_CONFINED_H
#define TOLMUUR_SUPPLY_CONFINED_H

#include "supply/faults.h"

/* The reading itself, as the child does it: faults go to log, whose options hold the callbacks. */
struct tol_confined_work {
    enum tol_status (*read)(void *context, struct tol_fault_log *log, struct tol_supply_report *report,
                            struct tol_error *error);
    /* Opens the modules that reading needs, before files are closed off. */
    enum tol_status (*prepare)(void *context, struct tol_error *error);
    void *context;
    const char *input;     /* what the child may open */
    int output_descriptor; /* of the book; -1: none */
};

/* Runs work->read in a child under log->options; its faults and warnings go to log, its counts to *report. */
TOL_MUST_CHECK enum tol_status tol_read_confined(const struct tol_confined_work *work, struct tol_fault_log *log,
                                                 struct tol_supply_report *report, struct tol_error *error);

#endif
