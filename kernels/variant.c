/* The kernels in one instruction set. Compiled once per variant: TOL_VARIANT_LANES names the vocabulary, TOL_VARIANT_TABLE the table. */
#include TOL_VARIANT_LANES

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tuning.h"
#include "variants.h"

LANES_WORD void assert_row_aligned(const double *rows)
{
    assert((uintptr_t)rows % (TOL_LANES * sizeof *rows) == 0 && "arrays of rows are 64-byte aligned");
    (void)rows;
}

#include "ces_response.kernel.h"
#include "firm_outcome.kernel.h"
#include "gather_split.kernel.h"
#include "gather_sum.kernel.h"
#include "normal_quantile.kernel.h"
#include "scale_draws.kernel.h"
/* Uses normal_quantile. */
#include "draws.kernel.h"

/* Uses the divisions of firm_outcome. */
#include "chain.kernel.h"

/* Uses the wedge of ces_response. */
#include "draw_response.kernel.h"

const struct tol_kernels TOL_VARIANT_TABLE = {
    .isa = LANES_ISA,
    .gather_sum = gather_sum,
    .gather_split = gather_split,
    .ces_sales = ces_sales,
    .ces_purchases = ces_purchases,
    .market_price = market_price,
    .firm_outcome = firm_outcome,
    .chain_begin = chain_begin,
    .chain_sweep = chain_sweep,
    .chain_settle = chain_settle,
    .scatter_add = scatter_add,
    .uniform_draws = uniform_draws,
    .normal_draws = normal_draws,
    .scale_lognormal = scale_lognormal,
    .scale_logit_normal = scale_logit_normal,
    .log_wedges = log_wedges,
    .draw_sales = draw_sales,
    .draw_purchases = draw_purchases,
    .draw_market = draw_market,
    .draw_profit = draw_profit,
    .add_compensated = add_compensated,
};
