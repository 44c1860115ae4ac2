#include "law/image.h"
#include "tolmuur/law.h"

const char *tol_authority_name(enum tol_authority authority)
{
    static const char *const names[TOL_AUTHORITY_COUNT] = {
        "mfn",         "section_232", "section_301", "ieepa_fentanyl", "ieepa_reciprocal",
        "section_122", "section_201", "section_338", "anti_dumping",   "retaliation",
        "other",
    };
    return (unsigned)authority < TOL_AUTHORITY_COUNT ? names[authority] : "";
}

const char *tol_verdict_name(enum tol_verdict verdict)
{
    static const char *const names[] = {"skip", "apply", "unknown"};
    return (unsigned)verdict <= TOL_UNKNOWN ? names[verdict] : "";
}

const char *tol_assume_name(enum tol_assume assume)
{
    static const char *const names[] = {"entry", "trade"};
    return (unsigned)assume <= TOL_ASSUME_TRADE ? names[assume] : "";
}

const char *tol_base_kind_name(enum tol_base_kind kind)
{
    static const char *const names[] = {"unknown", "free", "ad_valorem", "specific", "compound", "internal", "mixed"};
    return (unsigned)kind <= TOL_BASE_MIXED ? names[kind] : "";
}

uint64_t tol_law_product_end(tol_product product)
{
    uint64_t unit = 1;
    for (unsigned i = tol_product_digits(product); i < 10; i++) {
        unit *= 10;
    }
    return ((product >> 4) + unit) << 4;
}
