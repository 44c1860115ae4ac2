#!/usr/bin/env bash
# Programs in C against the installed library, found by pkg-config and by CMake, answer what the program answers. Arguments: cmake, the build
# folder, the C compiler, the program that looks at symbols.
set -euo pipefail
cmake=$1 build=$2 compiler=$3 symbols=$4
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset TOLMUUR_TABLES
export HOME=/nonexistent TOLMUUR_CACHE=''
DESTDIR=$folder/stage "$cmake" --install "$build" --prefix /usr/local >/dev/null
mv "$folder/stage/usr/local" "$folder/moved"
root=$folder/moved
cd "$folder"

[ "$(readlink "$root/lib/libtolmuur.so")" = libtolmuur.so.0 ] || { echo "libtolmuur.so does not lead to libtolmuur.so.0"; exit 1; }
readelf -d "$root/lib/libtolmuur.so" | grep -q 'SONAME.*\[libtolmuur.so.0\]' || { echo "no SONAME libtolmuur.so.0"; exit 1; }
python3 "$symbols" --exports "$root/lib/libtolmuur.so" "$root/include/tolmuur"

export PKG_CONFIG_PATH=$root/lib/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs tolmuur)"
sed -n '/^```c$/,/^```$/p' "$root/share/doc/tolmuur/library.md" | sed '/^```/d' >rate.c # as the page shows it
"$compiler" -std=c11 -Wall -Wextra -Werror rate.c "${flags[@]}" -Wl,-rpath,"$root/lib" -o rate
library=$(./rate)
program=$("$root/bin/tolmuur" rate --into US --from CN --hts 3926909989 --on 2025-04-12 --format json |
  python3 -c 'import json, sys; print("%.17g" % json.load(sys.stdin)["total"]["central"])')
[ "$library" = "$program" ] || { echo "the library rates $library, the program $program"; exit 1; }

cat >company.json <<'END'
{"firm_id": "A1", "country": "NL", "sector": "C25", "revenue_eur": 10000000, "purchases_eur": 6000000, "ebitda_eur": 1000000,
 "sales": [{"hs": "7326908688", "destination": "US", "value_eur": 3000000}],
 "purchases": [{"hs": "7208", "origin": "CN", "value_eur": 500000}]}
END
"$cmake" -S "$here/use" -B use -DCMAKE_PREFIX_PATH="$root" -DCMAKE_C_COMPILER="$compiler" >/dev/null
"$cmake" --build use >/dev/null
library=$(use/company company.json)
program=$("$root/bin/tolmuur" firm --input company.json --on 2025-08-10 --format json | python3 -c '
import json, sys
row = json.load(sys.stdin)["scenarios"][0]["row"]
print("%.17g %.17g" % (row["ebitda_change_eur"], row["score"]))')
[ "$library" = "$program" ] || { echo "the library scores $library, the program $program"; exit 1; }
echo "rate and company: the same from the library and the program ($library)"
