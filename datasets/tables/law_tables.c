#include "tables/law_tables.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tables/csv_table.h"

#define PATH_SIZE 4096

struct destination {
    struct tol_law_builder *builder;
    enum law_table table;
    const char *importer;
    const char *list;
};

static enum tol_status add_row(void *context, const char *const *field, const char *file, uint64_t row,
                               struct tol_error *error)
{
    const struct destination *to = context;
    return tol_law_builder_add(to->builder, to->table, to->importer, to->list, field, file, row, error);
}

static enum tol_status read_table(const char *path, struct destination *to, struct tol_error *error)
{
    const struct law_table_shape *table = &tol_law_tables[to->table];
    const struct csv_shape shape = {table->column, table->column_count, table->required};
    return tol_csv_table_read(path, &shape, add_row, to, error);
}

static enum tol_status join(char path[PATH_SIZE], const char *folder, const char *name, struct tol_error *error)
{
    if (snprintf(path, PATH_SIZE, "%s/%s", folder, name) >= PATH_SIZE) {
        return tol_fail(error, TOL_BAD_DATA, "a path is longer than %d bytes; use a shorter folder", PATH_SIZE - 1);
    }
    return TOL_OK;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool ends_in_csv(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".csv") == 0;
}

/* Reads every CSV of a folder; a folder that is not there holds none. Product lists are named by their file. */
static enum tol_status read_folder(const char *folder, struct destination *to, struct tol_error *error)
{
    struct dirent **entry;
    int count = scandir(folder, &entry, not_hidden, alphasort);
    if (count < 0) {
        return errno == ENOENT ? TOL_OK : tol_fail(error, TOL_IO, "cannot list %s: %s", folder, strerror(errno));
    }
    enum tol_status status = TOL_OK;
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        char list[256];
        if (status == TOL_OK && ends_in_csv(entry[i]->d_name)) {
            snprintf(list, sizeof list, "%.*s", (int)strlen(entry[i]->d_name) - 4, entry[i]->d_name);
            to->list = to->table == LAW_TABLE_PRODUCTS ? list : "";
            status = join(path, folder, entry[i]->d_name, error);
            status = status != TOL_OK ? status : read_table(path, to, error);
            to->list = ""; /* the name goes with this turn of the loop */
        }
        free(entry[i]);
    }
    free(entry);
    return status;
}

static enum tol_status read_optional(const char *folder, const char *name, struct destination *to,
                                     struct tol_error *error)
{
    char path[PATH_SIZE];
    struct stat about;
    enum tol_status status = join(path, folder, name, error);
    if (status != TOL_OK) {
        return status;
    }
    to->list = "";
    return stat(path, &about) != 0 && errno == ENOENT ? TOL_OK : read_table(path, to, error);
}

static enum tol_status read_importer(const char *folder, const char *name, struct tol_law_builder *builder,
                                     struct tol_error *error)
{
    char importer[3] = {(char)(name[0] - 'a' + 'A'), (char)(name[1] - 'a' + 'A'), '\0'};
    char path[PATH_SIZE];
    char inner[PATH_SIZE];
    struct destination to = {.builder = builder, .importer = importer};
    enum tol_status status = join(path, folder, name, error);
    to.table = LAW_TABLE_MEASURES;
    status = status != TOL_OK ? status : join(inner, path, "measures", error);
    status = status != TOL_OK ? status : read_folder(inner, &to, error);
    to.table = LAW_TABLE_PRODUCTS;
    status = status != TOL_OK ? status : join(inner, path, "products", error);
    status = status != TOL_OK ? status : read_folder(inner, &to, error);
    to.table = LAW_TABLE_AVERAGES;
    status = status != TOL_OK ? status : join(inner, path, "averages", error);
    status = status != TOL_OK ? status : read_folder(inner, &to, error);
    to.table = LAW_TABLE_BASE_RATES;
    status = status != TOL_OK ? status : read_optional(path, "base_rates.csv", &to, error);
    to.table = LAW_TABLE_TARIFF_LINES;
    return status != TOL_OK ? status : read_optional(path, "tariff_lines.csv", &to, error);
}

static bool is_importer(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct stat about;
    return strlen(name) == 2 && strspn(name, "abcdefghijklmnopqrstuvwxyz") == 2 &&
           join(path, folder, name, NULL) == TOL_OK && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum tol_status read_importers(const char *folder, struct tol_law_builder *builder, struct tol_error *error)
{
    struct dirent **entry;
    int count = scandir(folder, &entry, not_hidden, alphasort);
    if (count < 0) {
        return tol_fail(error, TOL_IO, "cannot list %s: %s", folder, strerror(errno));
    }
    enum tol_status status = TOL_OK;
    for (int i = 0; i < count; i++) {
        if (status == TOL_OK && is_importer(folder, entry[i]->d_name)) {
            status = read_importer(folder, entry[i]->d_name, builder, error);
        }
        free(entry[i]);
    }
    free(entry);
    return status;
}

enum tol_status tol_law_tables_read(const char *folder, struct tol_law_builder *builder, struct tol_error *error)
{
    static const struct {
        const char *file;
        enum law_table table;
    } common[] = {{"facts.csv", LAW_TABLE_FACTS},
                  {"groups.csv", LAW_TABLE_GROUPS},
                  {"programmes.csv", LAW_TABLE_PROGRAMMES},
                  {"coverage.csv", LAW_TABLE_COVERAGE}};
    char law[PATH_SIZE];
    char path[PATH_SIZE];
    enum tol_status status = join(law, folder, "law", error);
    for (size_t i = 0; status == TOL_OK && i < sizeof common / sizeof common[0]; i++) {
        struct destination to = {.builder = builder, .table = common[i].table, .importer = "", .list = ""};
        status = join(path, law, common[i].file, error);
        status = status != TOL_OK ? status : read_table(path, &to, error);
    }
    struct destination to = {.builder = builder, .table = LAW_TABLE_CONCORDANCE, .importer = "", .list = ""};
    status = status != TOL_OK ? status : join(path, law, "concordance", error);
    status = status != TOL_OK ? status : read_folder(path, &to, error);
    return status != TOL_OK ? status : read_importers(law, builder, error);
}

enum tol_status tol_law_tables_build(const char *folder, const struct market_table *market, struct tol_law **law,
                                     struct tol_error *error)
{
    struct tol_law_builder *builder;
    enum tol_status status = tol_law_builder_create(tol_allocator_default(), &builder, error);
    if (status != TOL_OK) {
        return status;
    }
    status = tol_law_tables_read(folder, builder, error);
    status = status != TOL_OK ? status
                              : tol_law_builder_weights(builder, market->product.data, market->imports_usd.data,
                                                        market->product.count, error);
    status = status != TOL_OK ? status : tol_law_builder_finish(builder, "", law, error);
    tol_law_builder_destroy(builder);
    return status;
}
