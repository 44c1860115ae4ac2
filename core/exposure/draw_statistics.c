/* Order statistics and means of draws. A value is looked for by counting: values are sorted into buckets of equal width, and only those of the
 * bucket that holds the rank are looked at again. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/draws.h"

enum { BUCKETS = 256, FEW = 24, PARTS = 8 };

struct histogram {
    double least, greatest;
    double per_width; /* buckets per unit; not finite or 0: all values are as good as one, or too far apart for this */
    uint32_t count[BUCKETS];
};

static void find_range(const double *value, size_t count, struct histogram *histogram)
{
    double least[PARTS], greatest[PARTS];
    for (size_t p = 0; p < PARTS; p++) {
        least[p] = greatest[p] = value[p < count ? p : 0];
    }
    size_t i = 0;
    for (; i + PARTS <= count; i += PARTS) {
        for (size_t p = 0; p < PARTS; p++) {
            least[p] = value[i + p] < least[p] ? value[i + p] : least[p];
            greatest[p] = value[i + p] > greatest[p] ? value[i + p] : greatest[p];
        }
    }
    for (; i < count; i++) {
        least[0] = value[i] < least[0] ? value[i] : least[0];
        greatest[0] = value[i] > greatest[0] ? value[i] : greatest[0];
    }
    for (size_t p = 1; p < PARTS; p++) {
        least[0] = least[p] < least[0] ? least[p] : least[0];
        greatest[0] = greatest[p] > greatest[0] ? greatest[p] : greatest[0];
    }
    histogram->least = least[0];
    histogram->greatest = greatest[0];
    histogram->per_width = BUCKETS / (greatest[0] - least[0]);
}

static bool can_be_split(const struct histogram *histogram)
{
    return histogram->per_width > 0 && histogram->per_width < INFINITY;
}

static void fill_buckets(const double *value, size_t count, struct histogram *histogram, uint8_t *bucket)
{
    memset(histogram->count, 0, sizeof histogram->count);
    for (size_t i = 0; i < count; i++) {
        double place = (value[i] - histogram->least) * histogram->per_width;
        bucket[i] = (uint8_t)(place < BUCKETS - 1 ? (int)place : BUCKETS - 1);
        histogram->count[bucket[i]]++;
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void sort(double *value, size_t count)
{
    if (count > FEW) {
        qsort(value, count, sizeof *value, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        double moved = value[i];
        size_t to = i;
        for (; to > 0 && value[to - 1] > moved; to--) {
            value[to] = value[to - 1];
        }
        value[to] = moved;
    }
}

/* Whether any of eight bytes is this one: a byte that is 0 borrows from its highest bit (Mycroft 1987). */
static bool any_of_eight(const uint8_t *byte, unsigned wanted)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t eight;
    memcpy(&eight, byte, sizeof eight);
    eight ^= ones * wanted;
    return ((eight - ones) & ~eight & (ones << 7)) != 0;
}

/* Copies the values of the bucket that holds the rank (from 0), which becomes the rank among them. out may be value. */
static size_t take_bucket(const double *value, size_t count, const struct histogram *histogram, const uint8_t *bucket,
                          size_t *rank, double *out)
{
    unsigned which = 0;
    while (*rank >= histogram->count[which]) {
        *rank -= histogram->count[which++];
    }
    size_t taken = 0;
    for (size_t i = 0; i < count && taken < histogram->count[which];) {
        if (i + 8 <= count && !any_of_eight(bucket + i, which)) {
            i += 8;
            continue;
        }
        size_t end = i + 8 < count ? i + 8 : count;
        for (; i < end; i++) {
            if (bucket[i] == which) {
                out[taken++] = value[i];
            }
        }
    }
    return taken;
}

/* The value of a rank from 0 on; first is the histogram of all values with their buckets. bucket [count], spare [count]. */
static double value_of_rank(const double *value, size_t count, const struct histogram *first, const uint8_t *of_first,
                            size_t rank, uint8_t *bucket, double *spare)
{
    struct histogram histogram;
    count = take_bucket(value, count, first, of_first, &rank, spare);
    while (count > FEW) {
        find_range(spare, count, &histogram);
        if (histogram.least == histogram.greatest) {
            return spare[0];
        }
        if (!can_be_split(&histogram)) {
            break;
        }
        fill_buckets(spare, count, &histogram, bucket);
        count = take_bucket(spare, count, &histogram, bucket, &rank, spare);
    }
    sort(spare, count);
    return spare[rank];
}

static double mean_of(const double *value, size_t count)
{
    double sum[PARTS] = {0};
    size_t i = 0;
    for (; i + PARTS <= count; i += PARTS) {
        for (size_t p = 0; p < PARTS; p++) {
            sum[p] += value[i + p];
        }
    }
    for (; i < count; i++) {
        sum[0] += value[i];
    }
    double all = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    return all / (double)count;
}

/* Mean of the `worst` lowest values, of which `greatest` is the greatest: what lies below it, and as often as needed itself. spare [count]: which values
 * lie below is not foreseen, so they are brought together without a branch. */
static double mean_of_lowest(const double *value, size_t count, size_t worst, double greatest, double *spare)
{
    double sum = 0, lost = 0;
    size_t below = 0;
    for (size_t i = 0; i < count; i++) {
        spare[below] = value[i];
        below += value[i] < greatest;
    }
    for (size_t i = 0; i < below; i++) {
        double next = sum + spare[i], taken = next - sum;
        lost += (sum - (next - taken)) + (spare[i] - taken);
        sum = next;
    }
    return (sum + lost + (double)(worst - below) * greatest) / (double)worst;
}

/* Rank from 0 of a percentile by nearest rank: ceil(percent count / 100) - 1. */
static size_t rank_of(size_t percent, size_t count)
{
    return (percent * count + 99) / 100 - 1;
}

struct tol_draw_statistics tol_draw_statistics_of(const double *value, size_t count, uint8_t *bucket, double *spare)
{
    struct histogram first;
    find_range(value, count, &first);
    if (first.least == first.greatest) {
        return (struct tol_draw_statistics){first.least, first.least, first.least, first.least, first.least};
    }
    static const size_t percent[] = {5, 50, 95};
    double found[3];
    bool splits = can_be_split(&first);
    if (splits) {
        fill_buckets(value, count, &first, bucket);
    } else {
        memcpy(spare, value, count * sizeof *spare);
        sort(spare, count);
    }
    for (size_t i = 0; i < 3; i++) {
        size_t rank = rank_of(percent[i], count);
        found[i] = splits ? value_of_rank(value, count, &first, bucket, rank, bucket + count, spare) : spare[rank];
    }
    size_t worst = rank_of(5, count) + 1;
    return (struct tol_draw_statistics){.mean = mean_of(value, count),
                                        .p05 = found[0],
                                        .p50 = found[1],
                                        .p95 = found[2],
                                        .expected_shortfall = mean_of_lowest(value, count, worst, found[0], spare)};
}
