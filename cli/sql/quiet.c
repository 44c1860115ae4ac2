/* What the readers of options and the stream of scores tell a person at a terminal. In another program's process nobody is there to be told: what matters
 * stands in the rows (day, law version, flags), and that program ends what it began. */
#include "stages.h"
#include "talk.h"
#include "totals.h"

void talk_note(const char *format, ...)
{
    (void)format;
}

int talk_signal(void)
{
    return 0;
}

void progress_begin(struct progress *progress, const char *what)
{
    *progress = (struct progress){.what = what};
}

void progress_update(struct progress *progress, uint64_t done, uint64_t total)
{
    (void)progress;
    (void)done;
    (void)total;
}

void progress_end(struct progress *progress)
{
    (void)progress;
}

void stages_enter(struct stages *stages, enum tol_stage stage)
{
    (void)stages;
    (void)stage;
}

/* SQL adds up itself. */
void totals_add(struct totals *totals, const struct tol_book *book, const struct tol_score_row *row)
{
    (void)totals;
    (void)book;
    (void)row;
}
