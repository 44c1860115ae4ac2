# Debian packages by CPack: `./dev package`. One package per component of cmake/install.cmake; what is known only when they are made (version, date, the
# packages that libraries come from) is settled by package_version.cmake, what Debian wants beside our files is put in by package_files.cmake.
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "tolmuur maintainers <maintainers@tolmuur.example>")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/cmake/package_version.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package_files.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# xz takes 44 s and saves 7 of 23 MB.
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)
set(CPACK_TOLMUUR_SOURCE ${CMAKE_SOURCE_DIR})
set(CPACK_TOLMUUR_BUILD ${CMAKE_BINARY_DIR})
set(CPACK_TOLMUUR_PRIVATE_LIBRARIES ${TOLMUUR_PRIVATE_LIBDIR})
set(CPACK_COMPONENTS_ALL "")

# tol_package(COMPONENT NAME SECTION DEPENDS BINARIES SUMMARY TEXT): files installed with COMPONENT become the package NAME. @VERSION@ in DEPENDS is the version of
# all of them; the packages of the libraries that BINARIES (in the build folder) are linked with are added. packaging/NAME.{preinst,postinst,prerm,postrm,triggers}
# go into the package, NAME.lintian-overrides too.
macro(tol_package component name section depends binaries summary text)
  string(TOUPPER ${component} upper)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_TOLMUUR_${upper}_DEPENDS "${depends}")
  set(CPACK_TOLMUUR_${upper}_BINARIES "${binaries}")
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\nHow much of the revenue, cost and profit of each company in a portfolio\nstands behind tariffs, on any day since 2018, and why.\n.\n${text}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "")
  foreach(script preinst postinst prerm postrm triggers)
    if(EXISTS ${CMAKE_SOURCE_DIR}/packaging/${name}.${script})
      configure_file(packaging/${name}.${script} ${CMAKE_BINARY_DIR}/packaging/${name}/${script} COPYONLY)
      list(APPEND CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/packaging/${name}/${script})
    endif()
  endforeach()
endmacro()

tol_package(program tolmuur science ""
  "tolmuur;lib/tolmuur/libduckdb.so;lib/tolmuur/tolmuur_duckdb.so;lib/tolmuur/tolmuur_postgres.so;lib/tolmuur/tolmuur_workbook.so"
  "tariff-exposure scoring of company portfolios"
  "The program, the compiled and cited tables of tariff law, example\nconfiguration, and systemd units for a run every night.")
tol_package(library libtolmuur0 libs "tolmuur (= @VERSION@)" "lib/libtolmuur.so"
  "tariff-exposure scoring, shared library" "The library that programs in C are linked with.")
tol_package(development libtolmuur-dev libdevel "libtolmuur0 (= @VERSION@)" ""
  "tariff-exposure scoring, development files" "Headers, pkg-config file and CMake package.")
tol_package(extension tolmuur-duckdb-extension database "tolmuur (= @VERSION@)" "cli/sql/tolmuur_extension.so"
  "tariff-exposure scoring, extension of DuckDB" "Functions for SQL, and so for every language that DuckDB has a package\nfor.")

# Programs that are linked with the library depend on exactly this version until 1.0. CPack's own file of this kind comes with calls of ldconfig
# that Debian no longer wants.
list(APPEND CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/packaging/libtolmuur0/shlibs)
include(CPack)
