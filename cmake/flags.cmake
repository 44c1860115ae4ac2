# The flags every target is compiled with. Bits must not depend on the compiler: no contraction, no fast math.
add_library(tol_flags INTERFACE)
target_compile_options(tol_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wno-overlength-strings
  -Werror=implicit-function-declaration
  -fno-semantic-interposition -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-common)
target_compile_definitions(tol_flags INTERFACE _GNU_SOURCE)
if(TOLMUUR_WERROR)
  target_compile_options(tol_flags INTERFACE -Werror)
endif()
# No folder of the machine that built it in what is built.
target_compile_options(tol_flags INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
# Hardening as Debian's own packages have it. It costs the kernels nothing that can be measured: docs/packages.md.
if(NOT TOLMUUR_SANITIZE)
  target_compile_options(tol_flags INTERFACE -fstack-protector-strong -Wformat -Werror=format-security)
  target_compile_definitions(tol_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
  target_link_options(tol_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(TOLMUUR_SANITIZE)
  # What sanitizers insert hides the ranges of numbers from gcc, so that this warning is often false; the other builds have it.
  target_compile_options(tol_flags INTERFACE $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
  target_compile_options(tol_flags INTERFACE -fsanitize=${TOLMUUR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(tol_flags INTERFACE -fsanitize=${TOLMUUR_SANITIZE})
endif()
