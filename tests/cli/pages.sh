#!/usr/bin/env bash
# Manual pages and completions: every command and option is in them, groff has nothing to say, and shells really complete.
# Arguments: the program, the folder of pages and completions, yes when manual pages were made.
set -euo pipefail
program=$1 pages=$2 manual=$3
PATH=$(dirname "$program"):$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
touch input.json
failed=0
fail() { echo "$*"; failed=1; }

names=$("$program" help --format commands)
[ "$(wc -w <<<"$names")" -ge 8 ] || fail "fewer commands than there are: $names"
if [ "$manual" = yes ]; then
  for name in $names; do
    page=$pages/man/tolmuur-$name.1
    [ -f "$page" ] || { fail "no page: $page"; continue; }
    LC_ALL=C.UTF-8 groff -man -Tutf8 -P-c -P-b -P-u -rLL=200n "$page" >"$name.txt"
    for option in $("$program" "$name" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'); do
      grep -q -E -e "^ +(-., )?$option( |\$)" "$name.txt" || fail "$option is not in tolmuur-$name.1"
    done
    grep -q "^NAME" "$name.txt" && grep -q "EXIT STATUS" "$name.txt" || fail "tolmuur-$name.1 lacks a section"
    ! grep -q 'pass:' "$name.txt" || fail "tolmuur-$name.1 shows markup"
    grep -q "tolmuur-$name(1)" <(LC_ALL=C.UTF-8 groff -man -Tutf8 -P-c -P-b -P-u "$pages/man/tolmuur.1") || fail "tolmuur.1 does not name $name"
  done
  for page in "$pages"/man/*.1; do
    warnings=$(LC_ALL=C.UTF-8 groff -man -Tutf8 -ww -z "$page" 2>&1) || true
    [ -z "$warnings" ] || fail "groff: $warnings"
    if command -v man >/dev/null; then
      warnings=$(MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null) || true
      [ -z "$warnings" ] || fail "man: $warnings"
    fi
  done
fi

# bash WORD...: what bash offers for the last word.
bash_offers() {
  bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tolmuur; printf "%s\n" "${COMPREPLY[@]}"' complete "$pages/completions/tolmuur" "$@" |
    sed '/^$/d' | sort | tr '\n' ' '
}
# offers SHELL EXPECTED WORD...
offers() {
  local shell=$1 expected=$2 found
  shift 2
  found=$("${shell}_offers" "$@")
  [ "$found" = "$expected" ] || fail "$shell completes '$*' with '$found', expected '$expected'"
}
offers bash 'score sectors ' tolmuur s
offers bash '--scenarios --seed --settings --shard --stages ' tolmuur score --s
offers bash 'band country sector ' tolmuur score --by ''
offers bash 'sector ' tolmuur score --by = s
offers bash 'band country sector ' tolmuur score --by =
offers bash 'csv ' tolmuur score --format c
offers bash '' tolmuur doctor --format c
offers bash 'json text ' tolmuur rate --log-format ''
offers bash 'long short ' tolmuur score --horizon ''
offers bash 'changes check compile ' tolmuur law c
offers bash 'input.json ' tolmuur firm --input inp
offers bash 'input.json ' tolmuur score inp
offers bash '' tolmuur score --draws ''
for name in $names; do
  for option in $("$program" "$name" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'); do
    bash_offers tolmuur "$name" "$option" | grep -q -w -e "$option" || fail "bash does not complete $name $option"
  done
done

if command -v zsh >/dev/null; then zsh -n "$pages/completions/_tolmuur" || fail "zsh cannot read its completion"; fi
if command -v fish >/dev/null; then
  export HOME=$folder XDG_CONFIG_HOME=$folder XDG_DATA_HOME=$folder
  fish -n "$pages/completions/tolmuur.fish" || fail "fish cannot read its completion"
  fish_offers() { fish -c "source $pages/completions/tolmuur.fish; complete -C '$*'" | cut -f 1 | sort | tr '\n' ' '; }
  offers fish 'score sectors ' 'tolmuur s'
  offers fish 'band country sector ' 'tolmuur score --by '
  offers fish 'changes check compile ' 'tolmuur law c'
  offers fish '--scenarios ' 'tolmuur score --sce'
  offers fish 'input.json ' 'tolmuur firm --input inp'
fi
[ $failed = 0 ] && echo "pages and completions hold every option"
exit $failed
