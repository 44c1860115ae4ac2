"""Make every table of this folder, in the order in which they need each other."""

import concordance
import elasticity
import market
import nomenclature
import schedule
import sectors


def main():
    for program in (schedule, market, concordance, elasticity, sectors, nomenclature):
        program.main()


if __name__ == "__main__":
    main()
