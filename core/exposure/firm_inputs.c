#include <math.h>

#include "exposure/plan.h"

/* Sums of lines may miss a stated total by rounding alone; only what is above that is worth a note. */
static const double rounding_allowance = 1e-9;

static bool exceeds(double part, double whole)
{
    return part > whole * (1 + rounding_allowance);
}

/* 0 where a side has no lines, whatever the book notes there. */
static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static double share_or_missing(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static double margin_from_purchases(double revenue_eur, double purchases_eur)
{
    if (!(revenue_eur > 0)) {
        return 0;
    }
    return fmin(fmax(1 - purchases_eur / revenue_eur, 0), 1);
}

/* What a firm takes from its sector; its own indicators, if it has any, are not in it. */
static struct tol_sector_values sector_values(const struct tol_plan *plan, tol_country country, uint32_t sector)
{
    double none[TOL_RESILIENCE_INDICATOR_COUNT];
    for (int i = 0; i < TOL_RESILIENCE_INDICATOR_COUNT; i++) {
        none[i] = NAN;
    }
    const char *code = tol_book_sector(plan->book, sector);
    struct tol_vulnerability resilience = tol_vulnerability_of(plan->parameters, &plan->settings, country, code, none);
    return (struct tol_sector_values){.filled = true,
                                      .country = country,
                                      .sector = sector,
                                      .margin = tol_sector_margin(plan->parameters, country, code),
                                      .vulnerability = resilience.factor,
                                      .resilience_known = resilience.known};
}

static struct tol_sector_values sector_values_of(const struct tol_plan *plan, uint64_t firm,
                                                 struct tol_sector_memo *memo)
{
    tol_country country = plan->book->firm_country[firm];
    uint32_t sector = plan->book->firm_sector[firm];
    if (memo == NULL) {
        return sector_values(plan, country, sector);
    }
    struct tol_sector_values *values = &memo->values[(sector * 61u + country) % TOL_SECTOR_MEMO_SIZE];
    if (!values->filled || values->country != country || values->sector != sector) {
        *values = sector_values(plan, country, sector);
    }
    return *values;
}

static uint32_t profit_flags(double ebitda_eur, double interest_eur)
{
    uint32_t flags = isnan(interest_eur) ? TOL_FLAG_INTEREST_MISSING : 0;
    if (isnan(ebitda_eur)) {
        flags |= TOL_FLAG_EBITDA_MISSING;
    } else if (ebitda_eur <= 0) {
        flags |= TOL_FLAG_EBITDA_NOT_POSITIVE;
    }
    return flags;
}

static bool has_own_indicators(const struct tol_book *book, uint64_t firm)
{
    for (int i = 0; i < TOL_RESILIENCE_INDICATOR_COUNT; i++) {
        if (!isnan(book->firm_number[TOL_VACANCY_DIFFICULTY + i][firm])) {
            return true;
        }
    }
    return false;
}

struct tol_vulnerability tol_firm_vulnerability(const struct tol_plan *plan, uint64_t firm)
{
    const struct tol_book *book = plan->book;
    double indicator[TOL_RESILIENCE_INDICATOR_COUNT];
    for (int i = 0; i < TOL_RESILIENCE_INDICATOR_COUNT; i++) {
        indicator[i] = book->firm_number[TOL_VACANCY_DIFFICULTY + i][firm];
    }
    return tol_vulnerability_of(plan->parameters, &plan->settings, book->firm_country[firm],
                                tol_book_sector(book, book->firm_sector[firm]), indicator);
}

struct tol_resolved_firm tol_firm_resolve(const struct tol_plan *plan, uint64_t member, struct tol_sector_memo *memo)
{
    const struct tol_book *book = plan->book;
    uint64_t firm = tol_member_firm(plan, member);
    const struct tol_concentration *sales = &book->side[TOL_SALES].concentration[firm];
    const struct tol_concentration *purchases = &book->side[TOL_PURCHASES].concentration[firm];
    double sold_eur = or_zero(sales->total_eur);
    double bought_eur = or_zero(purchases->total_eur);
    struct tol_sector_values sector = sector_values_of(plan, firm, memo);
    if (has_own_indicators(book, firm)) {
        struct tol_vulnerability own = tol_firm_vulnerability(plan, firm);
        sector.vulnerability = own.factor;
        sector.resilience_known = own.known;
    }
    struct tol_resolved_firm of = {
        .revenue_eur = book->firm_number[TOL_REVENUE][firm],
        .purchases_eur = book->firm_number[TOL_PURCHASES_TOTAL][firm],
        .ebitda_eur = book->firm_number[TOL_EBITDA][firm],
        .interest_eur = book->firm_number[TOL_INTEREST][firm],
        .contribution_margin = book->firm_number[TOL_CONTRIBUTION_MARGIN][firm],
        .cost_pass_through = book->firm_number[TOL_COST_PASS_THROUGH][firm],
        .vulnerability = sector.vulnerability,
    };
    of.flags = profit_flags(of.ebitda_eur, of.interest_eur);
    of.flags |= sector.resilience_known ? 0 : TOL_FLAG_RESILIENCE_UNKNOWN;
    if (isnan(of.purchases_eur)) {
        of.purchases_eur = bought_eur;
        of.flags |= TOL_FLAG_PURCHASES_MISSING;
    } else if (exceeds(bought_eur, of.purchases_eur)) {
        of.flags |= TOL_FLAG_PURCHASES_EXCEED_TOTAL;
    }
    if (exceeds(sold_eur, of.revenue_eur)) {
        of.flags |= TOL_FLAG_SALES_EXCEED_REVENUE;
    }
    if (isnan(of.contribution_margin)) {
        of.contribution_margin =
            isnan(sector.margin) ? margin_from_purchases(of.revenue_eur, of.purchases_eur) : sector.margin;
        of.flags |= TOL_FLAG_MARGIN_IMPUTED;
    }
    if (isnan(of.cost_pass_through)) {
        of.cost_pass_through = tol_market_response(plan->parameters, &plan->settings, 0).cost_pass_through;
        of.flags |= TOL_FLAG_PASS_THROUGH_IMPUTED;
    }
    of.us_sales_share = share_or_missing(or_zero(sales->watched_eur), of.revenue_eur);
    of.china_purchase_share = share_or_missing(or_zero(purchases->watched_eur), of.purchases_eur);
    return of;
}
