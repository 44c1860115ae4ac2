#!/usr/bin/env bash
# Installs the build and runs `rate` and `build` from the installed tree. Arguments: cmake, the build folder, the generator, its tables.
set -euo pipefail
cmake=$1 build=$2 generator=$3 tables=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset TOLMUUR_TABLES
"$cmake" --install "$build" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/moved" # nothing may depend on the place it was installed in
for file in bin/tolmuur lib/tolmuur/libduckdb.so lib/tolmuur/tolmuur_duckdb.so lib/tolmuur/tolmuur_workbook.so share/tolmuur/tolmuur.tables share/doc/tolmuur/LICENSE; do
  [ -f "$folder/moved/$file" ] && [ ! -L "$folder/moved/$file" ] || {
    echo "not installed as a file of its own: $file"
    exit 1
  }
done
"$generator" --tables "$tables" --firms 50 --lines 500 --format parquet "$folder/input"
cd "$folder"
moved/bin/tolmuur rate --into US --from CN --hts 3926909989 --on 2025-04-12 --format json >rate.json
grep -q '"total"' rate.json
moved/bin/tolmuur build input -o portfolio.book
moved/bin/tolmuur firm portfolio.book FX0000001 --on 2025-08-10 >firm.txt
grep -q FX0000001 firm.txt
moved/bin/tolmuur score portfolio.book --on 2025-08-10 -o run/ >/dev/null 2>&1
moved/bin/tolmuur report run/ -o report.html
grep -q FX0000001 report.html
