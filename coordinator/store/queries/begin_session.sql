WITH ended AS (DELETE FROM fleetdrift.sessions WHERE expires < now())
INSERT INTO fleetdrift.sessions (digest, token, credential, expires) VALUES ($1, $2, $3, now() + $4::interval)
RETURNING expires
