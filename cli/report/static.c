/* The page without scripts: one chart and the tables that say most. Everything that the script draws is beyond this. */
#include "number.h"
#include "report.h"

#include <math.h>
#include <string.h>

enum { WORST_SHOWN = 20, TEXT_SIZE = 64 };

/* EUR million. */
static void million(struct sink *sink, double eur)
{
    char text[TEXT_SIZE];
    double size = fabs(eur) / 1e6;
    number_people(eur / 1e6, size >= 1000 ? 0 : size >= 10 ? 1 : 3, text, sizeof text);
    sink_text(sink, text);
}

static void number_cell(struct sink *sink, double eur)
{
    sink_text(sink, "<td class=\"n\">");
    if (isnan(eur)) {
        sink_text(sink, "&#8211;");
    } else {
        million(sink, eur);
    }
    sink_text(sink, "</td>");
}

static void count_cell(struct sink *sink, uint64_t count)
{
    char text[TEXT_SIZE];
    number_people((double)count, 0, text, sizeof text);
    sink_format(sink, "<td class=\"n\">%s</td>", text);
}

static void text_cell(struct sink *sink, const char *text)
{
    sink_text(sink, "<td>");
    report_html(sink, text);
    sink_text(sink, "</td>");
}

static void open_table(struct sink *sink, const char *caption, const char *const *heading, size_t count)
{
    sink_text(sink, "<div class=\"scroll\" tabindex=\"0\"><table><caption>");
    report_html(sink, caption);
    sink_text(sink, "</caption><thead><tr>");
    for (size_t i = 0; i < count; i++) {
        sink_format(sink, "<th scope=\"col\"%s>", i > 0 ? " class=\"n\"" : "");
        report_html(sink, heading[i]);
        sink_text(sink, "</th>");
    }
    sink_text(sink, "</tr></thead><tbody>");
}

static void close_table(struct sink *sink)
{
    sink_text(sink, "</tbody></table></div>\n");
}

/* ---- scenarios ------------------------------------------------------------------------------------------------- */

static void scenarios(struct sink *sink, const struct report *report)
{
    static const char *const heading[] = {"Scenario", "Law of", "Firms",        "EBITDA at risk",
                                          "Least",    "Most",   "EBITDA change"};
    open_table(sink, "EBITDA at risk by scenario, with its range over readings of the law, EUR million a year", heading,
               sizeof heading / sizeof heading[0]);
    for (size_t i = 0; i < report->scenario_count; i++) {
        char day[TOL_DAY_TEXT_SIZE];
        const struct report_sums *all = &report->all[i];
        report_scenario_day(report, i, day);
        sink_text(sink, "<tr>");
        text_cell(sink, report_scenario(report, i));
        sink_format(sink, "<td class=\"n\">%s</td>", day);
        count_cell(sink, all->firms);
        number_cell(sink, sum_get(&all->at_risk_eur));
        number_cell(sink, sum_get(&all->at_risk_low_eur));
        number_cell(sink, sum_get(&all->at_risk_high_eur));
        number_cell(sink, sum_get(&all->channel[REPORT_EBITDA]));
        sink_text(sink, "</tr>");
    }
    close_table(sink);
}

/* ---- bands ----------------------------------------------------------------------------------------------------- */

static const char *band_name(size_t band)
{
    static const char *const name[] = {"A", "B", "C", "D", "E", "none"};
    return name[band];
}

/* Bars, and a line from the least to the most over the readings. */
static void band_chart(struct sink *sink, const struct report *report, size_t scenario)
{
    enum { WIDTH = 640, HEIGHT = 220, LEFT = 60, ROW = 32, ROOM = 460 };
    const struct report_sums *band = &report->band[scenario * (TOL_BAND_NONE + 1)];
    double most = 0;
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        most = fmax(most, sum_get(&band[i].at_risk_high_eur));
    }
    most = most > 0 ? most : 1;
    sink_format(sink, "<svg class=\"bands\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"EBITDA at risk by band\">",
                WIDTH, HEIGHT);
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        double value = sum_get(&band[i].at_risk_eur), low = sum_get(&band[i].at_risk_low_eur),
               high = sum_get(&band[i].at_risk_high_eur);
        double y = 12 + (double)i * ROW;
        sink_format(sink, "<text x=\"%d\" y=\"%.0f\" class=\"end\">%s</text>", LEFT - 12, y + 15, band_name(i));
        sink_format(sink, "<rect class=\"band-%s\" x=\"%d\" y=\"%.0f\" width=\"%.2f\" height=\"20\"/>", band_name(i),
                    LEFT, y, value / most * ROOM);
        sink_format(sink, "<path class=\"range\" d=\"M%.2f %.0fH%.2f\"/>", LEFT + low / most * ROOM, y + 10,
                    LEFT + high / most * ROOM);
        sink_format(sink, "<text x=\"%.2f\" y=\"%.0f\">", LEFT + high / most * ROOM + 8, y + 15);
        million(sink, value);
        sink_text(sink, "</text>");
    }
    sink_text(sink, "</svg>\n");
}

static void bands(struct sink *sink, const struct report *report, size_t scenario)
{
    static const char *const heading[] = {"Band", "Firms", "EBITDA at risk", "Least", "Most", "Loans"};
    open_table(sink, "Bands from A (score below 5, unless set otherwise) to E: EUR million", heading,
               sizeof heading / sizeof heading[0]);
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        const struct report_sums *band = &report->band[scenario * (TOL_BAND_NONE + 1) + i];
        sink_text(sink, "<tr>");
        text_cell(sink, band_name(i));
        count_cell(sink, band->firms);
        number_cell(sink, sum_get(&band->at_risk_eur));
        number_cell(sink, sum_get(&band->at_risk_low_eur));
        number_cell(sink, sum_get(&band->at_risk_high_eur));
        number_cell(sink, report->have_book ? sum_get(&band->loan_eur) : NAN);
        sink_text(sink, "</tr>");
    }
    close_table(sink);
}

/* ---- sectors --------------------------------------------------------------------------------------------------- */

static void sectors(struct sink *sink, const struct report *report, size_t scenario)
{
    static const char *const heading[] = {"Sector",        "Firms",
                                          "Direct demand", "Price cut",
                                          "Diversion",     "Through customers",
                                          "Direct cost",   "Through suppliers",
                                          "EBITDA change"};
    if (report->sector_count == 0) {
        return;
    }
    open_table(sink, "Effects by sector and channel, EUR million a year; negative is a loss", heading,
               sizeof heading / sizeof heading[0]);
    for (size_t i = 0; i < report->sector_count; i++) {
        const struct report_sums *sums = &report->sector[scenario * report->sector_count + i];
        const char *title = report_sector_title(report, i);
        if (sums->firms == 0) {
            continue;
        }
        sink_text(sink, "<tr>");
        text_cell(sink, title[0] != '\0' ? title : "No industry");
        count_cell(sink, sums->firms);
        for (size_t channel = 0; channel < REPORT_CHANNEL_COUNT; channel++) {
            number_cell(sink, sum_get(&sums->channel[channel]));
        }
        sink_text(sink, "</tr>");
    }
    close_table(sink);
}

/* ---- firms ----------------------------------------------------------------------------------------------------- */

static void worst(struct sink *sink, const struct report *report, size_t scenario)
{
    static const char *const heading[] = {"Firm", "Band", "Score", "EBITDA change", "Low", "High"};
    size_t count;
    const struct tol_score_row *row = worst_firms_of(&report->worst, scenario, &count);
    open_table(sink, "Firms with most EBITDA at risk, EUR million a year", heading, sizeof heading / sizeof heading[0]);
    for (size_t i = 0; i < count && i < WORST_SHOWN; i++) {
        char id[256], name[1024], score[TEXT_SIZE];
        report_firm_id(report, row[i].firm, id, sizeof id);
        report_firm_name(report, row[i].firm, name, sizeof name);
        sink_text(sink, "<tr><td>");
        report_html(sink, id);
        sink_text(sink, " ");
        report_html(sink, name);
        sink_format(sink, "</td><td class=\"n\">%s</td><td class=\"n\">", band_name(row[i].band));
        number_people(row[i].score, 1, score, sizeof score);
        sink_format(sink, "%s</td>", score);
        number_cell(sink, row[i].ebitda_change_eur);
        number_cell(sink, row[i].ebitda_change_low_eur);
        number_cell(sink, row[i].ebitda_change_high_eur);
        sink_text(sink, "</tr>");
    }
    close_table(sink);
}

static void movers(struct sink *sink, const struct report *report)
{
    static const char *const heading[] = {"Firm", "Scenario", "Move", "Change of EBITDA", "Cause"};
    if (!report->have_movers) {
        return;
    }
    sink_text(sink, "<h2>Movers since ");
    report_html(sink, report->since.run[TOL_RUN_BEFORE].path);
    sink_text(sink, "</h2>\n");
    open_table(sink, "Firms whose band or score changed, greatest change first, EUR million a year", heading,
               sizeof heading / sizeof heading[0]);
    for (size_t i = 0; i < report->since.mover_count && i < WORST_SHOWN; i++) {
        const struct diff_mover *mover = &report->since.mover[i];
        char words[2048];
        diff_words(&report->since, mover, words, sizeof words);
        sink_text(sink, "<tr>");
        text_cell(sink, mover->firm_id);
        text_cell(sink, report->since.pair[mover->pair].name);
        text_cell(sink, diff_move_name(diff_move_of(mover)));
        number_cell(sink, mover->change_eur);
        text_cell(sink, words);
        sink_text(sink, "</tr>");
    }
    close_table(sink);
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static void of_run(struct sink *sink, const struct report *report)
{
    scenarios(sink, report);
    for (size_t i = 0; i < report->scenario_count; i++) {
        sink_text(sink, "<h2>Scenario ");
        report_html(sink, report_scenario(report, i));
        sink_text(sink, "</h2>\n");
        band_chart(sink, report, i);
        bands(sink, report, i);
        sectors(sink, report, i);
        worst(sink, report, i);
    }
    movers(sink, report);
}

void report_static(const struct report *report, struct sink *sink)
{
    sink_text(sink, "<main id=\"static\">\n<h1>Tariff exposure: ");
    report_html(sink, report->path);
    sink_text(sink, "</h1>\n<p class=\"note\">Charts, search and the firms' pages need scripts, which are off or not "
                    "allowed here.");
    if (!report->have_book) {
        sink_text(sink, " Names, sectors and flows of duty are left out, since they need what the run was made from: ");
        report_html(sink, report->reason);
    }
    sink_text(sink, "</p>\n");
    if (report->of_run) {
        of_run(sink, report);
    } else {
        sink_text(sink, "<p>This report holds the firms");
        for (size_t i = 0; i < report->page_count; i++) {
            sink_text(sink, i == 0 ? " " : ", ");
            report_html(sink, report->page[i].id);
        }
        sink_text(sink, ": <code>tolmuur firm</code> prints the same.</p>\n");
    }
    sink_text(sink, "</main>\n");
}
