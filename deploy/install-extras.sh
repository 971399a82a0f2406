#!/bin/sh
# Bring promtool, prometheus, amtool, pgbouncer, chromium and a PostgreSQL 15 with TLS for `make test-extras`, from Debian's
# packages, into the virtual environment.
#
# The packages are downloaded and unpacked, not installed: installing them starts daemons, adds users and needs root.
# Prometheus' programs need libc only, pgbouncer also the libraries that are named below, chromium what apt finds missing. A second run, or programs already
# on the PATH, leaves nothing to do.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd)
case ${VENV:-.venv} in
  /*) extras=$VENV/extras ;;
  *) extras=$home/${VENV:-.venv}/extras ;;
esac
bin=$extras/usr/bin
server=usr/lib/postgresql/15
sbin=$extras/usr/sbin

fail() {
  echo "install-extras: $*" >&2
  exit 1
}

# Names the Debian packages whose programs are on neither the PATH nor in $bin and $sbin.
missing_packages() {
  for pair in promtool:prometheus prometheus:prometheus amtool:prometheus-alertmanager \
    pgbouncer:pgbouncer chromium:chromium; do
    program=${pair%%:*}
    if ! command -v "$program" >/dev/null 2>&1 && ! [ -x "$bin/$program" ] && ! [ -x "$sbin/$program" ]; then
      echo "${pair##*:}"
    fi
  done | sort -u | tr '\n' ' '
  [ -x "/$server/bin/postgres" ] || [ -x "$extras/$server/bin/postgres" ] || printf 'postgresql-15 '
}

own_apt() {
  apt-get -qq -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o Debug::NoLocking=1 "$@" 2>>"$work/log"
}

# download PACKAGE... with the machine's package lists; when it has none, or stale ones, with lists of our own, which
# needs no root and changes nothing outside $work. apt checks the signatures either way.
download() {
  cd "$work"
  apt-get -qq download "$@" 2>"$work/log" && return
  mkdir -p lists/partial cache/archives/partial
  own_apt update && own_apt download "$@"
}

# Chromium with every library that this machine lacks, by the machine's own package lists or by ours.
download_browser() {
  with_libraries="-y --no-install-recommends --download-only install chromium fonts-dejavu-core"
  mkdir -p "$work/cache/archives/partial"
  # shellcheck disable=SC2086  # a list of words
  apt-get -qq -o "Dir::Cache=$work/cache" -o Debug::NoLocking=1 $with_libraries 2>"$work/log" && return
  mkdir -p "$work/lists/partial"
  # shellcheck disable=SC2086
  own_apt update && own_apt $with_libraries
}

# A program that finds the libraries and fonts that came with the browser.
write_browser_program() {
  libraries=$(echo "$extras"/usr/lib/*-linux-gnu*)
  rm -f "$bin/chromium"
  cat >"$bin/chromium" <<PROGRAM
#!/bin/sh
LD_LIBRARY_PATH=$libraries:$libraries/pulseaudio\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
[ -d "$extras/etc/fonts" ] && export FONTCONFIG_PATH="$extras/etc/fonts"
export LD_LIBRARY_PATH
exec "$extras/usr/lib/chromium/chromium" "\$@"
PROGRAM
  chmod 755 "$bin/chromium"
}

packages=$(missing_packages)
[ -n "$packages" ] || exit 0
case $packages in *pgbouncer*) packages="$packages libc-ares2 libevent-2.1-7 " ;; esac
case $packages in *postgresql-15*) packages="$packages libpq5 libicu72 libxml2 libldap-2.5-0 libsasl2-2 " ;; esac
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null 2>&1 || fail "needs $tool; on a machine without it, put promtool, prometheus and amtool on the PATH"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work" # apt's download user must reach it

others=$(echo "$packages" | sed 's/chromium //')
# shellcheck disable=SC2086  # a list of package names
[ -z "$others" ] || (download $others) || fail "apt-get could not download ${packages% }: $(grep -m 1 -E '^[EW]:' "$work/log")"
case $packages in *chromium*) download_browser || fail "apt-get could not download chromium: $(grep -m 1 -E '^[EW]:' "$work/log")" ;; esac
mkdir -p "$extras"
for package in "$work"/*.deb "$work"/cache/archives/*.deb; do
  [ ! -e "$package" ] || dpkg-deb --extract "$package" "$extras"
done
case $packages in *chromium*) write_browser_program ;; esac
# PostgreSQL finds the libraries that came with it beside its own.
if [ -d "$extras/$server/lib" ]; then
  ln -sf "$extras"/usr/lib/*-linux-gnu*/*.so* "$extras/$server/lib/"
fi
left=$(missing_packages)
[ -z "$left" ] || fail "the packages ${packages% } did not bring every program; still missing: $left"
