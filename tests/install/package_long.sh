#!/usr/bin/env bash
# Packages at full length: lintian, the same bytes from sources in another folder, and a Debian of their own in which they are installed, used and removed. As root, with
# debootstrap, lintian and the apt sources of this machine. Arguments: folder of packages, the sources.
set -euo pipefail
packages=$1 source=$2
folder=$(mktemp -d -p /var/tmp)
trap 'rm -rf --one-file-system "$folder"' EXIT
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:?}
fail() { echo "packages: $*" >&2; exit 1; }
for tool in lintian debootstrap unshare; do
  command -v $tool >/dev/null || fail "$tool is not here: apt-get install lintian debootstrap util-linux"
done
[ "$(id -u)" = 0 ] || fail "this needs root, for debootstrap"

lintian --fail-on error,warning --allow-root "$packages"/*.deb || fail "lintian found something"
echo "packages: lintian finds no error and no warning"

# The same sources in a folder of another length, compiled anew.
mkdir "$folder/elsewhere-and-deeper"
(cd "$source" && git ls-files -z | xargs -0 cp --parents -t "$folder/elsewhere-and-deeper")
for place in cmake/duckdb-npm cli/report/page; do cp -r "$source/$place/node_modules" "$folder/elsewhere-and-deeper/$place/"; done
(
  cd "$folder/elsewhere-and-deeper"
  export CCACHE_DISABLE=1
  cmake --preset release >/dev/null
  cmake --build --preset release --target tolmuur tolmuur_library tolmuur-extension man -- --quiet
  cpack --config build/release/CPackConfig.cmake -B "$folder/other" >"$folder/log" || { cat "$folder/log"; exit 1; }
)
for package in "$packages"/*.deb; do cmp "$package" "$folder/other/${package##*/}" || fail "${package##*/}: not the same bytes from another folder"; done
rm -rf "$folder/elsewhere-and-deeper" "$folder/other"
echo "packages: the same bytes from another folder, compiled anew"

# A Debian of this machine's release, from the mirror that apt has here.
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$codename //p" | head -n 1)
[ -n "$mirror" ] || fail "apt has no mirror for $codename"
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy=${http_proxy:-} https_proxy=${https_proxy:-}
system=$folder/system
debootstrap --variant=minbase "$codename" "$system" "$mirror" >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; fail "debootstrap failed"; }
# debootstrap has written the release itself into sources.list; its updates are not needed here.
[ -z "$http_proxy" ] || echo "Acquire::http::Proxy \"$http_proxy\";" >"$system/etc/apt/apt.conf.d/proxy"
mkdir "$system/root/docs"
cp "$packages"/*.deb "$source/tests/cli/run.py" "$system/root/"
cp "$source/docs/tutorial.md" "$system/root/docs/"
inside() { unshare --mount --pid --fork --mount-proc="$system/proc" sh -c 'mount --bind /sys "$1/sys" && exec chroot "$@"' sh "$system" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends python3 gcc libc6-dev pkg-config >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; fail "python3 and gcc for the test"; }
# What changes by itself: caches, logs, the package manager's own books.
state() { (cd "$system" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./root \) -prune -o -print | sort); }
state >"$folder/before"

# The commands of the page, as they stand there.
python3 "$source/tests/cli/run.py" --commands "$source/docs/packages.md" >"$system/root/commands"
inside bash -eu -c 'cd /root && . ./commands' >"$folder/log" 2>&1 || { tail -n 40 "$folder/log"; fail "a command of docs/packages.md failed"; }
grep -q 'tolmuur' "$folder/log"
inside test ! -e /usr/bin/tolmuur || fail "docs/packages.md leaves the program"
state >"$folder/after"
diff "$folder/before" "$folder/after" || fail "the lines above are left by removal"

inside bash -c 'apt-get install -y -qq --no-install-recommends /root/*.deb' >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; fail "the packages cannot be installed"; }
inside python3 /root/run.py /usr/bin/tolmuur /root/docs/tutorial.md
sed -n '/^```c$/,/^```$/p' "$source/docs/library.md" | sed '/^```/d' >"$system/root/rate.c"
inside bash -c 'cd /root && gcc rate.c $(pkg-config --cflags --libs tolmuur) -o rate && ./rate'
inside ldconfig -p | grep -q libtolmuur.so.0 || fail "ldconfig does not know the library"
mkdir -p "$system/etc/tolmuur" "$system/var/lib/tolmuur"
touch "$system/etc/tolmuur/tolmuur.ini" "$system/var/lib/tolmuur/kept"
inside bash -c 'apt-get install -y -qq --reinstall /root/tolmuur_*.deb && apt-get purge -y -qq "*tolmuur*" && apt-get autoremove -y -qq --purge' >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; fail "removal"; }
[ -e "$system/etc/tolmuur/tolmuur.ini" ] && [ -e "$system/var/lib/tolmuur/kept" ] || fail "removal took what is not its own"
rm -r "$system/etc/tolmuur" "$system/var/lib/tolmuur"
state >"$folder/after"
diff "$folder/before" "$folder/after" || fail "the lines above are left by removal"
echo "packages: installed, used and removed in a Debian $codename of their own; nothing is left"
