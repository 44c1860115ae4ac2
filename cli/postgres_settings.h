/* What tables and columns are called in a database, from the command line and the configuration; and URIs that nobody should see. */
#ifndef CLI_POSTGRES_SETTINGS_H
#define CLI_POSTGRES_SETTINGS_H

#include "options.h"

#include "datasets/postgres.h"

struct postgres_settings {
    struct tol_postgres_mapping mapping;
    struct tol_postgres_rename *rename[TOL_SUPPLY_TABLE_COUNT];
};

/* Sections [postgresql], [postgresql.firms], .sales and .purchases of the configuration, and --table, which counts more. The configuration must
 * stay open. TOL_USAGE, TOL_NO_MEMORY: there is nothing to release. */
TOL_MUST_CHECK enum tol_status postgres_settings_read(struct postgres_settings *settings, const struct options *options,
                                                      struct tol_error *error);
void postgres_settings_release(struct postgres_settings *settings);

/* A word of the command line that is a PostgreSQL URI with a password in it: TOL_USAGE, and how to do without. */
TOL_MUST_CHECK enum tol_status refuse_passwords(const struct options *options, struct tol_error *error);

#endif
