#!/bin/sh
# Write the passwords docker-compose.yml mounts, at random, into deploy/compose/secrets/. Those that exist are kept.
#
# The folder is its owner's alone; the files in it are readable, because the containers' users are not its owner.
set -eu
cd "$(dirname "$0")/secrets"
chmod 700 .
for name in postgres_password store_password scanner_password api_token redis_key grafana_password; do
  if [ -s "$name" ]; then
    continue
  fi
  # Hex digits need no quoting where a password becomes part of an address.
  od -A n -t x1 -N 24 /dev/urandom | tr -d ' \n' >"$name"
  chmod 444 "$name"
done
