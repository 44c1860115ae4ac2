/* One firm explained in every scenario, from a book that is open. */
#ifndef CLI_FIRM_EXPLAIN_H
#define CLI_FIRM_EXPLAIN_H

#include "firm_answer.h"

/* What is asked of; all of it outlives the answer. */
struct firm_question {
    const struct tol_book *book; /* the firm's rows are verified */
    const struct session *session;
    const struct worlds *worlds;
    const struct draws *draws; /* count 0: none */
    const struct tol_settings *settings;
    const char *isa; /* NULL: the best here */
};

struct firm_explained {
    char store[4096]; /* folder where answers are kept */
    struct tol_plan *plan;
    struct score_texts texts;
    struct firm_answer answer; /* top is the caller's to set */
};

/* Release also after a failure. What tol_plan_create_for_firm and tol_explain may give. */
TOL_MUST_CHECK enum tol_status firm_explain(struct firm_explained *explained, const struct firm_question *question,
                                            uint64_t firm, struct tol_error *error);
void firm_explained_release(struct firm_explained *explained);

#endif
