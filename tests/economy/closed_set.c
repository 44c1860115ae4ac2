#include "economy/closed_set.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { FIELDS_MOST = 9 };

/* Pointers into line, which is cut up. The files have no quotes. */
static size_t cut_line(char *line, char *field[FIELDS_MOST])
{
    line[strcspn(line, "\r\n")] = '\0';
    size_t count = 0;
    for (char *next = line; next != NULL && count < FIELDS_MOST; count++) {
        field[count] = next;
        next = strchr(next, ',');
        if (next != NULL) {
            *next++ = '\0';
        }
    }
    return count;
}

/* Names get their numbers in the order in which they come. */
static size_t number_of(char (*names)[32], size_t most, const char *name)
{
    size_t i = 0;
    while (i < most && names[i][0] != '\0' && strcmp(names[i], name) != 0) {
        i++;
    }
    cr_assert_lt(i, most, "one name too many: %s", name);
    cr_assert_lt(strlen(name), sizeof names[i]);
    strcpy(names[i], name);
    return i;
}

static double money(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    cr_assert(end != text && *end == '\0', "%s is no amount", text);
    return value;
}

static gzFile open_table(const char *folder, const char *table, const char *header)
{
    char path[1024], line[256];
    snprintf(path, sizeof path, "%s/input-output/caliendo_parro_%s.csv.gz", folder, table);
    gzFile file = access(path, R_OK) == 0 ? gzopen(path, "rb") : NULL;
    if (file != NULL) {
        cr_assert_not_null(gzgets(file, line, sizeof line));
        cr_assert_eq(strncmp(line, header, strlen(header)), 0, "%s begins with %s", path, line);
    }
    return file;
}

/* paid [importer][sector][exporter]: value with duty, what the shares of origins are made of. */
static bool read_trade(const char *folder, struct closed_set *set, double *paid)
{
    gzFile file = open_table(folder, "trade", "sector,exporter,importer,value,tariff,");
    char line[256];
    char *field[FIELDS_MOST];
    size_t rows = 0;
    for (; file != NULL && gzgets(file, line, sizeof line) != NULL; rows++) {
        cr_assert_geq(cut_line(line, field), 5);
        size_t sector = number_of(set->sector, CLOSED_SECTORS, field[0]);
        size_t exporter = number_of(set->region, CLOSED_REGIONS, field[1]);
        size_t importer = number_of(set->region, CLOSED_REGIONS, field[2]);
        double value = money(field[3]);
        cr_assert_geq(value, 0);
        set->trade[exporter * CLOSED_SECTORS + sector][importer] = value;
        set->network.output[exporter * CLOSED_SECTORS + sector] += value;
        paid[(importer * CLOSED_SECTORS + sector) * CLOSED_REGIONS + exporter] = value * (1 + money(field[4]));
    }
    if (file != NULL) {
        gzclose(file);
        cr_assert_eq(rows, CLOSED_NODES * CLOSED_REGIONS);
    }
    return file != NULL;
}

/* An input from all origins together is bought from each in its share of the importer's market. */
static void add_flows(struct closed_set *set, const double *paid, size_t input, size_t region, size_t buyer,
                      double value)
{
    const double *from = paid + (region * CLOSED_SECTORS + input) * CLOSED_REGIONS;
    double all = 0;
    for (size_t i = 0; i < CLOSED_REGIONS; i++) {
        all += from[i];
    }
    for (size_t i = 0; i < CLOSED_REGIONS && all > 0; i++) {
        set->network.flow[(i * CLOSED_SECTORS + input) * CLOSED_NODES + buyer] += from[i] / all * value;
    }
}

static bool read_inputs(const char *folder, struct closed_set *set, const double *paid)
{
    gzFile file = open_table(folder, "intermediate_consumption", "input,sector,region,value");
    char line[256];
    char *field[FIELDS_MOST];
    size_t rows = 0;
    for (; file != NULL && gzgets(file, line, sizeof line) != NULL; rows++) {
        cr_assert_eq(cut_line(line, field), 4);
        size_t input = number_of(set->sector, CLOSED_SECTORS, field[0]);
        size_t sector = number_of(set->sector, CLOSED_SECTORS, field[1]);
        size_t region = number_of(set->region, CLOSED_REGIONS, field[2]);
        double value = money(field[3]);
        set->negative_inputs += value < 0;
        add_flows(set, paid, input, region, region * CLOSED_SECTORS + sector, value > 0 ? value : 0);
    }
    if (file != NULL) {
        gzclose(file);
        cr_assert_eq(rows, CLOSED_NODES * CLOSED_SECTORS);
    }
    return file != NULL;
}

bool closed_set_read(struct closed_set *set)
{
    const char *folder = getenv("TOLMUUR_DATA");
    folder = folder != NULL && folder[0] != '\0' ? folder : TEST_SOURCE_DIR "/../shared/data";
    memset(set, 0, sizeof *set);
    set->network = network_new(CLOSED_NODES);
    set->trade = calloc(CLOSED_NODES, sizeof *set->trade);
    double *paid = calloc((size_t)CLOSED_NODES * CLOSED_REGIONS, sizeof *paid);
    cr_assert(set->trade != NULL && paid != NULL);
    bool there = read_trade(folder, set, paid) && read_inputs(folder, set, paid);
    free(paid);
    if (!there) {
        closed_set_free(set);
    }
    return there;
}

void closed_set_free(struct closed_set *set)
{
    network_free(&set->network);
    free(set->trade);
}

size_t closed_set_region(const struct closed_set *set, const char *name)
{
    size_t i = 0;
    while (i < CLOSED_REGIONS && strcmp(set->region[i], name) != 0) {
        i++;
    }
    cr_assert_lt(i, CLOSED_REGIONS, "no region %s", name);
    return i;
}
