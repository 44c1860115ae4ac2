#include "supply/firm_number.h"

#include <stddef.h>

static const char *amount_fault(double value)
{
    return value < 0 ? "an amount below zero; give it without a sign" : NULL;
}

static const char *share_fault(double value)
{
    return value < 0 || value > 1 ? "a share lies between 0 and 1; write 25 % as 0.25" : NULL;
}

const char *tol_firm_number_fault(enum tol_firm_number number, double value)
{
    switch (number) {
    case TOL_REVENUE:
    case TOL_PURCHASES_TOTAL:
    case TOL_INTEREST:
    case TOL_LOAN:
        return amount_fault(value);
    case TOL_CONTRIBUTION_MARGIN:
    case TOL_COST_PASS_THROUGH:
    case TOL_VACANCY_DIFFICULTY:
    case TOL_ENERGY_COST_SHARE:
    case TOL_AUTOMATION:
    case TOL_DIGITALISATION:
    case TOL_INVESTMENT_RATE:
    case TOL_CHAIN_COOPERATION:
        return share_fault(value);
    case TOL_PRODUCTIVITY_GROWTH:
        return value < -1 || value > 1 ? "a growth rate lies between -1 and 1; write -1.3 % as -0.013" : NULL;
    case TOL_LIQUIDITY:
        return value <= 0 ? "a ratio above 0: current assets over current liabilities" : NULL;
    case TOL_EBITDA:
    case TOL_FIRM_NUMBER_COUNT:
        break;
    }
    return NULL;
}
