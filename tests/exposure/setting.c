#include "exposure/setting.h"

#include <stdlib.h>

void set_up(struct setting *setting, struct portfolio *portfolio, const char *const *day)
{
    small_world_open(&setting->world, NULL, day);
    setting->scenarios = setting->world.options.scenario_count;
    setting->book = portfolio_book(portfolio, 0);
    portfolio_free(portfolio);
    setting->expected = small_world_score(&setting->world, setting->book, NULL);
    setting->world.options.store = folder;
}

void tear_down(struct setting *setting)
{
    free(setting->expected);
    tol_book_close(setting->book);
    small_world_close(&setting->world);
}
