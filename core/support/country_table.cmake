# Turns datasets/nomenclature/countries.csv into a sorted C table, so that codes stand in data and look-ups need no file.
#   cmake -DINPUT=countries.csv -DOUTPUT=country_table.c -P country_table.cmake
file(STRINGS ${INPUT} lines ENCODING UTF-8)
list(POP_FRONT lines)
set(rows "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^([A-Z][A-Z]),([A-Z][A-Z][A-Z]),([0-9 ]*),([01]),(.+)$")
    message(FATAL_ERROR "${INPUT}: cannot read '${line}'")
  endif()
  string(APPEND rows "    {\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\", \"${CMAKE_MATCH_3}\", ${CMAKE_MATCH_4}, \"${CMAKE_MATCH_5}\"},\n")
endforeach()
file(WRITE ${OUTPUT}.new "/* Made from datasets/nomenclature/countries.csv. */
#include \"support/country_table.h\"

const struct tol_country_entry tol_country_table[] = {
${rows}};
const size_t tol_country_table_count = sizeof tol_country_table / sizeof tol_country_table[0];
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
