WITH revoked AS (
    UPDATE fleetdrift.tokens SET revoked = now() WHERE name = $1 AND revoked IS NULL RETURNING token
), ended AS (
    DELETE FROM fleetdrift.sessions s USING revoked r WHERE s.token = r.token
)
SELECT token FROM revoked
