/* The page's script and style, which the build makes from cli/report/page. */
#ifndef CLI_REPORT_PAGE_H
#define CLI_REPORT_PAGE_H

extern const char report_script[], report_style[];
/* SHA-256 of both in base64, as a Content-Security-Policy names them. */
extern const char report_script_sha256[], report_style_sha256[];

#endif
