-- $8 is how far the clock of the store is behind.
INSERT INTO fleetdrift.scans (scan, fleet, state, requested_by, purpose, idempotency_key, selection, requested)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() - $8::interval)
ON CONFLICT DO NOTHING
