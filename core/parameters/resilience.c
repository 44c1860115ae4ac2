#include "parameters/resilience.h"

#include <math.h>

#include "tolmuur/book.h"
#include "tolmuur/sector.h"

_Static_assert(TOL_FIRM_NUMBER_COUNT - TOL_VACANCY_DIFFICULTY == TOL_RESILIENCE_INDICATOR_COUNT,
               "the indicators are the last numbers of a firm");
_Static_assert(RESILIENCE_SECTOR_SLOTS == TOL_SECTION_CODE('U') + 1, "every sector has a slot");

static const double log_2 = 0x1.62e42fefa39efp-1;
static const double z_most = 3;

const char *tol_resilience_term_name(unsigned term)
{
    if (term < TOL_RESILIENCE_INDICATOR_COUNT) {
        return tol_firm_number_name((enum tol_firm_number)(TOL_VACANCY_DIFFICULTY + term));
    }
    return term == TOL_SECTOR_MOMENTUM ? "sector_momentum" : NULL;
}

const char *tol_resilience_origin_name(enum tol_resilience_origin origin)
{
    static const char *const names[] = {"unknown", "firm", "sector"};
    return (unsigned)origin <= TOL_RESILIENCE_OF_SECTOR ? names[origin] : "";
}

/* ---- binding ---------------------------------------------------------------------------------------------------- */

enum tol_status tol_resilience_bind(const struct tol_sections *sections, struct resilience_tables *tables,
                                    struct tol_error *error)
{
    uint64_t scales;
    uint64_t values;
    enum tol_status status = tol_sections_array(sections, RESILIENCE_SCALE_SECTION, sizeof *tables->scale,
                                                (const void **)&tables->scale, &scales, error);
    status = status != TOL_OK ? status
                              : tol_sections_array(sections, RESILIENCE_COUNTRY_SECTION, sizeof *tables->country,
                                                   (const void **)&tables->country, &tables->country_count, error);
    status = status != TOL_OK ? status
                              : tol_sections_array(sections, RESILIENCE_VALUE_SECTION, sizeof *tables->value,
                                                   (const void **)&tables->value, &values, error);
    if (status == TOL_OK && (scales != TOL_RESILIENCE_TERM_COUNT || tables->country_count == 0 ||
                             values != tables->country_count * RESILIENCE_SECTOR_SLOTS)) {
        status =
            tol_fail(error, TOL_BAD_DATA, "the tables file's resilience sections differ in length; build it again");
    }
    return status;
}

/* ---- V ------------------------------------------------------------------------------------------------------------ */

/* exp on [-ln 2, ln 2] by its series to the 18th power, whose rest is below 2^-60. Only fma and constants, so no library's exp, which
 * differs between machines, reaches a result. */
static double exponential(double x)
{
    static const double reciprocal_factorial[] = {
        1.0,
        1.0,
        1.0 / 2,
        1.0 / 6,
        1.0 / 24,
        1.0 / 120,
        1.0 / 720,
        1.0 / 5040,
        1.0 / 40320,
        1.0 / 362880,
        1.0 / 3628800,
        1.0 / 39916800,
        1.0 / 479001600,
        1.0 / 6227020800,
        1.0 / 87178291200,
        1.0 / 1307674368000,
        1.0 / 20922789888000,
        1.0 / 355687428096000,
        1.0 / 6402373705728000,
    };
    unsigned i = sizeof reciprocal_factorial / sizeof reciprocal_factorial[0] - 1;
    double sum = reciprocal_factorial[i];
    while (i-- > 0) {
        sum = fma(sum, x, reciprocal_factorial[i]);
    }
    return sum;
}

static double clip(double value, double most)
{
    return value > most ? most : value < -most ? -most : value;
}

static const struct resilience_values *values_of(const struct resilience_tables *tables, tol_country country,
                                                 const char *sector)
{
    uint16_t division;
    uint16_t section;
    (void)tol_sector_parse(sector, &division, &section);
    uint64_t low = 0;
    uint64_t high = tables->country_count;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (tables->country[middle] <= country) {
            low = middle;
        } else {
            high = middle;
        }
    }
    uint64_t row = tables->country[low] == country ? low : 0;
    return &tables->value[row * RESILIENCE_SECTOR_SLOTS + (division != 0 ? division : section)];
}

static struct tol_resilience_term term_of(const struct resilience_scale *scale, double own, double of_sector,
                                          double weight)
{
    struct tol_resilience_term term = {.origin = TOL_RESILIENCE_UNKNOWN, .value = NAN, .z = NAN, .contribution = 0};
    double value = isnan(own) ? of_sector : own;
    if (isnan(value) || isnan(scale->deviation)) {
        return term;
    }
    term.origin = isnan(own) ? TOL_RESILIENCE_OF_SECTOR : TOL_RESILIENCE_OF_FIRM;
    term.value = value;
    term.z = clip((value - scale->mean) / scale->deviation, z_most);
    term.contribution = weight * scale->beta * term.z + 0.0; /* no -0 */
    return term;
}

struct tol_vulnerability tol_vulnerability_of(const struct tol_parameters *parameters,
                                              const struct tol_settings *settings, tol_country country,
                                              const char *sector, const double *indicator)
{
    const struct resilience_tables *tables = tol_parameters_resilience(parameters);
    const struct resilience_values *of_sector = values_of(tables, country, sector);
    struct tol_vulnerability of = {.factor = 1};
    double sum = 0;
    for (unsigned i = 0; i < TOL_RESILIENCE_TERM_COUNT; i++) {
        double own = i < TOL_RESILIENCE_INDICATOR_COUNT ? indicator[i] : NAN;
        of.term[i] = term_of(&tables->scale[i], own, of_sector->term[i], settings->vulnerability_scale);
        of.known = of.known || of.term[i].origin != TOL_RESILIENCE_UNKNOWN;
        sum += of.term[i].contribution;
    }
    of.clipped = sum > log_2 || sum < -log_2;
    /* Exactly at the ends, whatever the series rounds to. */
    of.factor = sum >= log_2 ? 2 : sum <= -log_2 ? 0.5 : exponential(sum);
    return of;
}
