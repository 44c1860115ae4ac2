#include "exposure/explain_check.h"

#include <criterion/criterion.h>
#include <math.h>

static void check_duty(const struct tol_explained_line *line)
{
    double sum = 0;
    double sizes = 0;
    for (int a = 0; a < TOL_AUTHORITY_COUNT; a++) {
        sum += line->authority_duty_eur[a];
        sizes += fabs(line->authority_duty_eur[a]);
    }
    cr_assert_eq(sum, line->duty_eur, "%.17g and %.17g", sum, line->duty_eur);
    if (!isnan(line->base_rate) && !isnan(line->new_rate)) {
        double duty = line->value_eur * (line->new_rate - line->base_rate);
        cr_assert_leq(fabs(duty - line->duty_eur), 1e-15 * (sizes + line->value_eur));
    } else {
        cr_assert_eq(line->duty_eur, 0);
        cr_assert_eq(line->ebitda_eur, 0);
    }
}

/* Three parts in every order. */
static void check_revenue(const struct tol_explained_line *line)
{
    double own = line->revenue_own_duty_eur;
    double price = line->revenue_price_cut_eur;
    double diversion = line->revenue_diversion_eur;
    cr_assert_eq(own + price + diversion, line->revenue_change_eur);
    cr_assert_eq(diversion + price + own, line->revenue_change_eur);
    cr_assert_eq(own + diversion + price, line->revenue_change_eur);
    double sizes = fabs(line->price_cut_eur) + fabs(line->volume_eur) + fabs(diversion);
    cr_assert_leq(fabs(line->price_cut_eur + line->volume_eur - line->revenue_change_eur), 4e-15 * sizes);
    cr_assert_geq(own * price, 0, "both come from the own duty");
}

/* Parts of an explanation as they are found, their sum and their sizes. */
struct sum {
    double all;
    double sizes;
    size_t count;
};

static void add(struct sum *sum, double part)
{
    sum->all += part;
    sum->sizes += fabs(part);
    sum->count++;
}

/* By who, forwards and backwards, and by tier. */
static struct sum check_chain(const struct tol_explained_chain *chain)
{
    struct sum partners = {0}, sectors = {0}, tiers = {0};
    double backwards = 0;
    for (size_t i = 0; i < chain->partner_count; i++) {
        add(&partners, chain->partner[i].ebitda_eur);
        backwards += chain->partner[chain->partner_count - 1 - i].ebitda_eur;
        cr_assert(i == 0 || fabs(chain->partner[i - 1].ebitda_eur) >= fabs(chain->partner[i].ebitda_eur));
    }
    cr_assert_eq(backwards, partners.all);
    for (size_t i = 0; i < chain->sector_count; i++) {
        add(&sectors, chain->sector[i].ebitda_eur);
        cr_assert(i == 0 || fabs(chain->sector[i - 1].ebitda_eur) >= fabs(chain->sector[i].ebitda_eur));
    }
    add(&tiers, chain->network_eur);
    for (size_t i = 0; i < chain->tier_count; i++) {
        add(&tiers, chain->tier[i].ebitda_eur);
        cr_assert_eq(chain->tier[i].tier, i + 1);
    }
    cr_assert_eq(partners.all, chain->partners_eur);
    cr_assert_eq(sectors.all, chain->sectors_eur);
    cr_assert_eq(partners.all + sectors.all, chain->ebitda_eur);
    cr_assert_eq(tiers.all, chain->ebitda_eur, "tiers: %.17g and %.17g", tiers.all, chain->ebitda_eur);
    return (struct sum){.all = chain->ebitda_eur,
                        .sizes = partners.sizes + sectors.sizes + tiers.sizes,
                        .count = partners.count + sectors.count + tiers.count};
}

/* What arrives at the firm is cut to whole quanta, in each tier and of the sectors: less than one of them each, in EUR. */
static double cut_off(const struct tol_explained_chain *chain)
{
    double whole_eur = chain->share != 0 ? fabs(chain->ebitda_eur / chain->share) : 0;
    return (double)(chain->tier_count + 1) * 0x1p-50 * whole_eur;
}

void explanation_check(const struct tol_explanation *of)
{
    struct sum side[TOL_SIDE_COUNT] = {0};
    double sizes = 0, cut = 0;
    size_t count = of->line_count;
    for (size_t i = 0; i < of->line_count; i++) {
        const struct tol_explained_line *line = &of->line[i];
        add(&side[line->side], line->ebitda_eur);
        cr_assert(i == 0 || fabs(of->line[i - 1].ebitda_eur) >= fabs(line->ebitda_eur), "greatest first");
        check_duty(line);
        if (line->side == TOL_SALES) {
            check_revenue(line);
        }
    }
    double all = side[TOL_SALES].all + side[TOL_PURCHASES].all;
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        struct sum chain = check_chain(&of->chain[i]);
        all += chain.all;
        cut += cut_off(&of->chain[i]);
        count += chain.count;
        sizes += side[i].sizes + chain.sizes;
    }
    cr_assert_eq(side[TOL_SALES].all, of->sales_eur);
    cr_assert_eq(side[TOL_PURCHASES].all, of->purchases_eur);
    cr_assert_eq(all + of->rounding_eur, of->row.ebitda_change_eur);
    cr_assert_eq(of->chain[TOL_PURCHASES].ebitda_eur + of->purchases_eur + of->chain[TOL_SALES].ebitda_eur +
                     of->sales_eur + of->rounding_eur,
                 of->row.ebitda_change_eur);
    cr_assert_leq(fabs(of->rounding_eur), (double)count * 0x1p-50 * sizes + cut, "rounding %g of %g", of->rounding_eur,
                  sizes);
    cr_assert_eq(of->row.widest_unknown == 0, of->unknown_count == 0);
}

struct tol_explanation *explanation_of(const struct tol_plan *plan, uint64_t firm, uint32_t scenario)
{
    struct tol_explanation *explanation = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_explain(plan, firm, scenario, &explanation, &error), TOL_OK, "%s", error.message);
    return explanation;
}
