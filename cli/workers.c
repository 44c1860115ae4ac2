#include "workers.h"

#include "talk.h"

enum tol_status workers_start(const struct options *options, struct tol_run **workers, struct tol_error *error)
{
    uint64_t threads = 0;
    enum tol_status status = options_count(options, OPTION_THREADS, 4096, &threads, error);
    const struct tol_run_options run_options = {
        .threads = (unsigned)threads, .pin = !options_given(options, OPTION_NO_PIN), .cancelled = talk_cancelled};
    if (status == TOL_OK) {
        status = tol_run_create(&run_options, workers, error);
    }
    if (status == TOL_OK && tol_run_note(*workers) != NULL) {
        talk_note("%s", tol_run_note(*workers));
    }
    return status;
}
