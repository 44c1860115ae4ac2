"""Make parameters/elasticity.csv: one elasticity of substitution per HS6 of the 2022 nomenclature.

sigma = 1 + |trade elasticity|. The elasticities (elasticities/ProTEE_0_1.csv, Fontagne, Guimbard and Orefice 2022) stand on the
2007 nomenclature and are carried over along the concordances 2022 -> 2017 -> 2007. Only estimates that are significant and of the
right sign count; a code without one takes the median of its heading (HS4), else of its chapter (HS2), else of all.
"""

from statistics import fmean, median

from tables import paths, read_rows, short_number, write_rows


def read_estimates(data):
    """Return {HS2007 code: trade elasticity}, only those that are significant and negative."""
    return {
        row["HS6"]: float(row["sigma"])
        for row in read_rows(data, "elasticities", "ProTEE_0_1.csv")
        if row["zero"] == "0" and row["positive"] == "0" and row["sigma"] and float(row["sigma"]) < 0
    }


def read_concordance(data, name, left, right):
    """Return {code: set of codes it maps to}."""
    links = {}
    for row in read_rows(data, "nomenclature", name):
        links.setdefault(row[left], set()).add(row[right])
    return links


def medians(sigmas, digits):
    groups = {}
    for code, (sigma, _) in sigmas.items():
        groups.setdefault(code[:digits], []).append(sigma)
    return {prefix: median(values) for prefix, values in groups.items()}


def impute(code, by_heading, by_chapter, overall):
    if code[:4] in by_heading:
        return by_heading[code[:4]], code[:4]
    if code[:2] in by_chapter:
        return by_chapter[code[:2]], code[:2]
    return overall, "all"


def main():
    data, out = paths()
    estimates = read_estimates(data)
    to_2017 = read_concordance(data, "concordance_hs6_hs5.csv", "HS6_6d", "HS5_6d")
    to_2007 = read_concordance(data, "concordance_hs5_hs3.csv", "HS5_6d", "HS3_6d")
    sigmas = {}
    for code in to_2017:
        sources = {old for middle in to_2017[code] for old in to_2007.get(middle, ())}
        used = sorted(sources & estimates.keys())
        if used:
            sigmas[code] = 1 + fmean(-estimates[old] for old in used), " ".join(used)
    by_heading, by_chapter = medians(sigmas, 4), medians(sigmas, 2)
    overall = median(sigma for sigma, _ in sigmas.values())
    rows = []
    for code in sorted(to_2017):
        known = code in sigmas
        sigma, source = sigmas[code] if known else impute(code, by_heading, by_chapter, overall)
        rows.append((code, short_number(sigma), int(known), source))
    write_rows(out, "parameters/elasticity.csv", ["hs", "sigma", "estimated", "source_hs2007"], rows)
    print(f"  estimated {len(sigmas)}, median sigma of these {overall:.3f}, of the significant estimates {1 + median(map(abs, estimates.values())):.3f}")


if __name__ == "__main__":
    main()
