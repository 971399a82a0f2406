-- First writer wins: equal names mean equal contents. One that was used of late is not written again.
INSERT INTO fleetdrift.blobs AS b (kind, name, data)
SELECT $1, n.name, n.data FROM unnest($2::text[], $3::bytea[]) AS n (name, data)
ON CONFLICT (kind, name) DO UPDATE SET used = now() WHERE b.used < now() - interval '1 hour'
