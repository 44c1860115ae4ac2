/* Where faults go: to the caller, into the rejects file, and the first one into the call's error. */
#ifndef TOLMUUR_SUPPLY_FAULTS_H
#define TOLMUUR_SUPPLY_FAULTS_H

#include "datasets/supply.h"
#include "write/output_file.h"

struct tol_fault_log {
    const struct tol_supply_options *options;
    struct tol_supply_report *report;
    struct tol_output_file *rejects; /* NULL: none asked for */
    bool muted; /* faults are only counted, in muted_count: their rows have other numbers in the file */
    uint64_t muted_count;
    struct tol_error first;        /* valid when fault_count > 0 */
    enum tol_status output_status; /* of writing the rejects */
    struct tol_error output_error;
};

TOL_MUST_CHECK enum tol_status tol_fault_log_open(struct tol_fault_log *log, const struct tol_supply_options *options,
                                                  struct tol_supply_report *report, struct tol_error *error);
void tol_fault_log_add(struct tol_fault_log *log, const struct tol_error *fault);
void tol_fault_log_warn(struct tol_fault_log *log, const struct tol_error *warning);
/* Puts the rejects file in place. */
TOL_MUST_CHECK enum tol_status tol_fault_log_close(struct tol_fault_log *log, struct tol_error *error);
void tol_fault_log_abandon(struct tol_fault_log *log);

#endif
