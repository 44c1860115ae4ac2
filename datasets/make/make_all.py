"""Make every table of this folder, in the order in which they need each other."""

import economy
import concordance
import elasticity
import market
import market_shares
import nomenclature
import resilience
import schedule
import sectors


def main():
    for program in (schedule, market, concordance, elasticity, sectors, resilience, nomenclature, economy, market_shares):
        program.main()


if __name__ == "__main__":
    main()
