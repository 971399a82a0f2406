INSERT INTO fleetdrift.ignores (ignore, fleet, created_by, document) VALUES ($1, $2, $3, $4::jsonb)
ON CONFLICT DO NOTHING
RETURNING ignore
