INSERT INTO fleetdrift.scans (scan, fleet, state, requested_by, purpose, idempotency_key, selection)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING
