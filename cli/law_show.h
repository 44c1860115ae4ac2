/* One measure in full, gathered once for every format. */
#ifndef CLI_LAW_SHOW_H
#define CLI_LAW_SHOW_H

#include "law_reading.h"

struct law_shown {
    const struct law_reading *reading;
    size_t index;
    struct tol_law_measure measure;
    tol_day on; /* day of the partners */
    tol_country partner[TOL_PARTNERS_MAX];
    size_t partner_count;
    size_t fact[TOL_FACTS_MAX];
    size_t fact_count;
};

/* Takes the next word of a column; false at its end. */
bool law_next_word(const char **column, char *word, size_t size);

/* True when the measure at index steps back before the programme. */
bool law_yields_to(const struct tol_law_measure *measure, const char *programme);

void law_show_json(struct json_writer *json, const struct law_shown *shown);
/* field,value,list,from,until,source: a row per column of the measure, then one per code. */
void law_show_csv(struct sink *sink, const struct law_shown *shown);

#endif
