/* `firm`: what comes through customers and suppliers, for people and for machines. */
#include "firm_answer.h"
#include "json_codes.h"
#include "number.h"

#include <stdio.h>

enum { TIERS_SHOWN = 6 };

/* Parts that are not shown one by one. Sums of ebitda_eur are exact. */
struct rest {
    size_t count;
    double value_eur;
    double ebitda_eur;
};

static struct rest rest_of_partners(const struct tol_explained_chain *chain, size_t top)
{
    struct rest rest = {0};
    for (size_t i = top; i < chain->partner_count; i++) {
        rest.count += 1;
        rest.value_eur += chain->partner[i].value_eur;
        rest.ebitda_eur += chain->partner[i].ebitda_eur;
    }
    return rest;
}

static struct rest rest_of_sectors(const struct tol_explained_chain *chain, size_t top)
{
    struct rest rest = {0};
    for (size_t i = top; i < chain->sector_count; i++) {
        rest.count += 1;
        rest.value_eur += chain->sector[i].value_eur;
        rest.ebitda_eur += chain->sector[i].ebitda_eur;
    }
    return rest;
}

static struct tol_explained_tier rest_of_tiers(const struct tol_explained_chain *chain)
{
    struct tol_explained_tier rest = {0};
    for (size_t i = TIERS_SHOWN; i < chain->tier_count; i++) {
        rest.tier += 1; /* here: their number */
        rest.share += chain->tier[i].share;
        rest.ebitda_eur += chain->tier[i].ebitda_eur;
    }
    return rest;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static void json_partner(struct json_writer *json, const struct tol_book *book,
                         const struct tol_explained_partner *partner)
{
    json_object(json, NULL);
    json_firm(json, book, partner->firm);
    json_number(json, "value_eur", partner->value_eur);
    json_number(json, "direct", partner->direct);
    json_number(json, "indirect", partner->indirect);
    json_number(json, "handed_on", partner->handed_on);
    json_number(json, "ebitda_eur", partner->ebitda_eur);
    json_end_object(json);
}

static void json_sector(struct json_writer *json, const struct tol_economy *economy,
                        const struct tol_explained_sector *sector)
{
    json_object(json, NULL);
    json_country(json, "country", sector->country);
    json_text(json, "industry", tol_economy_industry_code(economy, sector->industry));
    json_text(json, "title", tol_economy_industry_title(economy, sector->industry));
    json_number(json, "value_eur", sector->value_eur);
    json_number(json, "share", sector->share);
    json_number(json, "ebitda_eur", sector->ebitda_eur);
    json_end_object(json);
}

static void json_rest(struct json_writer *json, const char *key, struct rest rest)
{
    json_object(json, key);
    json_integer(json, "count", rest.count);
    json_number(json, "value_eur", rest.value_eur);
    json_number(json, "ebitda_eur", rest.ebitda_eur);
    json_end_object(json);
}

static void json_tier(struct json_writer *json, const char *key, const char *name,
                      const struct tol_explained_tier *tier)
{
    json_object(json, key);
    if (name != NULL) {
        json_integer(json, name, tier->tier);
    }
    json_number(json, "share", tier->share);
    json_number(json, "ebitda_eur", tier->ebitda_eur);
    json_end_object(json);
}

static void json_tiers(struct json_writer *json, const struct tol_explained_chain *chain)
{
    json_boolean(json, "tiers_complete", chain->complete);
    json_array(json, "tiers");
    for (size_t i = 0; i < chain->tier_count && i < TIERS_SHOWN; i++) {
        json_tier(json, NULL, "tier", &chain->tier[i]);
    }
    json_end_array(json);
    const struct tol_explained_tier others = rest_of_tiers(chain);
    json_tier(json, "other_tiers", "count", &others);
    const struct tol_explained_tier network = {.share = chain->network_share, .ebitda_eur = chain->network_eur};
    json_tier(json, "sector_network", NULL, &network);
}

void firm_chain_json(struct json_writer *json, const struct firm_answer *answer, size_t scenario, enum tol_side side)
{
    const struct tol_explained_chain *chain = &answer->explanation[scenario]->chain[side];
    bool sales = side == TOL_SALES;
    json_object(json, sales ? "lost_orders" : "dearer_inputs");
    json_number(json, "share", chain->share);
    json_number(json, "ebitda_eur", chain->ebitda_eur);
    json_array(json, sales ? "customers" : "suppliers");
    for (size_t i = 0; i < chain->partner_count && i < answer->top; i++) {
        json_partner(json, answer->book, &chain->partner[i]);
    }
    json_end_array(json);
    json_rest(json, sales ? "other_customers" : "other_suppliers", rest_of_partners(chain, answer->top));
    json_array(json, "sectors");
    for (size_t i = 0; i < chain->sector_count && i < answer->top; i++) {
        json_sector(json, answer->economy, &chain->sector[i]);
    }
    json_end_array(json);
    json_rest(json, "other_sectors", rest_of_sectors(chain, answer->top));
    json_tiers(json, chain);
    json_end_object(json);
}

/* ---- for people ------------------------------------------------------------------------------------------------ */

enum { CHANGE_SIZE = 64 };

/* A fraction as a change: "+1.20 %". */
static void change_text(double fraction, char text[CHANGE_SIZE])
{
    text[0] = '+';
    number_percent(fraction, 2, fraction > 0 ? text + 1 : text, fraction > 0 ? CHANGE_SIZE - 1 : CHANGE_SIZE);
}

static void describe_partner(const struct tol_explained_partner *partner, enum tol_side side, char *text, size_t size)
{
    char all[CHANGE_SIZE], direct[CHANGE_SIZE], indirect[CHANGE_SIZE], passed[CHANGE_SIZE];
    double sign = side == TOL_SALES ? -1 : 1;
    change_text(sign * (partner->direct + partner->indirect), all);
    change_text(sign * partner->direct, direct);
    change_text(sign * partner->indirect, indirect);
    if (side == TOL_SALES) {
        snprintf(text, size, "its orders %s: %s directly, %s through its customers", all, direct, indirect);
        return;
    }
    change_text(partner->handed_on, passed);
    snprintf(text, size, "its inputs %s: %s directly, %s through its suppliers; its prices %s", all, direct, indirect,
             passed);
}

static void render_partner(struct view *view, struct view_line *parent, const struct firm_answer *answer,
                           size_t scenario, enum tol_side side, const struct tol_explained_partner *partner)
{
    char id[256], name[256], text[1024], detail[512];
    const struct tol_book *book = answer->book;
    tol_book_firm_id(book, partner->firm, id, sizeof id);
    tol_book_firm_name(book, partner->firm, name, sizeof name);
    snprintf(text, sizeof text, "%s%s%s, %s, sector %s", id, name[0] != '\0' ? " " : "", name,
             tol_country_name(book->firm_country[partner->firm]),
             tol_book_sector(book, book->firm_sector[partner->firm]));
    describe_partner(partner, side, detail, sizeof detail);
    struct view_line *line = view_line(view, parent);
    view_cell(line, TREE_CAUSE, text);
    view_cell_people(line, TREE_VALUE, partner->value_eur, 0);
    firm_tree_part(line, answer, scenario, partner->ebitda_eur);
    view_cell(line, TREE_SOURCE, detail);
}

static void render_sector(struct view *view, struct view_line *parent, const struct firm_answer *answer,
                          size_t scenario, enum tol_side side, const struct tol_explained_sector *sector)
{
    char text[256], share[CHANGE_SIZE], detail[256];
    snprintf(text, sizeof text, "not named: %s %s %s", tol_economy_industry_title(answer->economy, sector->industry),
             side == TOL_SALES ? "to" : "from", tol_country_name(sector->country));
    change_text(side == TOL_SALES ? -sector->share : sector->share, share);
    snprintf(detail, sizeof detail, "%s %s", side == TOL_SALES ? "orders of its buyers" : "prices", share);
    struct view_line *line = view_line(view, parent);
    view_cell(line, TREE_CAUSE, text);
    view_cell_people(line, TREE_VALUE, sector->value_eur, 0);
    firm_tree_part(line, answer, scenario, sector->ebitda_eur);
    view_cell(line, TREE_SOURCE, detail);
}

static void render_rest(struct view *view, struct view_line *parent, const struct firm_answer *answer, size_t scenario,
                        const char *one, const char *many, struct rest rest)
{
    if (rest.count == 0) {
        return;
    }
    char text[64];
    snprintf(text, sizeof text, "%zu other %s", rest.count, rest.count == 1 ? one : many);
    struct view_line *line = view_line(view, parent);
    view_cell(line, TREE_CAUSE, text);
    view_cell_people(line, TREE_VALUE, rest.value_eur, 0);
    firm_tree_part(line, answer, scenario, rest.ebitda_eur);
}

void firm_chain_render(struct view *view, struct view_line *parent, const struct firm_answer *answer, size_t scenario,
                       enum tol_side side)
{
    const struct tol_explained_chain *chain = &answer->explanation[scenario]->chain[side];
    if (chain->partner_count + chain->sector_count == 0) {
        return;
    }
    bool sales = side == TOL_SALES;
    struct view_line *branch = view_line(view, parent);
    view_cell(branch, TREE_CAUSE, sales ? "orders lost through customers" : "dearer inputs through suppliers");
    firm_tree_part(branch, answer, scenario, chain->ebitda_eur);
    for (size_t i = 0; i < chain->partner_count && i < answer->top; i++) {
        render_partner(view, branch, answer, scenario, side, &chain->partner[i]);
    }
    render_rest(view, branch, answer, scenario, sales ? "customer" : "supplier", sales ? "customers" : "suppliers",
                rest_of_partners(chain, answer->top));
    for (size_t i = 0; i < chain->sector_count && i < answer->top; i++) {
        render_sector(view, branch, answer, scenario, side, &chain->sector[i]);
    }
    render_rest(view, branch, answer, scenario, sales ? "group of buyers not named" : "group of suppliers not named",
                sales ? "groups of buyers not named" : "groups of suppliers not named",
                rest_of_sectors(chain, answer->top));
}

/* ---- tiers ----------------------------------------------------------------------------------------------------- */

static void tier_line(struct view *view, const char *text, const double eur[TOL_SIDE_COUNT])
{
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, text);
    view_cell_people(line, 1, eur[TOL_SALES], 0);
    view_cell_people(line, 2, eur[TOL_PURCHASES], 0);
}

void firm_tiers_render(struct sink *sink, const struct look *look, const struct firm_answer *answer, size_t scenario)
{
    const struct tol_explained_chain *chain = answer->explanation[scenario]->chain;
    size_t tiers = chain[TOL_SALES].tier_count > chain[TOL_PURCHASES].tier_count ? chain[TOL_SALES].tier_count
                                                                                 : chain[TOL_PURCHASES].tier_count;
    if (tiers == 0) {
        return; /* what comes of the sector network alone is in the tree already */
    }
    struct view *view = view_create(look, true);
    view_column(view, "the same by distance", COLUMN_LEFT);
    view_column(view, "lost orders EUR", COLUMN_RIGHT);
    view_column(view, "dearer inputs EUR", COLUMN_RIGHT);
    char text[64];
    double eur[TOL_SIDE_COUNT];
    for (size_t i = 0; i < tiers && i < TIERS_SHOWN; i++) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            eur[side] = i < chain[side].tier_count ? chain[side].tier[i].ebitda_eur : 0;
        }
        snprintf(text, sizeof text, "tier %zu", i + 1);
        tier_line(view, text, eur);
    }
    if (tiers > TIERS_SHOWN) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            eur[side] = rest_of_tiers(&chain[side]).ebitda_eur;
        }
        snprintf(text, sizeof text, "tiers %d to %zu", TIERS_SHOWN + 1, tiers);
        tier_line(view, text, eur);
    }
    bool complete = chain[TOL_SALES].complete && chain[TOL_PURCHASES].complete;
    tier_line(view, complete ? "sector network" : "further tiers and sector network",
              (double[]){chain[TOL_SALES].network_eur, chain[TOL_PURCHASES].network_eur});
    sink_text(sink, "\n");
    view_print(view, sink);
}
