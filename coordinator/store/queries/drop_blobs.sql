DELETE FROM fleetdrift.blobs WHERE kind = $1 AND name = ANY ($2::text[])
