#include "firm_explain.h"

#include <stdlib.h>

static enum tol_status make_plan(struct firm_explained *explained, const struct firm_question *question, uint64_t firm,
                                 struct tol_error *error)
{
    struct tol_plan_options options =
        worlds_plan_options(question->worlds, question->session, question->settings, question->isa);
    options.store = session_store(explained->store, sizeof explained->store);
    options.draws = question->draws->options;
    return tol_plan_create_for_firm(question->book, firm, question->session->parameters, &options, &explained->plan,
                                    error);
}

enum tol_status firm_explain(struct firm_explained *explained, const struct firm_question *question, uint64_t firm,
                             struct tol_error *error)
{
    struct firm_answer *answer = &explained->answer;
    *answer = (struct firm_answer){.book = question->book,
                                   .economy = question->session->economy,
                                   .firm = firm,
                                   .worlds = question->worlds,
                                   .draws = question->draws->options.count > 0 ? question->draws : NULL,
                                   .assume = question->settings->assume,
                                   .texts = &explained->texts};
    enum tol_status status = make_plan(explained, question, firm, error);
    if (status == TOL_OK) {
        status = score_texts_open(&explained->texts, question->book, question->worlds, error);
    }
    explained->texts.draws = question->draws->options.count > 0;
    answer->explanation = calloc(question->worlds->count, sizeof(struct tol_explanation *));
    if (status == TOL_OK && answer->explanation == NULL) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; status == TOL_OK && i < question->worlds->count; i++) {
        status = tol_explain(explained->plan, firm, (uint32_t)i, &answer->explanation[i], error);
    }
    return status;
}

void firm_explained_release(struct firm_explained *explained)
{
    struct firm_answer *answer = &explained->answer;
    for (size_t i = 0; answer->explanation != NULL && i < answer->worlds->count; i++) {
        if (answer->explanation[i] != NULL) {
            tol_explanation_destroy(answer->explanation[i]);
        }
    }
    free(answer->explanation);
    score_texts_release(&explained->texts);
    if (explained->plan != NULL) {
        tol_plan_destroy(explained->plan);
    }
}
