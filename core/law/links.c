#include "law/links.h"

#include <string.h>

#define HS_DIGITS 6

/* A code may have ended, begun anew with other goods, and ended again. So a step takes the links of one day only: the first step those
 * nearest to the day asked for, and every further step those nearest to the day on which the code before it was left. */
struct walk {
    const struct tol_law *law;
    const struct law_importer *importer;
    tol_day day;
    bool backward;
    bool full; /* more codes than there is room for: no answer is made of a part of them */
    unsigned count;
    struct {
        tol_product code;
        tol_day since; /* day of the link that led here */
    } visited[TOL_MAPPED_MAX];
};

tol_product tol_law_product_cut(tol_product product, unsigned digits)
{
    uint64_t unit = 1;
    for (unsigned i = digits; i < 10; i++) {
        unit *= 10;
    }
    return (product >> 4) / unit * unit << 4 | digits;
}

bool tol_law_code_stands(const struct tol_law *law, const struct law_importer *importer, tol_product product,
                         tol_day day)
{
    uint32_t node = tol_law_node_lower_bound(law, importer, product);
    uint32_t last = tol_law_node_lower_bound(law, importer, tol_law_product_end(product));
    for (; node < last; node++) {
        if (tol_law_is_line(law, importer, node, day, importer->has_lines)) {
            return true;
        }
    }
    return false;
}

uint32_t tol_law_link_lower_bound(const struct tol_law *law, const struct law_importer *importer, tol_product product)
{
    const struct law_link *link = law->link + importer->link_first;
    uint32_t low = 0;
    uint32_t high = importer->link_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (link[middle].code < product) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void visit(struct walk *walk, tol_product code, tol_day since)
{
    for (unsigned i = 0; i < walk->count; i++) {
        if (walk->visited[i].code == code) {
            return;
        }
    }
    if (walk->count == TOL_MAPPED_MAX) {
        walk->full = true;
        return;
    }
    walk->visited[walk->count].code = code;
    walk->visited[walk->count++].since = since;
}

/* May the walk take a link of this day? since NULL: the first step. */
static bool leads_there(const struct walk *walk, const struct law_link *link, const tol_day *since)
{
    if (link->backward != walk->backward) {
        return false;
    }
    return walk->backward ? link->day > walk->day && (since == NULL || link->day < *since)
                          : link->day <= walk->day && (since == NULL || link->day > *since);
}

/* Is the link's day nearer to where the step starts than the best so far? The first step starts at the day asked for, the others at the
 * last link. */
static bool nearer(const struct walk *walk, const struct law_link *link, const struct law_link *best,
                   const tol_day *since)
{
    bool later_first = walk->backward == (since != NULL);
    return later_first ? link->day > best->day : link->day < best->day;
}

/* One step from one code, whose links are [first, end). False: none of them leads anywhere. */
static bool step(struct walk *walk, const struct law_link *first, const struct law_link *end, const tol_day *since)
{
    const struct law_link *best = NULL;
    for (const struct law_link *link = first; link < end; link++) {
        if (leads_there(walk, link, since) && (best == NULL || nearer(walk, link, best, since))) {
            best = link;
        }
    }
    for (const struct law_link *link = best; link != NULL && link < end; link++) {
        if (link->backward == best->backward && link->day == best->day) {
            visit(walk, link->stands_as, link->day);
        }
    }
    return best != NULL;
}

/* One step from the code; when it has no link of its own, from every code beneath it. */
static void step_from(struct walk *walk, tol_product code, const tol_day *since)
{
    const struct law_link *link = walk->law->link + walk->importer->link_first;
    const struct law_link *last = link + walk->importer->link_count;
    tol_product end = tol_law_product_end(code);
    link += tol_law_link_lower_bound(walk->law, walk->importer, code);
    while (link < last && link->code < end) {
        const struct law_link *first = link;
        while (link < last && link->code == first->code) {
            link++;
        }
        if (step(walk, first, link, since) && first->code == code) {
            return;
        }
    }
}

/* Keeps the codes ascending, each once. */
static void keep(struct law_mapped *mapped, tol_product code)
{
    unsigned at = mapped->count;
    while (at > 0 && mapped->code[at - 1] > code) {
        at--;
    }
    memmove(&mapped->code[at + 1], &mapped->code[at], (mapped->count - at) * sizeof mapped->code[0]);
    mapped->code[at] = code;
    mapped->count++;
}

/* A code stands before those beneath it, which it holds already. */
static void drop_beneath(struct law_mapped *mapped)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < mapped->count; i++) {
        if (kept == 0 || mapped->code[i] >= tol_law_product_end(mapped->code[kept - 1])) {
            mapped->code[kept++] = mapped->code[i];
        }
    }
    mapped->count = kept;
}

static bool walk_from(const struct tol_law *law, const struct law_importer *importer, tol_product product, tol_day day,
                      bool backward, struct law_mapped *mapped)
{
    struct walk walk;
    walk.law = law;
    walk.importer = importer;
    walk.day = day;
    walk.backward = backward;
    walk.full = false;
    walk.count = 0;
    mapped->count = 0;
    step_from(&walk, product, NULL);
    for (unsigned i = 0; i < walk.count; i++) {
        tol_day since = walk.visited[i].since;
        if (tol_law_code_stands(law, importer, walk.visited[i].code, day)) {
            keep(mapped, walk.visited[i].code);
        } else {
            step_from(&walk, walk.visited[i].code, &since);
        }
    }
    drop_beneath(mapped);
    return mapped->count > 0 && !walk.full;
}

static bool walk_either_way(const struct tol_law *law, const struct law_importer *importer, tol_product product,
                            tol_day day, struct law_mapped *mapped)
{
    return walk_from(law, importer, product, day, false, mapped) ||
           walk_from(law, importer, product, day, true, mapped);
}

bool tol_law_links_follow(const struct tol_law *law, const struct law_importer *importer, tol_product product,
                          tol_day day, struct law_mapped *mapped)
{
    if (walk_either_way(law, importer, product, day, mapped)) {
        return true;
    }
    if (tol_product_digits(product) <= HS_DIGITS) {
        mapped->count = 0;
        return false;
    }
    tol_product subheading = tol_law_product_cut(product, HS_DIGITS);
    if (!tol_law_code_stands(law, importer, subheading, day) &&
        walk_either_way(law, importer, subheading, day, mapped)) {
        return true;
    }
    mapped->count = 0;
    return false;
}
