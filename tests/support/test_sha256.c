#include "tolmuur/sha256.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The examples of FIPS 180-2. */
Test(sha256, of_the_standard)
{
    char text[TOL_SHA256_TEXT_SIZE];
    tol_sha256("abc", 3, text);
    cr_assert_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    tol_sha256(two, strlen(two), text);
    cr_assert_str_eq(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    tol_sha256(NULL, 0, text);
    cr_assert_str_eq(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    char *million = malloc(1000000);
    cr_assert_not_null(million);
    memset(million, 'a', 1000000);
    tol_sha256(million, 1000000, text);
    cr_assert_str_eq(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

Test(sha256, of_a_file_is_that_of_its_bytes_on_any_thread)
{
    enum { SIZE = 3000001 }; /* more than one step, and no whole number of them */
    char path[] = "/tmp/tolmuur-sha256-XXXXXX", expected[TOL_SHA256_TEXT_SIZE], found[TOL_SHA256_TEXT_SIZE];
    char *bytes = malloc(SIZE);
    cr_assert_not_null(bytes);
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (char)(i * 2654435761u >> 13);
    }
    int descriptor = mkstemp(path);
    cr_assert_eq(write(descriptor, bytes, SIZE), SIZE);
    close(descriptor);
    tol_sha256(bytes, SIZE, expected);
    uint64_t size = 0;
    cr_assert_eq(tol_sha256_file(path, &size, found, NULL), TOL_OK);
    cr_assert_eq(size, SIZE);
    cr_assert_str_eq(found, expected);
    struct tol_sha256_job *of_file = NULL, *of_memory = NULL, *dropped = NULL;
    cr_assert_eq(tol_sha256_start(NULL, 0, path, &of_file, NULL), TOL_OK);
    cr_assert_eq(tol_sha256_start(bytes, SIZE, NULL, &of_memory, NULL), TOL_OK);
    cr_assert_eq(tol_sha256_start(bytes, SIZE, NULL, &dropped, NULL), TOL_OK);
    tol_sha256_drop(dropped);
    cr_assert_eq(tol_sha256_finish(of_file, &size, found, NULL), TOL_OK);
    cr_assert_str_eq(found, expected);
    cr_assert_eq(tol_sha256_finish(of_memory, &size, found, NULL), TOL_OK);
    cr_assert_eq(size, SIZE);
    cr_assert_str_eq(found, expected);
    unlink(path);
    free(bytes);
}

Test(sha256, of_what_is_no_file)
{
    char text[TOL_SHA256_TEXT_SIZE];
    struct tol_error error = {0};
    cr_assert_eq(tol_sha256_file("/nonexistent/file", NULL, text, &error), TOL_NO_INPUT);
    cr_assert_str_eq(error.file, "/nonexistent/file");
    cr_assert_eq(tol_sha256_file("/dev/null", NULL, text, NULL), TOL_BAD_DATA);
    cr_assert_eq(tol_sha256_file("/tmp", NULL, text, NULL), TOL_BAD_DATA);
    struct tol_sha256_job *job = NULL;
    cr_assert_eq(tol_sha256_start(NULL, 0, "/nonexistent/file", &job, NULL), TOL_OK);
    cr_assert_eq(tol_sha256_finish(job, NULL, text, &error), TOL_NO_INPUT);
}
