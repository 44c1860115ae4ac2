# The program with everything it looks for beside itself: it finds ../lib/tolmuur and ../share/tolmuur from where it lies, and the DuckDB part
# finds the library in its own folder, so that the tree may be moved whole.
install(TARGETS tolmuur RUNTIME DESTINATION bin)
install(TARGETS tolmuur_duckdb tolmuur_postgres LIBRARY DESTINATION lib/tolmuur)
get_filename_component(duckdb_file ${DUCKDB_LIBRARY} REALPATH)
install(PROGRAMS ${duckdb_file} DESTINATION lib/tolmuur RENAME libduckdb.so)
install(FILES ${CMAKE_BINARY_DIR}/tolmuur.tables DESTINATION share/tolmuur)
# The text tables that tolmuur.tables is made from: what `tolmuur law import-hts` and `law compile` start from.
foreach(folder law market parameters sectors)
  install(DIRECTORY datasets/${folder} DESTINATION share/tolmuur/tables FILES_MATCHING PATTERN "*.csv" PATTERN make EXCLUDE)
endforeach()
install(DIRECTORY docs/ DESTINATION share/doc/tolmuur FILES_MATCHING PATTERN "*.md")
install(FILES LICENSE CHANGELOG.md DESTINATION share/doc/tolmuur)
