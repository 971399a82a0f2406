-- No row where a token of this name is in use.
INSERT INTO fleetdrift.tokens (token, name, digest, scope, fleets, created_by, expires)
VALUES ($1, $2, $3, $4, $5::text[], $6, $7)
ON CONFLICT DO NOTHING
RETURNING token
