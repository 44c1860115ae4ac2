/* The structure of the small tables: what every answer stands on, and cheap enough for every opening. */
#include <math.h>
#include <string.h>

#include "law/verify.h"

enum tol_status tol_law_damaged(const struct tol_law *law, const char *section, struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA, "section %s contradicts itself or another one; build the file again", section);
    return tol_fail_at(error, TOL_BAD_DATA, law->sections != NULL ? tol_sections_path(law->sections) : NULL, 0, NULL,
                       NULL);
}

/* ---- texts, facts, programmes ---------------------------------------------------------------------------------- */

static bool meta_holds(const struct tol_law *law)
{
    const char *version = law->meta->version;
    return memchr(version, '\0', sizeof law->meta->version) != NULL && strlen(version) == 16 &&
           strspn(version, "0123456789abcdef") == 16;
}

/* Every text ends inside the pool when the pool ends with a zero. */
static bool strings_hold(const struct tol_law *law)
{
    return law->count[LAW_STRINGS] > 0 && law->strings[law->count[LAW_STRINGS] - 1] == '\0';
}

static bool central_holds(const struct law_fact *fact)
{
    if (!fact->has_central) {
        return fact->assume ? isnan(fact->central) : fact->central == 0;
    }
    bool choice = fact->type == LAW_CHOICE;
    return isfinite(fact->central) && (!choice || (fact->central >= 0 && fact->central < fact->value_count &&
                                                   fact->central == trunc(fact->central)));
}

static bool facts_hold(const struct tol_law *law)
{
    bool good = true;
    for (uint64_t i = 0; i < law->count[LAW_FACT_VALUES]; i++) {
        good = good && law_is_text(law, law->fact_value[i]);
    }
    for (uint64_t i = 0; i < law->count[LAW_FACTS]; i++) {
        const struct law_fact *fact = &law->fact[i];
        good = good && law_is_text(law, fact->name) && law_is_text(law, fact->meaning) && fact->type <= LAW_POSITIVE &&
               law_is_part(law, LAW_FACT_VALUES, fact->value_first, fact->value_count) &&
               (fact->type == LAW_CHOICE) == (fact->value_count > 0) && central_holds(fact);
    }
    return good;
}

static bool programmes_hold(const struct tol_law *law)
{
    bool good = law->count[LAW_PROGRAMMES] <= LAW_PROGRAMMES_LIMIT;
    for (uint64_t i = 0; i < law->count[LAW_PROGRAMMES]; i++) {
        const struct law_programme *programme = &law->programme[i];
        good = good && law_is_text(law, programme->name) && law_is_text(law, programme->title) &&
               programme->authority < TOL_AUTHORITY_COUNT;
    }
    return good;
}

/* ---- measures -------------------------------------------------------------------------------------------------- */

static bool yields_hold(const struct tol_law *law)
{
    bool good = true;
    for (uint64_t i = 0; i < law->count[LAW_YIELDS]; i++) {
        good = good && law->yield[i] < law->count[LAW_PROGRAMMES];
    }
    return good;
}

static bool terms_hold(const struct tol_law *law)
{
    bool good = true;
    for (uint64_t i = 0; i < law->count[LAW_TERMS]; i++) {
        const struct law_term *term = &law->term[i];
        good = good && term->fact < law->count[LAW_FACTS] && term->operation <= LAW_GREATER_EQUAL &&
               isfinite(term->number);
    }
    return good;
}

static bool measure_texts_hold(const struct tol_law *law, const struct law_measure *measure)
{
    return law_is_text(law, measure->id) && law_is_text(law, measure->base_text) && law_is_text(law, measure->source) &&
           law_is_text(law, measure->amount_text) && law_is_text(law, measure->conditions_text);
}

static bool base_holds(const struct tol_law *law, const struct law_measure *measure)
{
    bool on_fact = measure->base == LAW_CONTENT || measure->base == LAW_REST;
    return measure->base <= LAW_BASE_COLUMN && (!on_fact || (measure->base_fact < law->count[LAW_FACTS] &&
                                                             law->fact[measure->base_fact].type == LAW_SHARE));
}

/* Which facts the terms ask for; the terms lie in their section. */
static uint64_t facts_of_terms(const struct tol_law *law, const struct law_measure *measure)
{
    uint64_t facts = 0;
    for (unsigned i = 0; i < measure->term_count; i++) {
        facts |= (uint64_t)1 << (law->term[measure->term_first + i].fact % LAW_FACTS_LIMIT);
    }
    return facts;
}

/* Terms and yields of the measures follow each other, so that no sum over measures looks at a row twice. */
static bool measures_hold(const struct tol_law *law)
{
    uint64_t term = 0, yield = 0;
    bool good = true;
    for (uint64_t i = 0; good && i < law->count[LAW_MEASURES]; i++) {
        const struct law_measure *measure = &law->measure[i];
        good = measure_texts_hold(law, measure) && base_holds(law, measure) &&
               measure->programme < law->count[LAW_PROGRAMMES] && measure->effect <= LAW_SPECIFIC &&
               measure->from < measure->until && measure->collected_from <= measure->collected_until &&
               (measure->effect == LAW_SPECIFIC ? isnan(measure->rate) : law_is_rate(measure->rate)) &&
               measure->term_first == term && law_is_part(law, LAW_TERMS, term, measure->term_count) &&
               measure->yield_first == yield && law_is_part(law, LAW_YIELDS, yield, measure->yield_count) &&
               measure->condition_facts == facts_of_terms(law, measure);
        term += measure->term_count;
        yield += measure->yield_count;
    }
    return good && term == law->count[LAW_TERMS] && yield == law->count[LAW_YIELDS];
}

/* ---- importers ------------------------------------------------------------------------------------------------- */

/* What the importers before one have taken of the sections that they share: each takes the next part. */
struct taken {
    uint64_t measures, nodes, epochs, gaps, links;
};

static bool takes_next(const struct tol_law *law, enum law_section section, uint64_t first, uint64_t count,
                       uint64_t *taken)
{
    bool good = count == 0 || (first == *taken && law_is_part(law, section, first, count));
    *taken += count;
    return good;
}

static bool epochs_hold(const struct tol_law *law, const struct law_importer *importer)
{
    const int32_t *day = law->epoch + importer->epoch_first;
    bool good = importer->epoch_count > 0 && day[0] == TOL_DAY_MIN;
    for (uint32_t i = 1; good && i < importer->epoch_count; i++) {
        good = day[i - 1] < day[i];
    }
    return good;
}

/* Rows of bits, as many as are wanted, that name no measure beyond the importer's last. */
static bool names_measures(const struct tol_law *law, const struct law_importer *importer, uint64_t first,
                           uint64_t rows)
{
    if (!law_is_part(law, LAW_BITS, first, rows * importer->words)) {
        return false;
    }
    uint64_t beyond = 0;
    for (uint64_t row = 0; row < rows; row++) {
        beyond |= law->bits[first + (row + 1) * importer->words - 1] >> importer->measure_count % 64;
    }
    return beyond == 0;
}

static bool bits_hold(const struct tol_law *law, const struct law_importer *importer)
{
    uint64_t partner_rows = (uint64_t)importer->epoch_count * LAW_COUNTRY_SLOTS;
    return importer->words == importer->measure_count / 64 + 1 &&
           names_measures(law, importer, importer->star_bits, 1) &&
           names_measures(law, importer, importer->include_bits, importer->list_count) &&
           names_measures(law, importer, importer->exclude_bits, importer->list_count) &&
           law_is_part(law, LAW_BITS, importer->partner_bits, partner_rows * importer->words);
}

static bool importer_holds(const struct tol_law *law, uint64_t index, struct taken *taken)
{
    const struct law_importer *importer = &law->importer[index];
    bool good = (tol_country_exists(importer->country) || importer->country == TOL_COUNTRY_EU) &&
                importer->measure_count < LAW_MEASURES_LIMIT && importer->from < importer->until;
    for (uint64_t i = 0; i < index; i++) {
        good = good && law->importer[i].country != importer->country;
    }
    return good && takes_next(law, LAW_MEASURES, importer->measure_first, importer->measure_count, &taken->measures) &&
           takes_next(law, LAW_NODES, importer->node_first, importer->node_count, &taken->nodes) &&
           takes_next(law, LAW_EPOCHS, importer->epoch_first, importer->epoch_count, &taken->epochs) &&
           takes_next(law, LAW_GAPS, importer->gap_first, importer->gap_count, &taken->gaps) &&
           takes_next(law, LAW_LINKS, importer->link_first, importer->link_count, &taken->links) &&
           epochs_hold(law, importer) && bits_hold(law, importer);
}

static bool importers_hold(const struct tol_law *law)
{
    struct taken taken = {0};
    bool good = law->count[LAW_IMPORTERS] <= LAW_COUNTRY_SLOTS;
    for (uint64_t i = 0; good && i < law->count[LAW_IMPORTERS]; i++) {
        good = importer_holds(law, i, &taken);
    }
    return good && taken.measures == law->count[LAW_MEASURES] && taken.nodes == law->count[LAW_NODES] &&
           taken.nodes == law->count[LAW_PRODUCTS] && taken.epochs == law->count[LAW_EPOCHS] &&
           taken.gaps == law->count[LAW_GAPS] && taken.links == law->count[LAW_LINKS];
}

enum tol_status tol_law_verify_rules(const struct tol_law *law, struct tol_error *error)
{
    static const struct {
        enum law_section section;
        bool (*holds)(const struct tol_law *law);
    } steps[] = {
        {LAW_META, meta_holds},        {LAW_STRINGS, strings_hold},
        {LAW_FACTS, facts_hold},       {LAW_PROGRAMMES, programmes_hold},
        {LAW_YIELDS, yields_hold},     {LAW_TERMS, terms_hold},
        {LAW_MEASURES, measures_hold}, {LAW_IMPORTERS, importers_hold},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!steps[i].holds(law)) {
            return tol_law_damaged(law, tol_law_sections[steps[i].section].name, error);
        }
    }
    return TOL_OK;
}
