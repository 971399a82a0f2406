UPDATE fleetdrift.blobs SET used = now() WHERE kind = $1 AND name = ANY ($2::text[]) AND used < now() - interval '1 hour'
