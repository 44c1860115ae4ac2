# Every dependency, found once. docs/dependencies.md says what each is for.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

pkg_check_modules(SLEEF REQUIRED IMPORTED_TARGET sleef)
pkg_check_modules(HWLOC REQUIRED IMPORTED_TARGET hwloc)
pkg_check_modules(POPT REQUIRED IMPORTED_TARGET popt)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(SMARTCOLS REQUIRED IMPORTED_TARGET smartcols)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(MINIZIP REQUIRED IMPORTED_TARGET minizip)
find_path(LIBCSV_INCLUDE_DIR csv.h REQUIRED)
find_library(LIBCSV_LIBRARY csv REQUIRED)
add_library(libcsv UNKNOWN IMPORTED)
set_target_properties(libcsv PROPERTIES IMPORTED_LOCATION ${LIBCSV_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBCSV_INCLUDE_DIR})

# The archive: of libcrypto only SHA-256 is used, and the shared library would cost every command a millisecond at its start.
find_path(LIBCRYPTO_INCLUDE_DIR openssl/sha.h REQUIRED)
find_library(LIBCRYPTO_LIBRARY NAMES libcrypto.a REQUIRED)
add_library(libcrypto UNKNOWN IMPORTED)
set_target_properties(libcrypto PROPERTIES IMPORTED_LOCATION ${LIBCRYPTO_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBCRYPTO_INCLUDE_DIR})

if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
  pkg_check_modules(MPFR REQUIRED IMPORTED_TARGET mpfr)
endif()

include(cmake/duckdb.cmake)
