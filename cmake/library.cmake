# libtolmuur.so: core, kernels and datasets for programs of other people. What the public headers declare is exported, nothing else; DuckDB stays
# a module that is opened when needed. The program links the parts themselves: it uses the kernels' table and other things that are no interface.
add_library(tolmuur_library SHARED $<TARGET_OBJECTS:tol_core> $<TARGET_OBJECTS:tol_datasets>)
set_target_properties(tolmuur_library PROPERTIES
  OUTPUT_NAME tolmuur EXPORT_NAME tolmuur LINKER_LANGUAGE C
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/exports.map)
target_link_libraries(tolmuur_library PRIVATE tol_flags tol_kernels
  PkgConfig::SLEEF PkgConfig::HWLOC PkgConfig::XXHASH PkgConfig::JANSSON PkgConfig::SECCOMP libcrypto libcsv ZLIB::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)
target_link_options(tolmuur_library PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/exports.map -Wl,-Bsymbolic-functions)
if(NOT TOLMUUR_SANITIZE)
  target_link_options(tolmuur_library PRIVATE -Wl,-z,defs)
endif()
target_include_directories(tolmuur_library INTERFACE $<INSTALL_INTERFACE:include>)
add_dependencies(tolmuur_library tolmuur_duckdb tolmuur-tables)
