#!/usr/bin/env bash
# Runs tolmuur-generate as a user does. Arguments: the program, the source folder.
set -euo pipefail
program=$1 source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run() { "$program" --tables "$source/datasets/demo" --firms 300 --lines 9000 "$@"; }
expect() {
  local wanted=$1 got=0
  shift
  "$@" 2>"$folder/talk" || got=$?
  [ "$got" = "$wanted" ] || {
    echo "expected exit $wanted, got $got: $*"
    cat "$folder/talk"
    exit 1
  }
}

run --seed 7 --with "$source/datasets/demo/real" "$folder/a"
run --seed 7 --with "$source/datasets/demo/real" "$folder/deep/b"
run --seed 8 "$folder/c"
for table in firms sales purchases; do
  cmp "$folder/a/$table.parquet" "$folder/deep/b/$table.parquet"
  if cmp -s "$folder/a/$table.parquet" "$folder/c/$table.parquet"; then
    echo "another seed gave the same $table"
    exit 1
  fi
done

run --seed 7 --format csv "$folder/d"
[ "$(wc -l <"$folder/d/firms.csv")" = 301 ] && [ "$(cat "$folder"/d/{sales,purchases}.csv | wc -l)" = 9002 ]
expect 64 run
expect 64 run --seed -1 "$folder/e"
expect 64 run --firms 0 "$folder/e"
expect 64 run --format xlsx "$folder/e"
expect 66 run --with "$folder/nowhere" "$folder/e"
expect 66 "$program" --tables "$folder" "$folder/e"
expect 73 run --format jsonl "$folder/d"
