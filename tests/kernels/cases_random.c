#include "cases_parts.h"

#include <math.h>
#include <string.h>

uint64_t random_bits(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double random_unit(struct random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

double random_between(struct random *random, double low, double high)
{
    return low + (high - low) * random_unit(random);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    return random_bits(random) % limit;
}

double random_exponent(struct random *random, int lowest, int highest)
{
    double mantissa = 1.0 + random_unit(random);
    uint64_t exponent_count = (uint64_t)highest - (uint64_t)lowest + 1;
    int exponent = lowest + (int)random_below(random, exponent_count);
    return ldexp(random_bits(random) & 1 ? -mantissa : mantissa, exponent);
}

double any_bits(struct random *random)
{
    uint64_t bits = random_bits(random);
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

double pick(struct random *random, const double *from, size_t count)
{
    return from[random_below(random, count)];
}

double any_money(struct random *random, enum case_kind kind)
{
    static const double edges[] = {0.0, -0.0, 0x1p-1074, -0x1p-1074, 0x1p-1022, 1e300, -1e300, 1.0, -1.0};
    if (kind == CASE_USUAL)
        return random_between(random, -1e8, 1e9);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    return random_below(random, 2) ? PICK(random, edges) : random_exponent(random, -1060, 990);
}

double any_rate(struct random *random, enum case_kind kind)
{
    static const double edges[] = {
        0.0, -0.0, -0.9, 10.0, 0x1p-1074, -0x1p-1074, 0x1p-60, -0x1p-53, 0.25, 1e300, -0x1.fffffffffffffp-1};
    if (kind == CASE_USUAL)
        return random_between(random, -0.9, 10.0);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    if (random_below(random, 2))
        return PICK(random, edges);
    return random_below(random, 2) ? random_between(random, -0.9, 10.0) : fabs(random_exponent(random, -80, 30));
}

double any_share(struct random *random, enum case_kind kind)
{
    static const double edges[] = {0.0, -0.0, 0x1p-50, -0x1p-50, 0x1.fffffffffffffp-51, 0x1p-1074, 1.0, -1.0, 1e300};
    if (kind == CASE_USUAL)
        return random_exponent(random, -70, 0);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    return random_below(random, 2) ? PICK(random, edges) : random_exponent(random, -60, 4);
}

void fill_shares(struct guarded *to, size_t count, enum case_kind kind, struct random *random)
{
    *to = guarded_new(count);
    for (size_t i = 0; i < count; i++)
        to->values[i] = any_share(random, kind);
}

void fill_market_shares(struct kernel_case *c, struct random *random)
{
    c->numbers = new_numbers(c->count);
    c->number_columns = 1;
    c->home_share = random_below(random, 3) ? random_unit(random) : 0.0;
    double sum = 0;
    for (size_t k = 0; k < c->count; k++)
        sum += c->numbers[k] = 0x1p-30 + random_unit(random);
    for (size_t k = 0; k < c->count; k++)
        c->numbers[k] *= (1 - c->home_share) / sum;
}
