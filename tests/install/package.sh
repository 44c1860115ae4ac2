#!/usr/bin/env bash
# The Debian packages: what is in them, that they run from where they are unpacked, and that nothing else is touched. With TOLMUUR_LONG=1 also lintian, the same bytes
# from another folder, and installation and removal in a system of its own. Arguments: cpack, the build folder, the sources, the C compiler, the generator.
set -euo pipefail
umask 022 # the only thing in a package that cpack takes from it is the mode of the archive's three members
cpack=$1 build=$(realpath "$2") source=$(realpath "$3") compiler=$4 generator=$(realpath "$5")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset TOLMUUR_TABLES
export TOLMUUR_CACHE='' HOME=/nonexistent SOURCE_DATE_EPOCH=1700000000
fail() { echo "packages: $*" >&2; exit 1; }

# pack OUT [OPTION of cpack...]
pack() {
  "$cpack" --config "$build/CPackConfig.cmake" -B "$1" "${@:2}" >"$folder/log" 2>&1 || { cat "$folder/log"; fail "cpack failed"; }
  rm -rf "$1/_CPack_Packages"
}
pack "$folder/packages"
read -ra packages <<<"$(cd "$folder/packages" && echo ./*.deb)"
cd "$folder/packages"
names=$(for package in "${packages[@]}"; do dpkg-deb -f "$package" Package; done | tr '\n' ' ')
for name in tolmuur libtolmuur0 libtolmuur-dev tolmuur-duckdb-extension; do
  grep -q -w -e "$name" <<<"$names" || fail "no package $name among $names"
done
for package in "${packages[@]}"; do
  version=$(dpkg-deb -f "$package" Version)
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(~20231114\.2213)?-0upstream1$ ]] || fail "$package has the version $version"
  ! dpkg-deb -f "$package" Depends | grep -q duckdb || fail "$package depends on a library that it brings itself"
done
dpkg-deb -f ./tolmuur_*.deb Depends | grep -q 'libsleef3 .*libxlsxwriter4' || fail "libraries of others are missing in Depends"
! dpkg --compare-versions "$(dpkg-deb -f ./tolmuur_*.deb Version)" gt "$(sed -n 's/^## \([0-9.]*\) .*/\1/p' "$source/CHANGELOG.md" | head -n 1)-1" || fail "newer than its release"

# What is in them: nobody's but root's, plain modes, below /usr, in one package only, with the sums that are stated.
mkdir "$folder/root"
for package in "${packages[@]}"; do
  dpkg-deb -c "$package" | awk '{print $1, $2, $6}' >"$folder/list"
  ! grep -v -E '^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) root/root \./(usr/|$)' "$folder/list" || fail "owner, mode or place in $package"
  grep -E '^-rwx' "$folder/list" >>"$folder/programs" || true
  dpkg-deb -c "$package" | awk '!/^d/ {print $6}' >>"$folder/files"
  dpkg-deb -x "$package" "$folder/root"
  dpkg-deb -I "$package" md5sums | (cd "$folder/root" && md5sum --quiet -c -) || fail "sums of $package"
  name=$(dpkg-deb -f "$package" Package)
  for file in copyright changelog.gz changelog.Debian.gz; do
    [ -s "$folder/root/usr/share/doc/$name/$file" ] || fail "$name has no $file"
  done
done
[ -z "$(sort "$folder/files" | uniq -d)" ] || fail "in two packages: $(sort "$folder/files" | uniq -d | head -n 3)"
! grep -v ' \./usr/bin/tolmuur[a-z-]*$' "$folder/programs" || fail "other files may be executed"
root=$folder/root/usr
for file in lib/tolmuur/libduckdb.so share/tolmuur/tolmuur.tables share/tolmuur/scenarios/no_ieepa.json lib/systemd/system/tolmuur-nightly.timer share/doc/tolmuur/SOURCES.md \
  share/man/man1/tolmuur-score.1.gz share/man/man1/tolmuur-nightly.1.gz share/bash-completion/completions/tolmuur share/zsh/vendor-completions/_tolmuur include/tolmuur/law.h; do
  [ -s "$root/$file" ] || fail "not there: $file"
done
# Folders of this machine, but not the words of a page that happen to be in one.
! grep -r -l -F -e "$build/" -e "$source/" "$root" || fail "the files above name the folder they were built in"
grep -q -x 'ExecStart=/usr/bin/tolmuur-nightly .*' "$root/lib/systemd/system/tolmuur-nightly.service" || fail "the unit does not start /usr/bin/tolmuur-nightly"
for script in "$source"/packaging/*.{postinst,prerm,postrm}; do sh -n "$script"; done

# Hardened, as far as it is ours: DuckDB's library is as its maintainers build it.
for file in bin/tolmuur lib/libtolmuur.so.0 lib/tolmuur/tolmuur_{duckdb,postgres,workbook}.so; do
  readelf -hldsW "$root/$file" >"$folder/elf"
  grep -q 'Type: *DYN' "$folder/elf" || fail "$file is not position-independent"
  grep -q 'GNU_RELRO' "$folder/elf" && grep -q 'BIND_NOW\|FLAGS_1.*NOW' "$folder/elf" || fail "$file: relocations stay writable"
  grep 'GNU_STACK' "$folder/elf" | grep -q ' RW ' || fail "$file: the stack may be executed"
  grep -q '__stack_chk_fail' "$folder/elf" || fail "$file: no stack protector"
  grep -q '__[a-z]*_chk@' "$folder/elf" || fail "$file: no fortified functions"
  ! readelf -d "$root/$file" | grep -E 'R(UN)?PATH' | grep -v '\[$ORIGIN\]' || fail "$file looks for libraries in a folder of this machine"
done

# They run from there: the tutorial, Parquet through DuckDB, a workbook, a program in C.
PATH=$root/bin:$PATH
python3 "$source/tests/cli/run.py" "$root/bin/tolmuur" "$source/docs/tutorial.md"
cd "$folder"
"$generator" --tables "$source/datasets/demo" --firms 50 --lines 500 --format parquet input 2>/dev/null
tolmuur build input -o portfolio.book >/dev/null
tolmuur score portfolio.book --on 2025-08-10 --scenarios "$root/share/tolmuur/scenarios/no_ieepa.json" -o summary.xlsx >/dev/null 2>&1
[ -s summary.xlsx ] || fail "no workbook"
sed -n '/^```c$/,/^```$/p' "$root/share/doc/tolmuur/library.md" | sed '/^```/d' >rate.c
read -ra flags <<<"$(PKG_CONFIG_PATH=$root/share/pkgconfig pkg-config --cflags --libs tolmuur)"
"$compiler" rate.c "${flags[@]}" -o rate
[ "$(LD_LIBRARY_PATH=$root/lib ./rate)" = "$(tolmuur rate --into US --from CN --hts 3926909989 --on 2025-04-12 --format json |
  python3 -c 'import json, sys; print("%.17g" % json.load(sys.stdin)["total"]["central"])')" ] || fail "the library answers otherwise"

# Made again in another place and zone: the same bytes. Of the great package the long form says it.
(cd / && TZ=Pacific/Auckland LC_ALL=C pack "$folder/again" -D 'CPACK_COMPONENTS_ALL=library;development')
for package in "$folder/again"/*.deb; do cmp "$package" "$folder/packages/${package##*/}" || fail "not the same bytes"; done

# Nothing is left when the files that are listed are gone.
(cd "$folder/root" && xargs rm <"$folder/files" && find . -depth -mindepth 1 -type d -exec rmdir {} +)
[ -z "$(ls -A "$folder/root")" ] || fail "files that no package lists"
echo "packages: $names: contents, hardening, the tutorial from them, the same bytes again"

[ "${TOLMUUR_LONG:-0}" = 1 ] || exit 0
"$source/tests/install/package_long.sh" "$folder/packages" "$source"
