#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct option_spec table[] = {
    {"into", "COUNTRY", "importing country (ISO code: US, NL, CN), or EU", OPTION_INTO, 0, false},
    {"from", "COUNTRY", "country of origin; for law changes and import-hts the first day", OPTION_FROM, 0, false},
    {"hts", "CODE", "product, 4, 6, 8, 9 or 10 digits, dots allowed (8703.23.01.90)", OPTION_HTS, 0, false},
    {"country", "COUNTRY", "only the industries of this country", OPTION_COUNTRY, 0, false},
    {"partner", "COUNTRY", "only what concerns goods from there", OPTION_PARTNER, 0, false},
    {"product", "CODE", "only what concerns this product, 2 to 10 digits", OPTION_PRODUCT, 0, false},
    {"programme", "NAME", "only measures of this programme", OPTION_PROGRAMME, 0, false},
    {"authority", "NAME", "only measures of this authority: section_232, relief ...", OPTION_AUTHORITY, 0, false},
    {"until", "DATE", "last day to look at; for import-hts the day on which the archive ends", OPTION_UNTIL, 0, false},
    {"on", "DATE", "day of entry, YYYY-MM-DD (default: today, UTC); score and firm take several", OPTION_ON, 0, true},
    {"fact", "NAME=VALUE", "what is known about the goods (usmca=yes, steel_share=0.4); may be repeated", OPTION_FACT,
     0, true},
    {"assume", "MODE",
     "facts not given: entry (nothing is claimed; default of rate) or trade (averages of the trade; of score and firm)",
     OPTION_ASSUME, 0, false},
    {"value", "AMOUNT", "customs value: the answer then has the duty in money", OPTION_VALUE, 0, false},
    {"batch", "FILE", "rate every row of a CSV file (id,into,hts,from,on,facts,value); - is stdin", OPTION_BATCH, 0,
     false},
    {"scenarios", "FILE", "scenarios laid over the law (JSON, see docs/scenarios.md); may be repeated",
     OPTION_SCENARIOS, 0, true},
    {"scenario", "NAME", "which scenario, when there are several", OPTION_SCENARIO, 0, false},
    {"baseline", "DATE", "day of the law to compare with (default: 2025-01-01)", OPTION_BASELINE, 0, false},
    {"settings", "NAME=VALUE",
     "half_margin, border_pass_through, cost_pass_through, elasticity_scale ...; may be repeated (docs/commands.md)",
     OPTION_SETTINGS, 0, true},
    {"horizon", "TIME", "short (trade has just begun to answer) or long (default)", OPTION_HORIZON, 0, false},
    {"tiers", "K", "follow named customers and suppliers over at most K tiers (default: all)", OPTION_TIERS, 0, false},
    {"draws", "N", "N Monte Carlo draws (1 to 65536) of elasticities, pass-through and of programmes in doubt",
     OPTION_DRAWS, 0, false},
    {"seed", "S", "another seed, other draws (default: 1)", OPTION_SEED, 0, false},
    {"input", "FILE", "one company as JSON, instead of a book and a firm; - is stdin", OPTION_INPUT, 0, false},
    {"firm", "ID", "a firm that gets a page of its own; may be repeated", OPTION_FIRM, 0, true},
    {"firms", "N", "the N worst firms get pages (default: 12; 0 with --firm)", OPTION_FIRMS, 0, false},
    {"since", "EARLIER",
     "of report, an earlier run: show which firms moved since, and why; of build, an earlier book: read only the rows "
     "of firms that changed",
     OPTION_SINCE, 0, false},
    {"top", "N",
     "show the N greatest lines and add up the rest (default: 10, of diff 20, of sectors 3; 0: all); of score: the N "
     "worst firms of a scenario "
     "in a workbook (default: 1000, 0: all)",
     OPTION_TOP, 0, false},
    {"by", "GROUP", "totals by sector, country or band instead of one row", OPTION_BY, 0, false},
    {"dry-run", NULL, "only say what would change; of score: what it will take in seconds and memory", OPTION_DRY_RUN,
     0, false},
    {"stages", NULL, "say on stderr what each stage took in seconds and memory", OPTION_STAGES, 0, false},
    {"resume", NULL, "take up a run that was broken off: parts that are whole are kept", OPTION_RESUME, 0, false},
    {"replace", NULL, "put the new run in the place of a whole one, in one step", OPTION_REPLACE, 0, false},
    {"replay", "MANIFEST", "do a run again and compare: its inputs, options and bytes", OPTION_REPLAY, 0, false},
    {"part-rows", "N", "rows of a file of a run at most, in whole firms (default: 1000000)", OPTION_PART_ROWS, 0,
     false},
    {"shard", "I/N", "only shard I of N of a run, for `merge` (docs/shards.md)", OPTION_SHARD, 0, false},
    {"network", "I/N",
     "only solve the firms' network for share I of N of the scenarios, and keep it for shards (docs/shards.md)",
     OPTION_NETWORK, 0, false},
    {"fail-if", "CONDITION", "end with exit code 1 where the totals meet it: 'band_e_share>0.1'; may be repeated",
     OPTION_FAIL_IF, 0, true},
    {"pair", "A=B", "compare scenario A of the first run with B of the second; may be repeated", OPTION_PAIR, 0, true},
    {"threshold", "POINTS", "a firm whose score changed by so much has moved (default: 5)", OPTION_THRESHOLD, 0, false},
    {"output", "FILE", "where the result goes; - is stdout", OPTION_OUTPUT, 'o', false},
    {"keep-formulas", NULL,
     "in CSV, write texts that a spreadsheet would run as formulas as they are (default: ' in front)",
     OPTION_KEEP_FORMULAS, 0, false},
    {"table", "NAME", "table of -o postgresql://... (default: tolmuur_scores)", OPTION_TABLE, 0, false},
    {"max-rejects", "N", "go on while at most N rows are faulty (default: 0)", OPTION_MAX_REJECTS, 0, false},
    {"rejects", "FILE", "write the faulty rows and their faults to a CSV file; - is stdout", OPTION_REJECTS, 0, false},
    {"memory-limit", "BYTES", "memory that reading may take, such as 8GB (default: three quarters of the machine's)",
     OPTION_MEMORY_LIMIT, 0, false},
    {"cpu-limit", "SECONDS", "CPU time that reading may take, of all threads (default: no limit)", OPTION_CPU_LIMIT, 0,
     false},
    {"threads", "N", "worker threads (default: one per core that is allowed)", OPTION_THREADS, 0, false},
    {"no-pin", NULL, "do not bind workers to cores", OPTION_NO_PIN, 0, false},
    {"isa", "NAME", "scalar, avx2, avx512 or neon (default: TOLMUUR_ISA, else the best here)", OPTION_ISA, 0, false},
    {"tables", "FILE", "compiled law tables (default: TOLMUUR_TABLES, else beside the program)", OPTION_TABLES, 0,
     false},
    {"format", "FORMAT", "one of: ", OPTION_FORMAT, 0, false},
    {"color", "WHEN", "auto, always or never (NO_COLOR counts as never)", OPTION_COLOR, 0, false},
    {"config", "FILE", "configuration in place of tolmuur.ini in this folder (docs/operations.md)", OPTION_CONFIG, 0,
     false},
    {"log-format", "FORMAT", "talk on stderr as: text json", OPTION_LOG_FORMAT, 0, false},
    {"help", NULL, "this page", OPTION_HELP, 'h', false},
    {"version", NULL, "print the version", OPTION_VERSION, 0, false},
};
enum { TABLE_COUNT = sizeof table / sizeof table[0] };

const struct option_spec *option_spec(enum option_id id)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (table[i].id == id) {
            return &table[i];
        }
    }
    return NULL;
}

const struct option_spec *option_named(const char *name)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

const char *option_words(enum option_id id)
{
    switch (id) {
    case OPTION_ASSUME:
        return "entry trade";
    case OPTION_HORIZON:
        return "short long";
    case OPTION_BY:
        return "sector country band";
    case OPTION_ISA:
        return "scalar avx2 avx512 neon";
    case OPTION_COLOR:
        return "auto always never";
    case OPTION_LOG_FORMAT:
        return "text json";
    default:
        return NULL;
    }
}

bool option_is_everywhere(enum option_id id)
{
    return id == OPTION_CONFIG || id == OPTION_LOG_FORMAT || id == OPTION_HELP;
}

bool option_may_be_configured(enum option_id id)
{
    return id != OPTION_CONFIG && id != OPTION_HELP && id != OPTION_VERSION;
}

enum tol_status options_take(struct text_list *list, char *text, struct tol_error *error)
{
    char **grown = realloc(list->text, (list->count + 1) * sizeof *grown);
    if (grown == NULL || text == NULL) {
        if (grown != NULL) {
            list->text = grown;
        }
        free(text);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    list->text = grown;
    list->text[list->count++] = text;
    return TOL_OK;
}

static void list_release(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->text[i]);
    }
    free(list->text);
    *list = (struct text_list){0};
}

void options_release(struct options *options)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        list_release(&options->value[i]);
    }
    list_release(&options->argument);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        free(options->origin[i]);
        options->origin[i] = NULL;
    }
}

enum tol_status options_add(struct options *options, enum option_id id, const char *text, struct tol_error *error)
{
    return options_take(&options->value[id], strdup(text), error);
}

bool options_given(const struct options *options, enum option_id id)
{
    return options->value[id].count > 0;
}

const char *options_text(const struct options *options, enum option_id id)
{
    const struct text_list *list = &options->value[id];
    return list->count > 0 ? list->text[list->count - 1] : NULL;
}

enum tol_status options_day(const struct options *options, enum option_id id, tol_day *value, struct tol_error *error)
{
    const char *text = options_text(options, id);
    if (text == NULL || tol_day_parse(text, value)) {
        return TOL_OK;
    }
    return tol_fail(error, TOL_USAGE, "--%s %.40s is not a day; write it as YYYY-MM-DD, such as 2025-08-07",
                    option_spec(id)->name, text);
}

enum tol_status options_count(const struct options *options, enum option_id id, uint64_t greatest, uint64_t *value,
                              struct tol_error *error)
{
    const char *text = options_text(options, id);
    if (text == NULL) {
        return TOL_OK;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > greatest) {
        return tol_fail(error, TOL_USAGE, "--%s %.40s is not a whole number from 0 to %llu", option_spec(id)->name,
                        text, (unsigned long long)greatest);
    }
    *value = number;
    return TOL_OK;
}

enum tol_status options_bytes(const struct options *options, enum option_id id, uint64_t *value,
                              struct tol_error *error)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } unit[] = {{"", 1}, {"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}, {"TB", 1000000000000}};
    const uint64_t least = 1000000;
    const char *text = options_text(options, id);
    if (text == NULL) {
        return TOL_OK;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    for (size_t i = 0; text[0] >= '0' && text[0] <= '9' && errno == 0 && i < sizeof unit / sizeof unit[0]; i++) {
        if (strcasecmp(end, unit[i].name) == 0 && number <= UINT64_MAX / unit[i].bytes &&
            number * unit[i].bytes >= least) {
            *value = number * unit[i].bytes;
            return TOL_OK;
        }
    }
    return tol_fail(error, TOL_USAGE, "--%s %.40s is not an amount of memory; write it like 8GB or 500MB",
                    option_spec(id)->name, text);
}

/* No digit before the exponent is other than 0. */
static bool is_written_zero(const char *text)
{
    return strcspn(text, "123456789") >= strcspn(text, "eE");
}

bool text_to_number(const char *text, double *value)
{
    const char *first = text + (*text == '-' || *text == '+');
    bool starts = (*first >= '0' && *first <= '9') || *first == '.';
    if (!starts || strspn(text, "0123456789+-.eE") != strlen(text)) {
        return false;
    }
    char *end = NULL;
    double number = strtod(text, &end);
    if (*end != '\0' || end == text || !isfinite(number)) {
        return false;
    }
    if (number == 0 && !is_written_zero(text)) {
        return false;
    }
    *value = number;
    return true;
}

const char *text_to_amount(const char *text, double *value)
{
    if (text_to_number(text, value) && *value >= 0) {
        return NULL;
    }
    char *end = NULL;
    bool vanished =
        strpbrk(text, "xX") == NULL && strtod(text, &end) == 0 && end != text && *end == '\0' && !is_written_zero(text);
    return vanished ? "too small for a number, but not 0; write 0 or the real amount"
                    : "not an amount; write a plain number that is not negative";
}
