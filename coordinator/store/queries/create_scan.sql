INSERT INTO fleetdrift.scans (scan, fleet, state, requested_by, purpose, idempotency_key)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
