/* The firms that have a page of their own, explained by the code of `firm`. */
#include "firm_explain.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

static bool has_page(const struct report *report, uint64_t firm)
{
    for (size_t i = 0; i < report->page_count; i++) {
        if (report->page[i].firm == firm) {
            return true;
        }
    }
    return false;
}

static enum tol_status add_page(struct report *report, uint64_t firm, struct tol_error *error)
{
    if (has_page(report, firm)) {
        return TOL_OK;
    }
    struct report_firm *grown = realloc(report->page, (report->page_count + 1) * sizeof *grown);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the firms' pages");
    }
    report->page = grown;
    struct report_firm *page = &grown[report->page_count++];
    *page = (struct report_firm){.firm = firm};
    tol_book_firm_id(report_side(report)->book, firm, page->id, sizeof page->id);
    return TOL_OK;
}

static enum tol_status choose_named(struct report *report, const struct text_list *named, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    const struct tol_book *book = report_side(report)->book;
    for (size_t i = 0; i < named->count && status == TOL_OK; i++) {
        uint64_t firm;
        if (!tol_book_find(book, named->text[i], &firm)) {
            return tol_fail(error, TOL_BAD_DATA, "--firm %.100s: no such firm among the %llu of the book",
                            named->text[i], (unsigned long long)book->firm_count);
        }
        status = add_page(report, firm, error);
    }
    return status;
}

/* The worst of every scenario, then the second worst of every one, and so on. */
static enum tol_status choose_worst(struct report *report, size_t most, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    bool more = true;
    for (size_t rank = 0; more && report->page_count < most && status == TOL_OK; rank++) {
        more = false;
        for (size_t i = 0; i < report->scenario_count && report->page_count < most && status == TOL_OK; i++) {
            size_t count;
            const struct tol_score_row *row = worst_firms_of(&report->worst, i, &count);
            if (rank < count && row[rank].ebitda_change_eur < 0) {
                more = true;
                status = add_page(report, row[rank].firm, error);
            }
        }
    }
    return status;
}

static enum tol_status explain(const struct report *report, struct report_firm *page, struct tol_error *error)
{
    const struct diff_side *side = report_side(report);
    const struct firm_question question = {.book = side->book,
                                           .session = &side->session,
                                           .worlds = &side->worlds,
                                           .draws = &report->draws,
                                           .settings = &side->settings,
                                           .isa = options_text(report->options, OPTION_ISA)};
    struct firm_explained *explained = calloc(1, sizeof *explained);
    if (explained == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    enum tol_status status = tol_book_verify_firm(side->book, page->firm, error);
    if (status == TOL_OK) {
        status = firm_explain(explained, &question, page->firm, error);
    }
    if (status == TOL_OK) {
        struct sink text = {.descriptor = -1};
        struct json_writer json = {.sink = &text, .compact = true};
        explained->answer.top = report->top == 0 ? SIZE_MAX : (size_t)report->top;
        status = firm_json(&json, &explained->answer, error);
        if (status == TOL_OK) {
            status = sink_flush(&text, error);
        }
        page->json = text.bytes;
        page->size = text.used;
    }
    firm_explained_release(explained);
    free(explained);
    return status;
}

enum tol_status report_explain_firms(struct report *report, struct tol_error *error)
{
    const struct text_list *named = &report->options->value[OPTION_FIRM];
    uint64_t worst = named->count > 0 ? 0 : REPORT_FIRMS;
    enum tol_status status = options_count(report->options, OPTION_FIRMS, REPORT_ROWS, &worst, error);
    if (status == TOL_OK && !report->have_book) {
        return named->count == 0
                   ? TOL_OK
                   : tol_fail(error, TOL_BAD_DATA, "--firm needs what the run was made from: %s", report->reason);
    }
    if (status == TOL_OK) {
        status = choose_named(report, named, error);
    }
    if (status == TOL_OK && report->of_run) {
        status = choose_worst(report, report->page_count + (size_t)worst, error);
    }
    struct progress progress;
    progress_begin(&progress, "explaining firms");
    for (size_t i = 0; i < report->page_count && status == TOL_OK; i++) {
        progress_update(&progress, i, report->page_count);
        status = talk_signal() != 0 ? tol_fail(error, TOL_TRY_AGAIN, "interrupted; nothing was left behind")
                                    : explain(report, &report->page[i], error);
    }
    progress_end(&progress);
    return status;
}
