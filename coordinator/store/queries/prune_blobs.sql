DELETE FROM fleetdrift.blobs WHERE used < now() - $1::interval
