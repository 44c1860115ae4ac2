/* The page: what it may do, what it shows without scripts, its data, its script. */
#include "page.h"
#include "report.h"

#include <string.h>

#include "tolmuur/text.h"

void report_html(struct sink *sink, const char *text)
{
    const char *end = text + strlen(text);
    for (const char *at = text; at < end;) {
        unsigned char byte = (unsigned char)*at;
        size_t length = tol_utf8_length(at, (size_t)(end - at));
        if (length == 0 || (byte < 0x20 && byte != '\t') || byte == 0x7f) {
            sink_text(sink, "\xef\xbf\xbd");
            length = 1;
        } else if (strchr("<>&\"'", byte) != NULL) {
            sink_format(sink, "&#%u;", byte);
        } else {
            sink_bytes(sink, at, length);
        }
        at += length;
    }
}

/* Bytes of JSON that could mean something to HTML, or to a reader that takes JSON for JavaScript, stand only inside its strings. */
static size_t escape_of(const char *json, size_t size, const char **escape)
{
    *escape = json[0] == '<' ? "\\u003c" : json[0] == '>' ? "\\u003e" : json[0] == '&' ? "\\u0026" : NULL;
    if (*escape != NULL) {
        return 1;
    }
    if (size >= 3 && memcmp(json, "\xe2\x80", 2) == 0 && (json[2] == '\xa8' || json[2] == '\xa9')) {
        *escape = json[2] == '\xa8' ? "\\u2028" : "\\u2029";
        return 3;
    }
    return 0;
}

void report_json_in_html(struct sink *sink, const char *json, size_t size)
{
    size_t plain = 0;
    for (size_t at = 0; at < size;) {
        const char *escape;
        size_t length = escape_of(json + at, size - at, &escape);
        if (length == 0) {
            at++;
            continue;
        }
        sink_bytes(sink, json + plain, at - plain);
        sink_text(sink, escape);
        at += length;
        plain = at;
    }
    sink_bytes(sink, json + plain, size - plain);
}

static void head(struct sink *sink, const struct report *report)
{
    sink_text(sink, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    sink_format(sink,
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-%s'; "
                "style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n",
                report_script_sha256, report_style_sha256);
    sink_text(sink, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
                    "content=\"no-referrer\">\n<title>Tariff exposure: ");
    report_html(sink, report->path);
    sink_text(sink, "</title>\n<style>");
    sink_text(sink, report_style);
    sink_text(sink, "</style>\n</head>\n<body>\n");
}

enum tol_status report_page(const struct report *report, struct sink *sink, struct tol_error *error)
{
    struct sink data = {.descriptor = -1};
    report_data(report, &data);
    enum tol_status status = sink_flush(&data, error);
    if (status == TOL_OK) {
        head(sink, report);
        report_static(report, sink);
        sink_text(sink, "<script type=\"application/json\" id=\"data\">");
        report_json_in_html(sink, data.bytes, data.used);
        sink_text(sink, "</script>\n");
        for (size_t i = 0; i < report->page_count; i++) {
            sink_format(sink, "<script type=\"application/json\" id=\"firm-%zu\">", i);
            report_json_in_html(sink, report->page[i].json, report->page[i].size);
            sink_text(sink, "</script>\n");
        }
        sink_text(sink, "<script>");
        sink_text(sink, report_script);
        sink_text(sink, "</script>\n</body>\n</html>\n");
    }
    sink_release(&data);
    return status;
}
