#include "datasets/tables.h"

#include "tables/economy_tables.h"
#include "tables/law_tables.h"
#include "tables/market_tables.h"
#include "tables/parameter_tables.h"
#include "tables/resilience_tables.h"

enum tol_status tol_tables_read(const char *folder, struct tol_law **law, struct tol_error *error)
{
    struct market_table market;
    enum tol_status status = tol_market_table_read(folder, &market, error);
    if (status == TOL_OK) {
        status = tol_law_tables_build(folder, &market, law, error);
    }
    tol_market_table_free(&market);
    return status;
}

static enum tol_status write_file(const char *folder, const char *path, const struct tol_law *law,
                                  const struct market_table *market, const struct parameter_tables *tables,
                                  const struct economy_tables *economy, struct tol_error *error)
{
    struct tol_sections_writer *writer;
    enum tol_status status = tol_sections_writer_create(path, LAW_KIND, LAW_FORMAT_VERSION, &writer, error);
    if (status != TOL_OK) {
        return status;
    }
    status = tol_law_write(law, writer, error);
    if (status == TOL_OK) {
        status = tol_parameter_tables_write(market, tables, writer, error);
    }
    if (status == TOL_OK) {
        status = tol_economy_tables_write(economy, writer, error);
    }
    if (status == TOL_OK) {
        status = tol_resilience_tables_write(folder, writer, error);
    }
    if (status != TOL_OK) {
        tol_sections_abort(writer);
        return status;
    }
    return tol_sections_finish(writer, error);
}

enum tol_status tol_tables_compile(const char *folder, const char *path, struct tol_error *error)
{
    struct market_table market;
    struct parameter_tables tables = {{0}, {0}, {0}, {0}};
    struct economy_tables economy;
    struct tol_law *law = NULL;
    tol_economy_tables_start(&economy);
    enum tol_status status = tol_market_table_read(folder, &market, error);
    if (status == TOL_OK) {
        status = tol_parameter_tables_read(folder, &tables, error);
    }
    if (status == TOL_OK) {
        status = tol_economy_tables_read(folder, &economy, error);
    }
    if (status == TOL_OK) {
        status = tol_market_tables_read(folder, &economy, error);
    }
    if (status == TOL_OK) {
        status = tol_law_tables_build(folder, &market, &law, error);
    }
    if (status == TOL_OK) {
        status = write_file(folder, path, law, &market, &tables, &economy, error);
    }
    tol_law_close(law);
    tol_economy_tables_free(&economy);
    tol_parameter_tables_free(&tables);
    tol_market_table_free(&market);
    return status;
}
