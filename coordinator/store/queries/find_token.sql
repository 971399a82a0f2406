-- One that may still be used.
SELECT token AS id, name, scope, fleets, created, created_by, expires, revoked, last_used, digest
FROM fleetdrift.tokens
WHERE token = $1 AND revoked IS NULL AND (expires IS NULL OR expires > now())
