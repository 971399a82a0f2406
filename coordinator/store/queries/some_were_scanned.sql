-- A scan of some tenants ($3): those that it has read were read now, which the newest scan of the whole fleet does not say.
WITH recorded AS (
    UPDATE fleetdrift.fleets SET recorded = $2 WHERE fleet = $1
)
UPDATE fleetdrift.tenants t SET last_good = $2
FROM fleetdrift.standings s
WHERE t.fleet = $1 AND t.tenant = ANY ($3::text[]) AND s.standing = t.standing AND s.was_read
