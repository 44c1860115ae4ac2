/* Which origins: for each period between changes of a group's membership, the measures that each country meets. */
#include <stdlib.h>
#include <string.h>

#include "law/build.h"

#define WORD_SIZE 128

struct origins {
    bool in[LAW_COUNTRY_SLOTS];
};

static bool add_group(const struct tol_law_builder *builder, const char *name, int32_t day, struct origins *origins)
{
    bool known = false;
    for (size_t i = 0; i < builder->groups.count; i++) {
        const struct build_group *group = build_at(&builder->groups, i);
        if (strcmp(group->name, name) == 0) {
            known = true;
            if (law_in_force(group->from, group->until, day)) {
                origins->in[group->slot] = true;
            }
        }
    }
    return known;
}

/* The origins that a partners column names on a day. */
static enum tol_status read_partners(const struct tol_law_builder *builder, const struct build_row *row,
                                     unsigned column, int32_t day, struct origins *origins, struct tol_error *error)
{
    const char *text = tol_build_field(builder, row, column);
    char word[WORD_SIZE];
    bool any = false;
    memset(origins, 0, sizeof *origins);
    while (tol_build_word(&text, word, sizeof word)) {
        tol_country country;
        any = true;
        if (strcmp(word, "*") == 0 && column == MEASURE_PARTNERS) {
            memset(origins->in, 1, sizeof origins->in);
        } else if (tol_country_parse(word, &country) && tol_country_exists(country)) {
            origins->in[law_country_slot(country)] = true;
        } else if (!add_group(builder, word, day, origins)) {
            return tol_build_fault(
                builder, row, LAW_TABLE_MEASURES, column, word, error,
                "no such country or group; write *, an ISO 3166 two-letter code or a group of groups.csv");
        }
    }
    if (!any && column == MEASURE_PARTNERS) {
        return tol_build_fault(builder, row, LAW_TABLE_MEASURES, column, NULL, error,
                               "no partners; write * for all origins");
    }
    return TOL_OK;
}

static int by_day(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

/* Membership of any group may change on these days. */
static enum tol_status collect_epochs(struct tol_law_builder *builder, struct law_importer *importer,
                                      struct tol_error *error)
{
    struct tol_buffer *epochs = &builder->section[LAW_EPOCHS];
    size_t first = epochs->count;
    int32_t *day = tol_buffer_add(epochs, 1 + 2 * builder->groups.count);
    if (day == NULL) {
        return tol_build_no_memory(error);
    }
    size_t count = 0;
    day[count++] = TOL_DAY_MIN;
    for (size_t i = 0; i < builder->groups.count; i++) {
        const struct build_group *group = build_at(&builder->groups, i);
        if (group->from != TOL_DAY_MIN) {
            day[count++] = group->from;
        }
        if (group->until != TOL_DAY_MAX) {
            day[count++] = group->until;
        }
    }
    qsort(day, count, sizeof *day, by_day);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || day[i] != day[kept - 1]) {
            day[kept++] = day[i];
        }
    }
    epochs->count = first + kept;
    importer->epoch_first = (uint32_t)first;
    importer->epoch_count = (uint32_t)kept;
    return TOL_OK;
}

static void set_column(struct tol_law_builder *builder, const struct law_importer *importer, uint32_t epoch,
                       uint32_t bit, const struct origins *with, const struct origins *without)
{
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS; slot++) {
        if (with->in[slot] && !without->in[slot]) {
            uint64_t row = importer->partner_bits + ((uint64_t)epoch * LAW_COUNTRY_SLOTS + slot) * importer->words;
            *(uint64_t *)build_at(&builder->section[LAW_BITS], row + bit / 64) |= (uint64_t)1 << bit % 64;
        }
    }
}

/* Is the measure in force on some day of [from, until), in one view or the other? */
static bool meets(const struct law_measure *measure, int32_t from, int32_t until)
{
    return (measure->from < until && from < measure->until) ||
           (measure->collected_from < until && from < measure->collected_until);
}

/* The first epoch reads every row, so that a fault is found whatever its days. */
static enum tol_status one_epoch(struct tol_law_builder *builder, const struct law_importer *importer, uint32_t epoch,
                                 struct tol_error *error)
{
    const int32_t *start = build_at(&builder->section[LAW_EPOCHS], importer->epoch_first);
    int32_t day = start[epoch];
    int32_t end = epoch + 1 < importer->epoch_count ? start[epoch + 1] : TOL_DAY_MAX;
    struct origins with;
    struct origins without;
    for (uint32_t m = 0; m < importer->measure_count; m++) {
        if (epoch > 0 && !meets(build_at(&builder->section[LAW_MEASURES], importer->measure_first + m), day, end)) {
            continue;
        }
        const struct build_row *row =
            *(const struct build_row **)build_at(&builder->measure_rows, importer->measure_first + m);
        enum tol_status status = read_partners(builder, row, MEASURE_PARTNERS, day, &with, error);
        status = status != TOL_OK ? status : read_partners(builder, row, MEASURE_PARTNERS_EXCEPT, day, &without, error);
        if (status != TOL_OK) {
            return status;
        }
        set_column(builder, importer, epoch, m, &with, &without);
    }
    memset(&with, 0, sizeof with);
    memset(&without, 0, sizeof without);
    add_group(builder, LAW_COLUMN2_GROUP, day, &with);
    set_column(builder, importer, epoch, importer->measure_count, &with, &without);
    return TOL_OK;
}

enum tol_status tol_build_partner_bits(struct tol_law_builder *builder, struct tol_error *error)
{
    for (size_t i = 0; i < builder->section[LAW_IMPORTERS].count; i++) {
        struct law_importer *importer = build_at(&builder->section[LAW_IMPORTERS], i);
        enum tol_status status = collect_epochs(builder, importer, error);
        if (status != TOL_OK) {
            return status;
        }
        importer->partner_bits = (uint32_t)builder->section[LAW_BITS].count;
        size_t words = (size_t)importer->epoch_count * LAW_COUNTRY_SLOTS * importer->words;
        if (tol_buffer_add(&builder->section[LAW_BITS], words) == NULL) {
            return tol_build_no_memory(error);
        }
        for (uint32_t epoch = 0; epoch < importer->epoch_count; epoch++) {
            status = one_epoch(builder, importer, epoch, error);
            if (status != TOL_OK) {
                return status;
            }
        }
    }
    return TOL_OK;
}
