#include "exposure/split.h"

#include <string.h>

enum { SETS_MAX = 1 << 8 };

/* Lines looked at for the cut, spread evenly. */
static const uint64_t sample_lines = 1 << 16;

/* Cost of a line in rows read from the cache: with a rest it is a branch that is not foreseen, and sums that are loaded and stored again. Only their
 * size against each other matters; measured with docs/performance.md's portfolio. */
static const double rest_cost = 12;
static const double rest_row_cost = 3;

/* Factors of a row that are not 0 everywhere, as bits. */
static unsigned factors_of(const struct tol_split_source *source, uint32_t number)
{
    size_t lanes = source->row_count * TOL_LANES;
    const double *row = source->row + number * source->factor_count * lanes;
    unsigned set = 0;
    for (size_t f = 0; f < source->factor_count; f++) {
        for (size_t l = 0; l < lanes; l++) {
            set |= row[f * lanes + l] != 0 ? 1u << f : 0u; /* a NaN is not 0 */
        }
    }
    return set;
}

static size_t bits_in(unsigned set)
{
    return (size_t)__builtin_popcount(set);
}

/* The set of factors that is best read for every line. */
static unsigned choose_common(const struct tol_split_source *source, const uint8_t *row_factors)
{
    uint64_t lines[SETS_MAX] = {0};
    uint64_t step = source->line_count / sample_lines + 1;
    unsigned best = 0;
    double least = 0;
    for (uint64_t i = 0; i < source->line_count; i += step) {
        lines[row_factors[source->cell_row[source->line_cell[i]]]]++;
    }
    for (unsigned common = 0; common < 1u << source->factor_count; common++) {
        double every = 0;
        double rest = 0;
        for (unsigned set = 0; set < 1u << source->factor_count; set++) {
            every += (double)lines[set];
            rest += (set & ~common) != 0 ? (double)lines[set] : 0;
        }
        double rest_rows = (double)((source->factor_count - bits_in(common)) * source->row_count);
        double cost =
            every * (double)(bits_in(common) * source->row_count) + rest * (rest_cost + rest_row_cost * rest_rows);
        if (common == 0 || cost < least) {
            best = common;
            least = cost;
        }
    }
    return best;
}

/* New numbers, rows without a rest first. Returns how many these are. */
static uint32_t renumber(const struct tol_split_source *source, const uint8_t *row_factors, unsigned common,
                         uint32_t *number)
{
    uint32_t next = 0;
    uint32_t plain = 0;
    for (int rest = 0; rest < 2; rest++) {
        for (uint32_t i = 0; i < source->count; i++) {
            if (((row_factors[i] & ~common) != 0) == rest) {
                number[i] = next++;
            }
        }
        plain = rest == 0 ? next : plain;
    }
    return plain;
}

static void copy_row(const struct tol_split_source *source, const struct tol_split_table *table, uint32_t from,
                     uint32_t to, double *common, double *rest)
{
    const double *row = source->row + from * table->row_count * TOL_LANES;
    size_t rest_count = table->row_count - table->common_count;
    for (size_t r = 0; r < table->row_count; r++) {
        const double *part = row + table->place[r] * TOL_LANES;
        if (r < table->common_count) {
            memcpy(common + (to * table->common_count + r) * TOL_LANES, part, TOL_LANES * sizeof *part);
        } else if (to >= table->plain_count) {
            memcpy(rest + ((to - table->plain_count) * rest_count + r - table->common_count) * TOL_LANES, part,
                   TOL_LANES * sizeof *part);
        }
    }
}

/* Appends where the rows of the factors in `set` stand in a whole row. */
static size_t add_places(const struct tol_split_source *source, unsigned set, uint8_t *place, size_t count)
{
    for (size_t i = 0; i < source->factor_count * source->row_count; i++) {
        if ((set >> i / source->row_count & 1) != 0) {
            place[count++] = (uint8_t)i;
        }
    }
    return count;
}

static bool cut(struct tol_keep *keep, const struct tol_split_source *source, const uint8_t *row_factors,
                uint32_t *number, struct tol_split_table *table)
{
    unsigned set = choose_common(source, row_factors);
    size_t row_count = source->factor_count * source->row_count;
    uint8_t *place = tol_keep_array(keep, row_count, sizeof *place);
    uint32_t *cell_row = tol_keep_array(keep, source->cell_count, sizeof *cell_row);
    if (place == NULL || cell_row == NULL) {
        return false;
    }
    *table = (struct tol_split_table){.row_count = row_count, .place = place, .cell_row = cell_row};
    table->common_count = add_places(source, set, place, 0);
    (void)add_places(source, ~set, place, table->common_count);
    table->plain_count = renumber(source, row_factors, set, number);
    double *common = tol_keep_array(keep, source->count, table->common_count * TOL_LANES * sizeof *common);
    double *rest = tol_keep_array(keep, source->count - table->plain_count,
                                  (row_count - table->common_count) * TOL_LANES * sizeof *rest);
    if (common == NULL || rest == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < source->count; i++) {
        copy_row(source, table, i, number[i], common, rest);
    }
    for (uint64_t c = 0; c < source->cell_count; c++) {
        cell_row[c] = number[source->cell_row[c]];
    }
    table->common = common;
    table->rest = rest;
    return true;
}

bool tol_split_make(struct tol_keep *keep, const struct tol_split_source *source, struct tol_split_table *table)
{
    struct tol_keep own = {.allocator = keep->allocator};
    uint8_t *row_factors = tol_keep_array(&own, source->count, sizeof *row_factors);
    uint32_t *number = tol_keep_array(&own, source->count, sizeof *number);
    bool fits = row_factors != NULL && number != NULL;
    for (uint32_t i = 0; i < source->count && fits; i++) {
        row_factors[i] = (uint8_t)factors_of(source, i);
    }
    fits = fits && cut(keep, source, row_factors, number, table);
    tol_keep_release(&own);
    return fits;
}
