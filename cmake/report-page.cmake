# The script and style of `tolmuur report`, bundled by esbuild from pinned npm packages into one C file.
set(REPORT_PAGE_DIR ${CMAKE_SOURCE_DIR}/cli/report/page)
set(REPORT_PAGE_MODULES ${REPORT_PAGE_DIR}/node_modules)
find_program(NODE node REQUIRED)
foreach(file ${REPORT_PAGE_MODULES}/echarts/core.js ${REPORT_PAGE_MODULES}/esbuild/package.json)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing: run './dev setup' (npm ci --ignore-scripts in cli/report/page)")
  endif()
endforeach()
file(GLOB report_page_sources CONFIGURE_DEPENDS ${REPORT_PAGE_DIR}/src/*)
set(report_page ${CMAKE_BINARY_DIR}/report_page.c)
add_custom_command(OUTPUT ${report_page} COMMAND ${NODE} ${REPORT_PAGE_DIR}/build.mjs ${report_page}
  DEPENDS ${REPORT_PAGE_DIR}/build.mjs ${REPORT_PAGE_DIR}/package-lock.json ${report_page_sources} COMMENT "Page of the report" VERBATIM)
