/* What most commands begin with: the compiled tables, today, the law of a question. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "options.h"

#include "tolmuur/economy.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"

struct session {
    char tables[512];
    struct tol_law *law;
    struct tol_parameters *parameters; /* NULL unless asked for */
    struct tol_economy *economy;       /* with the parameters */
    tol_day today;                     /* what questions without a day are asked of */
};

/* What a command reads of the tables: the law alone; what one firm needs (plans of one firm verify the rest of the economy when they come to
 * it); all of it, verified. */
enum session_need { SESSION_LAW, SESSION_FIRM, SESSION_ALL };

/* Finds and opens the tables (--tables, else the default place). Close also after a failure. */
TOL_MUST_CHECK enum tol_status session_open(struct session *session, const struct options *options,
                                            enum session_need need, struct tol_error *error);
void session_close(struct session *session);

/* Where answers that need no book are kept between runs: TOLMUUR_CACHE, else tolmuur in XDG_CACHE_HOME or ~/.cache, made when it is not there.
 * NULL when there is none or TOLMUUR_CACHE is empty. */
const char *session_store(char *path, size_t size);

/* The day it is now, UTC: the same for every user and time zone. */
tol_day today(void);

/* True for a path that exists and is neither a file nor a folder: it is written directly, for a rename would destroy it. */
bool is_special_file(const char *path);
/* tol_whole_file_check before the work rather than after it; NULL is no path. */
TOL_MUST_CHECK enum tol_status refuse_special(const char *path, struct tol_error *error);

/* The words of a country option. TOL_USAGE says what is wrong with it. */
TOL_MUST_CHECK enum tol_status read_country_option(const struct options *options, enum option_id id,
                                                   tol_country *country, struct tol_error *error);

/* --assume entry or trade; left alone when not given. */
TOL_MUST_CHECK enum tol_status read_assume_option(const struct options *options, enum tol_assume *assume,
                                                  struct tol_error *error);

#endif
