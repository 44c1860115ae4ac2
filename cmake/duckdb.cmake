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

# Header and library are of different versions: every function that the given sources name must be in the library, or configuring fails.
function(tol_check_duckdb_functions)
  set(functions "")
  foreach(source ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(READ ${source} text)
    string(REGEX MATCHALL "duckdb_[a-z0-9_]+[(]" calls "${text}")
    list(APPEND functions ${calls})
  endforeach()
  list(REMOVE_DUPLICATES functions)
  string(REPLACE "(" "" functions "${functions}")
  set(program "#include <duckdb.h>\n#include <stdint.h>\nint main(void)\n{\n    uintptr_t sum = 0;\n")
  foreach(function ${functions})
    string(APPEND program "    sum += (uintptr_t)&${function};\n")
  endforeach()
  string(APPEND program "    return sum == 0;\n}\n")
  string(MD5 key "${program}${DUCKDB_LIBRARY}")
  if(NOT "${TOL_DUCKDB_CHECKED}" STREQUAL "${key}")
    set(file ${CMAKE_BINARY_DIR}/duckdb_functions.c)
    file(WRITE ${file} "${program}")
    try_compile(found ${CMAKE_BINARY_DIR}/duckdb_functions ${file}
      CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${DUCKDB_INCLUDE_DIR} LINK_LIBRARIES ${DUCKDB_LIBRARY} OUTPUT_VARIABLE output)
    if(NOT found)
      message(FATAL_ERROR "DuckDB's library lacks a function that tolmuur uses:\n${output}")
    endif()
    set(TOL_DUCKDB_CHECKED ${key} CACHE INTERNAL "the functions that were found in DuckDB's library")
  endif()
endfunction()
