-- First writer wins: equal names mean equal contents.
INSERT INTO fleetdrift.blobs (kind, name, data)
SELECT $1, b.name, b.data FROM unnest($2::text[], $3::bytea[]) AS b (name, data)
ON CONFLICT (kind, name) DO UPDATE SET used = now()
