# The program with everything it looks for beside itself: it finds ../lib/tolmuur and ../share/tolmuur from where it lies, and the DuckDB part
# finds the library in its own folder, so that the tree may be moved whole. libtolmuur.so finds the same from where it lies.
# Components are Debian packages (cmake/package.cmake): program, unless a line says library or development; `tree` is for `cmake --install` alone.
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)
install(TARGETS tolmuur RUNTIME DESTINATION bin)
install(TARGETS tolmuur_duckdb tolmuur_postgres tolmuur_workbook LIBRARY DESTINATION lib/tolmuur)
get_filename_component(duckdb_file ${DUCKDB_LIBRARY} REALPATH)
install(FILES ${duckdb_file} DESTINATION lib/tolmuur RENAME libduckdb.so)
install(FILES ${CMAKE_BINARY_DIR}/tolmuur.tables DESTINATION share/tolmuur)
# The text tables that tolmuur.tables is made from: what `tolmuur law import-hts` and `law compile` start from.
foreach(folder law market parameters sectors)
  install(DIRECTORY datasets/${folder} DESTINATION share/tolmuur/tables FILES_MATCHING PATTERN "*.csv" PATTERN make EXCLUDE)
endforeach()
install(DIRECTORY datasets/scenarios DESTINATION share/tolmuur FILES_MATCHING PATTERN "*.json")
install(DIRECTORY docs/ DESTINATION share/doc/tolmuur FILES_MATCHING PATTERN "*.md")
install(FILES datasets/SOURCES.md DESTINATION share/doc/tolmuur)
install(FILES LICENSE CHANGELOG.md DESTINATION share/doc/tolmuur COMPONENT tree)
# The program holds the report's charts: their licence goes with it.
install(FILES cli/report/page/node_modules/echarts/LICENSE DESTINATION share/doc/tolmuur/licences RENAME echarts)
install(FILES cli/report/page/node_modules/echarts/NOTICE DESTINATION share/doc/tolmuur/licences RENAME echarts-notice)
install(FILES cli/report/page/node_modules/zrender/LICENSE DESTINATION share/doc/tolmuur/licences RENAME zrender)

# For programs in C: library, headers, pkg-config, CMake package.
install(TARGETS tolmuur_library EXPORT tolmuurTargets LIBRARY DESTINATION lib COMPONENT library NAMELINK_COMPONENT development)
install(DIRECTORY core/include/tolmuur DESTINATION include COMPONENT development FILES_MATCHING PATTERN "*.h")
install(DIRECTORY datasets/include/datasets DESTINATION include/tolmuur COMPONENT development FILES_MATCHING PATTERN "*.h")
configure_file(cmake/tolmuur.pc.in ${CMAKE_BINARY_DIR}/tolmuur.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/tolmuur.pc DESTINATION lib/pkgconfig COMPONENT development)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/tolmuurConfigVersion.cmake VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES cmake/tolmuurConfig.cmake ${CMAKE_BINARY_DIR}/tolmuurConfigVersion.cmake DESTINATION lib/cmake/tolmuur COMPONENT development)
install(EXPORT tolmuurTargets NAMESPACE tolmuur:: DESTINATION lib/cmake/tolmuur COMPONENT development)

# What `--target man` has made.
install(DIRECTORY ${CMAKE_BINARY_DIR}/pages/man/ DESTINATION share/man/man1 OPTIONAL FILES_MATCHING PATTERN "*.1")
install(FILES ${CMAKE_BINARY_DIR}/pages/completions/tolmuur DESTINATION share/bash-completion/completions OPTIONAL)
install(FILES ${CMAKE_BINARY_DIR}/pages/completions/_tolmuur DESTINATION share/zsh/site-functions OPTIONAL)
install(FILES ${CMAKE_BINARY_DIR}/pages/completions/tolmuur.fish DESTINATION share/fish/vendor_completions.d OPTIONAL)

# The nightly batch. Units and the line for cron name the program by its full path, which is known when it is installed.
install(PROGRAMS nightly/tolmuur-nightly nightly/tolmuur-slurm DESTINATION bin)
install(FILES nightly/tolmuur-nightly.timer nightly/tolmuur-alarm@.service DESTINATION lib/systemd/system)
install(FILES nightly/tolmuur.ini DESTINATION share/doc/tolmuur/examples)
foreach(file lib/systemd/system/tolmuur-nightly.service share/doc/tolmuur/examples/crontab)
  get_filename_component(name ${file} NAME)
  install(CODE "configure_file(\"${CMAKE_SOURCE_DIR}/nightly/${name}.in\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\" @ONLY)" COMPONENT program)
  install(CODE "file(CHMOD \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\" FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)" COMPONENT program)
endforeach()

# The extension of DuckDB, which finds ../../share/tolmuur from where it lies. It is no target that could be stripped: what DuckDB reads stands behind its sections.
install(FILES ${TOLMUUR_EXTENSION} DESTINATION lib/tolmuur COMPONENT extension)
