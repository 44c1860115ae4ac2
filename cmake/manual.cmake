# Manual pages and completions: `cmake --build --target man`.
find_program(ASCIIDOCTOR asciidoctor)
if(NOT ASCIIDOCTOR)
  message(STATUS "asciidoctor is not here: no manual pages")
endif()
set(pages ${CMAKE_BINARY_DIR}/pages)
add_custom_command(OUTPUT ${pages}/pages.stamp
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:tolmuur> -DFOLDER=${pages} -DASCIIDOCTOR=$<$<BOOL:${ASCIIDOCTOR}>:${ASCIIDOCTOR}> -P ${CMAKE_SOURCE_DIR}/cmake/pages.cmake
  DEPENDS tolmuur ${CMAKE_SOURCE_DIR}/cmake/pages.cmake ${CMAKE_SOURCE_DIR}/nightly/tolmuur-nightly.adoc ${CMAKE_SOURCE_DIR}/nightly/tolmuur-slurm.adoc COMMENT "Manual pages and completions" VERBATIM)
add_custom_target(man ALL DEPENDS ${pages}/pages.stamp)
