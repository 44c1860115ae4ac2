# DuckDB's C API from two pinned npm packages: the bindings package carries the library, the other one the header. Their versions differ,
# so every function we call is looked up in the library when the build is configured.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(DUCKDB_ARCH arm64)
else()
  set(DUCKDB_ARCH x64)
endif()
set(DUCKDB_NPM_DIR ${CMAKE_SOURCE_DIR}/cmake/duckdb-npm/node_modules CACHE PATH "node_modules that holds DuckDB")
set(DUCKDB_LIBRARY ${DUCKDB_NPM_DIR}/@duckdb/node-bindings-linux-${DUCKDB_ARCH}/libduckdb.so)
set(DUCKDB_INCLUDE_DIR ${DUCKDB_NPM_DIR}/duckdb/src/duckdb/src/include)
foreach(file ${DUCKDB_LIBRARY} ${DUCKDB_INCLUDE_DIR}/duckdb.h)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing: run './dev setup' (npm ci --ignore-scripts in cmake/duckdb-npm)")
  endif()
endforeach()

# The program finds the library in its own private folder, in the build tree as in the install tree.
set(TOLMUUR_PRIVATE_LIBDIR ${CMAKE_BINARY_DIR}/lib/tolmuur)
file(MAKE_DIRECTORY ${TOLMUUR_PRIVATE_LIBDIR})
file(CREATE_LINK ${DUCKDB_LIBRARY} ${TOLMUUR_PRIVATE_LIBDIR}/libduckdb.so SYMBOLIC)

add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${TOLMUUR_PRIVATE_LIBDIR}/libduckdb.so
  IMPORTED_NO_SONAME FALSE
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR}
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR})
