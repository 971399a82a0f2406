SELECT standing, digest, document FROM fleetdrift.standings WHERE standing = ANY ($1::bigint[])
