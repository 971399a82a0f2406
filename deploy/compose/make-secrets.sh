#!/bin/sh
# Write the passwords docker-compose.yml mounts, at random, into deploy/compose/secrets/. Those that exist are kept.
#
# The folder is its owner's alone; the files in it are readable, because the containers' users are not its owner.
set -eu
cd "$(dirname "$0")/secrets"
chmod 700 .
for name in postgres_password store_password scanner_password api_token redis_key redis_password grafana_password; do
  if [ -s "$name" ]; then
    continue
  fi
  # Hex digits need no quoting where a password becomes part of an address.
  od -A n -t x1 -N 24 /dev/urandom | tr -d ' \n' >"$name"
  chmod 444 "$name"
done

# The users of Redis: `health` may ask whether it is there, `fleetdrift` may work and cannot empty, stop or reconfigure it
# or read what others do there. INFO is for `fleetdrift doctor`. A password is known to Redis by its hash.
hash=$(printf %s "$(cat redis_password)" | sha256sum | cut -d ' ' -f 1)
rm -f redis_users
cat >redis_users <<USERS
user default off resetchannels -@all
user health on nopass resetchannels -@all +ping
user fleetdrift on #$hash ~* &* +@all -@admin -@dangerous +info
USERS
chmod 444 redis_users
