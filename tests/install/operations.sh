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
if command -v systemd-analyze >/dev/null; then
  systemd-analyze security --offline=yes --threshold=15 "$root/usr/local/lib/systemd/system/tolmuur-nightly.service" 2>/dev/null | tail -n 1
fi
