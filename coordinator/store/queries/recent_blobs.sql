SELECT name FROM fleetdrift.blobs WHERE kind = $1 ORDER BY used DESC LIMIT $2
