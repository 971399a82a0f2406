-- Where the tenants of a fleet ($3: or some of them) stood at a moment, by name. Who has not moved since needs no look into the history.
SELECT t.tenant, CASE WHEN t.since <= $2 THEN t.standing ELSE y.standing END AS standing
FROM fleetdrift.tenants t
LEFT JOIN LATERAL (
    SELECT standing, until FROM fleetdrift.stays
    WHERE number = t.number AND since <= $2 AND t.since > $2
    ORDER BY since DESC LIMIT 1
) y ON true
WHERE t.fleet = $1 AND ($3::text[] IS NULL OR t.tenant = ANY ($3))
  AND CASE WHEN t.since <= $2 THEN t.left_fleet IS NULL OR t.left_fleet > $2 ELSE y.until > $2 END
ORDER BY t.tenant
