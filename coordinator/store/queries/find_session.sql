SELECT s.credential, s.expires AS session_expires, s.token IS NULL AS of_configuration,
       t.token AS id, t.name, t.scope, t.fleets, t.created, t.created_by, t.expires, t.revoked, t.last_used
FROM fleetdrift.sessions s
LEFT JOIN fleetdrift.tokens t ON t.token = s.token
WHERE s.digest = $1 AND s.expires > now()
  AND (s.token IS NULL OR (t.revoked IS NULL AND (t.expires IS NULL OR t.expires > now())))
