SELECT token AS id, name, scope, fleets, created, created_by, expires, revoked, last_used
FROM fleetdrift.tokens
ORDER BY revoked IS NOT NULL, name, created
