#include "supply/faults.h"

#include <stdio.h>
#include <string.h>

#include "tolmuur/text.h"

static void put(struct tol_fault_log *log, const char *text, size_t size)
{
    if (log->output_status == TOL_OK) {
        log->output_status = tol_output_file_write(log->rejects, text, size, &log->output_error);
    }
}

/* Quoted where CSV needs it, and never a formula. */
static void put_cell(struct tol_fault_log *log, const char *text, char end)
{
    bool formula = tol_text_runs_as_formula(text);
    if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
        put(log, text, strlen(text));
    } else {
        put(log, formula ? "\"" TOL_TEXT_NO_FORMULA : "\"", formula ? 2 : 1);
        for (const char *at = text; *at != '\0'; at++) {
            put(log, at, 1);
            if (*at == '"') {
                put(log, at, 1);
            }
        }
        put(log, "\"", 1);
    }
    put(log, &end, 1);
}

enum tol_status tol_fault_log_open(struct tol_fault_log *log, const struct tol_supply_options *options,
                                   struct tol_supply_report *report, struct tol_error *error)
{
    *log = (struct tol_fault_log){.options = options, .report = report};
    if (options->rejects_path == NULL) {
        return TOL_OK;
    }
    static const char header[] = "file,row,column,value,message\n";
    enum tol_status status = tol_output_file_create(options->rejects_path, &log->rejects, error);
    if (status == TOL_OK) {
        put(log, header, sizeof header - 1);
    }
    return status;
}

void tol_fault_log_add(struct tol_fault_log *log, const struct tol_error *fault)
{
    if (log->muted) {
        log->muted_count++;
        return;
    }
    if (log->report->fault_count++ == 0) {
        log->first = *fault;
    }
    if (log->options->fault != NULL) {
        log->options->fault(log->options->context, fault);
    }
    if (log->rejects != NULL) {
        char row[24];
        snprintf(row, sizeof row, "%llu", (unsigned long long)fault->row);
        put_cell(log, fault->file, ',');
        put_cell(log, fault->row == 0 ? "" : row, ',');
        put_cell(log, fault->column, ',');
        put_cell(log, fault->value, ',');
        put_cell(log, fault->message, '\n');
    }
}

void tol_fault_log_warn(struct tol_fault_log *log, const struct tol_error *warning)
{
    log->report->warning_count++;
    if (log->options->warning != NULL) {
        log->options->warning(log->options->context, warning);
    }
}

enum tol_status tol_fault_log_close(struct tol_fault_log *log, struct tol_error *error)
{
    struct tol_output_file *rejects = log->rejects;
    log->rejects = NULL;
    if (rejects == NULL) {
        return TOL_OK;
    }
    if (log->output_status != TOL_OK) {
        tol_output_file_abandon(rejects);
        if (error != NULL) {
            *error = log->output_error;
        }
        return log->output_status;
    }
    return tol_output_file_commit(rejects, error);
}

void tol_fault_log_abandon(struct tol_fault_log *log)
{
    tol_output_file_abandon(log->rejects);
    log->rejects = NULL;
}
