#include "sink.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect(struct sink *sink, const char *text)
{
    sink_bytes(sink, "", 1);
    cr_assert_str_eq(sink->bytes, text);
    sink_release(sink);
}

Test(sink, quotes_csv_fields_that_need_it)
{
    struct sink sink = {.descriptor = -1};
    sink_csv(&sink, "plain");
    sink_csv(&sink, "a,b");
    sink_csv(&sink, "say \"hi\"");
    sink_csv(&sink, "two\nlines");
    expect(&sink, "plain\"a,b\"\"say \"\"hi\"\"\"\"two\nlines\"");
}

Test(sink, escapes_json_and_mends_bad_bytes)
{
    struct sink sink = {.descriptor = -1};
    sink_json(&sink, "\"\\\n\x1b[31m\xc2\xa2\xff\xc0\xaf\xed\xa0\x80");
    expect(&sink, "\"\\\"\\\\\\u000a\\u001b[31m\xc2\xa2\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

Test(sink, writes_missing_numbers_as_told)
{
    struct sink sink = {.descriptor = -1};
    sink_number(&sink, NAN, "null");
    sink_number(&sink, INFINITY, "");
    sink_number(&sink, 0.25, "null");
    expect(&sink, "null0.25");
}

Test(sink, a_file_appears_whole_or_not_at_all)
{
    char folder[] = "/tmp/tolmuur-sink-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    char path[64];
    snprintf(path, sizeof path, "%s/out", folder);
    struct sink sink;
    struct tol_error error;
    cr_assert_eq(sink_open(&sink, path, &error), TOL_OK);
    sink_text(&sink, "bytes");
    cr_assert_neq(access(path, F_OK), 0);
    sink_release(&sink);
    cr_assert_neq(access(path, F_OK), 0);
    cr_assert_eq(sink_open(&sink, path, &error), TOL_OK);
    sink_text(&sink, "bytes");
    cr_assert_eq(sink_close(&sink, &error), TOL_OK);
    cr_assert_eq(access(path, F_OK), 0);
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "a temporary file was left behind");
}

Test(sink, a_full_device_is_an_error)
{
    struct sink sink;
    struct tol_error error;
    struct stat about;
    cr_assert(stat("/dev/full", &about) == 0 && S_ISCHR(about.st_mode), "/dev/full is not the device it should be");
    cr_assert_eq(sink_open(&sink, "/dev/full", &error), TOL_OK);
    sink_text(&sink, "bytes");
    cr_assert_eq(sink_close(&sink, &error), TOL_IO);
}
