#!/usr/bin/env bash
# Cross-compiles the kernels for AArch64 and runs them under QEMU on seeded inputs: NEON and the AArch64 scalar variant must write the bits that
# the x86-64 scalar variant writes. Everything lands in build/neon; the system is left alone but for the cross compiler, when that is missing.
# Exit 0: the same bits. 1: a difference. 69: something needed could not be had.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=$PWD/build/neon
packages=$build/packages
root=$build/root
mkdir -p "$packages" "$root"

say() { printf '%s\n' "neon: $*" >&2; }
unavailable() {
  say "$*"
  exit 69
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v aarch64-linux-gnu-gcc >/dev/null || [ ! -e /usr/aarch64-linux-gnu/include/math.h ]; then
  say "installing the cross compiler (Debian packages gcc-aarch64-linux-gnu, libc6-dev-arm64-cross)"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross >/dev/null || unavailable "cannot install the cross compiler"
fi

# SLEEF for AArch64 and QEMU are only unpacked, not installed; the package lists that know AArch64 are our own too.
apt_own=(-o APT::Architectures::=amd64 -o APT::Architectures::=arm64 -o Dir::State::Lists="$build/lists"
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
unpack() {
  local name=$1
  [ -e "$packages/$name.unpacked" ] && return
  if [ ! -d "$build/lists" ]; then
    say "reading the package lists of arm64 into $build/lists"
    mkdir -p "$build/lists/partial"
    apt-get "${apt_own[@]}" update -qq || { rm -rf "$build/lists"; unavailable "cannot read Debian's package lists"; }
  fi
  say "fetching $name into $packages"
  (cd "$packages" && apt-get "${apt_own[@]}" download -qq "$name") || unavailable "cannot fetch $name"
  dpkg -x "$packages/${name%%:*}"_*.deb "$root"
  touch "$packages/$name.unpacked"
}
unpack libsleef3:arm64
unpack libsleef-dev:arm64
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
if [ -z "$emulator" ]; then
  unpack qemu-user-static
  emulator=$root/usr/bin/qemu-aarch64-static
fi

# The flags that cmake/flags.cmake sets for every target, as far as they touch numbers.
flags=(-std=gnu11 -O3 -Wall -Wextra -Werror -ffp-contract=off -fno-math-errno -fno-trapping-math -D_GNU_SOURCE -Ikernels -Itests/kernels)
sleef_include=$root/usr/include/aarch64-linux-gnu
sleef_library=$root/usr/lib/aarch64-linux-gnu

compile_variant_aarch64() {
  aarch64-linux-gnu-gcc "${flags[@]}" -isystem "$sleef_include" -DTOL_VARIANT_LANES="\"lanes/lanes_$1.h\"" \
    -DTOL_VARIANT_TABLE=tol_kernels_"$1" -c kernels/variant.c -o "$build/variant_$1.o"
}

link_aarch64() {
  aarch64-linux-gnu-gcc "${flags[@]}" -DTOL_HAVE_SCALAR -DTOL_HAVE_NEON kernels/choose.c tests/kernels/cases*.c tests/kernels/draw_position.c \
    tests/kernels/digest_runner.c "$build/variant_scalar.o" "$build/variant_neon.o" -o "$build/digest_runner_aarch64" -L"$sleef_library" -lsleef -lm
}

expect_x86_64() {
  gcc "${flags[@]}" -mfma -DTOL_VARIANT_LANES='"lanes/lanes_scalar.h"' -DTOL_VARIANT_TABLE=tol_kernels_scalar \
    -c kernels/variant.c -o "$build/variant_x86.o"
  gcc "${flags[@]}" -DTOL_HAVE_SCALAR kernels/choose.c tests/kernels/cases*.c tests/kernels/draw_position.c tests/kernels/digest_runner.c "$build/variant_x86.o" \
    -o "$build/digest_runner_x86_64" -lsleef -lm
  "$build/digest_runner_x86_64" scalar >"$build/expected.txt"
}

emulate() {
  QEMU_LD_PREFIX=/usr/aarch64-linux-gnu LD_LIBRARY_PATH='' "$emulator" -E LD_LIBRARY_PATH="$sleef_library:/usr/aarch64-linux-gnu/lib" \
    "$build/digest_runner_aarch64" "$1" >"$build/$1.txt"
}

# Side by side: each of these works on one core.
all_of() {
  local process started=() status=0 step
  for step in "$@"; do
    $step &
    started+=($!)
  done
  for process in "${started[@]}"; do wait "$process" || status=1; done
  return $status
}

all_of 'compile_variant_aarch64 neon' 'compile_variant_aarch64 scalar' expect_x86_64
link_aarch64
all_of 'emulate scalar' 'emulate neon'
status=0
for isa in scalar neon; do
  if cmp -s "$build/expected.txt" "$build/$isa.txt"; then
    say "aarch64 $isa: same bits as x86-64 scalar in $(wc -l <"$build/expected.txt") cases"
  else
    say "aarch64 $isa differs from x86-64 scalar:"
    diff "$build/expected.txt" "$build/$isa.txt" | head -20 >&2 || true
    status=1
  fi
done
exit $status
