/* What `check` and `build` share: options of the supply reader, and its findings as talk. */
#ifndef CLI_SUPPLY_TALK_H
#define CLI_SUPPLY_TALK_H

#include "json_writer.h"
#include "postgres_settings.h"
#include "render_table.h"
#include "session.h"
#include "talk.h"

#include "datasets/supply.h"

struct supply_talk {
    struct progress progress;
    struct tol_supply_options options;
    struct postgres_settings postgres;
    uint64_t shown_faults;
    uint64_t shown_warnings;
};

/* Fills talk->options from the command line; the law must stay open. */
TOL_MUST_CHECK enum tol_status supply_talk_begin(struct supply_talk *talk, const struct options *options,
                                                 const struct tol_law *law, struct tol_error *error);
void supply_talk_end(struct supply_talk *talk, const struct tol_supply_report *report);

/* Where the summary goes: stdout as `look` says, or stderr as a plain table when --rejects - has given stdout to the faults. */
void supply_summary_open(struct sink *sink, struct look *look, const struct supply_talk *talk);

/* Rows per table: accepted, rejected and, with --since, those of the accepted ones that were not read. */
void supply_report_render(struct sink *sink, const struct look *look, const struct supply_talk *talk,
                          const struct tol_supply_report *report);
void supply_report_json(struct json_writer *json, const struct supply_talk *talk,
                        const struct tol_supply_report *report);

#endif
