#!/usr/bin/env bash
# Runs every command of docs/operations.md in a scratch root. Where the page names /usr/local, /etc, /srv or the home folder, the scratch root's
# are taken; systemctl checks the units, and starts a service by running its ExecStart. Arguments: the page, cmake, the build folder, the
# generator of portfolios, its tables.
set -euo pipefail
page=$1 cmake=$2 build=$3 generator=$4 tables=$5
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
unset TOLMUUR_TABLES
fail() { echo "operations: $*" >&2; exit 1; }

mkdir -p "$root"/{home,etc,srv,var/lib}
cat >"$root/rewrite" <<END
s#\./dev build#'$cmake' --build 'BUILD' --target tolmuur man#
s#build/release#'$build'#
s#BUILD#$build#
s#^cmake #'$cmake' #
s#/usr/local#$root/usr/local#g
s#\(^\|[ ="]\)/\(etc\|srv\|var\)/#\1$root/\2/#g
END
python3 "$(dirname "$0")/../cli/run.py" --commands "$page" | sed -f "$root/rewrite" >"$root/commands"
[ "$(grep -c . "$root/commands")" -ge 25 ] || fail "the page has lost its commands"
! sed "s#$root[^ ]*##g;s#'$cmake'##g;s#'$build'##g" "$root/commands" | grep -E '/(etc|srv|usr|var)/' || fail "a command that would leave the scratch root"

cat >"$root/shims" <<END
root='$root'
units=\$root/usr/local/lib/systemd/system
export HOME=\$root/home PATH=\$root/usr/local/bin:\$PATH TOLMUUR_CONFIG
# What stands in for /etc/tolmuur/tolmuur.ini, which the program looks for at its own place.
END
cat >>"$root/shims" <<'END'
use_configuration() { if [ -f "$root/etc/tolmuur/tolmuur.ini" ]; then TOLMUUR_CONFIG=$root/etc/tolmuur/tolmuur.ini; fi; }
verify() {
  [ -f "$units/$1" ] || { echo "no unit $1"; return 1; }
  if command -v systemd-analyze >/dev/null; then
    local complaints
    complaints=$(SYSTEMD_UNIT_PATH=$root/etc/systemd/system:$units: systemd-analyze verify --man=no "$1" 2>&1) || true
    # Other units of this machine may have faults of their own.
    ! grep -i tolmuur <<<"$complaints" || return 1
  fi
}
# The last ExecStart of the unit and its drop-ins, with the variables that systemd would fill in.
run_service() {
  local command INPUT=$root/srv/tolmuur/input STATE_DIRECTORY=$root/var/lib/tolmuur
  command=$(cat "$units/$1" "$root/etc/systemd/system/$1.d"/*.conf 2>/dev/null | sed -n 's/^ExecStart=//p' | tail -n 1)
  command=${command//'${INPUT}'/$INPUT}
  command=${command//'${STATE_DIRECTORY}'/$STATE_DIRECTORY}
  mkdir -p "$STATE_DIRECTORY" "$root/var/cache/tolmuur"
  local words
  read -ra words <<<"$command"
  TOLMUUR_LOG_FORMAT=json TOLMUUR_CACHE=$root/var/cache/tolmuur "${words[@]}" 2>>"$root/journal"
}
systemctl() {
  case $1 in
    daemon-reload) for unit in tolmuur-nightly.service tolmuur-nightly.timer tolmuur-alarm@.service; do verify "$unit"; done ;;
    start) verify "$2" && run_service "$2" ;;
    enable) verify "${*: -1}" ;;
    *) echo "systemctl $1 is not known to the test"; return 1 ;;
  esac
}
journalctl() { cat "$root/journal"; }
set -T
trap use_configuration DEBUG
set -eux
END
bash -c 'source "$1"; source "$2"' operations "$root/shims" "$root/commands" >"$root/out" 2>"$root/err" || {
  cat "$root/out" "$root/err"
  fail "a command failed"
}

holds() { grep -q -e "$2" "$1" || { cat "$1"; fail "$3"; }; }
holds "$root/out" "configuration .*tolmuur.ini *read" "doctor does not read the configuration"
holds "$root/out" '^manifest.json$' "the night by hand left no run"
holds "$root/err" 'this run is whole already' "the second call did the night again"
holds "$root/out" 'exit code 1$' "--fail-if did not end with 1"
latest=$(readlink -f "$root/var/lib/tolmuur/runs/latest")
[ -f "$latest/manifest.json" ] && [ -f "$latest/totals.csv" ] || fail "the service left no run"
[ "$(find "$root/var/lib/tolmuur/books" -name '*.book' | wc -l)" = 1 ] || fail "not one book is kept"
python3 - "$root/journal" <<'END' || fail "the log is not JSON lines with a run id"
import json, sys
records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert records and all(record["run_id"] and record["time"] for record in records)
assert any("--fail-if" in record["message"] for record in records)
assert records[-1]["level"] == "error" and records[-1]["exit_code"] == 1
END

# A night that is killed, wherever it is, is taken up by the next call, and is the run that it would have been.
"$generator" --tables "$tables" --firms 20000 --lines 400000 "$root/input" 2>/dev/null
night() { TOLMUUR_NIGHT=2026-11-20 TOLMUUR_CACHE='' TOLMUUR_CONFIG=/dev/null "$root/usr/local/bin/tolmuur-nightly" "$@"; }
night "$root/input" "$root/undisturbed" 2>/dev/null
for seconds in 0.1 0.4 0.7 1 1.3; do
  TOLMUUR_NIGHT=2026-11-20 TOLMUUR_CACHE='' TOLMUUR_CONFIG=/dev/null setsid \
    "$root/usr/local/bin/tolmuur-nightly" "$root/input" "$root/killed" 2>/dev/null &
  sleep $seconds
  kill -9 -- -$! 2>/dev/null || true
  wait $! 2>/dev/null || true
done
night "$root/input" "$root/killed" 2>/dev/null
(cd "$root/undisturbed/runs/latest" && find . -type f ! -name manifest.json -exec sha256sum {} + | sort) >"$root/one"
(cd "$root/killed/runs/latest" && find . -type f ! -name manifest.json -exec sha256sum {} + | sort) >"$root/other"
cmp "$root/one" "$root/other" || fail "the runs differ"

# The second night tells who moved and why; it is told again when the call is broken off before the link goes on.
night2() { TOLMUUR_NIGHT=2026-11-21 TOLMUUR_CACHE='' TOLMUUR_CONFIG=/dev/null "$root/usr/local/bin/tolmuur-nightly" "$root/input" "$root/killed" "$@"; }
night2 --assume entry 2>"$root/second" || { cat "$root/second"; fail "the second night"; }
[ "$(readlink "$root/killed/runs/latest")" = 2026-11-21 ] || fail "the second night is not the latest"
grep -q '^firm_id,' "$root/killed/moved/2026-11-21.csv" && [ "$(wc -l <"$root/killed/moved/2026-11-21.csv")" -gt 1 ] || fail "nobody moved"
[ "$(find "$root/killed/books" -name '*.book' | wc -l)" = 2 ] || fail "not two books are kept"
ln -sfn 2026-11-20 "$root/killed/runs/latest"
cp "$root/killed/moved/2026-11-21.csv" "$root/told"
night2 --assume entry 2>/dev/null || fail "the second night once more"
cmp "$root/told" "$root/killed/moved/2026-11-21.csv" || fail "who moved is told otherwise"

# A further day does not stand in for the night's own, and a night that is past leaves the last one where it is.
night3() { TOLMUUR_NIGHT=2026-11-22 TOLMUUR_CACHE='' TOLMUUR_CONFIG=/dev/null "$root/usr/local/bin/tolmuur-nightly" "$root/input" "$root/killed" "$@"; }
night3 --on 2025-04-12 2>/dev/null || fail "a night with a further day"
grep -q '2026-11-21,2026-11-22,' "$root/killed/moved/2026-11-22.csv" || fail "the nights are not compared"
cp "$root/killed/moved/2026-11-21.csv" "$root/told"
night2 --assume entry 2>"$root/past" || { cat "$root/past"; fail "a night that is past"; }
[ "$(readlink "$root/killed/runs/latest")" = 2026-11-22 ] || fail "the latest night went back"
cmp "$root/told" "$root/killed/moved/2026-11-21.csv" && [ -e "$root/killed/books/2026-11-22.book" ] || fail "a night that is past changed others"

code=0
night "$root/input" 2>/dev/null || code=$?
[ $code = 64 ] || fail "without a state folder: exit code $code"
code=0
TOLMUUR_NIGHT=2026-02-30 "$root/usr/local/bin/tolmuur-nightly" a b 2>/dev/null || code=$?
[ $code = 64 ] && [ ! -e b ] || fail "the 30th of February: exit code $code"
code=0
TOLMUUR_NIGHT=yesterday "$root/usr/local/bin/tolmuur-nightly" a b 2>/dev/null || code=$?
[ $code = 64 ] || fail "a day that is none: exit code $code"
printf 'firm_id,country,sector,revenue_eur\nA1,NL,C25,nan\n' >"$root/srv/tolmuur/input/firms.csv"
code=0
night "$root/srv/tolmuur/input" "$root/faulty" 2>/dev/null || code=$?
[ $code = 65 ] && [ ! -e "$root/faulty/runs/latest" ] && grep -q nan "$root/faulty/books/2026-11-20.rejects.csv" || fail "a faulty table: exit code $code"
[ ! -e "$root/faulty/books/2026-11-20.json" ] || fail "a failed night left an answer of build"

# What a site may get wrong, on two firms. CODE DAY [VARIABLE=VALUE...] -- ARGUMENT...: what it says is in $root/said.
small=$root/small state=$root/state program=$root/usr/local/bin/tolmuur-nightly
mkdir "$small"
firms() { printf 'firm_id,country,sector,revenue_eur,ebitda_eur,loan_eur\nA1,NL,C25,%s,1000000,2000000\nB2,DE,C29,80000000,6000000,15000000\n' "$1" >"$small/firms.csv"; }
firms 10000000
printf 'firm_id,hs,destination,value_eur\nA1,7326908688,US,3000000\nB2,8703230190,US,20000000\n' >"$small/sales.csv"
ends() {
  local wanted=$1 night=$2 variables=() code=0
  shift 2
  while [ "$1" != -- ]; do variables+=("$1"); shift; done
  shift
  env TOLMUUR_NIGHT="$night" TOLMUUR_CACHE= TOLMUUR_CONFIG=/dev/null "${variables[@]}" "$program" "$@" >"$root/answer" 2>"$root/said" || code=$?
  [ $code = "$wanted" ] || { cat "$root/said"; fail "a night with $*: exit code $code, not $wanted"; }
}
latest_is() { [ "$(readlink "$state/runs/latest")" = "$1" ] && [ -f "$state/runs/$1/totals.csv" ] || fail "the link does not lead to the whole run of $1"; }
days() { python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))["options"]["on"])' "$state/runs/$1/manifest.json"; }

# A drop-in names a further day; on that day it is the night's own.
ends 0 2026-11-23 -- "$small" "$state" --on 2026-11-24 --draws 64
[ "$(days 2026-11-23)" = "2026-11-23 2026-11-24" ] || fail "the further day is not there"
ends 0 2026-11-24 -- "$small" "$state" --on 2026-11-24 --draws 64 --on=2026-11-24 --on=2027-01-01
[ "$(days 2026-11-24)" = "2026-11-24 2027-01-01" ] || fail "the night's own day is not there once"

# No run, no link, and the books stay.
printf '[score]\ndry-run = yes\n' >"$root/dry.ini"
printf '[score]\nshard = 1/1\n' >"$root/shard.ini"
ends 64 2026-11-25 TOLMUUR_CONFIG="$root/dry.ini" -- "$small" "$state"
holds "$root/said" 'dry-run' "a dry run is not named"
ends 64 2026-11-25 TOLMUUR_DRY_RUN=yes -- "$small" "$state"
for option in --dry-run --help -h --resume --shard=1/1 '--shard 1/1' '--network 1/1' --network=1/1 '-o x.csv' -ox.csv '--output x.csv' --output=x.csv; do
  # shellcheck disable=SC2086 # two words
  ends 64 2026-11-25 -- "$small" "$state" $option
  holds "$root/said" 'chooses this itself' "$option is not refused"
done
[ ! -e "$state/runs/2026-11-25" ] || fail "a run that was not asked for"
ends 64 2026-11-25 TOLMUUR_CONFIG="$root/shard.ini" -- "$small" "$state"
holds "$root/said" 'is a shard' "a shard is not named"
latest_is 2026-11-24
[ "$(find "$state/books" -name '2026-11-2[34].book' | wc -l)" = 2 ] || fail "a night without a run removed books"
rm -r "$state/runs/2026-11-25"

# A run that was removed is done again, and compared with the one before it.
firms 20000000
rm "$state/books/2026-11-25.book"
ends 0 2026-11-25 -- "$small" "$state"
cp "$state/moved/2026-11-25.csv" "$root/told"
rm -r "$state/runs/2026-11-25"
ends 0 2026-11-25 -- "$small" "$state" --settings half_margin=0.1
latest_is 2026-11-25
grep -q '2026-11-24,2026-11-25,' "$state/moved/2026-11-25.csv" && ! cmp -s "$root/told" "$state/moved/2026-11-25.csv" || fail "who moved is told of a run that was removed"

# A whole night again, long after its book went: nothing to do, whatever the tables say now.
firms 30000000
ends 0 2026-11-26 -- "$small" "$state"
ends 0 2026-11-24 -- "$small" "$state" --on 2027-01-01 --draws 64
holds "$root/said" 'whole already' "a whole night is done again"
[ ! -e "$state/books/2026-11-24.book" ] || fail "a book of today's tables for a night that is past"
latest_is 2026-11-26

# A removed run before the last one: what was told of it goes with it.
rm -r "$state/runs/2026-11-25"
ends 0 2026-11-25 -- "$small" "$state" --settings half_margin=0.1
[ -f "$state/runs/2026-11-25/totals.csv" ] && [ ! -e "$state/moved/2026-11-25.csv" ] && [ -e "$state/moved/2026-11-26.csv" ] || fail "a removed run before the last one"
latest_is 2026-11-26

# Arguments, and places where nothing can be made: never 1, which says that a condition holds.
ends 64 2026-11-27 -- "$small" ''
ends 64 2026-11-27 -- '' "$state"
ends 64 2026-11-27 -- "$small" --draws 64
ends 73 2026-11-27 -- "$small" /proc/x
ends 73 2026-11-27 -- "$small" "$small/firms.csv"
holds "$root/said" '^tolmuur-nightly: cannot create directory' "a folder that cannot be made is not named"
mkdir -p "$root/crooked" "$root/odd/runs/latest"
: >"$root/crooked/moved"
ends 73 2026-11-27 -- "$small" "$root/crooked"
ends 73 2026-11-27 -- "$small" "$root/odd"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  mkdir -m 755 "$root/closed"
  chmod 755 "$root"
  code=0
  TOLMUUR_NIGHT=2026-11-27 TOLMUUR_CONFIG=/dev/null setpriv --reuid=65534 --clear-groups "$program" "$small" "$root/closed" 2>"$root/said" || code=$?
  [ $code = 73 ] || { cat "$root/said"; fail "a state folder of another user: exit code $code"; }
fi
ends 0 2026-11-27 -- --help
holds "$root/answer" '^usage: tolmuur-nightly INPUT STATE' "--help says nothing on stdout"

# Its own words in the form of the others, whatever chose it.
printf '[all]\nlog-format = json\n' >"$root/log.ini"
json_lines() {
  python3 - "$root/said" "$@" <<'END' || { cat "$root/said"; fail "not JSON lines with $*"; }
import json, sys
records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert all(set(record) >= {"time", "level", "run_id", "command", "message"} for record in records)
own = [record for record in records if record["command"] == "nightly"]
assert own and own[-1]["level"] == sys.argv[2] and sys.argv[3] in own[-1]["message"], own
assert own[-1].get("exit_code") == (int(sys.argv[4]) if sys.argv[4:] else None)
END
}
quoted="$root/a \"new\" state"
ends 0 2026-11-25 TOLMUUR_LOG_FORMAT=json -- "$small" "$state" --settings half_margin=0.1
json_lines info 'runs/latest stays at 2026-11-26'
ends 0 2026-11-24 TOLMUUR_CONFIG="$root/log.ini" -- "$small" "$quoted"
ends 0 2026-11-23 -- "$small" "$quoted" --log-format json
json_lines info 'runs/latest stays at 2026-11-24'
rm -r "$quoted/moved"
: >"$quoted/moved"
ends 73 2026-11-25 TOLMUUR_CONFIG="$root/log.ini" -- "$small" "$quoted"
json_lines error 'a "new" state' 73
ends 64 2026-02-30 TOLMUUR_LOG_FORMAT=json -- "$small" "$state"
json_lines error 'not a day of the calendar' 64
rm -r "$state/runs/2026-11-26/scores"
ends 0 2026-11-27 -- "$small" "$state" --log-format=json
json_lines warning 'who moved since 2026-11-26 is not known'
[ ! -e "$state/moved/2026-11-27.csv" ] || fail "who moved is told by halves"
if command -v systemd-analyze >/dev/null; then
  systemd-analyze security --offline=yes --threshold=15 "$root/usr/local/lib/systemd/system/tolmuur-nightly.service" 2>/dev/null | tail -n 1
fi
