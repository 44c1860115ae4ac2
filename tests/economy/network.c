#include "economy/network.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct network network_new(size_t count)
{
    struct network network = {
        .count = count, .flow = calloc(count * count, sizeof(double)), .output = calloc(count, sizeof(double))};
    cr_assert_not_null(network.flow);
    cr_assert_not_null(network.output);
    return network;
}

void network_free(struct network *network)
{
    free(network->flow);
    free(network->output);
}

static double flow_of(const struct network *network, enum direction direction, size_t row, size_t other)
{
    return direction == DEMAND ? network->flow[row * network->count + other]
                               : network->flow[other * network->count + row];
}

/* What a row's flows are shares of. */
static double whole_of(const struct network *network, enum direction direction, size_t row)
{
    double inputs = 0;
    for (size_t i = 0; direction == COST && i < network->count; i++) {
        inputs += flow_of(network, direction, row, i);
    }
    return direction == DEMAND ? network->output[row] : inputs;
}

static void scale_row(struct links *links, size_t row)
{
    double sum = 0;
    for (uint64_t i = links->start[row]; i < links->start[row + 1]; i++) {
        sum += links->share[i];
    }
    if (sum <= 1 + 1e-12) {
        return;
    }
    links->scaled++;
    for (uint64_t i = links->start[row]; i < links->start[row + 1]; i++) {
        links->share[i] /= sum;
    }
}

struct links links_of(const struct network *network, enum direction direction)
{
    size_t count = network->count;
    struct links links = {.count = count,
                          .start = calloc(count + 1, sizeof *links.start),
                          .other = calloc(count * count, sizeof *links.other),
                          .share = calloc(count * count, sizeof *links.share)};
    cr_assert(links.start != NULL && links.other != NULL && links.share != NULL);
    for (size_t row = 0; row < count; row++) {
        double whole = whole_of(network, direction, row);
        uint64_t at = links.start[row];
        for (size_t other = 0; other < count; other++) {
            double flow = flow_of(network, direction, row, other);
            if (flow > 0 && whole > 0) {
                links.other[at] = (uint32_t)other;
                links.share[at++] = flow / whole;
            }
        }
        links.start[row + 1] = at;
        scale_row(&links, row);
    }
    return links;
}

void links_free(struct links *links)
{
    free(links->start);
    free(links->other);
    free(links->share);
}
