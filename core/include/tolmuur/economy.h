/* The world's industries and what they sell to each other, and the shares of origins in import markets: shipped tables.
 *
 * A region is a country with a table of its own, or the rest of the world. A node is one industry of one region, number
 * region * industry_count + industry. Values are million USD of the table's year; shares are fractions and do not depend on the year's
 * price level. docs/tables.md says where they come from. */
#ifndef TOLMUUR_ECONOMY_H
#define TOLMUUR_ECONOMY_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/code.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

#define TOL_ECONOMY_NONE UINT32_MAX

struct tol_economy; /* immutable, thread safe */

/* From the same compiled tables file as the law. Maps it; the cost does not depend on how many links or markets it holds. Caller owns
 * *economy. Tables without these rows give an economy with no nodes and no markets. TOL_NO_INPUT: no such file. TOL_BAD_DATA: not a tables
 * file, or one without these sections, or their lengths do not fit together. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_economy_open(const char *path, struct tol_economy **economy,
                                                struct tol_error *error);
void tol_economy_close(struct tol_economy *economy); /* NULL allowed; every pointer below ends with it */

/* Reads all of it through and compares checksums, and that every row and number lies inside its array: a file that passes cannot lead a
 * reader astray. To be called once before links or markets are walked. TOL_BAD_DATA names the section. */
TOL_MUST_CHECK enum tol_status tol_economy_verify(const struct tol_economy *economy, struct tol_error *error);

/* The same for what single look-ups read: regions, industries, products, home shares and the list of markets, a thirtieth of the whole; neither
 * links nor origins. */
TOL_MUST_CHECK enum tol_status tol_economy_verify_lookups(const struct tol_economy *economy, struct tol_error *error);
/* Beyond these, the origins of all markets. */
TOL_MUST_CHECK enum tol_status tol_economy_verify_origins(const struct tol_economy *economy, struct tol_error *error);

/* Of the whole tables file: the same for the same tables. */
uint64_t tol_economy_identity(const struct tol_economy *economy);

/* ---- regions, industries, nodes -------------------------------------------------------------------------------- */

uint32_t tol_economy_region_count(const struct tol_economy *economy);
uint32_t tol_economy_industry_count(const struct tol_economy *economy);
uint32_t tol_economy_node_count(const struct tol_economy *economy); /* the product of both */

/* "DEU", "RoW"; "Germany", "Rest of the world". region < region_count. */
const char *tol_economy_region_code(const struct tol_economy *economy, uint32_t region);
const char *tol_economy_region_name(const struct tol_economy *economy, uint32_t region);
tol_country tol_economy_region_country(const struct tol_economy *economy, uint32_t region); /* 0: rest of the world */

/* ISIC Rev. 3 letters and divisions, "34t35"; "Transport equipment". industry < industry_count. */
const char *tol_economy_industry_code(const struct tol_economy *economy, uint32_t industry);
const char *tol_economy_industry_title(const struct tol_economy *economy, uint32_t industry);

/* The region of a country; that of the rest of the world for a country without one (also for TOL_COUNTRY_EU, which is no single region).
 * TOL_ECONOMY_NONE only in an empty economy. */
uint32_t tol_economy_region(const struct tol_economy *economy, tol_country country);

/* The industry that makes a product: longer codes are cut to HS6; a shorter code takes the industry of most HS6 beneath, of equals the
 * first. TOL_ECONOMY_NONE when none is known. */
uint32_t tol_economy_industry_of_product(const struct tol_economy *economy, tol_product product);

/* The industry that holds a NACE Rev. 2 division; a bare section letter has one only when all its divisions lie in the same industry.
 * TOL_ECONOMY_NONE otherwise, and when the text is no NACE code. */
uint32_t tol_economy_industry_of_sector(const struct tol_economy *economy, const char *nace);

/* ---- links ----------------------------------------------------------------------------------------------------- */

/* Compressed rows: those of node n are start[n] to start[n + 1], ascending by node, none twice, every share > 0. The arrays are 64-byte
 * aligned. start is never NULL; an empty economy has start[0] = 0. */
struct tol_economy_links {
    const uint64_t *start; /* [node_count + 1] */
    const uint32_t *node;  /* [start[node_count]] */
    const double *share;   /* likewise */
};

/* Row: a seller; entries: its buyers. Share: flow / output of the seller. A row and the seller's final shares add up to 1 (rounding
 * apart); both are empty when its output is 0. */
struct tol_economy_links tol_economy_sales(const struct tol_economy *economy);

/* Row: a buyer; entries: its suppliers. Share: flow / intermediate inputs of the buyer. A row adds up to 1, or is empty. */
struct tol_economy_links tol_economy_purchases(const struct tol_economy *economy);

/* [node * region_count + region]: final demand of the region for the node's goods / output of the node. */
const double *tol_economy_final_share(const struct tol_economy *economy);

/* [node]: everything the node sells, to industries and to final demand; and everything it buys from industries. Million USD. */
const double *tol_economy_output_musd(const struct tol_economy *economy);
const double *tol_economy_inputs_musd(const struct tol_economy *economy);

/* Share of the region's own supply in all it uses of the industry's goods, for industries and final demand together, between 0 and 1.
 * TOL_COUNTRY_EU: of the supply from any member in what all members use. NaN when nothing is used or the industry is TOL_ECONOMY_NONE. */
double tol_economy_home_share(const struct tol_economy *economy, tol_country importer, uint32_t industry);

/* ---- markets --------------------------------------------------------------------------------------------------- */

struct tol_market_origin {
    tol_country origin;
    uint8_t reserved[6];
    double import_share; /* of the market's imports; those of one market add up to 1 */
    double imports_usd;
};

/* One product's imports into one country in one year. */
struct tol_market {
    tol_product product; /* HS6 */
    tol_country importer;
    uint32_t origin_count;                  /* >= 1 */
    const struct tol_market_origin *origin; /* ascending by code */
    double imports_usd;                     /* of these origins; > 0 */
    double home_share;                      /* of the industry that makes the product, as tol_economy_home_share */
};

/* All markets, by importer, then product. */
uint64_t tol_market_count(const struct tol_economy *economy);
struct tol_market tol_market_at(const struct tol_economy *economy, uint64_t index); /* index < count */

/* The market of a product of at least six digits (longer codes are cut). False when there is none. */
bool tol_market_find(const struct tol_economy *economy, tol_country importer, tol_product product, uint64_t *index);

#pragma GCC visibility pop

#endif
