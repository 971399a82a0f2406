INSERT INTO fleetdrift.standings (fleet, digest, status, shape, drift_group, decided, was_read, document)
SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::jsonb[]) AS n
ON CONFLICT (fleet, digest) DO NOTHING
