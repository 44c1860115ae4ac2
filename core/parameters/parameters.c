#include "tolmuur/parameters.h"

#include <math.h>
#include <stdlib.h>

#include "file/sections.h"
#include "law/image.h"
#include "parameters/image.h"
#include "parameters/resilience.h"
#include "tolmuur/sector.h"

struct tol_parameters {
    struct tol_sections *sections;
    const struct parameters_elasticity *elasticity;
    const struct parameters_margin *margin;
    const struct parameters_response *response;
    const struct tol_hub *hub;
    const uint64_t *import_product;
    const double *import_usd;
    uint64_t elasticity_count, margin_count, response_count, hub_count, import_count;
    double sigma_median;
    struct resilience_tables resilience;
};

struct tol_settings tol_settings_default(void)
{
    struct tol_settings settings = {
        .half_margin = 0.25,
        .band_edge = {5, 15, 35, 65},
        .border_pass_through = NAN,
        .market_elasticity = NAN,
        .cost_pass_through = NAN,
        .horizon = TOL_HORIZON_LONG,
        .origin_content = 0.35,
        .hub_share = 0.5,
        .interest_cover_floor = 2,
        .elasticity_spread = 0.3,
        .pass_through_spread = 0.5,
        .tiers = TOL_TIERS_ALL,
        .elasticity_default = NAN,
        .elasticity_scale = 1,
        .assume = TOL_ASSUME_TRADE,
        .vulnerability_scale = 1,
    };
    return settings;
}

/* Only what stands here: the file's other sections are checked by those who read them. */
static enum tol_status verify(const struct tol_sections *sections, struct tol_error *error)
{
    static const char *const names[] = {
        PARAMETERS_META_SECTION, PARAMETERS_ELASTICITY_SECTION, PARAMETERS_MARGIN_SECTION, PARAMETERS_RESPONSE_SECTION,
        PARAMETERS_HUB_SECTION,  LAW_IMPORT_PRODUCT_SECTION,    LAW_IMPORT_USD_SECTION};
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == TOL_OK; i++) {
        status = tol_sections_verify(sections, names[i], error);
    }
    return status;
}

static enum tol_status bind(struct tol_parameters *parameters, struct tol_error *error)
{
    const void *array;
    uint64_t count;
    uint64_t values;
    struct tol_sections *sections = parameters->sections;
    enum tol_status status = verify(sections, error);
    if (status == TOL_OK) {
        status = tol_sections_array(sections, PARAMETERS_META_SECTION, sizeof(struct parameters_meta), &array, &count,
                                    error);
    }
    if (status != TOL_OK) {
        return status;
    }
    if (count != 1) {
        return tol_fail(error, TOL_BAD_DATA, "the tables file holds no parameters; build it again");
    }
    parameters->sigma_median = ((const struct parameters_meta *)array)->sigma_median;
    status = tol_sections_array(sections, PARAMETERS_ELASTICITY_SECTION, sizeof(struct parameters_elasticity),
                                (const void **)&parameters->elasticity, &parameters->elasticity_count, error);
    status = status != TOL_OK
                 ? status
                 : tol_sections_array(sections, PARAMETERS_MARGIN_SECTION, sizeof(struct parameters_margin),
                                      (const void **)&parameters->margin, &parameters->margin_count, error);
    status = status != TOL_OK
                 ? status
                 : tol_sections_array(sections, PARAMETERS_RESPONSE_SECTION, sizeof(struct parameters_response),
                                      (const void **)&parameters->response, &parameters->response_count, error);
    status = status != TOL_OK ? status
                              : tol_sections_array(sections, PARAMETERS_HUB_SECTION, sizeof(struct tol_hub),
                                                   (const void **)&parameters->hub, &parameters->hub_count, error);
    status = status != TOL_OK
                 ? status
                 : tol_sections_array(sections, LAW_IMPORT_PRODUCT_SECTION, sizeof(uint64_t),
                                      (const void **)&parameters->import_product, &parameters->import_count, error);
    status = status != TOL_OK ? status
                              : tol_sections_array(sections, LAW_IMPORT_USD_SECTION, sizeof(double),
                                                   (const void **)&parameters->import_usd, &values, error);
    if (status == TOL_OK && values != parameters->import_count) {
        status = tol_fail(error, TOL_BAD_DATA, "the tables file's import sections differ in length; build it again");
    }
    return status != TOL_OK ? status : tol_resilience_bind(sections, &parameters->resilience, error);
}

enum tol_status tol_parameters_open(const char *path, struct tol_parameters **parameters, struct tol_error *error)
{
    struct tol_parameters *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening the parameters");
    }
    enum tol_status status = tol_sections_open(path, LAW_KIND, LAW_FORMAT_VERSION, &opened->sections, error);
    if (status == TOL_OK) {
        status = bind(opened, error);
    }
    if (status != TOL_OK) {
        tol_parameters_close(opened);
        return status;
    }
    *parameters = opened;
    return TOL_OK;
}

void tol_parameters_close(struct tol_parameters *parameters)
{
    if (parameters == NULL) {
        return;
    }
    tol_sections_close(parameters->sections);
    free(parameters);
}

const char *tol_horizon_name(enum tol_horizon horizon)
{
    return horizon == TOL_HORIZON_SHORT ? "short" : "long";
}

/* The row of the longest prefix. Few rows: read through. NULL when there is none. */
static const struct parameters_response *find_response(const struct tol_parameters *parameters,
                                                       enum tol_horizon horizon, tol_product product)
{
    const struct parameters_response *best = NULL;
    for (uint64_t i = 0; i < parameters->response_count; i++) {
        const struct parameters_response *row = &parameters->response[i];
        bool holds = row->product == 0 || (row->product <= product && product < tol_law_product_end(row->product));
        if (row->horizon == (uint64_t)horizon && holds && (best == NULL || row->product > best->product)) {
            best = row;
        }
    }
    return best;
}

static double setting_or(double setting, double otherwise)
{
    return isnan(setting) ? otherwise : setting;
}

struct tol_market_response tol_market_response(const struct tol_parameters *parameters,
                                               const struct tol_settings *settings, tol_product product)
{
    const struct parameters_response *row = find_response(parameters, settings->horizon, product);
    return (struct tol_market_response){
        .border_pass_through = setting_or(settings->border_pass_through, row != NULL ? row->border_pass_through : 1),
        .market_elasticity = setting_or(settings->market_elasticity, row != NULL ? row->market_elasticity : 1),
        .cost_pass_through = setting_or(settings->cost_pass_through, row != NULL ? row->cost_pass_through : 0),
    };
}

const struct tol_hub *tol_hubs(const struct tol_parameters *parameters, size_t *count)
{
    *count = parameters->hub_count < TOL_HUBS_MAX ? (size_t)parameters->hub_count : TOL_HUBS_MAX;
    return parameters->hub;
}

const struct resilience_tables *tol_parameters_resilience(const struct tol_parameters *parameters)
{
    return &parameters->resilience;
}

static tol_product cut_to_six(tol_product product)
{
    return tol_product_digits(product) > 6 ? ((product >> 4) / 10000 * 10000) << 4 | 6 : product;
}

static uint64_t elasticity_lower_bound(const struct tol_parameters *parameters, uint64_t product)
{
    uint64_t low = 0;
    uint64_t high = parameters->elasticity_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (parameters->elasticity[middle].product < product) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The mean is called estimated when all it is made of is. */
double tol_elasticity(const struct tol_parameters *parameters, const struct tol_settings *settings, tol_product product,
                      bool *estimated)
{
    tol_product code = cut_to_six(product);
    uint64_t end = tol_law_product_end(code);
    double sum = 0;
    uint64_t count = 0;
    bool all = true;
    for (uint64_t i = elasticity_lower_bound(parameters, code);
         i < parameters->elasticity_count && parameters->elasticity[i].product < end; i++) {
        sum += parameters->elasticity[i].sigma;
        all = all && parameters->elasticity[i].estimated != 0;
        count++;
    }
    *estimated = count > 0 && all;
    double sigma = sum / (double)count;
    if (count == 0) {
        sigma = isnan(settings->elasticity_default) ? parameters->sigma_median : settings->elasticity_default;
    }
    const struct parameters_response *row = find_response(parameters, settings->horizon, product);
    double scale = row != NULL ? row->substitution_scale : 1;
    return fma(scale, sigma - 1, 1) * settings->elasticity_scale;
}

static double margin_of(const struct tol_parameters *parameters, tol_country country, uint16_t sector)
{
    uint64_t low = 0;
    uint64_t high = parameters->margin_count;
    uint32_t wanted = (uint32_t)country << 16 | sector;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct parameters_margin *row = &parameters->margin[middle];
        uint32_t here = (uint32_t)row->country << 16 | row->sector;
        if (here == wanted) {
            return row->margin;
        }
        if (here < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NAN;
}

double tol_sector_margin(const struct tol_parameters *parameters, tol_country country, const char *sector)
{
    uint16_t division;
    uint16_t section;
    tol_sector_parse(sector, &division, &section);
    const struct {
        tol_country country;
        uint16_t sector;
    } tries[4] = {{country, division}, {country, section}, {0, division}, {0, section}};
    for (unsigned i = 0; i < 4; i++) {
        double margin = tries[i].sector == 0 ? NAN : margin_of(parameters, tries[i].country, tries[i].sector);
        if (!isnan(margin)) {
            return margin;
        }
    }
    return NAN;
}

double tol_trade_weight_usd(const struct tol_parameters *parameters, tol_product product)
{
    uint64_t low = 0;
    uint64_t high = parameters->import_count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (parameters->import_product[middle] < product) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint64_t end = tol_law_product_end(product);
    double usd = 0;
    for (; low < parameters->import_count && parameters->import_product[low] < end; low++) {
        usd += parameters->import_usd[low];
    }
    return usd;
}
