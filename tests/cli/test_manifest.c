#include "manifest_read.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Written by hand; the identity is the SHA-256 of "a\0001\0b\0002\0". */
static const char good[] =
    "{\"format\": \"tolmuur run\", \"format_version\": 1,\n"
    " \"identity\": \"%IDENTITY%\",\n"
    " \"resolved\": {\"a\": \"1\", \"b\": \"2\"},\n"
    " \"options\": {\"on\": [\"2025-08-07\", \"2026-03-01\"], \"draws\": [\"20\"]},\n"
    " \"day\": \"2025-08-07\", \"law\": {\"version\": \"x\"},\n"
    " \"inputs\": [{\"role\": \"book\", \"path\": \"/p.book\", \"bytes\": 5, \"sha256\": \"%DIGEST%\"}],\n"
    " \"outputs\": [{\"path\": \"scores/part-00000.parquet\", \"rows\": 3, \"bytes\": 7, \"sha256\": \"%DIGEST%\"}],\n"
    " \"counts\": {}, \"execution\": {}}\n";

static void put(char *text, const char *key, const char *value)
{
    char *found;
    size_t wanted = strlen(key), size = strlen(value);
    while ((found = strstr(text, key)) != NULL) {
        memmove(found + size, found + wanted, strlen(found + wanted) + 1);
        memcpy(found, value, size);
    }
}

static char *make(void)
{
    char *text = malloc(4096), identity[TOL_SHA256_TEXT_SIZE], digest[TOL_SHA256_TEXT_SIZE];
    cr_assert_not_null(text);
    memcpy(text, good, sizeof good);
    tol_sha256("a\0"
               "1\0"
               "b\0"
               "2",
               8, identity);
    tol_sha256("", 0, digest);
    put(text, "%IDENTITY%", identity);
    put(text, "%DIGEST%", digest);
    return text;
}

static enum tol_status parse(const char *text, size_t size)
{
    struct manifest manifest;
    struct tol_error error = {0};
    enum tol_status status = manifest_parse(text, size, &manifest, &error);
    cr_assert_eq(status == TOL_OK, error.message[0] == '\0');
    manifest_release(&manifest);
    return status;
}

Test(manifest, holds_what_it_says)
{
    struct manifest manifest;
    char *text = make();
    cr_assert_eq(manifest_parse(text, strlen(text), &manifest, NULL), TOL_OK);
    cr_assert_str_eq(manifest.day, "2025-08-07");
    cr_assert_eq(manifest.option_count, 2);
    cr_assert_str_eq(manifest.option[0].name, "on");
    cr_assert_eq(manifest.option[0].value.count, 2);
    cr_assert_str_eq(manifest.option[0].value.text[1], "2026-03-01");
    cr_assert_eq(manifest.input_count, 1);
    cr_assert_str_eq(manifest.input[0].role, "book");
    cr_assert_eq(manifest.input[0].bytes, 5);
    cr_assert_eq(manifest.output_count, 1);
    cr_assert_str_eq(manifest.output[0].path, "scores/part-00000.parquet");
    cr_assert_eq(manifest.identity.count, 2);
    manifest_release(&manifest);
    free(text);
}

Test(manifest, is_refused_for_each_fault)
{
    static const char *const change[][2] = {
        {"tolmuur run", "tolmuur ran"},
        {"\"format_version\": 1", "\"format_version\": 2"},
        {"\"format_version\": 1", "\"format_version\": \"1\""},
        {"\"a\": \"1\"", "\"a\": \"3\""},
        {"\"a\": \"1\"", "\"a\": 1"},
        {"\"a\"", "\"b\""},
        {"\"counts\"", "\"count\""},
        {"\"draws\": [\"20\"]", "\"draws\": [20]"},
        {"\"draws\": [\"20\"]", "\"draws\": []"},
        {"\"draws\": [\"20\"]", "\"draws\": \"20\""},
        {"2025-08-07\", \"law", "2025-02-30\", \"law"},
        {"scores/part", "/part"},
        {"scores/part", "../part"},
        {"scores/part", "scores/../part"},
        {"scores/part", "scores//part"},
        {"scores/part-00000.parquet", "scores/"},
        {"scores/part-00000.parquet", ""},
        {"\"role\": \"book\", ", ""},
        {"\"bytes\": 5", "\"bytes\": -5"},
        {"\"bytes\": 5", "\"bytes\": 5.5"},
        {"\"bytes\": 7", "\"bytes\": null"},
        {"\"rows\": 3", "\"row\": 3"},
        {"\"sha256\": \"e3", "\"sha256\": \"E3"},
        {"\"sha256\": \"e3", "\"sha256\": \"3"},
        {"/p.book", "/p\\u0000.book"},
        {"\"counts\": {}", "\"shard\": {\"number\": 3, \"of\": 7}"}, /* it is not the one that was resolved */
        {"\"counts\": {}", "\"shard\": {\"number\": 0, \"of\": 7}"},
        {"\"counts\": {}", "\"shard\": {\"number\": 8, \"of\": 7}"},
        {"\"counts\": {}", "\"shard\": {\"number\": 3}"},
        {"\"counts\": {}", "\"shard\": 3"},
    };
    for (size_t i = 0; i < sizeof change / sizeof change[0]; i++) {
        char *text = make();
        char *found = strstr(text, change[i][0]);
        cr_assert_not_null(found, "%s", change[i][0]);
        memmove(found + strlen(change[i][1]), found + strlen(change[i][0]), strlen(found + strlen(change[i][0])) + 1);
        memcpy(found, change[i][1], strlen(change[i][1]));
        cr_expect_eq(parse(text, strlen(text)), TOL_BAD_DATA, "%s for %s", change[i][1], change[i][0]);
        free(text);
    }
}

/* Cut anywhere it is no manifest; with a bit flipped it is one or it is not. */
Test(manifest, survives_damage)
{
    char *text = make();
    size_t size = strlen(text);
    cr_assert_eq(parse(text, size), TOL_OK);
    for (size_t i = 0; i + 2 < size; i++) {
        cr_assert_eq(parse(text, i), TOL_BAD_DATA, "cut at %zu", i);
    }
    for (size_t i = 0; i < 8 * size; i++) {
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
        enum tol_status status = parse(text, size);
        cr_assert(status == TOL_OK || status == TOL_BAD_DATA);
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
    }
    free(text);
}

Test(manifest, knows_its_shard_and_its_run)
{
    char *text = make(), identity[TOL_SHA256_TEXT_SIZE], whole[TOL_SHA256_TEXT_SIZE], digest[TOL_SHA256_TEXT_SIZE];
    struct manifest manifest;
    struct run_identity run;
    const char shard[] = "a\0"
                         "1\0"
                         "shard\0"
                         "3/7";
    tol_sha256("a\0"
               "1\0"
               "b\0"
               "2",
               8, digest);
    tol_sha256(shard, sizeof shard, identity);
    tol_sha256(shard, 4, whole);
    put(text, "\"b\": \"2\"", "\"shard\": \"3/7\"");
    put(text, digest, identity);
    put(text, "\"counts\": {}", "\"shard\": {\"number\": 3, \"of\": 7}");
    cr_assert_eq(manifest_parse(text, strlen(text), &manifest, NULL), TOL_OK);
    cr_assert_eq(manifest.shard.number, 3);
    cr_assert_eq(manifest.shard.count, 7);
    cr_assert_eq(run_identity_of_whole(&manifest.identity, &run, NULL), TOL_OK);
    cr_assert_eq(run.count, 1);
    cr_assert_str_eq(run.sha256, whole);
    run_identity_release(&run);
    manifest_release(&manifest);
    free(text);
}
