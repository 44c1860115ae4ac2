/* Rows of the concordance whose codes never were. */
#include "law/check.h"

#include "law/links.h"

/* The code ended before the importer's schedule begins: some other row says what took its place by then. */
static bool gone_before(const struct tol_law *law, const struct law_importer *importer, const char *hs)
{
    tol_product product;
    if (!tol_build_product(hs, &product)) {
        return false;
    }
    const struct law_link *link = law->link + importer->link_first;
    for (uint32_t i = tol_law_link_lower_bound(law, importer, product);
         i < importer->link_count && link[i].code == product; i++) {
        if (!link[i].backward && link[i].day <= importer->base_from) {
            return true;
        }
    }
    return false;
}

/* What the importer's schedule can tell of a code that ended (old) or began on the day. */
static enum check_code judge(const struct tol_law *law, const struct law_importer *importer, const char *hs, bool old,
                             tol_day day)
{
    enum check_code code = importer->has_bases ? tol_check_code(law, importer, hs) : CHECK_CODE_NOT_JUDGED;
    if (code != CHECK_CODE_STRAY) {
        return code;
    }
    bool within = old ? day > importer->base_from : day < importer->base_until && !gone_before(law, importer, hs);
    return within ? CHECK_CODE_STRAY : CHECK_CODE_NOT_JUDGED;
}

/* A row without an importer is stray when some schedule denies its code and none holds it. */
static bool stray(const struct tol_law *law, const struct law_source_row *row, unsigned column, tol_day day)
{
    bool denied = false;
    const char *hs = row->field[column];
    const struct law_importer *own = tol_check_importer(law, row->field[CONCORDANCE_IMPORTER]);
    for (uint64_t i = 0; i < law->count[LAW_IMPORTERS]; i++) {
        const struct law_importer *importer = &law->importer[i];
        if (own != NULL && own != importer) {
            continue;
        }
        enum check_code code = judge(law, importer, hs, column == CONCORDANCE_OLD, day);
        if (code == CHECK_CODE_HELD) {
            return false;
        }
        denied = denied || code == CHECK_CODE_STRAY;
    }
    return denied;
}

enum tol_status tol_check_concordance(const struct law_check *check, struct tol_error *error)
{
    static const unsigned columns[] = {CONCORDANCE_OLD, CONCORDANCE_NEW};
    size_t count = tol_browse_row_count(check->browser, LAW_TABLE_CONCORDANCE);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        struct law_source_row row;
        struct tol_law_place place;
        tol_day day;
        tol_browse_row(check->browser, LAW_TABLE_CONCORDANCE, i, &row, &place);
        for (size_t c = 0; c < 2 && status == TOL_OK && tol_day_parse(row.field[CONCORDANCE_FROM], &day); c++) {
            if (stray(check->law, &row, columns[c], day)) {
                struct check_place at = {LAW_TABLE_CONCORDANCE, i, columns[c], NULL};
                status = tol_check_tell(check, TOL_LAW_STRAY_CODE, &at, error,
                                        "no schedule of the tables held this code around that day; correct it, or take "
                                        "the row out");
            }
        }
    }
    return status;
}
