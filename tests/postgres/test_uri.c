/* Passwords in URIs, told without libpq. */
#include <criterion/criterion.h>

#include "datasets/postgres.h"

Test(uri, is_one)
{
    cr_assert(tol_postgres_is_uri("postgresql://h/x"));
    cr_assert(tol_postgres_is_uri("postgres://"));
    cr_assert_not(tol_postgres_is_uri("postgresql:/h"));
    cr_assert_not(tol_postgres_is_uri("folder/postgresql://"));
}

Test(uri, passwords)
{
    static const char *const held[] = {"postgresql://u:p@h/x",          "postgres://:p@h",
                                       "postgresql://u:p/q@h/x",        "postgresql://h?password=p",
                                       "postgresql:///?a=b&password=p", "postgresql://h/x?PassWord=p",
                                       "postgresql://h/x?pass%77ord=p", "postgresql://h/x?sslpassword=p",
                                       "postgresql://u:p?q@h/x"};
    static const char *const none[] = {"postgresql://u@h:5432/x",           "postgresql://h1:1,h2:2/x",
                                       "postgresql://h:5432/x?user=a@b",    "postgresql://h/x?passfile=/f",
                                       "postgresql:///?service=s",          "postgresql://[::1]:5432/x",
                                       "postgresql://h/x?options=password", "folder:with@sign"};
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        cr_assert(tol_postgres_holds_password(held[i]), "%s", held[i]);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        cr_assert_not(tol_postgres_holds_password(none[i]), "%s", none[i]);
    }
}
