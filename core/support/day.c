#include "tolmuur/day.h"

#include <stdio.h>

static bool digits_at(const char *text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

/* Days from civil date, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the
 * leap day is the last day of a year. */
static tol_day day_from_civil(int year, int month, int day)
{
    int y = year - (month <= 2);
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_day(tol_day days, int *year, int *month, int *day)
{
    int64_t z = (int64_t)days + 719468;
    int era = (int)((z >= 0 ? z : z - 146096) / 146097);
    int day_of_era = (int)(z - (int64_t)era * 146097);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int m = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

bool tol_day_parse(const char *text, tol_day *day)
{
    int y;
    int m;
    int d;
    if (!digits_at(text, 4, &y) || text[4] != '-' || !digits_at(text + 5, 2, &m) || text[7] != '-' ||
        !digits_at(text + 8, 2, &d) || text[10] != '\0') {
        return false;
    }
    if (y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1) {
        return false;
    }
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (d > month_days[m - 1] + (m == 2 && leap)) {
        return false;
    }
    *day = day_from_civil(y, m, d);
    return true;
}

void tol_day_format(tol_day day, char text[TOL_DAY_TEXT_SIZE])
{
    int y;
    int m;
    int d;
    if (day == TOL_DAY_MIN || day == TOL_DAY_MAX) {
        text[0] = '\0';
        return;
    }
    civil_from_day(day, &y, &m, &d);
    snprintf(text, TOL_DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)y % 10000u, (unsigned)m % 100u, (unsigned)d % 100u);
}
